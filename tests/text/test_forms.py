"""Sections and rows in every form in which people write them (POLICY.md section 8), each with its neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.text.descriptions import described
from audit.text.names import CUSTOMERS, DURATION, END, LINK, REQUESTS, SEVERITY, START, Names
from audit.text.placeholders import State
from audit.text.references import NOTHING_NAMED
from audit.text.review_reader import review_text, section_readings
from tests.examples import examples
from tests.records import template

if TYPE_CHECKING:
    from audit.text.review_text import ReviewText

WRITTEN, PLACEHOLDER, ABSENT = State.WRITTEN, State.PLACEHOLDER, State.ABSENT

SUMMARY_HEADINGS = [
    "# Summary", "###### SUMMARY", "## :memo: Summary", "## 📝 Summary", "## 1.2 Summary", "## 7. Summary",
    "# **2\\. Summary** {#2.-summary}", "## Step 1: Summary", "## Summary (required)", "## Summary\uff08必須\uff09",
    "## Summary?", "## Summary:", "## [Summary](#s)", "## Sum\u200bmary", "## *Summary*", "Summary\n-------",
    "Summary\n=======", "<h2>Summary</h2>", "<H3 class='a'>1. Summary</H3>\n",
    "<details>\n<summary>Summary</summary>\n",
    "**Summary**", "__Summary:__", "**Summary** (in short)\n", "Summary", "Summary:", "Executive summary",
]  # fmt: skip


@pytest.mark.parametrize("heading", SUMMARY_HEADINGS)
@pytest.mark.parametrize(
    ("body", "state"),
    [("Logins failed for an hour.", WRITTEN), ("- Logins failed", WRITTEN), ("TBD", PLACEHOLDER), ("", PLACEHOLDER)],
)
def test_a_summary_under_any_heading(heading: str, body: str, state: State) -> None:
    text = review_text(f"{heading}\n\n{body}\n\n# Timeline\n\n- 10:00 alert\n")
    assert (text.summary.state, text.narrative.state) == (state, WRITTEN)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("**Summary:** Logins failed.\n\n**Impact:** all", WRITTEN),
        ("**Summary** - Logins failed.", WRITTEN),
        ("**Summary:** ...\n**Timeline:** 10:00 alert", PLACEHOLDER),
        ("Summary: Logins failed.", WRITTEN),
        ("- **Summary**: Logins failed.\n- **Timeline**: ...", WRITTEN),
        ("Summary\n- Logins failed.", WRITTEN),
        ("Summary\n* \n\nTimeline\n* 10:00 alert", PLACEHOLDER),
        ("<details><summary>Summary</summary>Logins failed.</details>", WRITTEN),
        ("<details><summary>Summary</summary></details>\n\nLogins failed.", PLACEHOLDER),
        ("<details>\n<summary>Summary</summary>\n\n## Deeper\n\nLogins failed.\n\n</details>", WRITTEN),
        ("# Summary\n\n## Details\n\nLogins failed.", WRITTEN),
        ("## Summary\n\n**What happened:** Logins failed.", WRITTEN),
        ("## Summary\n\nDetails: logins failed.", WRITTEN),
        ("# Summary\n\n## Impact\n\nLogins failed.", WRITTEN),
        ("**Summaries:** Logins failed.", ABSENT),
        ("In Summary: Logins failed.", ABSENT),
        ("> ## Summary\n> Logins failed.", ABSENT),
        ("```\n## Summary\nLogins failed.\n```", ABSENT),
        ("## Summary\nLogins failed for an hour\n---\n", WRITTEN),
    ],
)
def test_a_summary_in_other_forms(text: str, state: State) -> None:
    assert review_text(text).summary.state is state


@pytest.mark.parametrize(
    ("form", "state"), [("# Summary\n\n# Details\n", PLACEHOLDER), ("# Summary\n\n## Details\n", WRITTEN)]
)
def test_what_the_template_has_beside_a_section_does_not_fill_it(form: str, state: State) -> None:
    text = review_text("# Summary\n\n## Details\n\nLogins failed.\n", [template(form)])
    assert (text.summary.state, text.narrative.state) == (state, WRITTEN)


def test_a_title_around_everything_is_no_narrative() -> None:
    text = "# Root Cause Analysis (RCA)\n\n## Summary\n\nLogins failed.\n\n## Timeline\n\n{}\n"
    assert review_text(text.format("...")).narrative.state is PLACEHOLDER
    assert review_text(text.format("- 10:00 alert")).narrative.state is WRITTEN


NAMES = [
    "Link to Incident Issue", "link to  incident issue", "Link to Incident Issue (required)", "Link to Incident Issue?",
    "7. Link to Incident Issue", "**Link to Incident Issue**", "[Link to Incident Issue](https://h.example/a)",
    "Link to\u200b Incident Issue", ":link: Link to Incident Issue", "Link to Incident Issue\uff08必須\uff09",
]  # fmt: skip
FORMS = {
    "table": "| Metric | Value |\n|---|---|\n| {name} | #1, #3 |\n",
    "table without a head": "| {name} | #1, #3 |\n|---|---|\n| Users | 5 |\n",
    "swapped": "| Value | Metric |\n|---|---|\n| #1, #3 | {name} |\n| 5 | Customers Affected |\n",
    "numbered": "| No | Metric | Value |\n|---|---|---|\n| 1 | {name} | #1, #3 |\n| 2 | Customers Affected | 5 |\n",
    "turned": "| {name} | Customers Affected |\n|---|---|\n| #1, #3 | 5 |\n",
    "HTML": "<table>\n<tr><th>Metric</th><th>Value</th></tr>\n<tr><td>{name}</td><td>#1, #3</td></tr>\n</table>\n",
    "heads in HTML": "<table>\n<tr><th>{name}</th><td>#1, #3</td></tr>\n<tr><th>a</th><td>b</td></tr></table>",
    "list": "- {name}: #1, #3\n- Customers Affected: 5\n",
    "ticked list": "- [x] {name}: #1, #3\n",
    "numbered list": "1. {name}: #1, #3\n2. Customers Affected: 5\n",
    "nested list": "- {name}:\n  - #1\n  - #3\n- Customers Affected:\n  - 5\n",
    "next of its list": "1. {name}?\n1. #1, #3\n1. Customers Affected?\n1. 5\n",
    "definition": "{name}\n: #1, #3\n",
    "bold label": "**{name}:** #1, #3\n",
    "bold label above": "**{name}**\n\n#1, #3\n\n**Customers Affected**\n\n5\n",
    "heading": "### {name}\n\n#1, #3\n\n### Customers Affected\n\n5\n",
    "a line with a dash": "{name} - #1, #3\n",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_the_link_row_in_every_form_and_under_every_name(form: str, name: str) -> None:
    if form.startswith("bold") or form == "next of its list":
        name = name.replace("**", "").rstrip("?")
    text = review_text(f"## Key Information\n\n{FORMS[form].format(name=name)}\n\n## Summary\n\nLogins failed.\n")
    assert text.row(LINK).state is WRITTEN
    assert [one.iid for one in described(text).link_row.issues] == [1, 3]
    assert text.has_table


@pytest.mark.parametrize("form", FORMS)
def test_a_blank_row_in_every_form(form: str) -> None:
    facts = FORMS[form].format(name=LINK).replace("#1, #3", "").replace("#1", "").replace("#3", "")
    text = review_text(f"## Key Information\n\n{facts}\n\n## Summary\n\nLogins failed.\n")
    assert LINK in text.blank_rows
    assert described(text).link_row == NOTHING_NAMED


JSON = """```json:table
{"fields":[{"key":"m","label":"Metric"},{"key":"v","label":"Value"}],
 "items":[{"m":"Customers Affected","v":"12"},{"m":"Requests Affected","v":""},{"m":"Link to Incident Issue","v":"#1"}],
 "markdown":true}
```
"""


def test_a_table_in_json() -> None:
    text = review_text(f"## Key Information\n\n{JSON}")
    assert [(row.name, row.state) for row in text.rows if row.state is not ABSENT] == [
        (CUSTOMERS, WRITTEN),
        (REQUESTS, PLACEHOLDER),
        (LINK, WRITTEN),
    ]
    assert [one.iid for one in described(text).link_row.issues] == [1]


@pytest.mark.parametrize(
    "json",
    ['{"items": 5}', '{"items": ["a"]}', "[", '{"items": [{"a": null}]}', '{"fields": 1, "items": [{"a": "b"}]}'],
)
def test_what_is_no_table_in_json(json: str) -> None:
    text = review_text(f"## Key Information\n\n```json:table\n{json}\n```\n")
    assert all(row.state is ABSENT for row in text.rows)


@pytest.mark.parametrize(
    "text", ["Customers Affected were many", "CustomersAffected: 5", "Customers Affected/Requests: 5"]
)
def test_a_sentence_is_no_row(text: str) -> None:
    assert review_text(f"## Key Information\n\n{text}").row(CUSTOMERS).state is ABSENT


def test_the_line_right_under_a_label_is_its_value_whatever_it_holds() -> None:
    text = review_text(f"## Key Information\n\n**{CUSTOMERS}**\nAll customers on EU-1: search only\n")
    assert text.row(CUSTOMERS).cells == ("\nAll customers on EU-1: search only",)


def test_rows_are_read_in_key_information_where_there_is_one() -> None:
    text = review_text(f"## Key Information\n\n- {CUSTOMERS}: 5\n\n## Details\n\n- {REQUESTS}:\n")
    assert (text.row(CUSTOMERS).state, text.row(REQUESTS).state) == (WRITTEN, ABSENT)
    text = review_text(f"## Facts\n\n- {CUSTOMERS}: 5\n\n## Details\n\n- {REQUESTS}:\n")
    assert (text.row(CUSTOMERS).state, text.row(REQUESTS).state) == (WRITTEN, PLACEHOLDER)


FORM = """\
## Key Information

