from __future__ import annotations

from typing import Any

import pytest

from audit.model import Gap, Level, Link, Ref
from audit.text.names import DURATION, END, LINK, SEVERITY, START
from tests.records import PROJECT, asked, evidence, found, incident, issue, review, settings
from tests.rules.one_rule import audited_by
from tests.rules.written import BLANK, text

pytestmark = pytest.mark.together

audited = audited_by("IR013")

LABELLED = ("IncidentReview", "Severity::2")
PAGE = Gap(ref=PROJECT, what="incidents", why="timeout")
QUIET = {SEVERITY: "", LINK: ""}
"""Nothing is compared but the durations."""
SILENT = {**BLANK, LINK: ""}


def outcome(rows: dict[str, str], *issues: Any, columns: int = 1, **fields: Any) -> str:
    """Return what becomes of review 2 of incident 1 with these rows."""
    made = {"of": 1, "labels": LABELLED, "description": text(rows, columns=columns), **fields.pop("made", {})}
    (told,) = asked(audited(incident(1), review(2, **made), *issues, **fields), "IR013")
    return told


@pytest.mark.parametrize(
    ("start", "end", "total", "expected"),
    [
        ("2026-11-02 09:00 UTC", "2026-11-02 10:30 UTC", "90 minutes", "conforms"),
        ("2026-11-02 09:00 UTC", "2026-11-02 10:30 UTC", "1h 31m", "conforms"),  # a minute
        ("2026-11-02 09:00 UTC", "2026-11-02 10:30 UTC", "1h 32m", "violates"),
        ("2026-11-02 09:00 UTC", "2026-11-02 10:30 UTC", "1h 28m", "violates"),
        ("2026-11-02 10:30 UTC", "2026-11-02 09:00 UTC", "90 minutes", "violates"),  # the end before the start
        ("2026-11-02 09:00 UTC", "2026-11-02 10:30 UTC", "", "unknown"),
        ("2026-11-02 09:00 UTC", "ongoing", "90 minutes", "unknown"),
        ("this morning", "2026-11-02 10:30 UTC", "2 hours", "unknown"),
        ("2026-11-02 09:00 UTC", "2026-11-02 10:30 UTC", "a while", "unknown"),
    ],
)
def test_durations(start: str, end: str, total: str, expected: str) -> None:
    assert outcome({**QUIET, START: start, END: end, DURATION: total}) == expected


def test_durations_column_by_column() -> None:
    rows = {**QUIET, START: "09:00 | 10:00", END: "09:30 | 10:30", DURATION: "30 min | 40 min"}
    held = found(audited(incident(1), review(2, of=1, description=text(rows, columns=2))), "IR013")["#2"]
    assert (held.evidence["stated_minutes"], held.evidence["counted_minutes"]) == (40, 30)
    assert outcome({**rows, DURATION: "30 min | 30 min"}, columns=2) == "conforms"
    assert outcome({**rows, DURATION: "30 min | "}, columns=2) == "conforms"  # what is not there is not compared


@pytest.mark.parametrize(
    ("cell", "labels", "expected"),
    [
        ("~severity::2", ("Severity::2",), "conforms"),
        ("Severity 2 (High)", ("severity:2",), "conforms"),
        ("S3", ("Severity::2",), "violates"),
        ("S3", (), "unknown"),  # that is IR005's
        ("S3", ("Severity::2", "Severity::1"), "unknown"),
        ("S1, S2", ("Severity::3",), "unknown"),  # cannot be read as one
        ("high", ("Severity::2",), "unknown"),
        ("", ("Severity::2",), "unknown"),
    ],
)
def test_the_severity_row(cell: str, labels: tuple[str, ...], expected: str) -> None:
    made = {"labels": ("IncidentReview", *labels)}
    assert outcome({**SILENT, SEVERITY: cell}, made=made) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [("S1 | S2", "conforms"), ("S1 | S3", "violates"), ("S1 | ", "violates"), (" | S2", "conforms")],
)
def test_the_severity_row_agrees_if_one_column_does(cells: str, expected: str) -> None:
    assert outcome({**SILENT, SEVERITY: cells}, columns=2) == expected


