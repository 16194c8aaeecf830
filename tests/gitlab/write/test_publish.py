"""Destinations over HTTP, on a server that misbehaves: each is written once, whatever happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from audit.gitlab.write.destinations import publish, targets
from audit.gitlab.write.repository_files import newest_before
from audit.gitlab.write.weekly_issue import WeeklyIssue
from audit.publishing import stamp
from audit.publishing.published import FinishedReport, Published, PublishState, Unpublished
from audit.report.formats.details import details_md
from audit.settings.publish_settings import PublishSettings, RepositoryDestination
from audit.settings.tracker_settings import Projects
from tests.gitlab.conftest import HERE, TODAY, TOKEN, at
from tests.report import world
from tests.sandbox.faults import Answer, Drop, Hook, bad_gateway_after, html_status, json_status, too_many

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from audit.gitlab.write.destination import Target
    from audit.sandbox.data.work_items import WorkItem
    from audit.sandbox.wire import Request
    from tests.gitlab.conftest import Desk, Open, Tracker
    from tests.sandbox.faults import Action

ISSUES, WIKI, COMMITS = r"/issues$", r"/wikis", r"/repository/commits"
PUBLISH = PublishSettings.model_validate(
    {
        "issue": {"project": HERE, "labels": ["incident review report", "severity::1"], "confidential": True},
        "wiki": {"project": HERE, "page": "Reports/Incident reviews"},
        "repository": {"project": HERE, "branch": "main", "folder": "reports"},
    }
)
FORBIDDEN = json_status(403, {"message": "403 Forbidden"})
AUDIT = world.audit_file(world.previous()).model_dump_json(by_alias=True)
FILES = {"report.md": "# Report\n\nOne.\n", "audit.json": AUDIT, "reminders.json": "{}\n"}


def goals(
    day: date = TODAY,
    *,
    only: str = "issue wiki repository",
    today: date = date(2027, 1, 4),
    publish: PublishSettings = PUBLISH,
    projects: Projects | None = None,
    **files: str,
) -> tuple[Target, ...]:
    """Return what is written on a day to those destinations; ``report_md`` is the text of report.md, and so on."""
    named = {name.replace("_", "."): text for name, text in files.items()}
    chosen = {name: None for name in ("issue", "wiki", "repository") if name not in only.split()}
    stored = {name: text.encode(errors="replace").decode() for name, text in (FILES | named).items()}
    report = FinishedReport.of(stored, as_of=day, today=today, projects=projects)
    return targets(publish.model_copy(update=chosen), report)


def the_issue(**fields: Any) -> WeeklyIssue:
    (issue,) = goals(only="issue")
    assert isinstance(issue, WeeklyIssue)
    return replace(issue, **fields)


def published(desk: Desk, what: Sequence[Target] | None = None) -> list[Published | Unpublished]:
    return publish(desk.client, what or goals(), bot="auditor")


def states(desk: Desk, what: Sequence[Target] | None = None) -> list[PublishState | str]:
    return [one.state if isinstance(one, Published) else one.why for one in published(desk, what)]


def weekly(tracker: Tracker) -> list[WorkItem]:
    return [one for one in tracker.production.issues.values() if one.title.startswith("Incident reviews")]


@pytest.fixture
def desk(tracker: Tracker, open_desk: Open) -> Desk:
    tracker.world.member(tracker.production, tracker.bot, 30)
    return open_desk(tracker.world, token=TOKEN)


def writes(desk: Desk) -> int:
    return sum(one.method in {"POST", "PUT"} and "graphql" not in one.path for one in desk.server.requests)


def test_everything_is_written_once_and_then_only_what_differs(desk: Desk, tracker: Tracker) -> None:
    assert states(desk) == [PublishState.CREATED] * 3
    (issue,) = weekly(tracker)
    assert (issue.title, issue.confidential) == ("Incident reviews, week 48 of 2026", True)
    # the group spells it Severity::1, and a second spelling would be a second label
    assert sorted(label.name for label in issue.labels) == ["Severity::1", "incident review report"]
    assert issue.description.startswith("# Report\n\nOne.\n\n<!-- incident-review-audit:v1 {")
    page = tracker.production.wiki["Reports/Incident-reviews"]
    assert page.content.startswith("# Report\n\nOne.")
    assert set(tracker.production.files) == {"reports/2026-11-23/report.md", "reports/2026-11-23/audit.json"}

    before = writes(desk)
    assert states(desk) == [PublishState.UNCHANGED] * 3
    assert writes(desk) == before

    issue.labels.clear()  # somebody thought better of them
    assert states(desk, goals(report_md="# Report\n\nTwo.\n")) == [PublishState.EDITED] * 3
    assert "Two." in issue.description
    assert issue.labels == []
    assert [text[:14] for text in page.history] == ["# Report\n\nOne.", "# Report\n\nTwo."]
    first, second = tracker.production.commits
    assert len(first.paths) == 2
    assert second.paths == ("reports/2026-11-23/report.md",)
    assert second.message == "Incident reviews as of 2026-11-23 [skip ci]"
    assert writes(desk) == before + 3


def test_where_one_can_read_it_is_told(desk: Desk) -> None:
    root = desk.server.url
    assert [one.url for one in published(desk) if isinstance(one, Published)] == [
        f"{root}/{HERE}/-/work_items/1",
        f"{root}/{HERE}/-/wikis/Reports/Incident-reviews",
        f"{root}/{HERE}/-/tree/main/reports/2026-11-23",
    ]


def test_the_next_week_has_an_issue_of_its_own_that_links_the_weeks_before(desk: Desk, tracker: Tracker) -> None:
    for day in ("2026-11-10", "2026-11-17", "2026-11-23"):
        tracker.world.now = at(f"{day} 06:00")
        published(desk, goals(date.fromisoformat(day)))
    *_, last = weekly(tracker)
    assert len(weekly(tracker)) == 3
    root = f"{desk.server.url}/{HERE}/-/work_items"
    assert f"\n\nEarlier weeks: [2026-W47]({root}/2#Report), [2026-W46]({root}/1#Report)\n\n<!--" in last.description
    assert "Earlier" not in weekly(tracker)[0].description
    assert states(desk)[0] is PublishState.UNCHANGED


def test_a_report_of_an_earlier_day_takes_no_place_of_a_later_one(desk: Desk, tracker: Tracker) -> None:
    published(desk, goals(date(2026, 11, 25), report_md="of Wednesday"))
    assert states(desk, goals(report_md="of Monday")) == [PublishState.NEWER, PublishState.NEWER, PublishState.CREATED]
    assert "of Wednesday" in weekly(tracker)[0].description
    assert "of Wednesday" in tracker.production.wiki["Reports/Incident-reviews"].content


FAULTS: dict[str, Action] = {
    "lost before": Drop(),
    "lost after": Drop(after=True),
    "502 after": bad_gateway_after(),
    "502 before": html_status(502, "Bad Gateway"),
    "another write was under way": json_status(409, {"message": "409 Conflict"}),
    "limited": too_many("7"),
    "limited without a word": too_many(None, as_json=True),
}


@pytest.mark.parametrize("action", FAULTS.values(), ids=FAULTS.keys())
def test_a_write_whose_answer_is_lost_exists_once(desk: Desk, tracker: Tracker, action: Action) -> None:
    for path in (ISSUES, WIKI, COMMITS):
        desk.server.fault(action, method="POST", path=path)
    assert all(isinstance(one, Published) for one in published(desk))
    published(desk)
    assert len(weekly(tracker)) == 1
    assert len(tracker.production.wiki["Reports/Incident-reviews"].history) == 1
    assert len(tracker.production.commits) == 1
    expected = {"limited": [7.0] * 3, "limited without a word": [60.0] * 3}
    assert desk.waits == next((waits for name, waits in expected.items() if FAULTS[name] is action), [2.0] * 3)


class KilledError(BaseException):
    """The run ends here, as by SIGKILL."""


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("path", [ISSUES, WIKI, COMMITS])
def test_a_run_that_is_killed_after_a_write_took_effect_is_picked_up_by_the_next(
    tracker: Tracker, open_desk: Open, path: str
) -> None:
    def die(_: float) -> None:
        raise KilledError

    killed = open_desk(tracker.world, token=TOKEN, sleep=die)
    killed.server.fault(bad_gateway_after(), method="POST", path=path)
    with pytest.raises(KilledError):
        published(killed)
    following = open_desk(tracker.world, token=TOKEN)
    # a confidential issue is opened without the report
    assert (PublishState.EDITED if path == ISSUES else PublishState.UNCHANGED) in states(following)
    assert states(following) == [PublishState.UNCHANGED] * 3
    assert (len(weekly(tracker)), len(tracker.production.wiki), len(tracker.production.commits)) == (1, 1, 1)


def test_an_edit_whose_answer_is_lost_is_made_once(desk: Desk, tracker: Tracker) -> None:
    published(desk)
    for path in (r"/issues/1$", WIKI):
        desk.server.fault(bad_gateway_after(), method="PUT", path=path)
    assert all(isinstance(one, Published) for one in published(desk, goals(report_md="Two.\n")))
    assert len(tracker.production.wiki["Reports/Incident-reviews"].history) == 2
    assert "Two." in weekly(tracker)[0].description


def another_run(desk: Desk, kept: str) -> Hook:
    def call(_: Request) -> None:
        published(desk, goals(only=kept))

    return Hook(call=call)


def test_an_edit_that_did_not_take_effect_is_made_at_last(desk: Desk, tracker: Tracker) -> None:
    published(desk)
    desk.server.fault(html_status(502, "Bad Gateway"), method="PUT", path=WIKI)
    page = goals(only="wiki", report_md="Two.\n")
    assert states(desk, page) == [PublishState.EDITED]
    assert len(tracker.production.wiki["Reports/Incident-reviews"].history) == 2


def test_an_issue_without_labels_asks_for_none(desk: Desk, tracker: Tracker) -> None:
    bare = [the_issue(labels=())]
    desk.server.fault(FORBIDDEN, method="POST", path=ISSUES)
    (refused,) = published(desk, bare)
    assert isinstance(refused, Unpublished)
    assert "Planner or Reporter" in refused.advice
    assert states(desk, bare) == [PublishState.CREATED]
    assert weekly(tracker)[0].labels == []
    assert desk.server.count(operation="labels") == 0


def test_two_runs_at_once_leave_one_of_each(desk: Desk, tracker: Tracker, open_desk: Open) -> None:
    """The other run does all of its work between the first one's look and its write."""
    other = open_desk(tracker.world, token=TOKEN)
    for path, kept in ((ISSUES, "issue"), (WIKI, "wiki"), (COMMITS, "repository")):
        desk.server.fault(another_run(other, kept), method="POST", path=path)
    assert all(isinstance(one, Published) for one in published(desk))
    kept_issue, spare = weekly(tracker)
    assert (kept_issue.state, spare.state) == ("opened", "closed")
    assert f"[the issue of this week]({desk.server.url}/{HERE}/-/work_items/1#Report)" in spare.description
    assert len(tracker.production.wiki["Reports/Incident-reviews"].history) == 1
    assert len(tracker.production.commits) == 1
    assert states(other) == [PublishState.UNCHANGED] * 3
    assert len(weekly(tracker)) == 2


