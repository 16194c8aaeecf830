"""Corrective actions: how they stand by severity, which are late, which nobody has, and what happened again."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from audit.model import User
from audit.report.figures.corrective import SeverityRow
from audit.report.formats.details import details_md
from tests import records as make
from tests.report import world
from tests.report.world import SECRET, P

if TYPE_CHECKING:
    from audit.model import Issue
    from audit.report.figures.view import View

API = ("Severity::2", "Service::API")
MARK = "corrective action"


def _tracker() -> tuple[Issue, ...]:
    """Actions 1, 2 and 7 are late, 3 is waived, 4 on time without anybody, 5 closed, 6 without a severity."""
    return (
        make.incident(1, "Disk full", labels=API, created="2026-11-02"),
        make.review(101, of=1, created="2026-11-03", closed="2026-11-04"),
        make.incident(2, "Disk full again", labels=API, created="2026-11-16"),
        make.incident(3, f"{SECRET} leaked", labels=("Severity::2",), confidential=True, created="2026-10-05"),
        make.action(1, "Alert on disks", of=1, labels=(MARK, "Severity::1"), created="2026-11-04"),
        make.action(2, "Quota", of=101, labels=(MARK, "Severity::2"), created="2026-10-04", assignees=()),
        make.action(3, "Log less", of=1, labels=(MARK, "Severity::1"), created="2026-11-10"),
        make.action(4, "Drill", of=1, labels=(MARK, "Severity::3"), assignees=(User(username="off", active=False),)),
        make.action(5, "Page", of=1, labels=(MARK, "Severity::1"), created="2026-10-04", closed="2026-11-20"),
        make.action(6, "Think", of=1, labels=(MARK,)),
        make.action(7, f"{SECRET} keys", of=3, labels=(MARK, "Severity::1"), created="2026-10-20"),
    )


@cache
def _view() -> View:
    config = world.settings(waivers=[make.waiver(f"{make.TOOLS}#3", "CA001")])
    return world.view(world.result(_tracker(), config=config, gaps=()), plan=None)


def test_each_severity_is_counted_against_its_days() -> None:
    assert _view().actions.by_severity == (
        SeverityRow(severity=1, days_allowed=7, closed=1, open=3, late=3, unassigned=0),
        SeverityRow(severity=2, days_allowed=30, closed=0, open=1, late=1, unassigned=1),
        SeverityRow(severity=3, days_allowed=60, closed=0, open=1, late=0, unassigned=1),
        SeverityRow(severity=None, days_allowed=None, closed=0, open=1, late=0, unassigned=0),
    )
    assert (_view().actions.total, _view().actions.open) == (7, 6)


def test_late_ones_stand_longest_first_and_waived_ones_aside() -> None:
    actions = _view().actions
    assert [(row.ref.rpartition("#")[2], row.late_after, row.days_late) for row in actions.late] == [
        ("7", date(2026, 10, 27), 27),
        ("2", date(2026, 11, 3), 20),
        ("1", date(2026, 11, 11), 12),
    ]
    assert (actions.late[2].addressees, actions.late[2].incidents) == (("anna",), (f"{P}#1",))
    assert actions.waived == 1


def test_what_is_on_time_but_nobody_has_is_told_beside() -> None:
    (row,) = _view().actions.unassigned
    assert (row.title, row.days_late, row.late_after) == ("Drill", 0, date(2027, 1, 3))


def test_an_incident_that_may_have_come_of_it_is_a_question() -> None:
    (row,) = _view().actions.repeated
    assert ([one.ref for one in row.incidents], row.services, row.earlier) == ([f"{P}#2"], ("api",), (f"{P}#1",))
    assert row.actions == (f"{make.TOOLS}#1", f"{make.TOOLS}#2", f"{make.TOOLS}#3")
    assert "Did it happen again for want of one?" in details_md(_view())


def test_an_action_of_something_confidential_is_counted_and_not_told() -> None:
    hidden = _view().actions.late[0]
    assert (hidden.url, hidden.title, hidden.addressees, hidden.incidents) == ("", "(confidential)", (), ())
    assert SECRET not in details_md(_view())


def test_the_report_tells_them_in_words() -> None:
    section = details_md(_view()).partition("## Corrective actions")[2].partition("\n## ")[0]
    assert "7 corrective actions of the incidents and their reviews, 6 open." in section
    assert "| S1 critical | 7 | 1 | 3 | 3 | 0 |" in section
    assert "| none | – | 0 | 1 | – | 0 |" in section
    assert "Alert on disks | S1 critical | 2026-11-04 | 2026-11-11 | 12 | `@anna` |" in section
    assert "1 finding besides is waived." in section


def test_without_any_the_report_says_so() -> None:
    empty = world.view(world.result((), gaps=()), plan=None)
    assert (empty.actions.total, empty.actions.by_severity) == (0, ())
    assert "No corrective action is linked with an incident or its review" in details_md(empty)
