from __future__ import annotations

from typing import Any

import pytest

from audit.model import Level, Link, Ref
from audit.text.names import CUSTOMERS, DURATION, LINK, REQUESTS, ROWS, START
from tests.records import PROJECT, added, asked, found, incident, review, settings, template
from tests.rules.one_rule import audited_by
from tests.rules.written import BLANK, text

pytestmark = pytest.mark.together

audited = audited_by("IR007", "IR016")

RIPE = "2026-11-09"
BLANK_ROW = text({CUSTOMERS: ""})
INLINE = settings(review={"where": "inline"})
COMPLETED = "Incident::Review-Completed"


@pytest.mark.parametrize(
    ("description", "outcome"),
    [
        (text(), "conforms"),
        (text({CUSTOMERS: ""}), "violates"),
        (text({CUSTOMERS: "TBD"}), "violates"),
        (text({CUSTOMERS: "..."}), "violates"),
        (text({START: "start time UTC"}), "violates"),  # the template's own words
        (text({CUSTOMERS: "0", REQUESTS: "-"}), "conforms"),
        (text({CUSTOMERS: "Unknown", REQUESTS: "we don't have this metric"}), "conforms"),
        (text().replace(f"| {CUSTOMERS} | about 300 |\n", ""), "conforms"),  # a row that is not there
        (text({CUSTOMERS: " | 3"}, columns=2), "conforms"),  # blank is a row whose cells all are
        (text({CUSTOMERS: " | "}, columns=2), "violates"),
        ("## Summary\n\nA disk was full.\n\n## Details\n\nA job wrote.", "violates"),  # no table
        ("## Key Information\n\n## Summary\n\nA disk was full.", "violates"),
        ("## Summary\n\nA disk was full.\n\n| Metric | Value |\n|---|---|\n| Total Duration | 5 min |", "violates"),
    ],
)
def test_when_it_is_violated(description: str, outcome: str) -> None:
    result = audited(incident(1), review(2, of=1, description=description), as_of=RIPE)
    assert asked(result, "IR007") == {outcome: 1}


@pytest.mark.parametrize(
    ("made", "as_of", "outcome"),
    [
        # due on Monday 2026-11-09: ripe from the Thursday before
        ({}, "2026-11-04", "conforms"),
        ({}, "2026-11-05", "violates"),
        ({}, "2026-11-07", "violates"),
        ({}, "2026-11-23", "violates"),
        ({"closed": "2026-11-03 12:00"}, "2026-11-03", "violates"),  # closed
        ({"closed": "2026-11-04 12:00"}, "2026-11-03", "conforms"),  # not yet that day
    ],
)
def test_when_it_is_ripe(made: dict[str, Any], as_of: str, outcome: str) -> None:
    result = audited(incident(1), review(2, of=1, description=BLANK_ROW, **made), as_of=as_of)
    assert asked(result, "IR007") == {outcome: 1}


@pytest.mark.parametrize(("as_of", "outcome"), [("2026-11-04", "conforms"), ("2026-11-05", "violates")])
def test_a_calendar_of_its_own_moves_both_days(as_of: str, outcome: str) -> None:
    """Friday and Monday are closed: it is due on Wednesday, two working days after Thursday."""
    closed = settings(calendars={"teams": {"backend": {"closures": ["2026-11-06", "2026-11-09"]}}})
    issues = (incident(1, labels=("Severity::2", "Service::API")), review(2, of=1, description=BLANK_ROW))
    assert asked(audited(*issues, as_of=as_of, settings=closed), "IR007") == {outcome: 1}


def test_two_working_days_ahead_of_a_calendar_day() -> None:
    saturday = settings(policies=[{"due_days": 5, "due_kind": "calendar"}])  # declared on Monday: due on Saturday
    issues = (incident(1), review(2, of=1, description=BLANK_ROW))
    assert asked(audited(*issues, as_of="2026-11-04", settings=saturday), "IR007") == {"conforms": 1}
    assert asked(audited(*issues, as_of="2026-11-05", settings=saturday), "IR007") == {"violates": 1}


