from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.model import TemplateEdition
from audit.text.placeholders import ANSWERS, State, says
from audit.text.review_reader import review_text

WRITTEN, PLACEHOLDER = State.WRITTEN, State.PLACEHOLDER


def written(text: str, template: str = "", *, cell: bool = False) -> State:
    """Return the state of a text as a review's summary, or as a cell of its Key Information."""
    if cell:
        flat = text.replace("\n", "<br>").replace("|", "\\|")
        return review_text(f"# Key Information\n| Customers Affected | {flat} |\n|---|---|\n").rows[0].state
    editions = [TemplateEdition(origin="a.md", project=None, since=None, text=template)] if template else []
    return review_text(f"# Summary\n\n{text}\n", editions).summary.state


NOWHERE_WRITTEN = {
    "blank": "",
    "spaces": " \n\t\n",
    "space that does not break": "&nbsp;",
    "characters without width": "\u200b\ufeff",
    "two dots": "..",
    "three dots": "...",
    "an ellipsis": "…",
    "an ellipsis as an entity": "&hellip;",
    "dots in brackets": "(...)",
    "escaped dots": r"\.\.\.",
    "TBD": "TBD",
    "tbd in lower case": "tbd",
    "TBD with a stop": "TBD.",
    "TBD, emphasised": "**TBD**",
    "TBD in code": "`TBD`",
    "TBD in brackets": "[TBD]",
    "TBD as an insertion": "{+ TBD +}",
    "TBD as a deletion": "[- TBD -]",
    "TODO": "TODO",
    "WIP": "wip",
    "two question marks": "??",
    "a prompt in brackets": "[Describe what broke]",
    "a prompt in italics": "*Describe what broke*",
    "another prompt in italics": "_Please explain why._",
    "a box that was ticked and says nothing": "- [x] ",
    "ToDo": "ToDo",
    "TODO and dots": "TODO ...",
    "a comment": "<!-- say something -->",
    "a comment with three dashes": "<!--- say something --->",
    "a comment that is never closed": "<!-- say something\n\nand more",
    "a bullet and dots": "- ...",
    "a star": "*",
    "a number and dots": "1. ...",
    "a number alone": "1.",
    "two numbers": "1. 2.",
    "an empty task": "[ ]",
    "a bold word and dots": "**Impact** ...",
    "a bold word with a colon and dots": "**Impact:** ...",
    "a bold word and TBD": "**Root cause**: TBD",
    "a label": "Impact:",
    "a label and dots": "Impact: ...",
    "a label with a space before its colon": "Service(s) affected :",
    "a question": "Who was affected?",
    "a question with examples": "Who was affected? (e.g. customers, or colleagues)",
    "a question with a list": "Who was affected (customers, colleagues, ...)?",
    "a question with an aside of two sentences": "Was it a change (new code. If so, which?)?",
    "a question and dots": "Who was affected? ...",
    "a blank for a day": "YYYY-MM-DD",
    "a blank for a time": "XX:YY UTC",
    "a blank for an action": "YYYY-MM-DD XX:YY UTC: action X taken",
    "a blank for a label": "~Severity::*",
    "a blank for another label": "~service::<name>",
    "a blank for a reference": "group/project#NNN",
    "a reference to a label": "See Incident::<state> label",
    "a blank for labels": "service:: labels of the impacted services",
    "blanks for a duration": "start time UTC - end time UTC ( duration in minutes )",
    "the same as insertions": "{+ start time UTC +} - {+ end time UTC +} ({+ duration in minutes +})",
    "markup alone": "<details><br/></details>",
    "a tag where a value belongs": "<link>",
}
"""As a section and as a cell."""

