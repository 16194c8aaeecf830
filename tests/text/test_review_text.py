from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.text.names import CUSTOMERS, DURATION, END, LINK, REQUESTS, ROWS, SEVERITY, START, Names
from audit.text.placeholders import State
from audit.text.review_reader import review_text
from tests.records import template

if TYPE_CHECKING:
    from audit.text.review_text import ReviewText

WRITTEN, PLACEHOLDER, ABSENT = State.WRITTEN, State.PLACEHOLDER, State.ABSENT

VALUES = {
    CUSTOMERS: "N/A",
    REQUESTS: "...",
    SEVERITY: "~severity::2",
    START: "2026-01-23 16:00 UTC",
    END: "2026-01-23 17:30 UTC",
    DURATION: "90 mins",
    LINK: "#12",
}


def table(values: dict[str, str], head: str = "| Metric | Value |\n| --- | --- |") -> str:
    return "\n".join([head, *(f"| {name} | {value} |" for name, value in values.items())])


COMPLETE = f"""\
# Key Information

{table(VALUES)}

# Summary

The disk of a host was full.

# Details

1. ...
1. A job wrote without end.

# Outcomes/Corrective Actions

- [x] #13 limits the job
- [ ] group/project#14
"""


def test_a_review_as_it_is_read() -> None:
    text = review_text(COMPLETE)
    assert [row.name for row in text.rows] == list(ROWS)
    assert text.has_table
    assert text.blank_rows == (REQUESTS,)
    assert text.row(LINK).cells == ("#12",)
    assert text.severities == (2,)
    assert text.durations_disagree is False
    assert (text.summary.state, text.narrative.state) == (WRITTEN, WRITTEN)
    assert [COMPLETE.split("\n")[lines.start : lines.stop][1:3] for lines in text.outcomes_lines] == [
        ["- [x] #13 limits the job", "- [ ] group/project#14"]
    ]
    assert not text.untouched


def test_nothing_at_all() -> None:
    text = review_text("")
    assert {row.state for row in text.rows} == {ABSENT}
    assert not text.has_table
    assert (text.summary.state, text.narrative.state) == (ABSENT, ABSENT)
    assert (text.blank_rows, text.severities, text.durations_disagree, text.outcomes_lines) == (
        (),
        (),
        None,
        (),
    )
    assert text.untouched


EMPTY = f"""\
# Key Information
<!---
{CUSTOMERS}: some numbers, please
--->
{table(dict.fromkeys(ROWS, ""))}

# Summary

<!-- Two sentences. -->

# Details

# Outcomes/Corrective Actions

1. ...
"""


def test_an_empty_form() -> None:
    text = review_text(EMPTY)
    assert text.blank_rows == ROWS
    assert (text.summary.state, text.narrative.state) == (PLACEHOLDER, PLACEHOLDER)
    assert text.untouched


@pytest.mark.parametrize("name", ROWS)
def test_one_filled_row_is_something(name: str) -> None:
    text = review_text(EMPTY.replace(f"| {name} |  |", f"| {name} | x |"))
    assert text.row(name).state is WRITTEN
    assert len(text.blank_rows) == len(ROWS) - 1
    assert not text.untouched


@pytest.mark.parametrize(
    ("written", "row"),
    [
        ("Impact Start Time", START),
        ("impact  end time", END),
        ("**Total Duration**", DURATION),
        ("Incident Severity:", SEVERITY),
        ("`Customers Affected`", CUSTOMERS),
        ("Start Time (UTC)", START),
    ],
)
def test_names_of_rows(written: str, row: str) -> None:
    text = review_text(f"# Key Information\n{table({written: 'x'})}")
    assert [one.name for one in text.rows if one.state is WRITTEN] == [row]


def test_a_row_under_both_of_its_names_is_the_one_that_is_filled() -> None:
    text = review_text(
        f"# Key Information\n{table({'Start Time': '', 'Impact Start Time': '09:00', 'End Time': '10:00'})}"
    )
    assert text.row(START).cells == ("09:00",)
    assert text.row(START).state is WRITTEN


def test_rows_that_are_named_in_a_comment_are_none() -> None:
    text = review_text(f"# Key Information\n<!-- {table(VALUES)} -->\n")
    assert not text.has_table
    assert {row.state for row in text.rows} == {ABSENT}


def test_headings_of_the_same_names_are_no_rows() -> None:
    text = review_text(f"{EMPTY}\n# {CUSTOMERS}\n\n5000 of them\n")
    assert CUSTOMERS in text.blank_rows


