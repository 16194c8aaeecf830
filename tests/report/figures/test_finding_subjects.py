"""What stands behind a finding: team, people, due day, days late and address of its subject."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from audit.model import User
from audit.report.figures.finding_subjects import FindingSubject
from tests import records as make
from tests.report import world
from tests.report.world import SECRET, P

if TYPE_CHECKING:
    from audit.report.figures.view import View

MARK = "corrective action"


def _of(view: View) -> dict[tuple[str, str], FindingSubject]:
    keys = [(finding.kind, finding.subject) for finding in view.findings]
    return dict(zip(keys, view.subjects, strict=True))


@cache
def _subjects() -> dict[tuple[str, str], FindingSubject]:
    return _of(world.usual())


def test_an_open_review_has_whom_to_ask_and_its_working_days_until_today() -> None:
    late = _subjects()["incident", f"{P}#3"]
    assert (late.teams, late.people) == (("backend",), ("alice",))
    assert (late.due_on, late.days_late) == (date(2026, 11, 2), 15)
    assert late.url.endswith("/work_items/3")


def test_a_completed_review_has_its_assignees_and_the_days_until_it_was_completed() -> None:
    done = _subjects()["incident", f"{P}#2"]
    assert (done.people, done.due_on, done.days_late) == (("alice",), date(2026, 10, 19), 3)
    of_review = _subjects()["review", f"{P}#102"]
    assert (of_review.teams, of_review.people) == (("frontend",), ("alice",))
    assert (of_review.due_on, of_review.days_late) == (date(2026, 10, 19), 3)
    assert _subjects()["review", f"{P}#101"].days_late == 0


def test_what_needs_no_review_is_due_on_no_day() -> None:
    lowered = _subjects()["incident", f"{P}#11"]
    assert (lowered.due_on, lowered.days_late, lowered.people) == (None, None, ())
    voluntary = _subjects()["review", f"{P}#109"]
    assert (voluntary.due_on, voluntary.days_late) == (None, None)


def test_a_service_has_its_team_alone() -> None:
    unowned = _subjects()["service", "git"]
    assert unowned == FindingSubject(title="", url="", teams=(), people=(), due_on=None, days_late=None)


def test_of_a_confidential_record_only_its_days_are_told() -> None:
    for key in (("incident", f"{P}#20"), ("review", f"{P}#121")):
        hidden = _subjects()[key]
        assert (hidden.url, hidden.teams, hidden.people) == ("", (), ())
        assert SECRET not in hidden.title
        assert hidden.days_late == 10


def test_a_corrective_action_is_late_by_calendar_days_and_belongs_to_the_team_of_its_incident() -> None:
    tracker = (
        make.incident(1, "Disk full", labels=("Severity::2", "Service::API"), created="2026-11-02"),
        make.review(101, of=1, created="2026-11-03", closed="2026-11-04"),
        make.action(1, "Alert", of=1, labels=(MARK, "Severity::1"), created="2026-11-04", assignees=(world.ALICE,)),
        make.action(2, "Drill", of=1, labels=(MARK, "Severity::3"), assignees=(User(username="off", active=False),)),
        make.action(3, "Think", of=1, labels=(MARK,), assignees=()),
    )
    subjects = _of(world.view(world.result(tracker, gaps=()), plan=None))
    late = subjects["corrective action", f"{make.TOOLS}#1"]
    assert (late.teams, late.people) == (("backend",), ("alice",))
    assert (late.due_on, late.days_late) == (date(2026, 11, 11), 12)
    assert subjects["corrective action", f"{make.TOOLS}#2"].days_late == 0
    undated = subjects["corrective action", f"{make.TOOLS}#3"]
    assert (undated.due_on, undated.days_late) == (None, None)