def test_an_issue_of_somebody_else_is_not_touched_though_it_bears_the_stamp(desk: Desk, tracker: Tracker) -> None:
    forged = stamp.stamped("Mine.", kind=stamp.WEEKLY, as_of=TODAY, week="2026-W48", series=the_issue().series)[0]
    theirs = tracker.production.issue(
        "Incident reviews?", author=tracker.anna, created_at=at("2026-11-23"), description=forged
    )
    quoting = goals(report_md=f"# Report\n\nA service is called {forged.splitlines()[-1]} here\n")
    assert states(desk, quoting)[0] is PublishState.CREATED
    assert theirs.description == forged
    # not even where a server passes over the filter by author
    path = f"/projects/{HERE.replace('/', '%2F')}/issues"
    everybody = desk.client.rest_list(path)
    assert len(everybody) == 2
    desk.server.fault(json_status(200, everybody), method="GET", path=r"/issues\?", times=None)
    assert states(desk, quoting)[0] is PublishState.UNCHANGED
    assert theirs.description == forged
    assert (theirs.state, len(weekly(tracker))) == ("opened", 2)


@pytest.mark.parametrize("week", ["2026-W01\n/close\n@all", "2026-W01](https://evil.example) ["])
def test_whoever_edits_the_bot_s_issue_of_a_week_puts_no_words_into_its_mouth(
    desk: Desk, tracker: Tracker, week: str
) -> None:
    """A quick action would be carried out with the rights of the bot's account."""
    published(desk, goals(date(2026, 11, 17)))
    old = weekly(tracker)[0]
    old.description = stamp.stamped("x", kind=stamp.WEEKLY, as_of=TODAY, week=week, series=the_issue().series)[0]
    assert states(desk)[0] is PublishState.CREATED
    (_, new) = weekly(tracker)
    assert (new.state, "Earlier" in new.description, "evil" in new.description) == ("opened", False, False)


