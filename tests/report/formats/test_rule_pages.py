"""A page for each rule, from its own words; and all of them on one page, to which the README leads."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from audit.report.formats.html import report_html
from audit.report.formats.rule_pages import html_files, page_name, rule_pages, rules_json, rules_md, rules_text
from audit.rules import RULES
from audit.settings import Settings
from tests.report import world
from tests.report.formats.pages import Page

if TYPE_CHECKING:
    from audit.report.formats.rule_pages import RulePage
    from audit.rules import Rule

EXAMPLE = Path(__file__).parents[3] / "reports/example/rules.md"
USUAL = rule_pages(RULES, {})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_page_tells_what_why_on_what_it_rests_and_what_to_do(rule: Rule) -> None:
    text = Page(html_files(rule_pages([rule], {}))[page_name(rule.code)]).words
    for words in (rule.code, rule.name, rule.why, rule.sentence, rule.step, f"rules: {{{rule.code}: off}}"):
        assert words in text
    assert ("In the words of GitLab's handbook" in text) is rule.quoted
    for other in rule.requires:
        assert other in text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_why_is_a_sentence_of_its_own(rule: Rule) -> None:
    assert rule.why.endswith(".")
    assert rule.why not in {rule.sentence, rule.step, rule.lacks}
    assert len([one.why for one in RULES if one.why == rule.why]) == 1


@pytest.mark.parametrize("page", USUAL, ids=lambda page: page.code)
def test_the_settings_of_a_page_load(page: RulePage) -> None:
    found = [part.yaml for part in page.parts if part.yaml]
    for text in found:
        given = {"projects": {"incidents": ["g/p"]}, **yaml.load(text, Loader=yaml.BaseLoader)}  # noqa: S506 - texts only
        Settings.model_validate(given)
    assert len(found) == 2


def test_the_list_leads_to_every_page() -> None:
    files = html_files(USUAL)
    assert set(re.findall(r'<a href="([A-Z0-9]+\.html)"', files["index.html"])) == files.keys() - {"index.html"}
    assert all('<a href="index.html">' in files[page.file] for page in USUAL)


def test_the_levels_are_those_of_the_settings() -> None:
    levels = {"IR007": "off", "IR010": "violation"}
    pages = {page.code: page for page in rule_pages(RULES, levels)}
    assert (pages["IR007"].level, pages["IR007"].usual) == ("off", "advisory")
    assert "Level: violation, usually advisory." in Page(html_files(pages.values())["IR010.html"]).words
    assert "IR010 corrective-actions  (violation, usually advisory, asked of each review)" in rules_text(pages.values())
    assert "Level off, usually advisory, asked of each review." in rules_md(pages.values())
    entries = {entry["code"]: entry for entry in rules_json(RULES, levels)}
    assert (entries["IR007"]["off"], entries["IR010"]["off"], entries["IR001"]["level"]) == (True, False, "violation")
    assert json.dumps(rules_json(RULES, levels))


def test_the_example_has_all_rules_on_one_page() -> None:
    text = rules_md(USUAL)
    if os.environ.get("UPDATE_GOLDEN"):  # noqa: TID251 - a switch of the tests, not of the program
        EXAMPLE.write_text(text, encoding="utf-8")
    assert EXAMPLE.read_text(encoding="utf-8") == text
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == [f"{rule.code} {rule.name}" for rule in RULES]


def test_findings_of_a_published_report_link_the_page_of_their_rule() -> None:
    published = report_html(world.view(run=replace(world.RUN, pages_url="https://pages.example/audit/")))
    assert (
        '<a href="https://pages.example/audit/rules/IR007.html" rel="noopener noreferrer">IR007 key-information</a>'
        in published
    )
    assert "/rules/IR" not in report_html(world.view())
    assert "/rules/IR" not in report_html(world.view(run=replace(world.RUN, pages_url="javascript:alert(1)//")))