def test_the_label_counts_and_not_the_incidents_severity() -> None:
    made = {"labels": ("IncidentReview", "Severity::3")}
    assert outcome({**SILENT, SEVERITY: "S3"}, made=made) == "conforms"  # of an incident of severity 2


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("#1", "conforms"),
        ("https://gitlab.example/ops/production/-/issues/1", "conforms"),
        ("#7", "violates"),  # another incident
        ("#8", "violates"),  # a change
        ("#7 and #1", "conforms"),  # one is enough
        ("#99", "unknown"),  # nothing that was read
        ("else/where#7", "unknown"),
        ("https://ops.example/ops/production/-/issues/7", "unknown"),
        ("`#7`", "unknown"),
        ("#7, else/where#1", "violates"),  # what cannot be read is not compared
        ("see the incident", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_link_row_against_issue_links(cell: str, expected: str) -> None:
    assert outcome({**SILENT, LINK: cell}, incident(7, "Else"), issue(8, "A change")) == expected


def test_the_link_row_may_name_any_issue_that_was_read() -> None:
    """Corrective actions are read wherever they are; they are no incidents."""
    far = issue(7, project="ops/work", labels=("corrective action",))
    assert outcome({**SILENT, LINK: "ops/work#7"}, far) == "violates"


@pytest.mark.parametrize(
    ("leads", "expected"), [({"moved": True, "moved_to": Ref(PROJECT, 1)}, "conforms"), ({}, "violates")]
)
def test_what_leads_to_the_incident_is_it(leads: dict[str, Any], expected: str) -> None:
    old = issue(7, issue_type="incident", closed="2026-11-02 12:00", **leads)
    assert outcome({**SILENT, LINK: "#7"}, old) == expected


def test_of_several_linked_incidents_one_is_enough() -> None:
    made = {"links": (Link(target=Ref(PROJECT, 7)),)}
    for cell, expected in (("#1", "conforms"), ("#7", "conforms"), ("#8", "violates")):
        assert outcome({**SILENT, LINK: cell}, incident(7), incident(8), made=made) == expected


@pytest.mark.parametrize(
    ("title", "cell", "expected"),
    [
        ("", "#1", "conforms"),  # it finds it itself
        ("Incident Review: #1", "#8", "violates"),  # a change, where the title names the incident
        ("Incident Review: #1", "#99", "unknown"),
    ],
)
def test_without_issue_links_any_signal_counts(title: str, cell: str, expected: str) -> None:
    made = {"of": None, "title": title}
    assert outcome({**SILENT, LINK: cell}, issue(8, "A change"), made=made) == expected


@pytest.mark.parametrize("hidden", [{"made": {"links_read": False}}, {"gaps": (PAGE,)}])
def test_an_issue_link_out_of_sight_may_be_the_one(hidden: dict[str, Any]) -> None:
    assert outcome({**SILENT, LINK: "#8"}, issue(8, "A change"), **hidden) == "unknown"
    assert outcome({**SILENT, LINK: "#8", SEVERITY: "S3"}, issue(8, "A change"), **hidden) == "violates"


def test_one_that_agrees_is_enough_to_conform_and_one_that_does_not_to_violate() -> None:
    assert outcome({}) == "conforms"
    assert outcome({DURATION: "a while", LINK: ""}) == "conforms"
    assert outcome({DURATION: "2 hours"}) == "violates"
    assert outcome({SEVERITY: "S3"}) == "violates"
    assert outcome({LINK: "#8"}, issue(8, "A change")) == "violates"
    assert outcome(BLANK) == "unknown"


@pytest.mark.parametrize(
    ("labels", "expected"), [(("Severity::3",), "violates"), (("Severity::2", "Gameday"), "not applicable")]
)
def test_who_is_asked(labels: tuple[str, ...], expected: str) -> None:
    made = review(2, of=1, description=text({DURATION: "2 hours"}))
    assert asked(audited(incident(1, labels=labels), made), "IR013") == {expected: 1}
    assert asked(audited(made), "IR013") == {"not applicable": 1}


def test_it_asks_open_reviews_long_before_their_due_day() -> None:
    assert outcome({DURATION: "2 hours"}, as_of="2026-11-03") == "violates"


@pytest.mark.parametrize(
    ("rows", "labels", "expected"),
    [
        ({}, ("Severity::2",), "conforms"),
        ({SEVERITY: "S3"}, ("Severity::2",), "violates"),  # its own label is the incident's
        ({DURATION: "2 hours"}, ("Severity::2",), "violates"),
        ({LINK: "#7"}, ("Severity::2",), "violates"),
    ],
)
def test_an_inline_review(rows: dict[str, str], labels: tuple[str, ...], expected: str) -> None:
    one = incident(1, labels=labels, description=f"# Incident Review\n\n{text(rows)}")
    config = settings(review={"where": "inline"})
    assert asked(audited(one, issue(7), settings=config), "IR013") == {expected: 1}


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ({DURATION: "2 hours"}, "Total Duration says 120 minutes, and from Start Time to End Time it is 90 minutes"),
        (
            {DURATION: "3 min", END: "2026-11-02 09:01 UTC"},
            "Total Duration says 3 minutes, and from Start Time to End Time it is 1 minute",
        ),
        ({START: "2026-11-03 09:00 UTC"}, "its End Time is before its Start Time"),
        ({END: "2026-11-02 08:59 UTC"}, "its End Time is before its Start Time"),
        (
            {END: "2026-11-02 09:00 UTC"},
            "Total Duration says 90 minutes, and from Start Time to End Time it is 0 minutes",
        ),
        ({SEVERITY: "S3"}, "its table says severity 3, and its label 2"),
        ({LINK: "#7 #8"}, f"its link row names {PROJECT}#7 and {PROJECT}#8, and it is linked with {PROJECT}#1"),
        (
            {DURATION: "2 hours", SEVERITY: "S3"},
            (
                "Total Duration says 120 minutes, and from Start Time to End Time it is 90 minutes;"
                " its table says severity 3, and its label 2"
            ),
        ),
    ],
)
def test_what_it_says(rows: dict[str, str], says: str) -> None:
    one = found(
        audited(
            incident(1),
            incident(7),
            issue(8, "A change"),
            review(2, of=1, labels=LABELLED, description=text(rows)),
        ),
        "IR013",
    )["#2"]
    assert one.message == f"Facts in this review disagree: {says}."
    assert (one.level, one.open) == (Level.ADVISORY, True)


def test_it_says_what_the_review_was_found_to_be_about() -> None:
    issues = (incident(1), issue(8, "A change"), review(2, "RCA: #1", description=text({LINK: "#8"}), labels=LABELLED))
    one = found(audited(*issues), "IR013")["#2"]
    assert one.message == (
        f"Facts in this review disagree: its link row names {PROJECT}#8, and it is about {PROJECT}#1."
    )
    assert one.evidence == {
        "stated_minutes": None,
        "counted_minutes": None,
        "row_severities": [2],
        "own_severities": [2],
        "link_row": [f"{PROJECT}#8"],
        "incidents": [f"{PROJECT}#1"],
        "signals": ["title_reference"],
    }


def test_a_review_of_no_incident_has_no_link_row_to_hold() -> None:
    held = evidence(issue(8), review(2, description=text({LINK: "#8"})))
    assert held.reviews["link_row"].tolist() == [(f"{PROJECT}#8",)]
    assert held.reviews["link_disagrees"].isna().all()