def test_two_audits_in_one_project_leave_each_other_alone(desk: Desk, tracker: Tracker) -> None:
    web = PublishSettings.model_validate({"issue": {"project": HERE, "title": "Web reviews, week {week}"}})
    for text in ("One.", "Two."):
        both = ([the_issue(body=text)], goals(publish=web, report_md=f"Web: {text}"))
        for what in both:
            assert states(desk, what) == [PublishState.CREATED if text == "One." else PublishState.EDITED]
        assert [states(desk, what) for what in both] == [[PublishState.UNCHANGED]] * 2
    assert [one.description.partition("\n")[0] for one in tracker.production.issues.values()] == ["Two.", "Web: Two."]


def test_two_audits_of_one_title_and_page_notice_each_other(desk: Desk, tracker: Tracker) -> None:
    """Not on the next day: then the projects of one audit may have been changed."""

    def of(project: str, day: date, text: str) -> tuple[Target, ...]:
        return goals(day, only="issue wiki", projects=Projects(incidents=(project,)), report_md=text)

    assert states(desk, of("acme/web", TODAY, "Web.")) == [PublishState.CREATED] * 2
    refused = published(desk, of("acme/data", TODAY, "Data."))
    for one in refused:
        assert isinstance(one, Unpublished)
        assert "of other projects wrote it for the same day" in one.why
        assert "publish." in one.advice
    assert weekly(tracker)[0].description.startswith("Web.")
    assert states(desk, of("acme/web", TODAY, "Web.")) == [PublishState.UNCHANGED] * 2
    assert states(desk, of("acme/data", date(2026, 11, 24), "Data.")) == [PublishState.EDITED] * 2


