"""Corrective actions over real HTTP: they may lie in any project that the token reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.engine import judge as engine
from audit.evidence.build import build
from audit.report.formats.details import details_md
from tests.gitlab.conftest import HERE, TODAY, at, settings
from tests.report import world
from tests.sandbox.faults import json_status

if TYPE_CHECKING:
    from tests.gitlab.conftest import Desk, Tracker

TOOLS = "acme/sre/tools"


@pytest.mark.parametrize(
    ("audited", "place", "allow_public", "hidden"),
    [
        ("public", "private", False, True),
        ("public", "internal", False, True),
        ("public", "public", False, False),
        ("internal", "private", False, True),
        ("private", "private", False, False),
        ("private", "private", True, True),
        ("private", "public", True, False),
    ],
)
def test_a_title_that_fewer_people_may_read_than_the_report_is_not_told(
    *, tracker: Tracker, desk: Desk, audited: str, place: str, allow_public: bool, hidden: bool
) -> None:
    tracker.production.visibility = audited
    tools = tracker.world.project(TOOLS)
    tools.visibility = place
    for name in ("corrective action", "other"):
        made = tools.issue(
            f"A hole: {name}", author=tracker.anna, created_at=at("2026-11-04"), issue_type="issue", labels=(name,)
        )
        tracker.link(tracker.incident(labels=("incident", "Severity::1")), made)
    chosen = settings(publish={"allow_public": allow_public})
    records = desk.pull(chosen)
    told = {issue.ref.iid: issue.confidential for issue in records.issues if issue.ref.project == TOOLS}
    assert told == {1: hidden, 2: hidden}
    report = details_md(world.view(engine.audit(build(records, chosen, TODAY)), plan=None))
    assert ("A hole" in report) is not hidden
    asked = [one for one in desk.server.requests if one.path.endswith("tools")]
    assert len(asked) == (audited != "private" or allow_public), "once, and not for nothing"


def test_a_project_that_does_not_say_who_may_read_it_is_taken_for_private(tracker: Tracker, desk: Desk) -> None:
    tracker.production.visibility = "public"
    tools = tracker.world.project(TOOLS)
    tools.visibility = "public"
    made = tools.issue("Fix it", author=tracker.anna, created_at=at("2026-11-04"), labels=("corrective action",))
    tracker.link(tracker.incident(labels=("incident", "Severity::1")), made)
    desk.server.fault(json_status(403, {"message": "403 Forbidden"}), method="GET", path="tools$", times=None)
    (told,) = (issue for issue in desk.pull().issues if issue.ref.project == TOOLS)
    assert told.confidential
    # beside a private audited project no report is for everybody
    desk.server.faults.clear()
    tools.visibility = tracker.world.project("acme/sre/further").visibility = "private"
    both = settings(projects={"incidents": [HERE, "acme/sre/further"]})
    (told,) = (issue for issue in desk.pull(both).issues if issue.ref.project == TOOLS)
    assert not told.confidential


def test_actions_of_a_project_that_is_not_audited(tracker: Tracker, desk: Desk) -> None:
    tools = tracker.world.project(TOOLS, former_paths=["acme/old/tools"])
    secret = tracker.world.project("other/secret")
    anna = tracker.anna

    def action(created: str, *labels: str, assigned: bool = False) -> None:
        tools.issue(
            "Fix it",
            author=anna,
            created_at=at(created),
            issue_type="issue",
            labels=("corrective action", *labels),
            assignees=(anna,) if assigned else (),
        )

    action("2026-11-04 10:00", "Severity::1", assigned=True)
    action("2026-11-04 10:00")
    action("2026-11-04 10:00", "Severity::1")  # of nothing
    secret.issue("Fix it too", author=anna, created_at=at("2026-11-04 10:00"), issue_type="issue")
    labels = ("incident", "Severity::1", "Service::API")
    first = tracker.incident("API down", labels=labels)
    tracker.link(first, tools.issues[1])
    reviewed = tracker.review(description="## Outcomes\n\n- acme/old/tools#2\n")
    tracker.link(first, reviewed)
    reviewed.close(at=at("2026-11-06 10:00"), by=anna)
    second = tracker.incident("API slow", "2026-11-19 10:00", labels=labels)
    for outcomes in ("- other/secret#1", "None."):
        made = tracker.review(created="2026-11-19 11:00", description=f"## Outcomes\n\n{outcomes}\n")
        tracker.link(second, made)
        made.close(at=at("2026-11-20 10:00"), by=anna)

    records = desk.pull()
    result = engine.audit(build(records, settings(), TODAY))

    told = result.evidence.actions
    assert told["ref"].tolist() == [f"{TOOLS}#1", f"{TOOLS}#2"]
    assert told["incidents"].tolist() == [(f"{HERE}#{first.iid}",)] * 2
    assert told["reviews"].tolist() == [(), (f"{HERE}#{reviewed.iid}",)]
    assert [(one.code, one.subject) for one in result.findings if one.code[:2] == "CA" or one.code == "IR010"] == [
        ("IR010", f"{HERE}#{made.iid}"),  # it names nothing; the one before names what the token cannot read
        ("CA001", f"{TOOLS}#1"),
        ("CA002", f"{TOOLS}#2"),
        ("CA003", f"{HERE}#{second.iid}"),
    ]
    # what a text names is no incident for that
    assert {source.project for source in records.sources} == {HERE}


def test_an_action_is_found_that_is_linked_with_a_reviews_duplicate_elsewhere(tracker: Tracker, desk: Desk) -> None:
    incident = tracker.incident(labels=("incident", "Severity::1"))
    review = tracker.review()
    tools, elsewhere = tracker.world.project(TOOLS), tracker.world.project("acme/sre/elsewhere")
    made = tools.issue("Fix it", author=tracker.anna, created_at=at("2026-11-04"), labels=("corrective action",))
    twin = elsewhere.issue("The same", author=tracker.anna, created_at=at("2026-11-04"))
    twin.mark_duplicate(review, at=at("2026-11-05"), by=tracker.anna)
    for one, other in ((incident, review), (review, twin), (twin, made)):
        tracker.link(one, other)
    records = desk.pull()
    result = engine.audit(build(records, settings(), TODAY))
    assert [one.subject for one in result.findings if one.code == "CA002"] == [f"{TOOLS}#1"]
    assert records.unasked == ()
