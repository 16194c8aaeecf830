"""Each attack in each field that has words, in every output: nothing of it is alive, and nothing hides."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from audit import inert
from audit.report.formats import markdown
from audit.report.formats.codequality import codequality_json
from audit.report.formats.digest import digest
from audit.report.formats.findings_csv import findings_csv
from audit.report.formats.html import report_html
from audit.report.formats.json_text import json_text
from audit.report.formats.junit import junit_xml
from audit.report.formats.metrics import metrics_txt
from audit.report.formats.terminal import summary
from tests.attack_strings import ATTACKS
from tests.report import world
from tests.report.formats.pages import Page
from tests.report.formats.test_html import ALLOWED as HTML_TAGS
from tests.report.formats.test_markdown import ALLOWED as MARKDOWN_TAGS
from tests.report.formats.test_markdown import _page
from tests.report.formats.test_metrics import parsed

if TYPE_CHECKING:
    from audit.report.figures.view import View

BATCH = 120
WORDS_OF_OUR_OWN = {
    *("code", "name", "level", "kind", "outcome", "verdict", "other", "linked_by", "anchor", "next_step", "reason"),
    *("policy", "version", "edition", "timezone", "criteria", "days", "whose", "plan"),
}
"""Fields whose values are chosen by the program or its settings."""


def _hostile(row: Any, attack: str) -> Any:
    """The row with the attack in each field that has words. An address of the web is GitLab's own, and stays."""
    if isinstance(row, str):
        return attack
    if isinstance(row, tuple):
        return tuple(_hostile(part, attack) for part in row)
    if isinstance(row, dict):
        return {key: _hostile(value, attack) for key, value in row.items()}
    if not is_dataclass(row) or isinstance(row, type):
        return row
    changed = {
        field.name: _hostile(getattr(row, field.name), attack)
        for field in fields(row)
        if field.name not in WORDS_OF_OUR_OWN and not (field.name == "url" and re.match(r"(?i)https?://", attack))
    }
    return replace(row, **changed)


def _filled(part: Any, attacks: tuple[str, ...]) -> Any:
    """The View, or a part of it, with a row for each attack in each of its lists."""
    if isinstance(part, tuple) and part and is_dataclass(part[0]):
        return tuple(_hostile(part[0], attack) for attack in attacks)
    if isinstance(part, tuple) and part and isinstance(part[0], str):
        return attacks
    if is_dataclass(part) and not isinstance(part, type):
        own = {field.name: getattr(part, field.name) for field in fields(part)}
        return replace(part, **{name: _filled(value, attacks) for name, value in own.items() if name not in KEPT})
    return part


KEPT = {"run", "basis", "trend", "as_of", "timezone", "verdicts", "sensitivity", "without_finding"}


@cache
def _views() -> tuple[View, ...]:
    result = world.result()
    plan = replace(world.plan(result), earlier=world.followed())
    view = world.view(result, plan=plan, previous=world.previous())
    batches = [ATTACKS[start : start + BATCH] for start in range(0, len(ATTACKS), BATCH)]
    return tuple(_filled(view, batch) for batch in batches)


each = pytest.mark.parametrize("number", range(-(-len(ATTACKS) // BATCH)))


@each
def test_markdown(number: int) -> None:
    text = inert.printable(markdown._render(_views()[number], 1000))
    page = _page(text)
    assert len(page.rows) > 10 * len(_views()[number].late), "each attack stands in each table"
    assert page.tags <= MARKDOWN_TAGS
    assert re.findall(r"[@#!~%&$^]\w+", page.live) == []
    assert re.findall(r"\b[0-9a-f]{7,40}\b", page.live) == []
    assert [address for address in page.addresses if not re.match(r"https://|#", address)] == []
    assert re.findall(r"^\s*/.*", text, re.MULTILINE) == []


@each
def test_html(number: int) -> None:
    page = Page(report_html(_views()[number]))
    assert page.stack == []
    assert page.tags <= HTML_TAGS
    assert [name for _, name, _ in page.attributes if name.startswith("on")] == []
    addresses = [value for _, name, value in page.attributes if name in {"href", "src", "action"}]
    assert [address for address in addresses if not re.match(r"https?://|#|data:image/svg", address)] == []


@each
def test_a_terminal_and_a_chat(number: int) -> None:
    view = _views()[number]
    told = digest(view, "https://gitlab.example/r")
    for line in [*summary(view, None).split("\n"), told.title, *told.text.split("\n"), *told.markdown.split("\n")]:
        assert line.isprintable() or inert.printable(line) == line
        assert not line.startswith("/")


@each
def test_data_files(number: int) -> None:
    view = _views()[number]
    table, suites, metrics = findings_csv(view), junit_xml(view), metrics_txt(replace(view, sources=view.sources[:1]))
    entries = json_text(codequality_json(view))
    assert all(not re.match(r"\s*[=+@-]", cell) for row in csv.reader(io.StringIO(table, newline="")) for cell in row)
    assert len(list(csv.reader(io.StringIO(table, newline="")))) == len(view.findings) + 1
    assert ET.fromstring(suites).tag == "testsuites"  # noqa: S314 - our own output
    assert parsed(metrics)
    assert len(json.loads(entries)) > 0
    for text in (table, suites, metrics, entries):
        assert inert.printable(text) == text