def test_files_of_another_audit_are_left_alone(desk: Desk, tracker: Tracker) -> None:
    def of(*projects: str, text: str = "One.") -> tuple[Target, ...]:
        sources = [{"project": project, "incidents": 1, "reviews": 1, "complete": True} for project in projects]
        audit = world.audit_file(world.previous() | {"sources": sources}).model_dump_json(by_alias=True)
        return goals(only="repository", audit_json=audit, report_md=text)

    assert states(desk, of("acme/web", "acme/shop")) == [PublishState.CREATED]
    (refused,) = published(desk, of("acme/data"))
    assert isinstance(refused, Unpublished)
    assert "of other projects wrote it for the same day" in refused.why
    assert "a folder of their own" in refused.advice
    assert len(tracker.production.commits) == 1
    assert states(desk, of("acme/web", text="Two.")) == [PublishState.EDITED], "it has one project less"


@pytest.mark.parametrize(
    "text", ["no audit", "{}", '{"schema_version": 1}', '{"schema_version": 2}', '["a list"]', "", "[" * 100_000]
)
def test_files_that_somebody_else_wrote_are_left_alone(desk: Desk, tracker: Tracker, text: str) -> None:
    tracker.production.file("reports/2026-11-23/audit.json", text)
    (refused,) = published(desk, goals(only="repository"))
    assert isinstance(refused, Unpublished)
    assert refused.why == "reports/2026-11-23/audit.json is there, and is no audit: somebody else wrote it"
    assert "apart from other files" in refused.advice
    assert tracker.production.files["reports/2026-11-23/audit.json"].text == text
    assert tracker.production.commits == []


