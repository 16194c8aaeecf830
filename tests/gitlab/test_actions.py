"""Corrective actions over real HTTP: they may lie in any project that the token reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit import engine
from audit.evidence import build
from tests.gitlab.conftest import HERE, TODAY, at, settings

if TYPE_CHECKING:
    from tests.gitlab.conftest import Desk, Tracker

TOOLS = "acme/sre/tools"


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