EVERYWHERE_WRITTEN = {
    "prose": "The disk was full.",
    "N/A": "N/A",
    "n/a": "n/a",
    "No": "No",
    "None": "None",
    "None in bold": "**None**",
    "0": "0",
    "a number": "4,663",
    "Unknown": "Unknown",
    "an admission": "we don't have this metric",
    "a question and its answer": "Who was affected? Nobody",
    "a question and No": "Was it a change? No",
    "a label and its value": "Impact: none",
    "a bold label and its value": "**Impact:** pushes failed",
    "dots in prose": "It came and went ... and stayed",
    "a git range": "v1.2.0...v1.3.0",
    "angle brackets in a sentence": "Open https://example.com/<yourproject>/-/tree instead",
    "TBD in a sentence": "The root cause is TBD by the database team",
    "a blank beside a value": "2026-01-26 - end time UTC ( duration in minutes )",
    "a start and a dash": "12:13 UTC -",
    "a reference": "#12",
    "an address": "https://example.com/a",
    "a picture": "![graph](/uploads/a.png)",
    "a picture as HTML": '<img src="/uploads/a.png">',
    "an emoji": "✅",
    "a question mark": "?",
    "a path": "/var/log was full",
    "a label as a value": '~"service::api"',
    "a done insertion": "{+ The disk was full +}",
    "a bold sentence": "**The disk was full.**",
    "a bold number": "**5000**",
    "a time": "09:05 UTC",
    "a dash that is none of a list's": "—",
    "a task that says something": "- [x] Rolled the change back",
    "a doubtful answer": "DNS, probably?",
    "a question mark behind an answer": "The deploy of 10:05?",
    "a bold sentence without a stop": "**Checkout was down for customers**",
    "a list of bold words": "- **Disk**\n- **Pager**",
    "a path that begins like a quick action": "/severity-api answered nothing",
    "a path with more behind it": "/label/list was slow",
    "a sentence that begins like a quick action": "/close the valve first, then the pump",
    "text in brackets": "[redacted]",
    "a link alone": "[the log](https://example.com/a)",
    "a label in many words": "What the second team that was asked then did about it: they waited",
}

ONLY_AS_A_CELL_WRITTEN = {
    "a dash": "-",
    "two dashes": "--",
    "a dash in code": "`-`",
    "a bold word": "**High**",
    "a number with a stop": "15.",
    "a label and a dash": "Impact: -",
}
NO_SECTION = {
    "a heading with nothing under it": "### Deeper",
    "an underlined heading": "Deeper\n------",
    "a rule": "---",
    "several bullets": "- \n- ...\n* ",
    "numbers under a line": "Who was affected?\n1.\n2.",
    "a name that lost its marks": "Summary",
    "a quotation of dots": "> ...",
    "code of dots": "```\n...\n```",
    "a bold word": "**Impact**",
    "a quick action": "/label ~IncidentReview",
    "quick actions": "/severity high\n/assign @anna\n/assign me\n/due in 2 days\n/relate #12\n/confidential",
    "a table of contents": "[[_TOC_]]",
    "a table's head": "| Time | Event |\n|---|---|",
    "a table of questions": "| Question | Answer |\n|---|---|\n| How many | |\n| Who | ... |",
    "a label of a disclosure": "<details><summary>Click to open</summary>\n\n...\n\n</details>",
}
A_SECTION = {
    "a list with one written item": "1. ...\n1. The disk was full\n1. ...",
    "an answer as the next of its list": "1. **Who was affected?**\n1. Everybody",
    "an answer below": "1. Who was affected?\n   1. Everybody",
    "an answer under a bold word": "**Impact**\n\nPushes failed",
    "text under a deeper heading": "### Cause\nThe disk was full",
    "code": "```\nerror: disk full\n```",
    "a quotation": "> The disk was full",
    "a table with an answer": "| Question | Answer |\n|---|---|\n| How many | 5 |",
    "a table with a dash": "| Question | Answer |\n|---|---|\n| How many | - |",
    "a table of one column": "| Event |\n|---|\n| The disk was full |",
    "beside a comment": "<!-- what? -->\nThe disk was full",
    "a comment in code": "```\n<!-- a -->\n```",
    "a sentence with a rule under it": "The disk was full.\n---",
}


def cases(*tables: dict[str, str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "text", [pytest.param(text, id=name) for table in tables for name, text in table.items()]
    )


@cases(NOWHERE_WRITTEN, NO_SECTION, ONLY_AS_A_CELL_WRITTEN | {"a number with a stop": "15."})
def test_no_section_is_written_by(text: str) -> None:
    assert written(text) is PLACEHOLDER


@cases(EVERYWHERE_WRITTEN, A_SECTION)
def test_a_section_is_written_by(text: str) -> None:
    assert written(text) is WRITTEN


@cases(NOWHERE_WRITTEN)
def test_no_cell_is_filled_by(text: str) -> None:
    text = "" if text.startswith("<!--") else text  # tables are cut into cells once comments are gone
    assert written(text, cell=True) is PLACEHOLDER


@cases(EVERYWHERE_WRITTEN, ONLY_AS_A_CELL_WRITTEN)
def test_a_cell_is_filled_by(text: str) -> None:
    assert written(text, cell=True) is WRITTEN


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("...<br>...", PLACEHOLDER),
        ("1. ...<br/>2.", PLACEHOLDER),
        ("TBD<br>5 hosts", WRITTEN),
        ("- <br>-", PLACEHOLDER),
    ],
)
def test_lines_of_a_cell(cell: str, state: State) -> None:
    assert written(cell, cell=True) is state