def test_a_report_without_its_audit_is_of_somebody_else(desk: Desk, tracker: Tracker) -> None:
    tracker.production.file("reports/2026-11-23/report.md", "Written by hand.")
    assert "without audit.json, so somebody else wrote them" in states(desk, goals(only="repository"))[0]
    tracker.production.files.clear()
    tracker.production.file("reports/2026-11-23/notes.md", "Written by hand.")
    assert states(desk, goals(only="repository")) == [PublishState.EDITED]


def test_an_audit_of_an_earlier_version_is_written_over(desk: Desk, tracker: Tracker) -> None:
    text = '{"schema_version": 1, "tool": {"name": "incident-review-audit"}, "what this version": "cannot read"}'
    tracker.production.file("reports/2026-11-23/audit.json", text)
    assert states(desk, goals(only="repository")) == [PublishState.EDITED]


def test_an_audit_of_a_later_version_is_left_alone(desk: Desk, tracker: Tracker) -> None:
    text = '{"schema_version": 2, "tool": {"name": "incident-review-audit"}}'
    tracker.production.file("reports/2026-11-23/audit.json", text)
    assert "of a later version of this program" in states(desk, goals(only="repository"))[0]
    assert tracker.production.commits == []


def forged(text: str = "All is well.", *, as_of: str = "2026-11-23", **fields: Any) -> str:
    mark = {"kind": stamp.WEEKLY, "week": "2026-W48", "series": the_issue().series, **fields}
    return stamp.stamped(text, as_of=date.fromisoformat(as_of), **mark)[0]


FORGERIES = {
    "a day to come": lambda: forged(as_of="9999-12-31"),
    "a day to come under the report itself": lambda: forged(FILES["report.md"], as_of="9999-12-31"),
    "today": forged,
    "no stamp": lambda: "All is well.",
    "nothing": lambda: "",
    "a week to come": lambda: forged(week="2027-W01"),
    "another series": lambda: forged(series="of others"),
    "no week": lambda: forged(week=""),
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
def test_what_others_make_of_the_week_s_issue_is_written_over(
    desk: Desk, tracker: Tracker, forgery: Callable[[], str]
) -> None:
    published(desk)
    (issue,) = weekly(tracker)
    report = issue.description
    issue.description = forgery()
    assert states(desk, goals(today=TODAY))[0] is PublishState.EDITED
    assert issue.description == report
    assert states(desk, goals(today=TODAY))[0] is PublishState.UNCHANGED
    assert len(weekly(tracker)) == 1


@pytest.mark.parametrize("change", [lambda text: f"{text}\n\nAnd more.", lambda text: text.replace("One.", "Fine.")])
def test_words_that_others_put_into_the_week_s_issue_are_taken_out_and_logged(
    desk: Desk, tracker: Tracker, caplog: pytest.LogCaptureFixture, change: Callable[[str], str]
) -> None:
    published(desk)
    (issue,) = weekly(tracker)
    report = issue.description
    issue.description = change(report)
    assert states(desk)[0] is PublishState.EDITED
    assert issue.description == report
    assert "others had changed the text of http" in caplog.text


def test_the_issue_of_an_earlier_week_takes_no_place_of_this_week_s(desk: Desk, tracker: Tracker) -> None:
    for day in (date(2026, 11, 17), TODAY):
        tracker.world.now = at(f"{day} 06:00")
        published(desk, goals(day))
    old, new = weekly(tracker)
    old.description = forged()
    assert isinstance(published(desk)[0], Published)
    assert (len(weekly(tracker)), new.state, old.description) == (2, "opened", forged())
    assert "# Report" in new.description


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (stamp.stamped("Fine.", kind=stamp.PAGE, as_of=date(9999, 12, 31))[0], "it bears the stamp of 9999-12-31"),
        (
            stamp.stamped("Fine.", kind=stamp.PAGE, as_of=TODAY)[0].replace("Fine", "Not fine"),
            "somebody has changed it",
        ),
        (stamp.stamped("Fine.", kind=stamp.PAGE, as_of=TODAY)[0] + "\n\nMore.", "somebody has changed it"),
    ],
    ids=["a day to come", "above the stamp", "below the stamp"],
)
def test_a_wiki_page_that_others_changed_is_left_alone_and_told(
    desk: Desk, tracker: Tracker, text: str, why: str
) -> None:
    page = tracker.production.page("Reports/Incident reviews", text)
    (refused,) = published(desk, goals(only="wiki", today=TODAY))
    assert isinstance(refused, Unpublished)
    assert why in refused.why
    assert "restore the last version by the token's account, or delete the page" in refused.advice
    assert page.content == text
    tracker.production.wiki.clear()
    assert states(desk, goals(only="wiki", today=TODAY)) == [PublishState.CREATED]