def test_the_due_day_is_the_earliest_of_those_that_require_it() -> None:
    links = tuple(Link(target=Ref(PROJECT, iid)) for iid in (1, 2, 3))
    issues = (
        incident(1, created="2026-10-01", labels=("Severity::3",)),
        incident(2, created="2026-11-09"),  # due on 2026-11-16
        incident(3, created="2026-11-10"),
        review(9, links=links, created="2026-11-10", description=BLANK_ROW),
    )
    assert asked(audited(*issues, as_of="2026-11-11"), "IR007") == {"conforms": 1}
    assert asked(audited(*issues, as_of="2026-11-12"), "IR007") == {"violates": 1}


def test_while_there_is_no_due_day_only_closing_makes_it_ripe() -> None:
    resolved = settings(policies=[{"anchor": "resolved"}])
    issues = (incident(1), review(2, of=1, description=BLANK_ROW))
    assert asked(audited(*issues, settings=resolved), "IR007") == {"conforms": 1}
    issues = (incident(1), review(2, of=1, description=BLANK_ROW, closed="2026-11-04"))
    assert asked(audited(*issues, settings=resolved), "IR007") == {"violates": 1}


@pytest.mark.parametrize(
    ("labels", "outcome"),
    [
        (("Severity::2",), "violates"),
        (("Severity::3",), "violates"),  # voluntary
        ((), "violates"),
        (("Severity::2", "Gameday"), "not applicable"),
    ],
)
def test_who_is_asked(labels: tuple[str, ...], outcome: str) -> None:
    result = audited(incident(1, labels=labels), review(2, of=1, description=BLANK_ROW))
    assert asked(result, "IR007") == {outcome: 1}


def test_a_paper_review_has_that_finding_alone() -> None:
    result = audited(incident(1), review(2, of=1, closed="2026-11-06"))
    assert asked(result, "IR016") == {"violates": 1}
    assert asked(result, "IR007") == {"not applicable": 1}
    # an open one is none
    assert asked(audited(incident(1), review(2, of=1)), "IR007") == {"violates": 1}


def test_an_inline_review_is_asked_when_its_label_completes_it() -> None:
    one = incident(1, description=f"# Incident Review\n\n{BLANK_ROW}", closed="2026-11-02 12:00")
    assert asked(audited(one, settings=INLINE, as_of="2026-11-03"), "IR007") == {"conforms": 1}  # closed is not it
    done = incident(
        1,
        description=f"# Incident Review\n\n{BLANK_ROW}",
        labels=("Severity::2", COMPLETED),
        label_events=(added(COMPLETED, "2026-11-03"),),
    )
    assert asked(audited(done, settings=INLINE, as_of="2026-11-03"), "IR007") == {"violates": 1}


def test_the_headings_are_settings() -> None:
    german = settings(review={"sections": {"key_information": "Eckdaten"}})
    description = (
        "## Eckdaten\n\n## Summary\n\nA disk was full.\n\n## Key Information\n\n| x | y |\n|---|---|\n| a | b |"
    )
    issues = (incident(1), review(2, of=1, description=description))
    assert asked(audited(*issues), "IR007") == {"conforms": 1}
    assert asked(audited(*issues, settings=german), "IR007") == {"violates": 1}


def test_lines_of_the_trackers_own_templates_are_no_answers() -> None:
    own = text({CUSTOMERS: "how many people noticed"}, summary="say it in a sentence", details="tell the story")
    one = review(2, of=1, description=text({CUSTOMERS: "How many people noticed"}))
    assert asked(audited(incident(1), one), "IR007") == {"conforms": 1}
    assert asked(audited(incident(1), one, templates={PROJECT: (template(own),)}), "IR007") == {"violates": 1}


@pytest.mark.parametrize(
    ("description", "message", "blank"),
    [
        ("", "This review has no Key Information table.", []),
        (
            text({DURATION: ""}),
            "The Key Information of this review says nothing yet about Total Duration.",
            [DURATION],
        ),
        (
            text({**BLANK, LINK: "#1"}),
            (
                "The Key Information of this review says nothing yet about Customers Affected, Requests Affected,"
                " Incident Severity, Start Time, End Time and Total Duration."
            ),
            list(ROWS[:-1]),
        ),
    ],
)
def test_what_it_says(description: str, message: str, blank: list[str]) -> None:
    one = found(audited(incident(1), review(2, of=1, description=description)), "IR007")["#2"]
    assert one.message == message
    assert (one.level, one.open) == (Level.ADVISORY, True)
    assert one.evidence == {
        "has_table": description != "",
        "blank_rows": blank,
        "due_on": "2026-11-09",
        "completed_on": None,
    }
