from __future__ import annotations

from typing import Any

import pytest

from audit.model import Level, Link, Ref
from tests.records import PROJECT, TOOLS, action, asked, found, incident, review, settings
from tests.rules.one_rule import audited_by

audited = audited_by("CA003")

API = ("Severity::2", "Service::API")
FIRST = incident(1, labels=API)  # declared on 2026-11-02 at 10:00
LATE = action(7, of=1, labels=("corrective action", "Severity::1"))  # late since 2026-11-12
END = "2027-06-01"


def again(created: str = "2026-11-20 10:00", labels: tuple[str, ...] = API, **fields: Any) -> Any:
    return incident(9, created=created, labels=labels, **fields)


def subjects(*issues: Any, as_of: str = END, **fields: Any) -> list[str]:
    return list(found(audited(*issues, as_of=as_of, **fields), "CA003"))


@pytest.mark.parametrize(
    ("created", "repeats"),
    [
        ("2026-11-02 10:00", False),  # at the same instant
        ("2026-11-02 10:01", True),
        ("2027-01-31 23:59", True),  # 90 days
        ("2027-02-01 00:00", False),
        ("2026-11-01 10:00", False),  # before it
    ],
)
def test_how_long_before(created: str, repeats: bool) -> None:
    assert subjects(FIRST, LATE, again(created)) == (["#9"] if repeats else [])


def test_the_days_are_local_ones() -> None:
    berlin = settings(timezone="Europe/Berlin")
    assert subjects(FIRST, LATE, again("2027-01-31 22:59"), settings=berlin) == ["#9"]
    assert subjects(FIRST, LATE, again("2027-01-31 23:00"), settings=berlin) == []


@pytest.mark.parametrize(
    ("labels", "repeats"),
    [
        (API, True),
        (("Severity::4", "service:api", "Service::Web"), True),
        (("Severity::2", "Service::Web"), False),
        (("Severity::2",), False),
        ((*API, "Gameday"), False),
    ],
)
def test_they_share_a_service(labels: tuple[str, ...], repeats: bool) -> None:
    assert subjects(FIRST, LATE, again(labels=labels)) == (["#9"] if repeats else [])


@pytest.mark.parametrize(("one", "other"), [("Attic", "attic"), ("Attic", "ATTIC")])
def test_a_service_that_the_catalogue_does_not_know_is_one_too(one: str, other: str) -> None:
    first = incident(1, labels=("Severity::2", f"Service::{one}"))
    assert subjects(first, LATE, again(labels=("Severity::2", f"Service::{other}"))) == ["#9"]


def test_without_any_service_none_is_shared() -> None:
    assert subjects(incident(1), LATE, again(labels=("Severity::2",))) == []


@pytest.mark.parametrize(
    ("others", "as_of", "repeats"),
    [
        ((LATE,), "2026-11-12", False),  # not declared yet
        ((LATE,), "2026-11-20", True),
        ((action(7, of=1),), "2026-12-04", False),
        ((action(7, of=1),), "2026-12-05", True),  # late since today
        ((action(7, of=1, closed="2026-12-10"),), END, False),
        ((action(7, of=1, labels=("corrective action",)),), END, False),  # without a severity
        ((review(2, of=1), action(7, of=2)), END, True),
        ((review(2, of=1, description=f"## Outcomes\n\n{TOOLS}#7"), action(7)), END, True),
        ((), END, False),
        ((action(7, of=9),), END, False),  # its own
    ],
)
def test_the_earlier_ones_action_is_late(others: tuple[Any, ...], as_of: str, repeats: bool) -> None:
    assert subjects(FIRST, *others, again(), as_of=as_of) == (["#9"] if repeats else [])


def test_of_many_the_latest_are_told() -> None:
    many = [incident(iid, labels=API, created=f"2026-11-02 10:{iid:02}") for iid in range(10, 22)]
    acted = [action(iid, of=iid) for iid in range(10, 22)]
    told = found(audited(*many, *acted, again(), as_of=END), "CA003")["#9"]
    assert told.evidence["earlier"] == [f"{PROJECT}#{iid}" for iid in range(21, 11, -1)]
    assert told.evidence["earlier_actions"] == [f"{TOOLS}#{iid}" for iid in range(21, 11, -1)]


def test_an_earlier_one_out_of_scope_has_no_actions() -> None:
    assert subjects(incident(1, labels=(*API, "Gameday")), LATE, again()) == []


def test_who_is_asked() -> None:
    drill = incident(3, labels=("Gameday",))
    assert asked(audited(FIRST, LATE, drill, again(), as_of=END), "CA003") == {
        "violates": 1,
        "conforms": 1,
        "not applicable": 1,
    }


def test_what_it_says() -> None:
    one = found(audited(FIRST, LATE, again(), as_of=END), "CA003")["#9"]
    assert one.message == (
        f"In the 90 days before, api had {PROJECT}#1, whose corrective action {TOOLS}#7 is late: did this happen for"
        " want of it?"
    )
    assert (one.level, one.open) == (Level.INFO, True)
    assert one.evidence == {
        "shared_services": ["api"],
        "earlier": [f"{PROJECT}#1"],
        "earlier_actions": [f"{TOOLS}#7"],
    }


def test_what_it_says_of_several() -> None:
    many = [action(iid, of=1) for iid in (11, 12, 13, 14)]
    second = incident(2, labels=(*API, "Service::Web"), created="2026-11-05")
    other = action(20, links=(Link(target=Ref(PROJECT, 2)), Link(target=Ref(PROJECT, 1))))
    latest = again(labels=("Severity::2", "Service::Web", "Service::API"))
    told = found(audited(FIRST, second, *many, other, latest, as_of=END), "CA003")
    assert list(told) == ["#2", "#9"]
    assert told["#9"].message == (
        f"In the 90 days before, api and web had {PROJECT}#2 and {PROJECT}#1, whose corrective actions {TOOLS}#20,"
        f" {TOOLS}#11, {TOOLS}#12 and others are late: did this happen for want of them?"
    )
    assert told["#9"].evidence["earlier_actions"] == [f"{TOOLS}#{iid}" for iid in (20, 11, 12, 13, 14)]


def test_three_are_all_told() -> None:
    acted = [action(iid, of=1) for iid in (11, 12, 13)]
    told = found(audited(FIRST, *acted, again(), as_of=END), "CA003")["#9"]
    assert f"whose corrective actions {TOOLS}#11, {TOOLS}#12 and {TOOLS}#13 are late" in told.message


@pytest.mark.parametrize(
    ("opened", "question"),
    [
        (("2026-11-04",), "whose corrective action {0} is late: did this happen for want of it?"),
        (("2026-11-20 10:00",), "whose corrective action {0} is late: will it happen again for want of it?"),
        (
            ("2026-11-04", "2026-11-21"),
            "actions {0} and {1} are late: did this happen for want of {0}?",
        ),
        (("2026-11-20 11:00", "2026-11-21"), "actions {0} and {1} are late: will it happen again for want of them?"),
    ],
)
def test_an_action_that_was_opened_later_is_no_cause(opened: tuple[str, ...], question: str) -> None:
    actions = [
        action(7 + number, of=1, labels=("corrective action", "Severity::1"), created=day)
        for number, day in enumerate(opened)
    ]
    message = found(audited(FIRST, again(), *actions, as_of=END), "CA003")["#9"].message
    assert message.endswith(question.format(*(f"{TOOLS}#{7 + number}" for number in range(len(opened)))))