@pytest.mark.parametrize("page", ["Reports / Reviews #1, 100 %?", "v1.2 <final>", "\u00dcberblick"])
def test_a_page_is_found_again_whatever_its_title_holds(desk: Desk, page: str) -> None:
    what = goals(publish=PublishSettings.model_validate({"wiki": {"project": HERE, "page": page}}))
    assert states(desk, what) == [PublishState.CREATED]
    assert states(desk, what) == [PublishState.UNCHANGED]


def test_one_issue_of_very_many_is_found(desk: Desk, tracker: Tracker) -> None:
    for number in range(150):
        tracker.production.issue(f"Note {number}", author=tracker.bot, created_at=at("2026-11-20"), issue_type="issue")
    alone = goals(only="issue")
    assert states(desk, alone) == [PublishState.CREATED]
    for number in range(150):
        tracker.production.issue(f"More {number}", author=tracker.bot, created_at=at("2026-11-23"), issue_type="issue")
    assert states(desk, alone) == [PublishState.UNCHANGED]
    assert len(weekly(tracker)) == 1


def test_the_week_is_that_of_the_calendar_at_the_turn_of_the_year(desk: Desk, tracker: Tracker) -> None:
    for day in ("2026-12-31", "2027-01-03", "2027-01-04"):
        tracker.world.now = at(f"{day} 06:00")
        published(desk, goals(date.fromisoformat(day)))
    old, new = weekly(tracker)
    assert [old.title, new.title] == ["Incident reviews, week 53 of 2026", "Incident reviews, week 1 of 2027"]
    assert "Earlier weeks: [2026-W53](" in new.description


@pytest.mark.parametrize("state", ["closed", "locked"])
def test_an_issue_that_people_closed_or_locked_stays_so_and_is_kept_up_to_date(
    desk: Desk, tracker: Tracker, state: str
) -> None:
    published(desk)
    (issue,) = weekly(tracker)
    if state == "closed":
        issue.close(at=at("2026-11-23 08:00"), by=tracker.anna)
    else:
        issue.lock(at=at("2026-11-23 08:00"), by=tracker.anna)
    assert states(desk, goals(report_md="Two.\n"))[0] is PublishState.EDITED
    assert (issue.state == "closed", issue.discussion_locked) == (state == "closed", state == "locked")
    assert "Two." in issue.description
    assert len(weekly(tracker)) == 1


