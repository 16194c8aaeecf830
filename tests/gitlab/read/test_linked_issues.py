"""What incidents and reviews point to: other issues, former paths, and the accounts of the teams behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.model import Catalog, Service, Team, User
from tests.gitlab.conftest import HERE, TODAY, at, by_iid, settings
from tests.judging import judged
from tests.sandbox import faults

if TYPE_CHECKING:
    from tests.gitlab.conftest import Desk, Open, Tracker


def plain(tracker: Tracker, project: Any, title: str = "Fix it", **fields: Any) -> Any:
    given = {"created_at": at("2026-11-03 10:00"), "issue_type": "issue"} | fields
    return project.issue(title, author=tracker.anna, **given)


def test_what_incidents_and_reviews_point_to_is_read_too(tracker: Tracker, desk: Desk) -> None:
    tools, secret = tracker.world.project("acme/sre/tools"), tracker.world.project("other/secret")
    incident = tracker.incident()
    linked = plain(tracker, tools, labels=("corrective action",))
    linked.close(at=at("2026-11-05 10:00"), by=tracker.anna)
    tracker.link(incident, linked)
    for project in (tools, tools, tracker.production, secret):
        plain(tracker, project)
    url = f"{desk.server.url}/acme/sre/tools/-/work_items/3"
    tracker.review(
        description=f"tools#2, {url}, #2, other/secret#1, #99, tools#98, https://elsewhere.example/a/b/-/issues/1"
    )

    records = desk.pull()

    assert [str(issue.ref) for issue in records.issues] == [
        f"{HERE}#1",
        f"{HERE}#2",
        f"{HERE}#3",
        "acme/sre/tools#1",
        "acme/sre/tools#2",
        "acme/sre/tools#3",
    ]
    assert records.gaps == ()
    action = by_iid(records, "acme/sre/tools")[1]
    assert action.labels == ("corrective action",)
    assert [event.closed for event in action.state_events] == [True]
    assert [issue.history_read for issue in records.issues] == [True, True, True, True, False, False]


def test_old_incidents_that_are_pointed_to_stay_out(tracker: Tracker, desk: Desk) -> None:
    old, review = tracker.incident(created="2025-01-01 10:00"), tracker.review(created="2025-01-02 10:00")
    tracker.link(old, review)

    assert sorted(by_iid(desk.pull(settings(since="2026-01-01")))) == [2]


def test_texts_of_incidents_count_where_reviews_are_inline(tracker: Tracker, desk: Desk) -> None:
    plain(tracker, tracker.production)
    tracker.incident(description="see #1")

    assert sorted(by_iid(desk.pull())) == [2]
    assert sorted(by_iid(desk.pull(settings(review={"where": "inline"})))) == [1, 2]


def test_former_paths(tracker: Tracker, desk: Desk) -> None:
    tracker.world.moved_paths["acme/old/tracker"] = tracker.production
    tracker.world.moved_paths["acme/sre/legacy"] = tracker.production
    tools = tracker.world.project("acme/sre/tools", former_paths=["acme/old/tools"])
    plain(tracker, tools)
    tracker.world.project("acme/sre/unrelated", former_paths=["acme/old/unrelated"])
    text = (
        f"{desk.server.url}/ACME/old/tracker/-/issues/1 and legacy#1, acme/old/tools#1, acme/old/unrelated#1, no/body#1"
    )
    tracker.incident()
    tracker.review(description=text)

    records = desk.pull()

    assert records.former_paths == {
        "acme/old/tools": "acme/sre/tools",
        "acme/old/tracker": HERE,
        "acme/sre/legacy": HERE,
    }
    assert records.gaps == ()
    assert desk.server.count("GET", path="/projects/no%2Fbody") == 1


def test_a_former_path_is_followed_whatever_address_gitlab_answers_with(tracker: Tracker, open_desk: Open) -> None:
    desk = open_desk(tracker.world, parallel=1)
    plain(tracker, tracker.world.project("acme/sre/tools", former_paths=["acme/old/tools"]))
    tracker.review(description="https://git.acme.example/acme/old/tools/-/issues/1")
    number = tracker.world.projects["acme/sre/tools"].id
    elsewhere = faults.moved(f"http://127.0.0.1:9/api/v4/projects/{number}")
    desk.server.fault(elsewhere, method="GET", path="/projects/acme%2Fold", times=None)

    records = desk.pull(settings(gitlab={"hosts": ["git.acme.example"]}))

    assert records.former_paths == {"acme/old/tools": "acme/sre/tools"}
    assert sorted(by_iid(records, "acme/sre/tools")) == [1]
    assert desk.server.count("GET", path="/projects/acme%2Fold") == 1
    assert (records.gaps, desk.waits) == ((), [])


def test_every_form_of_a_reference_is_followed(tracker: Tracker, desk: Desk) -> None:
    tools = tracker.world.project("acme/sre/tools")
    for _ in range(9):
        plain(tracker, tools)
    plain(tracker, tracker.production)
    tracker.incident()
    at_home = f"{desk.server.url}/acme/sre/tools/-"
    text = (
        "[a](/acme/sre/tools/-/issues/1) 日本tools#2 [b][c] [d](#1+) \n\n"
        f"{at_home.replace('acme/sre', 'ACME/SRE')}/ISSUES/3?a=b {at_home}/issues/incident/4/#e <b>tools#5+s</b>\n\n"
        f"[c]: {at_home}/work_items/6\n\n"
        f"`tools#7` <!-- tools#7 --> {at_home}/issues/7#note_1 #incident-7\n\n"
        f"| Link to Incident Issue | {at_home}/work_items/8#note_2 |\n|---|---|\n"
    )
    tracker.review(title="RCA: Outage tools#9", description=text)

    records = desk.pull()

    assert sorted(by_iid(records, "acme/sre/tools")) == [1, 2, 3, 4, 5, 6, 8, 9]
    assert sorted(by_iid(records)) == [1, 2, 3]


def test_the_corrective_action_behind_a_link_is_judged(tracker: Tracker, desk: Desk) -> None:
    tools = tracker.world.project("acme/sre/tools")
    plain(tracker, tools, labels=("corrective action", "Severity::1"))
    tracker.link(tracker.incident(labels=("Severity::1",)), tracker.review())
    codes = {}
    for text in ("acme/sre/tools#1", "[fix](/acme/sre/tools/-/issues/1)"):
        tracker.production.issues[2].description = f"# Outcomes\n\n{text}\n"
        result = judged(desk.pull(), settings(), TODAY)
        codes[text] = sorted(f.code for f in result.findings if f.subject == "acme/sre/tools#1")

    assert list(codes.values()) == [["CA001", "CA002"]] * 2


def test_a_link_row_names_a_project_by_its_former_path(tracker: Tracker, desk: Desk) -> None:
    tracker.world.moved_paths["acme/old/tracker"] = tracker.production
    tracker.incident(labels=("Severity::1",))
    row = "| Link to Incident Issue | [INC](/acme/old/tracker/-/issues/1) |\n|---|---|\n"
    tracker.review(title="Incident Review: x", description=row).close(at=at("2026-11-05 10:00"), by=tracker.anna)

    result = judged(desk.pull(), settings(), TODAY)

    assert list(result.verdicts) == ["on_time"]


def test_a_former_path_in_the_settings(tracker: Tracker, desk: Desk) -> None:
    tracker.incident()
    tracker.world.rename_project(tracker.production, "acme/sre/tracker")

    records = desk.pull()

    assert records.former_paths == {HERE: "acme/sre/tracker"}
    assert [str(issue.ref) for issue in records.issues] == ["acme/sre/tracker#1"]


def test_texts_cannot_make_it_ask_for_ever(tracker: Tracker, desk: Desk) -> None:
    tracker.review(description=" ".join(f"group-{n}/project#1" for n in range(300)))

    desk.pull()

    assert desk.server.count("GET", path="/projects/group-") == 50


def test_the_accounts_of_the_teams_behind_the_incidents(tracker: Tracker, desk: Desk) -> None:
    tracker.world.user("Boss", state="blocked")
    tracker.world.user("elsewhere")
    tracker.incident(labels=("Service::API",))
    catalog = Catalog(
        services=(Service(name="api", label="API", owner="backend"), Service(name="web", label="Web", owner="front")),
        teams=(
            Team(name="backend", manager="boss", handle="backend-group", contact="not an account"),
            Team(name="front", manager="elsewhere"),
        ),
        teams_given=True,
    )

    records = desk.pull(settings(reminders={"contact": "@anna"}), catalog=catalog)

    assert records.accounts == {"anna": User(username="anna"), "boss": User(username="Boss", active=False)}
    assert records.catalog is catalog
    assert (desk.server.count(operation="Users"), desk.server.count("GET", path="/users")) == (1, 0)
