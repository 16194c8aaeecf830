"""Section 6, ``--as-of``: what stood at a moment; sections 2 and 5: how long a label stood."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.evidence import as_of as past
from audit.model import DueDateChange, LabelEvent, Link, Ref, StateEvent
from audit.text.labels import key
from tests.examples import examples
from tests.records import PROJECT, added, at, closed, incident, issue, records, removed, reopened, review

if TYPE_CHECKING:
    from audit.model import Issue

MOMENT = at("2026-11-10")
BEFORE, AFTER = "2026-11-05", "2026-11-15"
EARLIER, LATER = "2026-11-04", "2026-11-20"
quick = examples(60)


def then(one: Issue) -> Issue:
    return past.issue_at(one, MOMENT)


# What could not be read


@pytest.mark.parametrize(
    ("fields", "in_doubt"),
    [
        pytest.param({"updated_at": at(AFTER)}, (True, True), id="changed since"),
        pytest.param(
            {"updated_at": at(AFTER), "closed": BEFORE}, (True, False), id="changed since, closed since before"
        ),
        pytest.param({"updated_at": at(AFTER), "closed": AFTER}, (True, True), id="closed since"),
        pytest.param({"updated_at": at(BEFORE)}, (False, False), id="not changed since"),
        pytest.param({"updated_at": at(AFTER), "history_read": True}, (False, False), id="its history was read"),
        pytest.param({"updated_at": at(AFTER), "project": "ops/tools"}, (False, False), id="of another project"),
    ],
)
def test_without_its_history_an_issue_that_changed_since_is_in_doubt(
    fields: dict[str, Any], in_doubt: tuple[bool, bool]
) -> None:
    one = issue(1, **{"history_read": False, **fields})
    (stood,) = past.at(records(one), MOMENT).issues
    assert (not stood.standing_read, not stood.closing_read) == in_doubt


# Existence


@pytest.mark.parametrize(
    ("created", "exists"), [("2026-11-09 23:59", True), ("2026-11-10 00:00", False), ("2026-11-11", False)]
)
def test_an_issue_of_later_does_not_exist_yet(created: str, exists: bool) -> None:
    assert bool(past.at(records(issue(1, created=created)), MOMENT).issues) is exists


def test_what_nothing_happened_to_since_is_as_it_is() -> None:
    one = incident(1, closed=BEFORE, label_events=(added("Severity::2", BEFORE),), state_events=(closed(BEFORE),))
    assert past.at(records(one), MOMENT) == records(one)


# State


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"closed": BEFORE, "state_events": (closed(BEFORE),)}, BEFORE, id="closed before"),
        pytest.param({"closed": AFTER, "state_events": (closed(AFTER),)}, None, id="closed after"),
        pytest.param({"closed": "2026-11-10", "state_events": (closed("2026-11-10"),)}, None, id="at the moment"),
        pytest.param({"closed": AFTER}, None, id="closed after, no history"),
        pytest.param({"closed": BEFORE}, BEFORE, id="closed before, no history"),
        pytest.param({}, None, id="open"),
        pytest.param({"state_events": (closed(BEFORE), reopened(AFTER))}, BEFORE, id="opened again since"),
        pytest.param({"state_events": (closed(EARLIER), reopened(BEFORE))}, None, id="opened again before"),
        pytest.param(
            {"closed": LATER, "state_events": (closed(BEFORE), reopened(AFTER), closed(LATER))},
            BEFORE,
            id="opened and closed again since",
        ),
        pytest.param(
            {"closed": LATER, "state_events": (closed(EARLIER), reopened(BEFORE), closed(LATER))},
            None,
            id="opened again before, closed since",
        ),
        pytest.param(
            {"closed": BEFORE, "state_events": (closed(BEFORE),), "label_events": (added("x", AFTER),)},
            BEFORE,
            id="closed before, labelled since",
        ),
    ],
)
def test_the_state_then(fields: dict[str, Any], expected: str | None) -> None:
    assert then(issue(1, **fields)).closed_at == (at(expected) if expected else None)


# Labels


@pytest.mark.parametrize(
    ("now", "events", "expected"),
    [
        pytest.param(("a",), (added("a", BEFORE),), {"a"}, id="added before"),
        pytest.param(("a",), (added("a", AFTER),), set(), id="added since"),
        pytest.param(("a",), (added("a", "2026-11-10"),), set(), id="added at the moment"),
        pytest.param((), (removed("a", AFTER),), {"a"}, id="removed since"),
        pytest.param((), (added("a", BEFORE), removed("a", AFTER)), {"a"}, id="added before, removed since"),
        pytest.param((), (added("a", AFTER), removed("a", LATER)), set(), id="added and removed since"),
        pytest.param(("a",), (removed("a", AFTER), added("a", LATER)), {"a"}, id="removed and added since"),
        pytest.param(("a",), (removed("a", BEFORE), added("a", AFTER)), set(), id="removed before, added since"),
        pytest.param(("A",), (added("a", AFTER),), set(), id="another case"),
        pytest.param(
            ("s::1",), (added("s:2", BEFORE), removed("s:2", AFTER), added("s::1", AFTER)), {"s:2"}, id="scope"
        ),
        pytest.param(("b",), (removed("a", AFTER),), {"a", "b"}, id="another label"),
        pytest.param(("a",), (added(None, AFTER), removed(None, LATER)), {"a"}, id="a label that was deleted"),
    ],
)
def test_the_labels_then(now: tuple[str, ...], events: tuple[LabelEvent, ...], expected: set[str]) -> None:
    assert set(then(issue(1, labels=now, label_events=events)).labels) == expected


# Links, and what else has a time


def test_links_then() -> None:
    links = (
        Link(target=Ref(PROJECT, 2), at=at(BEFORE)),
        Link(target=Ref(PROJECT, 3), at=at(AFTER)),
        Link(target=Ref(PROJECT, 4)),
    )
    assert then(issue(1, links=links)).links == (links[0], links[2])


def test_events_then() -> None:
    one = issue(
        1,
        labels=("a", "b"),
        label_events=(added("a", BEFORE), added("b", AFTER)),
        state_events=(closed(BEFORE), reopened(AFTER)),
        due_changes=tuple(DueDateChange(at=at(day), due_on=date(2026, 11, 20)) for day in (BEFORE, AFTER)),
    )
    stood = then(one)
    assert stood.label_events == one.label_events[:1]
    assert stood.state_events == one.state_events[:1]
    assert stood.due_changes == one.due_changes[:1]


def test_a_due_date_that_was_changed_since_is_as_it_is_now() -> None:
    change = DueDateChange(at=at(AFTER), due_on=date(2026, 11, 20))
    stood = then(issue(1, due_on=date(2026, 11, 20), due_changes=(change,)))
    assert stood.due_on == date(2026, 11, 20)
    assert stood.due_changes == ()


def test_texts_are_as_they_are_now() -> None:
    one = issue(1, "now", description="now", closed=AFTER, severity=1, assignees=())
    assert then(one) == replace(one, closed_at=None)


# Moves and duplicates


@pytest.mark.parametrize(
    ("fields", "led"),
    [
        pytest.param({"closed": BEFORE, "state_events": (closed(BEFORE),)}, True, id="before"),
        pytest.param(
            {"closed": BEFORE, "label_events": (added("x", AFTER),), "labels": ("x",)}, True, id="labelled since"
        ),
        pytest.param({"closed": AFTER, "state_events": (closed(AFTER),)}, False, id="since"),
        pytest.param(
            {"closed": LATER, "state_events": (closed(BEFORE), reopened(AFTER), closed(LATER))},
            False,
            id="closed before, and again since",
        ),
    ],
)
def test_where_an_issue_led_then(fields: dict[str, Any], led: bool) -> None:
    target = Ref(PROJECT, 2)
    moved = then(issue(1, moved=True, moved_to=target, **fields))
    assert (moved.moved, moved.moved_to) == ((True, target) if led else (False, None))
    assert then(issue(1, duplicate_of=target, **fields)).duplicate_of == (target if led else None)


def moved_chain(*days: str) -> list[Issue]:
    """Incident 1 that was moved to 2, that to 3 and so on; GitLab keeps the time of creation."""
    steps = [
        incident(i, closed=day, state_events=(closed(day),), moved=True, moved_to=Ref(PROJECT, i + 1))
        for i, day in enumerate(days, start=1)
    ]
    return [*steps, incident(len(days) + 1)]


@pytest.mark.parametrize(
    ("days", "standing"),
    [
        pytest.param((BEFORE,), {1: True, 2: False}, id="moved before"),
        pytest.param((AFTER,), {1: False}, id="moved since"),
        pytest.param((BEFORE, AFTER), {1: True, 2: False}, id="moved before and since"),
        pytest.param((AFTER, LATER), {1: False}, id="moved twice since"),
    ],
)
def test_an_issue_exists_once_it_was_moved_there(days: tuple[str, ...], standing: dict[int, bool]) -> None:
    stood = past.at(records(*moved_chain(*days)), MOMENT).issues
    assert {one.ref.iid: one.moved for one in stood} == standing


def test_what_is_linked_with_a_moved_issue_was_linked_with_the_one_before() -> None:
    links = (Link(target=Ref(PROJECT, 3), points_to=Ref(PROJECT, 9)), Link(target=Ref(PROJECT, 8)), Link(target=None))
    stood = past.at(records(*moved_chain(AFTER, LATER), review(5, links=links)), MOMENT).issues
    assert stood[-1].links == (Link(target=Ref(PROJECT, 1)), *links[1:])


def test_a_circle_of_moves_ends() -> None:
    one = incident(1, closed=AFTER, moved=True, moved_to=Ref(PROJECT, 2), links=(Link(target=Ref(PROJECT, 2)),))
    other = replace(one, ref=Ref(PROJECT, 2), moved_to=Ref(PROJECT, 1))
    linked = review(3, links=one.links)
    assert [issue.ref.iid for issue in past.at(records(one, other, linked), MOMENT).issues] == [3]


def test_the_target_of_a_duplicate_existed_all_along() -> None:
    twin = incident(1, closed=AFTER, state_events=(closed(AFTER),), duplicate_of=Ref(PROJECT, 2))
    assert len(past.at(records(twin, incident(2)), MOMENT).issues) == 2


# How long a label stood


def spans(one: Issue, *wanted: str) -> list[tuple[str, str | None, str | None]]:
    return [
        (
            span.label,
            span.start.strftime(MINUTE) if span.start else None,
            span.end.strftime(MINUTE) if span.end else None,
        )
        for span in past.standings(one, lambda label: key(label) in wanted)
    ]


MINUTE = "%d %H:%M"
DAY4, DAY5, DAY6, DAY7 = "2026-11-04", "2026-11-05", "2026-11-06", "2026-11-07"
CREATED = "02 10:00"


@pytest.mark.parametrize(
    ("now", "events", "expected"),
    [
        pytest.param((), (), [], id="never"),
        pytest.param(("a",), (), [("a", None, None)], id="there, no history"),
        pytest.param(("a",), (added("a", DAY4),), [("a", "04 00:00", None)], id="added"),
        pytest.param((), (added("a", DAY4), removed("a", DAY5)), [("a", "04 00:00", "05 00:00")], id="taken off"),
        pytest.param((), (removed("a", DAY5),), [("a", CREATED, "05 00:00")], id="there from the beginning"),
        pytest.param((), (added("a", DAY4),), [("a", "04 00:00", None)], id="lost without an event"),
        pytest.param(
            ("a",),
            (added("a", DAY4), removed("a", DAY5), added("a", DAY6)),
            [("a", "04 00:00", "05 00:00"), ("a", "06 00:00", None)],
            id="twice",
        ),
        pytest.param(("a",), (added("a", DAY4), added("a", DAY5)), [("a", "04 00:00", None)], id="added twice"),
        pytest.param(
            (),
            (added("a", DAY4), removed("a", DAY5), removed("a", DAY6)),
            [("a", "04 00:00", "05 00:00")],
            id="taken off twice",
        ),
        pytest.param((), (added("A", DAY4), removed("a", DAY5)), [("A", "04 00:00", "05 00:00")], id="another case"),
        pytest.param(("b",), (added("b", DAY4), removed("b", DAY5), added(None, DAY6)), [], id="others"),
        pytest.param(
            ("c",),
            (added("a", DAY4), removed("a", DAY5), added("c", DAY5)),
            [("a", "04 00:00", "05 00:00"), ("c", "05 00:00", None)],
            id="one after the other",
        ),
    ],
)
def test_the_spans_of_a_label(
    now: tuple[str, ...], events: tuple[LabelEvent, ...], expected: list[tuple[str, str | None, str | None]]
) -> None:
    assert spans(issue(1, labels=now, label_events=events), "a", "c") == expected


@pytest.mark.parametrize(
    ("start", "end", "grace", "longer"),
    [
        pytest.param(DAY4, "2026-11-04 00:59", 60, False, id="shorter"),
        pytest.param(DAY4, "2026-11-04 01:00", 60, False, id="as long"),
        pytest.param(DAY4, "2026-11-04 01:01", 60, True, id="longer"),
        pytest.param(DAY4, "2026-11-04 00:01", 0, True, id="no grace"),
        pytest.param(DAY4, DAY4, 0, False, id="no time"),
        pytest.param(DAY4, None, 60, True, id="no end"),
        pytest.param(None, None, 60, True, id="since ever"),
    ],
)
def test_longer_than_the_grace(start: str | None, end: str | None, grace: int, longer: bool) -> None:
    span = past.Standing(label="a", start=at(start) if start else None, end=at(end) if end else None)
    assert past.stood_longer(span, timedelta(minutes=grace)) is longer


@pytest.mark.parametrize(
    ("events", "doubt"),
    [
        pytest.param((), False, id="no events"),
        pytest.param((added("a", DAY4),), False, id="a label that exists"),
        pytest.param((removed(None, DAY4),), False, id="a deleted label taken off"),
        pytest.param((added(None, DAY4),), True, id="a deleted label added"),
        pytest.param((added(None, DAY4), removed(None, DAY5)), True, id="a deleted label added and taken off"),
    ],
)
def test_a_deleted_label_was_added(events: tuple[LabelEvent, ...], doubt: bool) -> None:
    assert past.deleted_label_added(issue(1, label_events=events)) is doubt


def test_a_deleted_label_was_not_added_yet() -> None:
    assert not past.deleted_label_added(then(issue(1, label_events=(added(None, AFTER),))))


# Whatever happened

STEPS = st.lists(st.tuples(st.integers(3, 20), st.sampled_from("abc")), max_size=8).map(sorted)


def lived(steps: list[tuple[int, str]], until: int) -> Issue:
    """Play the steps of the days before ``until``: each toggles a label, "c" the state as well."""
    labels: set[str] = set()
    label_events: list[LabelEvent] = []
    state_events: list[StateEvent] = []
    closed_at = None
    for day, name in steps:
        if day >= until:
            continue
        when = f"2026-11-{day:02}"
        label_events.append(removed(name, when) if name in labels else added(name, when))
        labels ^= {name}
        if name == "c":
            state_events.append(reopened(when) if closed_at else closed(when))
            closed_at = None if closed_at else at(when)
    return issue(
        1,
        labels=tuple(sorted(labels)),
        closed_at=closed_at,
        label_events=tuple(label_events),
        state_events=tuple(state_events),
    )


@quick
@given(STEPS, st.integers(3, 20))
def test_an_issue_then_is_what_it_was(steps: list[tuple[int, str]], day: int) -> None:
    stood = past.issue_at(lived(steps, 99), at(f"2026-11-{day:02}"))
    assert replace(stood, labels=tuple(sorted(stood.labels))) == lived(steps, day)


@quick
@given(STEPS, st.integers(3, 20), st.integers(3, 20))
def test_going_back_twice_is_going_back_once(steps: list[tuple[int, str]], one: int, other: int) -> None:
    moments = at(f"2026-11-{max(one, other):02}"), at(f"2026-11-{min(one, other):02}")
    all_of_it = records(lived(steps, 99))
    twice = past.at(past.at(all_of_it, moments[0]), moments[1]).issues[0]
    once = past.at(all_of_it, moments[1]).issues[0]
    assert replace(twice, labels=tuple(sorted(twice.labels))) == replace(once, labels=tuple(sorted(once.labels)))
