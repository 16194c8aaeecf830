"""The frames: their contract of columns, and the joins that no other test is about."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from audit.errors import EvidenceError
from audit.evidence import columns
from audit.evidence.columns import DAY
from audit.evidence.contracts import framed, whole_frame
from audit.model import Gap, Link, Ref, User
from tests.records import PROJECT, action, added, closed, evidence, incident, issue, review, row, settings, source

TYPES = {"ref": "str", "count": "int64", "known": "bool", "maybe": "boolean", "day": DAY, "names": "object"}
CONTRACT = {name: columns.Field(dtype, "", "", "") for name, dtype in TYPES.items()}

DAYS = ["2026-11-02", "NaT"]


def columns_with(**changed: Any) -> dict[str, Any]:
    rows = {
        "names": [("a",), ()],
        "ref": ["g/p#1", "g/p#2"],
        "count": [1, 2],
        "known": [True, False],
        "maybe": [True, None],
        "day": [date(2026, 11, 2), None],
        "further": [0, 0],
    }
    return {**rows, **changed}


def test_a_frame_that_keeps_its_contract_has_its_columns_in_order() -> None:
    out = framed(columns_with(), CONTRACT)
    assert list(out.columns) == list(CONTRACT)
    assert [str(dtype) for dtype in out.dtypes] == ["str", "int64", "bool", "boolean", "datetime64[s]", "object"]
    assert out.iloc[0].tolist() == ["g/p#1", 1, True, True, pd.Timestamp("2026-11-02"), ("a",)]
    assert out.iloc[1].tolist() == ["g/p#2", 2, False, pd.NA, pd.NaT, ()]


@pytest.mark.parametrize(
    "columns", [{"maybe": [True, pd.NA]}, {"day": [pd.Timestamp("2026-11-02"), pd.NaT]}, {"day": np.array(DAYS, DAY)}]
)
def test_what_is_missing_may_be_written_in_several_ways(columns: dict[str, Any]) -> None:
    assert framed(columns_with(**columns), CONTRACT).equals(framed(columns_with(), CONTRACT))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"ref": ["g/p#1", "g/p#1"]}, "holds g/p#1 twice"),
        ({"ref": ["g/p#1", None]}, "no ref in some row"),
        ({"names": [("a",), None]}, "no names in some row"),
        ({"known": [True, None]}, "no known in some row"),  # pandas would take it for True
        ({"count": [1, None]}, "no count in some row"),
        ({"count": [1, "many"]}, "breaks its contract: a str stands in the column count"),
        ({"count": [1, 2**70]}, "breaks its contract"),
        ({"maybe": [True, "perhaps"]}, "breaks its contract"),  # numpy would take it for True
        ({"day": [date(2026, 11, 2), "2026-11-03"]}, "breaks its contract"),
        ({"names": [("a",), ["b"]]}, "breaks its contract"),
    ],
)
def test_a_frame_that_breaks_its_contract_is_a_fault_of_the_program(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(EvidenceError, match=told) as caught:
        framed(columns_with(**changed), CONTRACT)
    assert "Please report this" in caught.value.advice


def test_a_column_that_is_not_there() -> None:
    columns = columns_with()
    del columns["known"]
    with pytest.raises(EvidenceError, match="it has no column known"):
        framed(columns, CONTRACT)


@pytest.mark.parametrize("empty", [True, False])
def test_the_frames_of_the_evidence_keep_theirs(empty: bool) -> None:
    issues = (
        ()
        if empty
        else (incident(1), incident(2, closed="2026-11-03"), review(3, of=1, closed="2026-11-04"), action(4, of=1))
    )
    held = evidence(*issues)
    for name, contract in (
        ("incidents", columns.INCIDENTS),
        ("reviews", columns.REVIEWS),
        ("services", columns.SERVICES),
        ("actions", columns.ACTIONS),
    ):
        told = getattr(held, name)
        assert {column: str(dtype) for column, dtype in told.dtypes.items()} == {
            column: held.dtype for column, held in contract.items()
        }


def test_rows_are_sorted_by_project_and_number() -> None:
    sources = (source(), source("ops/archive"))
    issues = (*(incident(iid) for iid in (10, 9)), incident(11, project="ops/archive"), review(8), review(7))
    held = evidence(*issues, sources=sources)
    assert held.incidents["ref"].tolist() == ["ops/archive#11", f"{PROJECT}#9", f"{PROJECT}#10"]
    assert held.reviews["ref"].tolist() == [f"{PROJECT}#7", f"{PROJECT}#8"]


def test_what_a_review_says_of_itself() -> None:
    people = (User(username="a"), User(username="b", active=False), User(username="c", bot=True))
    said = evidence(incident(1), review(2, of=1, assignees=people, closed="2026-11-05 09:00")).reviews.iloc[0]
    assert said["assignees"] == ("a", "b", "c")
    assert said["active_assignees"] == ("a",)
    assert not said["unassigned"]
    assert said["completed_on"] == pd.Timestamp("2026-11-05")
    assert said["assign_by"] == pd.Timestamp("2026-11-04")
    assert (said["signals"], said["incidents"]) == (("issue_link",), (f"{PROJECT}#1",))


@pytest.mark.parametrize(
    ("incidents", "linked", "required"),
    [
        (({},), True, True),
        (({"labels": ("Severity::3",)},), True, False),  # voluntary
        (({"labels": ()},), True, False),  # whether one is required cannot be told
        (({"labels": ("Gameday",)},), False, False),
        (({"labels": ("Gameday", "Severity::1")}, {"labels": ("Severity::3",)}), True, False),
        (({"labels": ("Severity::3",)}, {}), True, True),
    ],
)
def test_linked_and_required(incidents: tuple[dict[str, Any], ...], linked: bool, required: bool) -> None:
    links = tuple(Link(target=Ref(PROJECT, iid)) for iid in range(1, len(incidents) + 1))
    made = (incident(iid, **fields) for iid, fields in enumerate(incidents, 1))
    said = evidence(*made, review(9, links=links)).reviews.iloc[0]
    assert (said["linked"], said["required"]) == (linked, required)


@pytest.mark.parametrize(
    ("made", "names"),
    [
        ({}, False),
        ({"links": (Link(target=None),)}, True),
        ({"links": (Link(target=Ref("else/where", 3)),)}, True),
        ({"description": "| Metric | Value |\n|---|---|\n| Link to Incident Issue | else/where#3 |"}, True),
        ({"description": "| Metric | Value |\n|---|---|\n| Link to Incident Issue | ... |"}, False),
        ({"description": "about else/where#3"}, False),
        ({"description": "| Metric | Value |\n|---|---|\n| Link to Incident Issue | #1 |"}, True),
    ],
)
def test_whether_a_review_names_an_issue(made: dict[str, Any], names: bool) -> None:
    held = evidence(incident(1, created="2026-12-01"), incident(2), review(9, **made))
    assert held.reviews["names_an_issue"].tolist() == [names]


@pytest.mark.parametrize(
    ("made", "gaps", "blind"),
    [
        ({}, (), False),
        ({"links": (Link(target=None),)}, (), False),
        ({"links_read": False}, (), True),
        ({}, (Gap(ref=PROJECT, what="incidents", why="timeout"),), True),
        ({}, (Gap(ref=PROJECT, what="reviews", why="timeout"),), False),
    ],
)
def test_what_may_hide_an_incident_of_a_review(made: dict[str, Any], gaps: tuple[Gap, ...], blind: bool) -> None:
    assert evidence(review(9, **made), gaps=gaps).reviews["blind"].tolist() == [blind]


@pytest.mark.parametrize(
    ("made", "guessed"),
    [
        ({"links": (Link(target=Ref(PROJECT, 1)),)}, False),
        ({"description": "| Metric | Value |\n|---|---|\n| Link to Incident Issue | #1 |"}, False),
        ({"description": "about #1"}, True),
        ({"title": "Incident Review: Something broke 1"}, True),
        ({}, False),  # no incident at all
    ],
)
def test_guessed(made: dict[str, Any], guessed: bool) -> None:
    assert evidence(incident(1), review(9, **made)).reviews["guessed"].tolist() == [guessed]


def test_an_incident_out_of_scope_has_no_review() -> None:
    said = row(incident(1, labels=("Gameday",)), review(2, of=1))
    assert (said["review"], said["linked_by"], said["reviews"], said["has_review"]) == ("", "", (), False)


def test_a_voluntary_review_is_joined_too() -> None:
    said = row(incident(1, labels=("Severity::3",)), review(2, of=1, closed="2026-11-05"))
    assert (said["review"], said["linked_by"], said["has_review"]) == (f"{PROJECT}#2", "issue_link", True)
    assert said["due_on"] == pd.Timestamp("2026-11-09")


def test_who_of_an_incidents_assignees_can_act() -> None:
    people = (User(username="b"), User(username="x", active=False), User(username="y", bot=True), User(username="a"))
    assert row(incident(1, assignees=people))["assignees"] == ("b", "a")


def test_the_evidence_is_as_it_stood_at_the_end_of_the_day() -> None:
    issues = (
        incident(1, labels=("Severity::1",), label_events=(added("Severity::1", "2026-11-06"),)),
        incident(2, created="2026-11-06"),
        review(3, created="2026-11-03", links=(Link(target=Ref(PROJECT, 1), at=None),), closed="2026-11-06"),
        review(4, created="2026-11-06", of=1),
    )
    before = evidence(*issues, as_of="2026-11-05")
    assert before.incidents["ref"].tolist() == [f"{PROJECT}#1"]
    assert before.incidents["severity"].isna().tolist() == [True]
    assert before.reviews["ref"].tolist() == [f"{PROJECT}#3"]
    assert before.reviews["completed_at"].isna().tolist() == [True]
    after = evidence(*issues, as_of="2026-11-06")
    assert after.incidents["severity"].tolist()[0] == 1
    assert after.reviews["completed_at"].notna().tolist() == [True, False]


def test_a_former_path_of_a_project_is_the_project() -> None:
    config = settings()
    named = review(9, description="about old/path#1")
    held = evidence(incident(1), named, settings=config, former_paths={"old/path": PROJECT})
    assert held.incidents["linked_by"].tolist() == ["description_reference"]


def test_an_issue_that_is_neither_has_no_row() -> None:
    held = evidence(issue(1), issue(2, state_events=(closed("2026-11-03"),)))
    assert held.incidents.empty
    assert held.reviews.empty


def test_what_is_done_to_a_frame_without_rows_is_done_to_no_later_one() -> None:
    first = whole_frame([], CONTRACT)
    first["spoilt"] = True
    second = whole_frame([], CONTRACT)
    assert (list(second), len(second)) == (list(CONTRACT), 0)
    assert [str(dtype) for dtype in second.dtypes] == list(TYPES.values())