def test_two_value_columns() -> None:
    head = "| Metric | First | Second |\n|---|---|---|"
    rows = {
        CUSTOMERS: " | 5", REQUESTS: "TBD | ...", SEVERITY: "~severity::1 | S2", START: "09:00 | 10:00",
        END: "10:00 | 11:00", DURATION: "1 hour | 61 min", LINK: "#12 | #13",
    }  # fmt: skip
    text = review_text(f"# Key Information\n{table(rows, head)}")
    assert text.blank_rows == (REQUESTS,)
    assert text.row(CUSTOMERS).cells == ("", "5")
    assert text.severities == (1, 2)
    assert text.durations_disagree is False
    rows[DURATION] = "1 hour | 2 hours"
    assert review_text(f"# Key Information\n{table(rows, head)}").durations_disagree is True


def test_two_tables_are_columns_of_one() -> None:
    first = {START: "09:00", END: "10:00", DURATION: "1h", SEVERITY: "S1"}
    second = {START: "09:00", END: "11:00", DURATION: "2h"}
    text = review_text(f"# Key Information\n{table(first)}\n\ntext\n\n{table(second)}")
    assert text.row(DURATION).cells == ("1h", "2h")
    assert text.row(SEVERITY).cells == ("S1", "")
    assert text.durations_disagree is False


@pytest.mark.parametrize(
    ("description", "has_table"),
    [
        pytest.param(f"# Facts\n{table(VALUES)}", True, id="under another heading"),
        pytest.param(table(VALUES), True, id="under no heading"),
        pytest.param(f"# Key Information\n- {CUSTOMERS}: N/A\n- {DURATION}: 90 mins\n", True, id="a list in its place"),
        pytest.param(f"Key Information\n\nMetric Value\n{CUSTOMERS} N/A\n{DURATION} 90 mins\n", True, id="bars lost"),
        pytest.param("# Key Information\n| Users | 5 |\n|---|---|\n", True, id="a table of other rows"),
        pytest.param(f"# Key Information\n{CUSTOMERS} were many\n", False, id="a sentence in its place"),
        pytest.param(f"# Timeline\n| {START} | Event |\n|---|---|\n| 09:00 | alert |\n", False, id="another table"),
        pytest.param("# Key Information\n\n# Summary\n", False, id="a heading alone"),
    ],
)
def test_whether_there_is_a_table(description: str, has_table: bool) -> None:
    text = review_text(description)
    assert text.has_table is has_table
    if CUSTOMERS in description and has_table:
        assert text.row(CUSTOMERS).cells == ("N/A",)
        assert text.row(DURATION).cells == ("90 mins",)


def test_a_row_without_any_value_column_is_blank() -> None:
    text = review_text(f"# Key Information\n| {CUSTOMERS} |\n|---|\n| {REQUESTS} |\n")
    assert text.blank_rows == (CUSTOMERS, REQUESTS)


@pytest.mark.parametrize(
    ("description", "summary", "narrative"),
    [
        pytest.param("# Exec Summary\na\n# What happened?\nb", WRITTEN, WRITTEN, id="other names"),
        pytest.param("# Summary\n...\n# Executive Summary\na", WRITTEN, ABSENT, id="one of two summaries"),
        pytest.param("# Details\n\n# Timeline\n- 09:00 alert", ABSENT, WRITTEN, id="one of two narratives"),
        pytest.param("# Details\n\n# Timeline\n- ...", ABSENT, PLACEHOLDER, id="two blank narratives"),
        pytest.param("###Summary\na", ABSENT, ABSENT, id="no heading for want of a space"),
        pytest.param("Summary\n\na\n\n**Details**\n\n...", WRITTEN, PLACEHOLDER, id="headings that lost their marks"),
        pytest.param("# Root Cause Analysis\n1. Why?\n1. It was full", ABSENT, WRITTEN, id="an answer as a sibling"),
        pytest.param("# Summary\n## Impact\na\n# Details", WRITTEN, PLACEHOLDER, id="text under a deeper heading"),
    ],
)
def test_sections(description: str, summary: State, narrative: State) -> None:
    text = review_text(description)
    assert (text.summary.state, text.narrative.state) == (summary, narrative)


def test_other_names_of_sections() -> None:
    names = Names(summary=("Kurzfassung",), outcomes=("Aufgaben",))
    text = review_text("# Kurzfassung\na\n# Aufgaben und mehr\n#1", names=names)
    assert text.summary.state is WRITTEN
    assert text.outcomes_lines == (range(3, 4),)