def test_a_report_full_of_hostile_words_is_stored_letter_for_letter(desk: Desk, tracker: Tracker) -> None:
    """No line of it is taken for a quick action, and half a character costs nothing but itself."""
    report = details_md(world.usual()) + "\ud800\n"
    assert states(desk, goals(report_md=report)) == [PublishState.CREATED] * 3
    (issue,) = weekly(tracker)
    assert issue.description.startswith(report.replace("\ud800", "?").rstrip())
    assert (issue.state, issue.assignees, len(issue.labels)) == ("opened", [], 2)
    assert states(desk, goals(report_md=report)) == [PublishState.UNCHANGED] * 3


def test_a_list_that_lags_behind_costs_no_second_issue_for_long(desk: Desk, tracker: Tracker) -> None:
    desk.server.fault(json_status(200, []), method="GET", path=r"/issues\?", times=2)
    assert states(desk)[0] is PublishState.CREATED
    assert "# Report" in weekly(tracker)[0].description
    assert states(desk)[0] is PublishState.UNCHANGED
    assert len(weekly(tracker)) == 1


def test_an_issue_that_was_moved_away_is_opened_anew(desk: Desk, tracker: Tracker) -> None:
    published(desk)
    away = tracker.world.project("acme/archive")
    away.receive(weekly(tracker)[0], at=at("2026-11-23 08:00"), by=tracker.anna)
    assert states(desk)[0] is PublishState.CREATED


def test_nothing_is_told_in_an_issue_that_gitlab_does_not_make_confidential(desk: Desk, tracker: Tracker) -> None:
    """It passes over what an account may not set."""

    def open_to_all(_: Request) -> None:
        weekly(tracker)[0].set_confidential(False, at=at("2026-11-23 07:00"), by=tracker.anna)

    desk.server.fault(Hook(call=open_to_all, after=True), method="POST", path=ISSUES)
    desk.server.fault(json_status(200, {"confidential": False}), method="PUT", path=r"/issues/1$")
    (refused, *_) = published(desk)
    assert isinstance(refused, Unpublished)
    assert "does not make the issue confidential" in refused.why
    assert "# Report" not in weekly(tracker)[0].description
    assert states(desk)[0] is PublishState.EDITED
    assert weekly(tracker)[0].confidential
    assert "# Report" in weekly(tracker)[0].description


def test_an_issue_that_should_be_confidential_becomes_so_again(desk: Desk, tracker: Tracker) -> None:
    published(desk)
    weekly(tracker)[0].set_confidential(False, at=at("2026-11-23 07:00"), by=tracker.anna)
    assert states(desk)[0] is PublishState.EDITED
    assert weekly(tracker)[0].confidential


def test_a_page_that_somebody_else_wrote_is_left_alone(desk: Desk, tracker: Tracker) -> None:
    tracker.production.page("Reports/Incident reviews", "Written by hand.")
    told_of = published(desk)[1]
    assert isinstance(told_of, Unpublished)
    assert "somebody else wrote" in told_of.why
    assert tracker.production.wiki["Reports/Incident-reviews"].content == "Written by hand."


def test_a_wiki_of_a_group(desk: Desk, tracker: Tracker) -> None:
    tracker.world.member(tracker.world.groups["acme/sre"], tracker.bot, 30)
    settings = PublishSettings.model_validate({"wiki": {"group": "acme/sre", "page": "Reviews"}})
    what = goals(publish=settings)
    (done,) = published(desk, what)
    assert isinstance(done, Published)
    assert done.url == f"{desk.server.url}/groups/acme/sre/-/wikis/Reviews"
    assert states(desk, what) == [PublishState.UNCHANGED]
    assert list(tracker.world.groups["acme/sre"].wiki) == ["Reviews"]


