"""Needs a decision: counted in subjects, none twice, and complete."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from audit.model import Catalog, Gap, Ref, Service, Team, User
from audit.reminders.plan import Plan, Proposal
from tests import records as make
from tests.report import world
from tests.report.world import P

if TYPE_CHECKING:
    from audit.report.figures.decisions import Decisions

MAIL = ("Severity::2", "Service::Mail")
GONE = Catalog(
    services=(Service(name="mail", label="Mail", owner="post"), Service(name="git", label="Git")),
    teams=(Team(name="post", manager="boss"),),
    teams_given=True,
)
NOBODY = {"boss": User(username="boss", active=False)}


def _decisions(*tracker: Any, **fields: Any) -> Decisions:
    waivers = fields.pop("waivers", [])
    config = world.settings(waivers=waivers, **fields.pop("config", {}))
    result = world.result(tracker, config=config, gaps=(), catalog=GONE, accounts=NOBODY)
    return world.view(result, **fields).decisions


def _short(found: Decisions) -> list[tuple[str, tuple[str, ...]]]:
    return [(row.subject.removeprefix(P), row.questions) for row in found.rows]


def test_an_incident_that_nobody_can_be_asked_about_is_told_whatever_holds_its_reminder_back() -> None:
    found = _decisions(
        make.incident(1, labels=("Severity::1",), created="2026-03-02"),
        make.incident(2, created="2026-10-05"),
        config={"reminders": {"remind_from": "2026-09-01"}},
    )
    assert _short(found) == [("#1", ("unreachable",)), ("#2", ("unreachable",))]
    assert (found.rows[0].severity, found.rows[0].since) == (1, date(2026, 3, 2))
    assert [row.since for row in found.unreachable] == [date(2026, 3, 2), date(2026, 10, 5)]


def test_a_service_and_its_incidents_are_one_subject() -> None:
    found = _decisions(
        make.incident(1, labels=MAIL, created="2026-10-05"), make.incident(2, labels=MAIL, created="2026-10-06")
    )
    assert _short(found) == [("mail", ("unreachable",))]
    (row,) = found.unreachable
    assert [one.ref for one in row.incidents] == [f"{P}#1", f"{P}#2"]
    assert ("no active account" in row.why, row.since) == (True, date(2026, 10, 5))
    assert (found.count, found.rows[0].is_service) == (1, True)


def test_an_incident_that_waits_for_an_owner_is_told_with_the_service() -> None:
    git = ("Severity::2", "Service::Git")
    flagged = {"policies": [{"from": "2026-01-01", "unowned": "flag"}]}
    found = _decisions(make.incident(1, labels=git, created="2026-10-05"), config=flagged)
    assert _short(found) == [("git", ("owner",))]
    assert found.unreachable == ()


def test_two_questions_about_one_incident_are_one_decision() -> None:
    lapsed = [make.waiver(f"{P}#101", "IR003", expires="2026-11-01")]
    tracker = (make.incident(1, created="2026-10-05"), make.review(101, of=1, created="2026-10-06"))
    proposal = Proposal(
        issue=Ref(P, 101), incident=Ref(P, 1), by="ida", on=date(2026, 11, 2), reason="Done.", url="", internal=False
    )
    plan = Plan(as_of=world.AS_OF, proposals=(proposal, proposal), unreachable=(Ref(P, 1),))
    found = _decisions(*tracker, plan=plan, waivers=lapsed)
    # a waiver on the review is about the incident, too
    assert _short(found) == [("#1", ("unreachable", "proposal", "lapsed"))]
    assert (found.count, len(found.proposals), len(found.lapsed)) == (1, 2, 1)


def test_the_worst_severity_comes_first_then_the_oldest_then_what_has_none() -> None:
    found = _decisions(
        make.incident(1, created="2026-10-05"),
        make.incident(2, labels=("Severity::1",), created="2026-10-20"),
        make.incident(3, created="2026-09-01"),
        waivers=[make.waiver(f"{P}#77", "IR001", expires="2026-11-01")],
    )
    assert [name for name, _ in _short(found)] == ["#2", "#3", "#1", "#77"]
    assert (found.rows[-1].severity, found.rows[-1].since, found.rows[-1].url) == (None, None, "")


def test_nobody_is_called_unreachable_whose_account_could_not_be_read() -> None:
    failed = Gap(ref="@boss", what="users", why="502")
    tracker = (make.incident(1, labels=MAIL, created="2026-10-05"),)
    result = world.result(tracker, config=world.settings(waivers=[]), gaps=(failed,), catalog=GONE, accounts={})
    assert world.view(result).decisions.unreachable == ()