def test_the_trackers_own_template() -> None:
    form = f"# Summary\nSay it in plain words.\n\n# Key Information\n{table({CUSTOMERS: 'how many', LINK: 'its link'})}"
    assert not review_text(form).untouched
    text = review_text(form, [template(form)])
    assert text.untouched
    assert text.blank_rows == (CUSTOMERS, LINK)


INCIDENT = """\
## Summary
The disk was full.

## Timeline
- 09:00 alert

## Incident Review

### Summary
{0}

### Root Cause Analysis
{0}

| Customers Affected | {0} |
|---|---|
| Requests Affected | {0} |
"""


def test_the_review_inside_an_incident_is_what_follows_its_heading() -> None:
    text = review_text(INCIDENT.format(""), inline=True)
    assert text.untouched
    assert (text.summary.state, text.narrative.state) == (PLACEHOLDER, PLACEHOLDER)
    assert text.blank_rows == (CUSTOMERS, REQUESTS)
    assert not review_text(INCIDENT.format("it was"), inline=True).untouched
    assert not review_text(INCIDENT.format("")).untouched


def test_an_incident_without_that_heading_is_read_whole() -> None:
    assert review_text("## Summary\na\n## Timeline\nb", inline=True).narrative.state is WRITTEN


def without_lines(text: ReviewText) -> list[object]:
    return [text.has_table, *(one._replace(line=None) for one in (*text.rows, text.summary, text.narrative))]


COMMENTS = st.sampled_from(["<!-- x -->", "<!--- # Summary\n\n| a | b | --->", f"<!-- {CUSTOMERS}: 5 -->"])
LINES = {"complete": COMPLETE, "empty": EMPTY, "incident": INCIDENT.format("...")}


@given(st.sampled_from(sorted(LINES)), st.integers(0, 60), COMMENTS)
def test_a_comment_on_a_line_of_its_own_changes_nothing(which: str, line: int, comment: str) -> None:
    lines = LINES[which].split("\n")
    line = min(line, len(lines))
    inside = "\n".join(lines[:line]).count("<!--") > "\n".join(lines[:line]).count("-->")
    in_head = lines[line : line + 1] == ["| --- | --- |"] or lines[line : line + 1] == ["|---|---|"]
    if not inside and not in_head:
        with_comment = review_text("\n".join([*lines[:line], comment, *lines[line:]]))
        assert without_lines(with_comment) == without_lines(review_text(LINES[which]))


@given(st.sampled_from(["full.", "| N/A |", "90 mins", "# Details", "Outcomes"]), COMMENTS)
def test_a_comment_within_a_line_changes_nothing(place: str, comment: str) -> None:
    flat = comment.replace("\n", " ").replace("|", " ")
    for text in (place + flat, flat + place if place[0] not in "#O|" else place + flat):
        assert review_text(COMPLETE.replace(place, text)).rows[0].state is WRITTEN
        assert review_text(COMPLETE.replace(place, text)).summary.state is WRITTEN
        assert review_text(COMPLETE.replace(place, text)).narrative.state is WRITTEN
        assert review_text(COMPLETE.replace(place, text)).durations_disagree is False


def test_a_comment_that_is_never_closed_swallows_the_rest() -> None:
    text = review_text(COMPLETE.replace("# Summary", "<!-- # Summary"))
    assert text.row(CUSTOMERS).state is WRITTEN
    assert (text.summary.state, text.narrative.state, text.outcomes_lines) == (ABSENT, ABSENT, ())


@pytest.mark.parametrize(
    "text",
    [
        *("a:" * 20_000, "**a** " * 20_000, "-" * 200_000 + "x", "(" * 50_000, "(... " * 20_000, "<tr>" * 20_000),
        *(
            "# Summary\n" * 1_000,
            "| a" * 20_000,
            f"| {'-' * 50_000}x{' ' * 50_000}( | b |\n|---|---|\n",
            "<!--" * 50_000,
        ),
        *("[" * 50_000, "<details " * 20_000, "1. " * 300, "> " * 300, "see " * 50_000, "#a" * 50_000),
    ],
    ids=lambda text: text[:9],
)
def test_no_text_is_too_much(text: str) -> None:
    review_text(f"# Key Information\n{text}\n\n# Summary\n{text}\n\n# Details\n\n{text}\n")
