"""Every form of a heading and of a row, each blank and filled, with its template and without one."""

from __future__ import annotations

import pytest

from audit.text.placeholders import State
from audit.text.review_reader import review_text
from tests.records import template

HEADINGS = (
    *("# Summary", "## Summary (short)", "## :memo: Summary", "### 1.2 Summary", "**Summary**", "**Summary:**"),
    *("__Summary__", "Summary\n=======", "Summary\n-------", "<h2>Summary</h2>", "### Summary ###", "## Summary?"),
    *("# **2\\. Summary** {#2.-summary}", "## [Summary](https://example.com)", "## Step 1: Summary", "## 📝 Summary"),
    *("**1. Summary**", "## Summary:", "## *Summary*", "## `Summary`", "#### SUMMARY", "## \u200bSummary"),
    *("## 2) Summary", "## Executive Summary", "## Summary :rocket:", '<h3 id="s"><b>Summary</b></h3>'),
    *('## Summary <a name="s"></a>', "<details><summary>Summary</summary>\n"),
)
BLANK = (
    *("", "...", "…", "..", "TBD", "todo", "WIP", "- ", "1. 2.", "1.\n2.\n3.", "<!-- in short -->", "**Impact:**"),
    *("**Impact:** ...", "??", "{+ TBD +}", "- [ ] \n- [ ] ", "> TBD", "**TBD**", "_TBD_", "(TBD)", "&nbsp;", "<br>"),
    *("- [x] TBD", "| | |\n|---|---|\n| | |", "<p></p>", "<ul><li></li></ul>", "___"),
)
WRITTEN = (
    *("It broke.", "N/A", "No", "None", "Unknown", "0", "- one", "- \n- two", "**Checkout was down for customers**"),
    *("DNS, probably?", "1. DNS", "/severity is the path that broke", "```\nlog line\n```", "See #12", "> It broke."),
    *("| When | What |\n|---|---|\n| 10:04 | full |", "The shop was down\n---", "It broke...", "Did it break? Yes."),
    *("TBD: the exact number; we know it was DNS", "- **DNS**\n- **Disk**", "<p>It broke.</p>", "- [x] It was DNS"),
    *(
        "It was `git diff a...b`",
        "Use <yourproject> here",
        "1. \n2. DNS",
        "**Impact:** 4,000 users",
        "停電がありました",
    ),
    *("**What happened:** it broke", "- **Timeline:** down from 10:04 to 11:10", "### What happened\n\nIt broke."),
)


def summary(heading: str, body: str, *, known: bool) -> State:
    end = "\n</details>" if "<details>" in heading else ""
    text = f"{heading}\n\n{body}{end}\n\n# Details\n\nIt was DNS.\n"
    form = f"{heading}\n\n<!-- in short -->{end}\n\n# Details\n\n1. ...\n"
    read = review_text(text, [template(form)] if known else [])
    assert read.narrative.state is State.WRITTEN
    return read.summary.state


@pytest.mark.parametrize("known", [False, True], ids=["no template", "template"])
def test_a_summary_in_every_form(known: bool) -> None:
    wrong = [
        (heading, body)
        for heading in HEADINGS
        for body, state in (("", State.PLACEHOLDER), ("...", State.PLACEHOLDER), ("It broke.", State.WRITTEN))
        if summary(heading, body, known=known) is not state
    ]
    bodies = [*((body, State.PLACEHOLDER) for body in BLANK), *((body, State.WRITTEN) for body in WRITTEN)]
    wrong += [("# Summary", body) for body, state in bodies if summary("# Summary", body, known=known) is not state]
    assert wrong == []