TEMPLATE = """\
## Summary
Tell us what broke. Two sentences will do.
<!-- Begin with the users. -->
1. **Which teams took part?** (if any)
- [ ] Ask the owner of the service
- [x] Read the guide

| Step | Time |
|---|---|
| Detection | |
| Mitigation | HH:MM |

- 10:00 - the pager rang
"""


@pytest.mark.parametrize(
    "text",
    [
        "Tell us what broke. Two sentences will do.",
        "tell us **what broke**",
        "Two sentences will do!",
        "Begin with the users.",
        "1. Which teams took part? (if any)",
        "- [ ] Ask the owner of the service",
        "- [x] Read the guide",
        "* 10:00 - the pager rang",
        "| a | b |\n|---|---|\n| Detection | |\n| Mitigation | hh:mm |",
        "| a | b |\n|---|---|\n| Mitigation | TBD |",
    ],
)
def test_what_the_template_says_in_the_same_section(text: str) -> None:
    assert written(text, TEMPLATE) is PLACEHOLDER


@pytest.mark.parametrize(
    "text",
    [
        "Tell us what broke. It was the disk",
        "Which teams took part? Ours",
        "No",
        "10:05 - the pager rang",
        "- [x] Ask the owner of the service",
        "- [X] Ask the owner of the service",
        "- [~] Ask the owner of the service",
        "| a | b |\n|---|---|\n| Detection | 10:05 |\n| Mitigation | HH:MM |",
        "| a | b |\n|---|---|\n| Detection | Mitigation |",
        "| a | b |\n|---|---|\n| Cause | the pager rang |",
    ],
)
def test_more_than_the_template(text: str) -> None:
    assert written(text, TEMPLATE) is WRITTEN


def test_an_untouched_template_is_a_placeholder() -> None:
    assert written(TEMPLATE.partition("\n")[2], TEMPLATE) is PLACEHOLDER
    assert written(TEMPLATE.partition("\n")[2]) is WRITTEN


@pytest.mark.parametrize("answer", sorted(ANSWERS | {"0", "3"}))
def test_no_template_makes_a_short_answer_a_placeholder(answer: str) -> None:
    assert written(answer, f"# Summary\n\n{answer}\n") is WRITTEN


ANY = st.sampled_from(sorted({*NOWHERE_WRITTEN.values(), *EVERYWHERE_WRITTEN.values(), *A_SECTION.values()}))
CLOSED = ANY.filter(lambda text: not text.startswith("<!--"))


@given(CLOSED, CLOSED)
def test_more_text_never_makes_it_less_written(text: str, more: str) -> None:
    together = {written(text), written(more)}
    assert written(f"{text}\n\n{more}") is (WRITTEN if WRITTEN in together else PLACEHOLDER)


@given(st.sampled_from(sorted(A_SECTION.values())), st.sampled_from(["<!-- why? -->", "<!--- a\n\n# b --->"]))
def test_a_comment_changes_nothing(text: str, comment: str) -> None:
    assert written(f"{comment}\n{text}\n\n{comment}") is WRITTEN
    assert written(f"{comment}\n\n{comment}...{comment}\n") is PLACEHOLDER


@given(ANY, st.booleans())
def test_the_answer_is_the_same_with_other_case_and_spaces_around(text: str, cell: bool) -> None:
    assert says(f"  {text}  ", cell=cell) is says(text, cell=cell)
    assert "&" in text or says(text.upper(), cell=cell) is says(text, cell=cell)


@given(st.text(max_size=60), st.booleans())
def test_any_text_is_one_or_the_other(text: str, cell: bool) -> None:
    assert written(text, cell=cell) in {WRITTEN, PLACEHOLDER}