def test_what_fails_stops_nothing_else_and_is_told_with_advice(desk: Desk, tracker: Tracker) -> None:
    tracker.production.protected = True
    tracker.production.wiki_access = "disabled"
    done, wiki, files = published(desk)
    assert isinstance(done, Published)
    assert isinstance(wiki, Unpublished)
    assert isinstance(files, Unpublished)
    assert "the wiki is switched on" in wiki.advice
    assert "You are not allowed to push into this branch" in files.why
    assert "takes a Maintainer" in files.advice


def test_a_server_that_goes_on_failing_is_given_up_and_the_next_is_tried(desk: Desk, tracker: Tracker) -> None:
    desk.server.fault(html_status(502, "Bad Gateway"), method="POST", path=WIKI, times=None)
    assert [isinstance(one, Published) for one in published(desk)] == [True, False, True]
    assert desk.server.count("POST", "/wikis") == 3
    desk.server.fault(Answer(reply=html_status(503, "x").reply), method="POST", path=ISSUES, times=None)
    assert isinstance(published(desk, goals(date(2026, 12, 1), only="issue"))[0], Unpublished)
    assert len(weekly(tracker)) == 1


def test_a_token_that_is_revoked_on_the_way_ends_it(desk: Desk, tracker: Tracker) -> None:
    desk.server.fault(
        Hook(call=lambda _: setattr(tracker.world.tokens[TOKEN], "revoked", True)), method="GET", path=WIKI
    )
    done, wiki, files = published(desk)
    assert isinstance(done, Published)
    assert isinstance(wiki, Unpublished)
    assert isinstance(files, Unpublished)
    assert files.why.startswith("not tried any more, since")


def test_files_that_gitlab_keeps_by_lfs_are_committed_once(desk: Desk, tracker: Tracker) -> None:
    """Where .gitattributes say so it commits a pointer: this one is of `git lfs pointer`."""
    published(desk)
    pointer = (
        "version https://git-lfs.github.com/spec/v1\n"
        "oid sha256:2937538186c97d6bfd89283f74d673fec8489eed6c833bcc4bb6120d9e7f8ede\nsize 15\n"
    )
    tracker.production.file("reports/2026-11-23/report.md", pointer)
    assert states(desk)[2] is PublishState.UNCHANGED
    assert states(desk, goals(report_md="Two.\n"))[2] is PublishState.EDITED


def test_an_answer_that_is_not_gitlab_s_stops_nothing_else(desk: Desk, tracker: Tracker) -> None:
    tracker.production.file("reports/2026-11-23/audit.json", "{}")
    for path, answer in ((r"/issues$", {"id": 1}), (r"/wikis/", {}), (r"/repository/files/", {"content": 1})):
        desk.server.fault(json_status(200, answer), path=path, times=None)
    assert [one.why.rpartition(": ")[2] for one in published(desk) if isinstance(one, Unpublished)] == [
        "the answer is not the issue that was sent",
        "the answer is no wiki page",
        "the answer is no file",
    ]


def test_files_that_cannot_be_listed_are_no_reason_to_write_them_blindly(desk: Desk, tracker: Tracker) -> None:
    desk.server.fault(FORBIDDEN, path="/repository/tree", times=None)
    assert isinstance(published(desk)[2], Unpublished)
    assert tracker.production.commits == []


def test_the_previous_report_is_the_newest_of_an_earlier_day(desk: Desk, tracker: Tracker) -> None:
    place = RepositoryDestination(project=HERE, branch="main")
    assert newest_before(desk.client, place, TODAY) is None
    for day, name in (("2026-11-09", "audit.json"), ("2026-11-16", "report.md"), ("2026-11-23", "audit.json")):
        tracker.production.file(f"reports/{day}/{name}", f'{{"as_of": "{day}"}}')
    tracker.production.file("reports/example/audit.json", "{}")
    found = newest_before(desk.client, RepositoryDestination(project=HERE), TODAY)
    assert found == (f"{HERE}:reports/2026-11-09/audit.json", '{"as_of": "2026-11-09"}')
    desk.server.fault(FORBIDDEN, path="/repository/files", times=None)
    with pytest.raises(Exception, match="403"):
        newest_before(desk.client, place, TODAY)
