"""The View: every number once, from the real evidence and the real rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from audit.engine.next_steps import COMPLETE, OPEN
from audit.model import Catalog, Gap, Link, Ref, Service, User
from audit.reminders.plan import Plan, Reason, Reminder, Withheld
from audit.report.figures.changes import Changes, Key
from audit.report.formats.audit_json import audit_json
from tests import records as make
from tests.report import world
from tests.report.world import P

if TYPE_CHECKING:
    from audit.report.figures.view import View


def _changes(**fields: Any) -> Changes | None:
    return world.view(previous={**world.previous(), **fields}).changes


def test_changes_since_the_previous_audit() -> None:
    changes = _changes()
    assert changes is not None
    assert changes.since == date(2026, 11, 16)
    assert changes.points == pytest.approx(-25)
    assert (changes.open_late, changes.blocked, changes.median, changes.p90) == (3, 0, None, None)
    assert changes.still == (Key(code="IR001", subject=f"{P}#4"),)
    assert changes.cleared == (Key(code="IR001", subject=f"{P}#2"),)
    # what was waived then, and is not any more, is new; what is waived now is not there
    assert Key(code="IR002", subject=f"{P}#3") in changes.new
    assert Key(code="IR001", subject=f"{P}#7") not in changes.new


def test_an_audit_compared_with_its_own_data_of_another_day_has_not_changed() -> None:
    earlier = audit_json(world.usual()) | {"as_of": "2026-11-22"}
    changes = world.view(previous=earlier).changes
    assert changes is not None
    assert (changes.points, changes.open_late, changes.blocked, changes.new, changes.cleared) == (0, 0, 0, (), ())


@pytest.mark.parametrize("day", ["2026-11-23", "2026-12-01"])
def test_what_is_not_earlier_is_not_compared(day: str) -> None:
    assert _changes(as_of=day) is None


def test_there_is_nothing_to_compare_where_a_rate_is_not_told() -> None:
    changes = _changes(compliance={"rate": None, "open_late": 2}, figures={})
    assert changes is not None
    assert (changes.points, changes.blocked, changes.median) == (None, None, None)


def test_late_ones_stand_oldest_first_with_whom_to_ask_and_what_to_do() -> None:
    rows = [(row.incident.ref, row.working_days_late, row.addressees, row.next_step) for row in world.usual().late]
    assert rows == [
        (f"{P}#4", 54, ("frontend-team",), OPEN),
        (f"{P}#3", 15, ("alice",), "Fill in Key Information"),
        (f"{P}#20", 10, (), COMPLETE),
        (f"{P}#21", 10, (), COMPLETE),
        (f"{P}#22", 10, (), COMPLETE),
    ]


def test_without_reminders_the_assignees_are_asked() -> None:
    tracker = (
        make.incident(1, created="2026-10-05", assignees=(User(username="ida"),)),
        make.incident(2, created="2026-10-06", assignees=(User(username="ida"),)),
        make.review(102, of=2, created="2026-10-07", assignees=(User(username="gone", active=False),)),
        make.incident(3, created="2026-10-07"),
    )
    late = world.view(world.result(tracker, gaps=()), plan=None).late
    assign = "Assign the review to the person who leads it"
    assert [(row.addressees, row.next_step) for row in late] == [(("ida",), OPEN), (("ida",), assign), ((), OPEN)]


def test_an_inline_review_is_completed_by_its_label() -> None:
    config = world.settings(review={"where": "inline"}, waivers=[])
    late = world.view(world.result((make.incident(1, created="2026-10-05"),), config=config, gaps=())).late
    assert [row.next_step for row in late] == ["Assign the review to the person who leads it"]


def test_sources_are_counted_and_their_completeness_told() -> None:
    sources = (make.source("z/last", complete=False), make.source())
    view = world.view(world.result(sources=sources))
    assert [(row.project, row.incidents, row.reviews, row.complete) for row in view.sources] == [
        (P, 15, 8, True),
        ("z/last", 0, 0, False),
    ]
    assert (view.complete_sources, view.reviews_read, view.total) == (1, 8, 15)


def test_beside_the_figure_each_has_its_reason() -> None:
    outside = world.usual().not_counted
    assert [row.ref for row in outside.pending] == [f"{P}#6"]
    assert [row.ref for row in outside.exempt] == [f"{P}#5"]
    assert [(row.incident.ref, row.reason) for row in outside.inconclusive] == [(f"{P}#8", "severity")]
    assert [row.ref for row in outside.voluntary] == [f"{P}#9"]
    assert [(row.incident.ref, row.lowered_from, row.lowered_on) for row in outside.escaped] == [
        (f"{P}#11", 2, date(2026, 11, 6))
    ]
    assert [(row.incident.ref, row.removed_on) for row in outside.withdrawn] == [(f"{P}#12", date(2026, 11, 9))]
    (waived,) = outside.waived
    assert waived.waiver is not None
    assert (waived.waiver.reason, waived.waiver.approved_by) == (
        "Reviewed together with the vendor.",
        "Dora Director",
    )


def test_days_of_the_questions_are_days_of_the_zone() -> None:
    tracker = (
        make.incident(
            1,
            labels=("Severity::3",),
            label_events=(make.added("Severity::1", "2026-11-02"), make.removed("Severity::1", "2026-11-05 23:30")),
        ),
        make.incident(
            2,
            label_events=(
                make.added("Review-Requested", "2026-11-02 11:00"),
                make.removed("Review-Requested", "2026-11-05 23:30"),
            ),
        ),
    )
    config = world.settings(timezone="Europe/Berlin", waivers=[])
    outside = world.view(world.result(tracker, config=config, gaps=())).not_counted
    assert [row.lowered_on for row in outside.escaped] == [date(2026, 11, 6)]
    assert [row.removed_on for row in outside.withdrawn] == [date(2026, 11, 6)]


def test_reasons_of_what_cannot_be_told() -> None:
    tracker = (
        make.incident(1, links=(Link(target=None),)),
        make.incident(2, labels=(), label_events=(make.added(None, "2026-11-02"),)),
        make.incident(3, labels=()),
        make.incident(4, moved=True, closed="2026-11-03"),
    )
    view = world.view(world.result(tracker, gaps=(), sources=(make.source(labels=()),)))
    assert {row.incident.ref: row.reason for row in view.not_counted.inconclusive} == {
        f"{P}#1": "links",
        f"{P}#2": "label",
        f"{P}#3": "severity",
        f"{P}#4": "target",
    }


def _no_owner_view() -> View:
    both = ("Severity::2", "Service::API", "Service::Git")
    tracker = (
        make.incident(1, labels=("Severity::2", "Service::Git"), created="2026-11-10"),
        make.incident(2, labels=("Severity::2", "Service::Git"), created="2026-11-03"),
        make.incident(3, labels=("Severity::2", "Service::Mail Room"), created="2026-11-20"),
        make.incident(4, labels=both, created="2026-10-05"),
        make.review(104, of=4, created="2026-10-06", closed="2026-10-07"),
    )
    return world.view(world.result(tracker, gaps=()))


def test_the_no_owner_queue_has_the_heaviest_service_first_and_who_might_take_it() -> None:
    queue = _no_owner_view().no_owner
    assert queue.blocked == 3
    assert [
        (row.service, row.weight, len(row.incidents), row.days_blocked, row.suggestion) for row in queue.services
    ] == [
        ("git", 1.0, 2, 20, "backend"),
        ("mail", 0.0, 1, 3, ""),
    ]


def test_a_service_is_searched_by_the_label_as_the_project_spells_it() -> None:
    git, mail = _no_owner_view().no_owner.services
    assert [search.url for search in git.searches] == [
        f"https://gitlab.example/{P}/-/issues?state=all&label_name%5B%5D=Service%3A%3AGit"
    ]
    assert mail.searches == ()  # its label does not exist in the project


def test_flagged_services_block_while_there_is_no_review() -> None:
    config = world.settings(policies=[{"unowned": "flag"}], waivers=[])
    git = ("Severity::2", "Service::Git")
    tracker = (
        make.incident(1, labels=git, created="2026-10-05"),
        make.incident(2, labels=git, created="2026-11-20"),
        make.incident(3, labels=git, created="2026-10-05"),
        make.review(103, of=3),
    )
    view = world.view(world.result(tracker, config=config, gaps=()))
    assert view.verdicts["exempt_unowned"] == 0
    assert [row.ref for row in view.no_owner.services[0].incidents] == [f"{P}#1", f"{P}#2"]


def test_decisions_are_counted_by_what_a_leader_has_to_settle() -> None:
    result = world.result()
    held = Withheld(
        issue=Ref(P, 103),
        incident=Ref(P, 3),
        step=5,
        addressees=("alice",),
        internal=False,
        due_on=date(2026, 11, 2),
        reason=Reason.LADDER_EXHAUSTED,
    )
    later = replace(held, issue=Ref(P, 4), incident=Ref(P, 4), reason=Reason.NOT_YET)
    plan = Plan(as_of=world.AS_OF, withheld=(held, later), unreachable=(Ref(P, 4),))
    decisions = world.view(result, plan=plan).decisions
    assert [(row.issue, row.sent) for row in decisions.unanswered] == [(f"{P}#103", 4)]
    assert [row.subject for row in decisions.lapsed] == [f"{P}#4"]
    assert [row.subject for row in decisions.unreachable] == [f"{P}#4"]
    # and the service git; the waiver and the question whom to ask are about one incident
    assert decisions.count == 3


def test_an_unreachable_owner_needs_a_decision() -> None:
    view = world.view(world.result(accounts={"boss": User(username="boss", active=False)}))
    assert [(row.subject, bool(row.why)) for row in view.decisions.unreachable if not row.url] == [("api", True)]


def test_reminders_are_counted_by_reason_in_the_order_of_the_policy() -> None:
    sent = Reminder(
        issue=Ref(P, 4),
        incident=Ref(P, 4),
        step=1,
        addressees=("frontend-team",),
        internal=False,
        due_on=date(2026, 9, 8),
        body="",
    )
    held = Withheld(
        issue=Ref(P, 103),
        incident=Ref(P, 3),
        step=1,
        addressees=(),
        internal=False,
        due_on=date(2026, 11, 2),
        reason=Reason.SNOOZED,
    )
    others = tuple(replace(held, reason=reason) for reason in (Reason.SNOOZED, Reason.ALREADY_POSTED))
    plan = Plan(as_of=world.AS_OF, planned=(sent,), withheld=(held, *others), unread=(Ref(P, 9),))
    told = world.view(plan=plan).reminders
    assert told is not None
    assert list(told.withheld.items()) == [("already_posted", 1), ("snoozed", 2)]
    assert (told.withheld_total, len(told.planned), told.unread) == (3, 1, (f"{P}#9",))


def test_without_a_plan_there_are_no_reminders_to_tell_of() -> None:
    assert world.view(plan=None).reminders is None


def test_rules_are_told_with_their_sentence_and_their_outcomes() -> None:
    rules = {row.code: row for row in world.usual().basis.rules}
    late = rules["IR002"]
    assert late.quoted
    assert "within 5 working days" in late.sentence
    for row in rules.values():
        waived = [one for one in world.usual().findings if one.code == row.code and one.outcome == "waived"]
        assert row.waived == len(waived)


def test_calendars_are_named_after_whose_they_are() -> None:
    calendars = {"teams": {"b": {}, "a": {"country": "DE"}}, "services": {"api": {}}}
    view = world.view(world.result((), config=world.settings(calendars=calendars), gaps=()))
    assert [(row.whose, row.name) for row in view.basis.calendars] == [
        ("default", ""),
        ("team", "a"),
        ("team", "b"),
        ("service", "api"),
    ]
    assert view.basis.holidays.count(".") >= 1


def test_an_unlabelled_service_is_searched_by_its_name() -> None:
    catalog = Catalog(services=(Service(name="Lost", label="", owner=""),), origin="ops/catalog:services.yml@abc")
    source = make.source(url="https://gitlab.example/ops", labels=("service::lost",))
    tracker = (make.incident(1, labels=("Severity::1", "service::lost")),)
    view = world.view(world.result(tracker, catalog=catalog, sources=(source,), gaps=()))
    assert [s.url for row in view.no_owner.services for s in row.searches] in (
        [],
        ["https://gitlab.example/ops/-/issues?state=all&label_name%5B%5D=service%3A%3Alost"],
    )
    assert view.basis.catalog == "ops/catalog:services.yml@abc"


def test_gaps_are_told_as_the_audit_judged_them() -> None:
    failed = (Gap(ref=P, what="incidents", why="page 2 answered 502"),)
    view = world.view(world.result(gaps=failed))
    assert [(row.ref, row.what, row.could_change_a_verdict) for row in view.gaps] == [(P, "incidents", True)]
    assert view.compliance.withheld
