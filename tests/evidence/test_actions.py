"""Which corrective actions there are, and what they belong to (POLICY.md section 8)."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from audit.model import Gap, Link, Ref, User
from tests.records import (
    PROJECT,
    TOOLS,
    action,
    added,
    closed,
    evidence,
    incident,
    issue,
    removed,
    reopened,
    review,
    settings,
    source,
)

CORRECTIVE = ("corrective action",)


def outcomes(text: str, heading: str = "## Outcomes/Corrective Actions") -> str:
    return (
        f"## Summary\n\nIt broke. {TOOLS}#8 is no action of it.\n\n{heading}\n\n{text}\n\n## Details\n\nsee {TOOLS}#9\n"
    )


def refs(*issues: Any, **fields: Any) -> list[str]:
    """Return the corrective actions of these issues."""
    return [ref.removeprefix(TOOLS) for ref in evidence(*issues, **fields).actions["ref"]]


def said(*issues: Any, **fields: Any) -> dict[str, Any]:
    """Return the row of the only one."""
    (row,) = evidence(*issues, **fields).actions.to_dict("records")
    return {str(name): value for name, value in row.items()}


def test_what_an_action_says_of_itself() -> None:
    people = (User(username="a"), User(username="b", active=False), User(username="c", bot=True))
    row = said(incident(1), action(7, "Fix it", of=1, assignees=people, confidential=True))
    assert row == {
        "ref": f"{TOOLS}#7",
        "project": TOOLS,
        "iid": 7,
        "url": f"https://gitlab.example/{TOOLS}/-/work_items/7",
        "title": "Fix it",
        "confidential": True,
        "opened_at": pd.Timestamp("2026-11-04 10:00", tz="UTC"),
        "opened_on": pd.Timestamp("2026-11-04"),
        "closed_at": pd.NaT,
        "open": True,
        "severity": 2,
        "days_allowed": 30,
        "labels_hidden": False,
        "late_after": pd.Timestamp("2026-12-04"),
        "late": False,
        "assignees": ("a", "b", "c"),
        "active_assignees": ("a",),
        "unassigned": False,
        "incidents": (f"{PROJECT}#1",),
        "reviews": (),
    }


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (("corrective action",), True),
        (("Corrective Action",), True),
        (("infradev",), True),
        (("corrective actions",), False),
        (("Severity::1",), False),
        ((), False),
    ],
)
def test_the_label_makes_it_one(labels: tuple[str, ...], found: bool) -> None:
    assert refs(incident(1), action(7, of=1, labels=labels)) == (["#7"] if found else [])


def test_the_label_is_a_setting() -> None:
    config = settings(labels={"corrective_action": ["follow-up::now"]})
    issues = (incident(1), action(7, of=1), action(8, of=1, labels=("Follow-Up:now",)))
    assert refs(*issues, settings=config) == ["#8"]


@pytest.mark.parametrize(
    "issues",
    [
        (incident(1), action(7, of=1)),
        (incident(1, links=(Link(target=Ref(TOOLS, 7)),)), action(7)),
        (incident(1), review(2, of=1), action(7, of=2)),
        (incident(1), review(2, of=1, links=(Link(target=Ref(TOOLS, 7)),)), action(7)),
        (incident(1), review(2, of=1, description=outcomes(f"- {TOOLS}#7")), action(7)),
        (incident(1), review(2, description=f"about #1\n{outcomes('tools#7')}"), action(7)),  # guessed
        (incident(1), action(7, of=1, created="2026-08-01")),  # older than the incident
        (incident(1), review(2, of=1), action(7, of=2, links_read=False)),
    ],
)
def test_links_and_outcomes_of_incidents_in_scope_and_their_reviews(issues: tuple[Any, ...]) -> None:
    assert refs(*issues) == ["#7"]


@pytest.mark.parametrize(
    "issues",
    [
        (incident(1), action(7)),
        (incident(1, description=outcomes(f"{TOOLS}#7")), action(7)),  # of an incident that is not its own review
        (incident(1), review(2, of=1, description=f"{TOOLS}#7"), action(7)),  # not in the Outcomes
        (incident(1), review(2, of=1, description=outcomes("nothing")), action(8), action(9)),  # above and below them
        (incident(1), review(2, of=1, description=outcomes(f"`{TOOLS}#7` <!-- {TOOLS}#7 -->")), action(7)),
        (incident(1), review(2, of=1, description=outcomes(f"[{TOOLS}#7](https://else.example)")), action(7)),
        (incident(1), review(2, of=1, description=outcomes(f"{TOOLS}#7")), issue(7, project=TOOLS)),
        (incident(1), review(2, of=1, description=outcomes(f"{TOOLS}#7"))),  # it was not read
        (incident(1, labels=("Gameday",)), action(7, of=1)),
        (incident(1, labels=("Gameday",)), review(2, of=1), action(7, of=2)),
        (incident(1), review(2), action(7, of=2)),  # an orphan's
        (incident(1), issue(3), action(7, of=3)),
        (incident(1, links=(Link(target=None),)), action(7)),
    ],
)
def test_nothing_else(issues: tuple[Any, ...]) -> None:
    assert refs(*issues) == []


@pytest.mark.parametrize(
    "other",
    [
        incident(5, labels=(*CORRECTIVE, "Severity::2")),
        incident(5, labels=(*CORRECTIVE, "Gameday")),
        review(5, of=1, labels=(*CORRECTIVE, "IncidentReview")),
        issue(5, "RCA for it", labels=CORRECTIVE),
        issue(5, labels=(*CORRECTIVE, "incident")),
    ],
)
def test_an_incident_or_a_review_is_none(other: Any) -> None:
    links = (Link(target=Ref(PROJECT, 5)),)
    assert refs(incident(1, links=links), review(2, of=1, links=links, description=outcomes("#5")), other) == []
    assert refs(incident(1, links=links), issue(5, labels=CORRECTIVE)) == [f"{PROJECT}#5"]


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("#7", TOOLS),
        ("tools#7+s", PROJECT),
        ("OPS/Tools#7", PROJECT),
        (f"https://gitlab.example/{TOOLS}/-/issues/7", PROJECT),
        (f"[fix](https://gitlab.example/{TOOLS}/-/work_items/7 'it')", PROJECT),
        ("1. ops/old-tools#7", PROJECT),
    ],
)
def test_a_text_may_name_any_project_of_which_something_was_read(text: str, home: str) -> None:
    sources = (source(), source(TOOLS, incidents=False)) if home == TOOLS else (source(),)
    told = review(2, project=home, description=outcomes(text), links=(Link(target=Ref(PROJECT, 1)),))
    assert refs(incident(1), told, action(7), sources=sources, former_paths={"ops/old-tools": TOOLS}) == ["#7"]


def test_what_a_text_may_name_links_no_review() -> None:
    """An issue of a project that is not audited is no incident, whatever names it."""
    told = review(2, description=f"about {TOOLS}#3")
    held = evidence(incident(1), incident(3, project=TOOLS), told, action(7, of=1))
    assert held.reviews["incidents"].tolist() == [()]


def test_what_it_belongs_to() -> None:
    both = (Link(target=Ref(PROJECT, 10)), Link(target=Ref(PROJECT, 9)), Link(target=Ref(PROJECT, 8)))
    row = said(
        *(incident(1), incident(9), incident(10), incident(8, labels=("Gameday",))),
        review(12, links=both),
        review(11, of=1, description=outcomes(f"{TOOLS}#7")),
        action(7, links=(Link(target=Ref(PROJECT, 12)), Link(target=Ref(PROJECT, 1)))),
    )
    assert row["incidents"] == (f"{PROJECT}#1", f"{PROJECT}#9", f"{PROJECT}#10")
    assert row["reviews"] == (f"{PROJECT}#11", f"{PROJECT}#12")


def test_they_are_sorted_by_project_and_number() -> None:
    issues = (action(10, of=1), action(9, of=1), action(30, of=1, project="ops/archive"), action(7, of=1))
    assert refs(incident(1), *issues) == ["ops/archive#30", "#7", "#9", "#10"]


@pytest.mark.parametrize("to", ["moved_to", "duplicate_of"])
@pytest.mark.parametrize("labels", [(CORRECTIVE, ()), ((), CORRECTIVE), (CORRECTIVE, CORRECTIVE)])
def test_one_that_was_moved_counts_for_its_target(to: str, labels: tuple[tuple[str, ...], ...]) -> None:
    before, after = labels
    goes: dict[str, Any] = {to: Ref("ops/new", 8), "moved": to == "moved_to", "closed": "2026-11-06"}
    issues = (incident(1), action(7, of=1, labels=before, **goes), action(8, labels=after, project="ops/new"))
    assert refs(*issues) == ["ops/new#8"]
    assert said(*issues)["open"]


def test_a_link_that_leads_on_counts_for_where_it_leads() -> None:
    link = Link(target=Ref("ops/hidden", 7), points_to=Ref("ops/new", 8))
    assert refs(incident(1, links=(link,)), action(8, project="ops/new")) == ["ops/new#8"]
    told = review(2, of=1, links=(link,), description=outcomes("hidden#7"))
    assert said(incident(1), told, action(8, project="ops/new"))["reviews"] == (f"{PROJECT}#2",)


@pytest.mark.parametrize(
    "goes", [{"moved": True}, {"moved": True, "moved_to": Ref("x/y", 3)}, {"duplicate_of": Ref("x/y", 3)}]
)
def test_one_that_went_out_of_sight_has_no_row(goes: dict[str, Any]) -> None:
    held = evidence(incident(1), review(2, of=1), action(7, of=2, closed="2026-11-06", **goes))
    assert held.actions.empty
    assert held.reviews["actions"].tolist() == [(f"{TOOLS}#7",)]  # there was one, at any rate


def test_one_that_became_an_incident_is_none() -> None:
    goes: dict[str, Any] = {"moved": True, "moved_to": Ref(PROJECT, 5), "closed": "2026-11-06"}
    assert refs(incident(1), incident(5), action(7, of=1, **goes)) == []


def test_what_was_linked_with_an_incident_that_moved_belongs_to_its_target() -> None:
    old = incident(1, moved=True, moved_to=Ref(PROJECT, 3), closed="2026-11-02 12:00")
    assert said(old, incident(3), action(7, of=1))["incidents"] == (f"{PROJECT}#3",)


@pytest.mark.parametrize(
    ("made", "severity"),
    [
        ({"labels": (*CORRECTIVE, "severity:4")}, 4),
        ({"labels": (*CORRECTIVE, "Severity::3", "Severity::1")}, 1),
        ({"labels": CORRECTIVE, "severity": 3}, 3),
        ({"labels": (*CORRECTIVE, "Severity::4"), "severity": 1}, 4),
        ({"labels": CORRECTIVE}, None),
        ({"labels": (*CORRECTIVE, "S1")}, None),
    ],
)
def test_its_severity(made: dict[str, Any], severity: int | None) -> None:
    row = said(incident(1), action(7, of=1, **made))
    days = {1: 7, 2: 30, 3: 60, 4: 90, None: None}[severity]
    assert (pd.isna(row["severity"]), pd.isna(row["late_after"])) == (severity is None, severity is None)
    if severity:
        assert (row["severity"], row["days_allowed"]) == (severity, days)
        assert (row["late_after"] - row["opened_on"]).days == days


def test_a_plain_severity_counts_where_the_settings_say_so() -> None:
    config = settings(labels={"plain_severity": True})
    assert said(incident(1), action(7, of=1, labels=(*CORRECTIVE, "S1")), settings=config)["severity"] == 1


def test_the_day_it_was_opened_is_a_local_one() -> None:
    row = said(incident(1), action(7, of=1, created="2026-11-04 23:30"), settings=settings(timezone="Europe/Berlin"))
    assert (row["opened_on"], row["late_after"]) == (pd.Timestamp("2026-11-05"), pd.Timestamp("2026-12-05"))


@pytest.mark.parametrize(
    ("made", "as_of", "found"),
    [
        ({}, "2026-11-03", []),  # it was not opened yet
        ({}, "2026-11-04", [True]),
        ({"closed": "2026-11-10"}, "2026-11-09", [True]),
        ({"closed": "2026-11-10"}, "2026-11-10", [False]),
        (
            {
                "state_events": (closed("2026-11-05"), reopened("2026-11-09"), closed("2026-11-20")),
                "closed": "2026-11-20",
            },
            "2026-11-08",
            [False],
        ),
        ({"label_events": (added("corrective action", "2026-11-09"),)}, "2026-11-08", []),
        ({"labels": (), "label_events": (removed("infradev", "2026-11-09"),)}, "2026-11-08", [True]),
        (
            {"of": None, "links": (Link(target=Ref(PROJECT, 1), at=pd.Timestamp("2026-11-09", tz="UTC")),)},
            "2026-11-08",
            [],
        ),
    ],
)
def test_it_stands_as_it_did_then(made: dict[str, Any], as_of: str, found: list[bool]) -> None:
    held = evidence(incident(1), action(7, **{"of": 1, **made}), as_of=as_of)
    assert held.actions["open"].tolist() == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (outcomes(f"{TOOLS}#7"), ["#7"]),
        (outcomes(f"{TOOLS}#7", "### corrective actions of this incident"), ["#7"]),
        (f"## Incident Review\n\n{outcomes(f'{TOOLS}#7')}", ["#7"]),
        (f"{TOOLS}#7", []),
    ],
)
def test_an_inline_review_names_them_in_the_incident(text: str, found: list[str]) -> None:
    for where in ("inline", "both"):
        inline = settings(review={"where": where})
        assert refs(incident(1, description=text), action(7), settings=inline) == found


def test_an_inline_reviews_action_belongs_to_it_twice() -> None:
    row = said(
        incident(1, description=outcomes(f"{TOOLS}#7")), action(7), settings=settings(review={"where": "inline"})
    )
    assert (row["incidents"], row["reviews"]) == ((f"{PROJECT}#1",), (f"{PROJECT}#1",))


def test_review_issues_name_none_where_reviews_are_inline() -> None:
    inline = settings(review={"where": "inline"})
    assert refs(incident(1), review(2, of=1, description=outcomes(f"{TOOLS}#7")), action(7), settings=inline) == []


def hidden(*issues: Any, **fields: Any) -> bool:
    reviews = evidence(*issues, **fields).reviews
    return bool(reviews.loc[reviews["iid"] == 2, "actions_hidden"].item())


FAILED = Gap(ref=TOOLS, what="target", why="the server answered 502")


@pytest.mark.parametrize(
    ("issues", "fields", "expected"),
    [
        ((incident(1), review(2, of=1)), {}, False),
        ((incident(1), review(2, of=1, links=(Link(target=None),))), {}, True),
        ((incident(1, links=(Link(target=None),)), review(2, of=1)), {}, True),
        ((incident(1), review(2, of=1, links_read=False)), {}, True),
        ((incident(1, links_read=False), review(2, of=1)), {}, True),
        ((incident(1), review(2, of=1, links=(Link(target=Ref(TOOLS, 7)),))), {}, False),  # not in time
        ((incident(1), review(2, of=1, links=(Link(target=Ref(TOOLS, 7)),))), {"gaps": (FAILED,)}, True),
        ((incident(1), review(2, of=1, links=(Link(target=Ref("ops/x", 7)),))), {"gaps": (FAILED,)}, False),
        ((incident(1), review(2, of=1, links=(Link(target=Ref(TOOLS, 7)),)), action(7)), {"gaps": (FAILED,)}, False),
        ((incident(1), review(2, of=1, links=(Link(target=Ref(TOOLS, 7)),)), action(7, moved=True)), {}, True),
        ((incident(1), review(2, of=1), incident(3, links=(Link(target=None),))), {}, False),  # of another incident
    ],
)
def test_what_is_linked_and_cannot_be_read(issues: tuple[Any, ...], fields: dict[str, Any], expected: bool) -> None:
    assert hidden(*issues, **fields) == expected