NAMES = (
    *("Customers Affected", "**Customers Affected**", "Customers Affected:", "Customers affected (required)"),
    *(
        "Customers Affected?",
        "7. Customers Affected",
        "[Customers Affected](https://example.com)",
        "CUSTOMERS AFFECTED",
    ),
    *("`Customers Affected`", "*Customers Affected*", "\u200bCustomers Affected", "👥 Customers Affected"),
)
ROWS = (
    "| Metric | Value |\n|---|---|\n| {n} | {v} |\n| Total Duration | 5 min |",
    "Metric | Value\n---|---\n{n} | {v}\nTotal Duration | 5 min",
    "| Metric | A | B |\n|---|---|---|\n| {n} | | {v} |\n| Total Duration | 5 min | |",
    "| # | Metric | Value |\n|---|---|---|\n| 1 | {n} | {v} |\n| 2 | Total Duration | 5 min |",
    "| Value | Metric |\n|---|---|\n| {v} | {n} |\n| 5 min | Total Duration |",
    "| {n} | Total Duration |\n|---|---|\n| {v} | 5 min |",
    "- {n}: {v}\n- Total Duration: 5 min",
    "- {n}\n  - {v}\n- Total Duration\n  - 5 min",
    "- **{n}**: {v}\n- **Total Duration**: 5 min",
    "1. {n}: {v}\n2. Total Duration: 5 min",
    "- [x] {n}: {v}\n- [ ] Total Duration: 5 min",
    "**{n}** {v}\n\n**Total Duration** 5 min",
    "**{n}:** {v}\n\n**Total Duration:** 5 min",
    "**{n}**\n{v}\n\n**Total Duration**\n5 min",
    "### {n}\n\n{v}\n\n### Total Duration\n\n5 min",
    "{n}: {v}\nTotal Duration: 5 min",
    "<table>\n<tr><td>{n}</td><td>{v}</td></tr>\n<tr><td>Total Duration</td><td>5 min</td></tr>\n</table>",
    "<table>\n<tr><th>{n}</th>\n<td>{v}</td></tr>\n<tr><th>Total Duration</th><td>5 min</td></tr></table>",
    "<dl>\n<dt>{n}</dt><dd>{v}</dd>\n<dt>Total Duration</dt><dd>5 min</dd>\n</dl>",
    "{n}\n: {v}\n\nTotal Duration\n: 5 min",
    "<ul>\n<li>{n}: {v}</li>\n<li>Total Duration: 5 min</li>\n</ul>",
    "<b>{n}</b>: {v}<br>\n<b>Total Duration</b>: 5 min<br>",
)
VALUES = (
    *((value, State.PLACEHOLDER) for value in ("", "...", "TBD", "<!-- how many -->", "&nbsp;")),
    *((value, State.WRITTEN) for value in ("4,000", "N/A", "None", "0", "~4k?", "#12", "everybody on EU-1: search")),
)


def row(form: str, name: str, value: str, *, known: bool) -> tuple[State, State]:
    text = form.replace("{n}", name).replace("{v}", value)
    blank = form.replace("{n}", name).replace("{v}", "").replace("5 min", "")
    end = "\n\n## Summary\n\n<!-- in short -->\n"
    editions = [template(f"## Key Information\n\n{blank}{end}")] if known else []
    read = review_text(f"## Key Information\n\n{text}{end}", editions)
    assert read.has_table
    return read.row("Customers Affected").state, read.row("Total Duration").state


@pytest.mark.parametrize("known", [False, True], ids=["no template", "template"])
def test_a_row_in_every_form(known: bool) -> None:
    wrong = [
        (form, "Customers Affected", value)
        for form in ROWS
        for value, state in VALUES
        if row(form, "Customers Affected", value, known=known) != (state, State.WRITTEN)
    ]
    wrong += [
        (form, name, value)
        for form in (ROWS[0], ROWS[3], ROWS[8])
        for name in NAMES
        for value, state in (("", State.PLACEHOLDER), ("4,000", State.WRITTEN))
        if row(form, name, value, known=known) != (state, State.WRITTEN)
    ]
    assert wrong == []


@pytest.mark.parametrize("value", ["-", "–", "**all of them**"])
def test_answers_that_only_a_cell_can_hold(value: str) -> None:
    assert row(ROWS[0], "Customers Affected", value, known=True) == (State.WRITTEN, State.WRITTEN)