| Metric | Value |
|---|---|
| Customers Affected | how many noticed |
| Incident Severity | |
| Review guide | [here](https://h.example/guide) |

## Summary

<!-- Two sentences. -->

## Timeline

| Time | Event |
|---|---|
| | Detection |
| | Mitigation |

## Actions

| No | Action | Owner |
|---|---|---|
| 1 | | |
| 2 | | |

## Check list

- [ ] Tell the support team
- [ ] Ask the owner

## Levels

- severity::1
- severity::2
- 0
"""
EDITION = [template(FORM)]


def filled(*changes: tuple[str, str]) -> ReviewText:
    text = FORM
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return review_text(text, EDITION)


def test_an_untouched_template() -> None:
    text = filled()
    assert text.template is not None
    assert text.template.origin == EDITION[0].origin
    assert text.blank_rows == (CUSTOMERS, SEVERITY)
    assert (text.summary.state, text.narrative.state) == (PLACEHOLDER, PLACEHOLDER)
    assert (text.expects_table, text.summary.expected, text.narrative.expected) == (True, True, True)
    assert text.untouched


@pytest.mark.parametrize("value", ["1", "2", "severity::2", "~severity::2", "0", "Detection", "Tell the support team"])
def test_the_words_of_the_template_are_an_answer_elsewhere(value: str) -> None:
    assert SEVERITY not in filled(("| Incident Severity | |", f"| Incident Severity | {value} |")).blank_rows


def test_the_words_of_the_template_are_none_in_their_row() -> None:
    assert CUSTOMERS in filled(("how many noticed", "How many noticed?")).blank_rows
    assert CUSTOMERS not in filled(("how many noticed", "all")).blank_rows
    assert SEVERITY not in filled(("| Incident Severity | |", "| Incident Severity | how many noticed |")).blank_rows


def test_a_row_of_which_a_blank_was_filled_is_written() -> None:
    assert filled(("| | Detection |", "| 12:00 | Detection |")).narrative.state is WRITTEN
    assert filled(("| | Detection |", "| | Detection |\n| | Recovery |")).narrative.state is WRITTEN
    assert filled(("| | Detection |\n", "")).narrative.state is PLACEHOLDER


def state_of(name: str, *changes: tuple[str, str]) -> State:
    text = FORM
    for old, new in changes:
        text = text.replace(old, new, 1)
    return next(one.state for one in section_readings(text, EDITION) if one.name == name)


def test_a_box_that_was_ticked_is_an_answer() -> None:
    assert state_of("Check list") is PLACEHOLDER
    assert state_of("Check list", ("- [ ] Ask", "- [x] Ask")) is WRITTEN


def test_a_comment_whose_marks_were_removed_is_the_templates_in_its_place() -> None:
    assert filled(("<!-- Two sentences. -->", "Two sentences.")).summary.state is PLACEHOLDER
    assert filled(("| | Detection |\n", "\nTwo sentences.\n")).narrative.state is WRITTEN


@pytest.mark.parametrize(
    ("form", "expects"),
    [
        ("## Impact\n\n## Cause\n", (False, False, True)),
        ("## Summary\n\n## How to use this\n\nRead the guide.\n", (False, True, False)),
        ("## Summary\n\n## Impact\n\n- \n", (False, True, True)),
        ("## Summary\n\n## Timeline\n\nRead the guide.\n", (False, True, True)),
        ("## Key Information\n\n| Users | |\n|---|---|\n| Began | |\n", (True, False, False)),
        ("## Key Information\n\n- Users:\n- Began:\n\n## Outcomes\n\n- \n", (True, False, False)),
        ("**Summary:**\n\n**Impact:**\n\n**Outcomes:**\n", (False, True, True)),
    ],
)
def test_the_template_says_what_is_asked_for(form: str, expects: tuple[bool, bool, bool]) -> None:
    text = review_text(form, [template(form)])
    assert (text.expects_table, text.summary.expected, text.narrative.expected) == expects
    assert text.untouched


def test_rows_of_other_names_are_asked_for_by_their_template() -> None:
    form = "## Key Information\n\n| Users hit | |\n|---|---|\n| Began | |\n"
    assert review_text(form, [template(form)]).blank_rows == ("Users hit", "Began")
    assert review_text(form.replace("hit | |", "hit | 5 |"), [template(form)]).blank_rows == ("Began",)


@pytest.mark.parametrize(
    ("names", "expects", "blank"),
    [
        (Names(rows=()), (False, True), ()),
        (Names(rows=((CUSTOMERS, ()),)), (True, True), (CUSTOMERS,)),
        (Names(rows=(("Users", ("Customers Affected",)),)), (True, True), ("Users",)),
        (Names(summary=(), fixed=frozenset({"summary"})), (True, False), (CUSTOMERS, SEVERITY)),
    ],
)
def test_the_settings_go_before_the_template(names: Names, expects: tuple[bool, bool], blank: tuple[str, ...]) -> None:
    text = review_text(FORM, EDITION, names=names)
    assert (text.expects_table, text.summary.expected) == expects
    assert text.blank_rows == blank


def test_facts_are_read_under_the_further_names_of_the_settings() -> None:
    names = Names(rows=((START, ("Began",)), (END, ("Ended",)), (DURATION, ("Took",))))
    text = review_text("## Key Information\n\n- Began: 10:00\n- Ended: 11:00\n- Took: 2 hours\n", names=names)
    assert text.durations_disagree is True


def test_the_template_that_shares_most_is_chosen_and_of_equals_the_first() -> None:
    one = template("## Summary\n\n## Cause\n", name="a_review.md")
    two = template("## Summary\n\n## Cause\n\n## Lessons\n", name="b_review.md")
    by_heading = {"## Cause": one, "## Cause\n## Lessons": two}
    for headings, chosen in by_heading.items():
        text = review_text(f"## Summary\n{headings}\n", [one, two])
        assert text.template is not None
        assert text.template.origin == chosen.origin
    assert review_text("It broke.", [one, two]).template is None


def test_the_line_that_decided_is_told_as_it_was_typed() -> None:
    text = review_text("<!--\na\nb\n-->\n## Summary\n\nTBD\n\n<!-- c\n-->\nLogins failed.\n")
    assert (text.typed_line(text.summary), text.summary.text) == (11, "Logins failed.")
    blank = review_text("## Summary\n\nTBD\n")
    assert (blank.typed_line(blank.summary), blank.summary.text) == (3, "TBD")
    assert blank.typed_line(blank.narrative) is None


HEADS = (
    *("# Summary", "## Details", "## Impact (required)", "### 1.2 Timeline", "**Summary:**", "**Impact**"),
    *("<h2>Lessons</h2>", "<details><summary>Notes</summary>", "</details>", "## Key Information", "## Outcomes"),
    *("- **Cause**: who broke it", "Overview:", "Summary"),
)
BODIES = (
    *("- ", "- a prompt", "  - deeper one", "1. Why?", "1. ", "Describe it. Then more.", "*Describe it*", "[Name]"),
    *(
        "| Metric | Value |\n|---|---|\n| Customers Affected | many |\n| Began | |",
        "- [ ] Tell support",
        "HH:MM - event",
    ),
    *("| Zeit | Was |\n|---|---|\n| | Detection |", "<!-- say it\n\nin two lines -->", "- [x] Read this", "/label ~x"),
    *("Some words: other words", "**Bold label** with text", "> quoted words", "```\ncode words\n```", "&nbsp;", "---"),
    *("- Customers Affected: a few\n- Start Time:", "Start Time: 10:00 UTC sample", "**End Time**\nlike 11:00"),
    *("<table><tr><th>Link to Incident Issue</th><td>its number</td></tr></table>", "Term\n: what it means"),
    *("- item words\n\n  more of it", "    indented code", "<p>html words</p>", "*emph* and `code` words"),
)
SECTIONS = st.lists(st.tuples(st.sampled_from(HEADS), st.lists(st.sampled_from(BODIES), max_size=3)), max_size=5)


@examples(100)
@given(SECTIONS)
def test_a_template_that_nobody_touched_is_untouched(parts: list[tuple[str, list[str]]]) -> None:
    form = "\n\n".join(text for head, bodies in parts for text in (head, *bodies))
    text = review_text(form, [template(form)])
    if text.template and not text.template.origin.startswith("built-in"):
        assert text.untouched


@examples(100)
@given(st.lists(st.sampled_from((*HEADS, *BODIES, "<!--", "-->", "```", "~~~", "\ud800", "** **", "|")), max_size=20))
def test_every_text_is_read(parts: list[str]) -> None:
    text = review_text("\n".join(parts), [template("\n".join(reversed(parts)))])
    assert described(text).has_table is text.has_table
    assert all(text.typed_line(one) is not None for one in text.rows if one.line is not None)


@pytest.mark.parametrize(
    ("value", "shown"), [("\\ud83d\\ude00", "\U0001f600"), ("\\ud800 5", "? 5"), ("\\udc00 5", "? 5"), ("5", "5")]
)
def test_half_of_a_surrogate_pair_in_json_is_replaced(value: str, shown: str) -> None:
    table = f'```json:table\n{{"items":[{{"m":"Customers Affected","v":"{value}"}}]}}\n```\n'
    text = review_text(f"## Key Information\n\n{table}\n\n## Summary\n\n{table}\n")
    assert text.row(CUSTOMERS).cells == (shown,)
    assert text.summary.state is WRITTEN
