"""Real reviews and templates, where somebody has them: AUDIT_CORPUS is the folder that holds ``corpus/``."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from audit.model import TemplateEdition
from audit.text.names import END, ROWS, START, key
from audit.text.placeholders import State, says
from audit.text.review_reader import review_text, section_readings
from audit.text.review_templates import in_row
from tests.corpus import CORPUS, needs_corpus

if TYPE_CHECKING:
    from audit.text.review_text import ReviewText

Json = dict[str, Any]
pytestmark = needs_corpus
ALIASES = {"Impact Start Time": START, "Impact End Time": END}
FILLED = {"filled": "written", "partly": "written", "pointer": "written"}


@pytest.fixture(scope="module")
def expected() -> Json:
    read: Json = json.loads((CORPUS / "expected.json").read_text())
    return read


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    lines = (CORPUS / "issues.jsonl").read_text().splitlines()
    return {one["url"]: one["description"] for one in map(json.loads, lines) if one["description"]}


@pytest.fixture(scope="module")
def headings(expected: Json) -> frozenset[str]:
    """Names of sections anywhere in the corpus."""
    records = (*expected["templates"].values(), *expected["reviews"].values())
    names = (one if isinstance(one, str) else one["name"] for record in records for one in record["sections"])
    return frozenset(map(key, names))


def rebuilt(text: str, headings: frozenset[str], cells: dict[str, str] | None = None) -> str:
    """Make Markdown again of what a reader sees."""
    lines: list[str] = []
    for line in text.split("\n"):
        lines.append(f"## {line}" if line.strip() and key(line) in headings else line)
        if cells is not None and key(line) == "key information":
            lines += [
                "",
                "| Metric | Value |",
                "|---|---|",
                *(f"| {row} | {cell} |" for row, cell in cells.items()),
                "",
            ]
    return "\n".join(lines)


def names_of(record: Json) -> frozenset[str]:
    return frozenset(key(one if isinstance(one, str) else one["name"]) for one in record["sections"])


def edition(text: str) -> TemplateEdition:
    return TemplateEdition(origin="review.md", project=None, since=None, text=text)


def untouched_sections(expected: Json, *, own: bool) -> tuple[Counter[tuple[str, str]], list[bool]]:
    """Return how many sections of the templates are judged how, by kind, and of each whole template whether it is."""
    counts: Counter[tuple[str, str]] = Counter()
    whole = []
    for name, template in expected["templates"].items():
        text = (CORPUS / "templates" / name).read_text()
        if template["form"] == "rendered":
            text = rebuilt(text, names_of(template), dict.fromkeys(template["key_information_rows"], ""))
        editions = [edition(text)] if own else []
        sections = section_readings(text, editions)
        assert names_of(template) <= {key(section.name) for section in sections}
        # a bold label of a template is a section, too
        for section in (one for one in sections if key(one.name) in names_of(template)):
            kind = "nobody's" if section.name in template.get("boilerplate_sections", ()) else template["kind"]
            counts[kind, section.state.value] += 1
        read = review_text(text, editions)
        assert read.blank_rows == tuple(row for row in ROWS if row in template["key_information_rows"])
        whole += [read.untouched] if template["kind"] in {"review", "stub"} else []
    return counts, whole


def test_every_template_is_untouched_where_it_is_the_trackers_own(expected: Json) -> None:
    counts, whole = untouched_sections(expected, own=True)
    assert counts == {
        ("review", "placeholder"): 82,
        ("incident", "placeholder"): 21,
        ("corrective_action", "placeholder"): 24,
        ("nobody's", "placeholder"): 20,
    }
    assert whole == [True] * 14


def test_templates_of_reviews_are_untouched_where_none_is_told(expected: Json) -> None:
    """What is built in is for reviews: 79 of 82 sections, and every summary, narrative and row of all of them.

    The three are two lines of a word or two, which may be answers, and rows that this test leaves doubled as text.
    """
    counts, whole = untouched_sections(expected, own=False)
    assert counts["review", "placeholder"] == 79
    assert counts["review", "written"] == 3
    assert counts["corrective_action", "written"] == 0
    assert whole == [True] * 14


def states(read: ReviewText, record: Json) -> list[tuple[str, object, object]]:
    """Return kind, what is expected, and what was read."""
    told: list[tuple[str, object, object]] = [
        ("row", FILLED.get(state, state), read.row(ALIASES.get(row, row)).state)
        for row, state in record["key_information"].items()
    ]
    told += [
        ("summary", record["summary"], read.summary.state),
        ("narrative", record["narrative"], read.narrative.state),
    ]
    if "severity_row" in record:
        told.append(("severity row", record["severity_row"], read.severities[0]))
    if "duration_agrees" in record:
        told.append(("duration", record["duration_agrees"], read.durations_disagree is False))
    return [one for one in told if one[1] != "not_visible"]


@pytest.mark.parametrize("as_seen", [False, True], ids=["Markdown", "as a reader sees it"])
def test_every_review(expected: Json, texts: dict[str, str], as_seen: bool) -> None:
    asked: Counter[str] = Counter()
    wrong = []
    for url, record in expected["reviews"].items():
        text = texts[url]
        if record["text_form"] == "rendered" and not as_seen:
            text = rebuilt(text, names_of(record), record.get("key_information_cells"))
        for kind, truth, read in states(review_text(text), record):
            asked[kind] += 1
            if truth != read:
                wrong.append((url, kind, truth, read))
    assert wrong == []
    assert asked == {
        "row": 78,
        "summary": 11,
        "narrative": 5,
        "severity row": 4,
        "duration": 4,
    }


def test_every_section_of_a_review(expected: Json, texts: dict[str, str]) -> None:
    asked, wrong = 0, []
    for url, record in expected["reviews"].items():
        text = texts[url]
        if record["text_form"] == "rendered":
            text = rebuilt(text, names_of(record), record.get("key_information_cells"))
        read = section_readings(text)
        for told in record["sections"]:
            section = next(one for one in read if key(one.name) == key(told["name"]))
            if told["state"] in {"written", "placeholder"}:
                asked += 1
                wrong += [(url, told)] if section.state != told["state"] else []
    assert wrong == []
    assert asked == 32


def test_rows_of_incidents_as_cells(expected: Json, texts: dict[str, str]) -> None:
    asked, wrong = 0, []
    for url, record in expected["incidents"].items():
        for row, state in record.get("rows", {}).items():
            found = re.search(
                rf"^\W*(?:\d+\.)?\s*{re.escape(row)}\s*:[ \t]*(.*(?:\n  - .*)*)", texts[url], re.MULTILINE
            )
            assert found, (url, row)
            asked += 1
            read = (
                State.WRITTEN
                if says(found[1].replace("\n", "<br>"), in_row(None, row), cell=True)
                else State.PLACEHOLDER
            )
            wrong += [(url, row, state, found[1])] if read != FILLED.get(state, state) else []
    assert wrong == []
    assert asked == 98


def test_reviews_inside_incidents(expected: Json, texts: dict[str, str], headings: frozenset[str]) -> None:
    asked, wrong = 0, []
    for url, record in expected["incidents"].items():
        if record.get("inline_review") in {"written", "untouched"}:
            asked += 1
            read = review_text(rebuilt(texts[url], headings), inline=True)
            wrong += [url] if read.untouched is (record["inline_review"] == "written") else []
    assert wrong == []
    assert asked == 4


def test_first_sections_of_incidents(expected: Json, texts: dict[str, str], headings: frozenset[str]) -> None:
    """With the sentence that the trackers' form of the time leaves under its first heading, as it gives it."""
    form = next(name for name in expected["templates"] if name.startswith("gitlab-production--incident--"))
    own = [edition(rebuilt((CORPUS / "templates" / form).read_text(), headings))]
    first = headings | {"incident dri", "incident roles", "exec summary", "current status"}
    counts: Counter[bool] = Counter()
    for url, record in expected["incidents"].items():
        if record.get("status_section") in {"written", "placeholder"}:
            text = rebuilt(texts[url], first)
            named = (one for one in section_readings(text, own) if key(one.name) in {"current status", "summary"})
            state = next((one.state for one in named), State.ABSENT)
            counts[state == record["status_section"]] += 1
    # The one: text that stood there, behind a deeper heading whose level a reader does not see.
    assert counts == {True: 35, False: 1}
