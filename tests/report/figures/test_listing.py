"""Every rule is told somewhere in the report, with the subject that violates it."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import audit
from audit.model import Catalog, Service, Team
from audit.report.formats.details import details_md
from audit.rules import RULES, Group, Rule
from tests import records as make
from tests.report import world

if TYPE_CHECKING:
    from audit.engine.result import Result
    from audit.report.figures.view import View

EXAMPLE = Path(audit.__file__).parent.parent / "reports" / "example"
SECTIONS = {
    Group.REVIEW_DUE: ("Late",),
    Group.NEXT_STEP: ("Late", "Due this week", "Without a DRI"),
    Group.ADVICE: ("Advice",),
    Group.DECISION: ("Needs a decision",),
    Group.NO_OWNER: ("No-owner queue",),
    Group.ESCAPED: ("Escaped reviews",),
    Group.ACTIONS: ("Corrective actions",),
}


@cache
def reports() -> tuple[tuple[dict[str, str], list[tuple[str, str]]], ...]:
    """Return sections by heading, and code and subject of each finding, of the example and of made up trackers."""
    told = json.loads((EXAMPLE / "audit.json").read_text(encoding="utf-8"))["findings"]
    example = [(one["code"], one["subject"]) for one in told if one["outcome"] == "violates"]
    text = (EXAMPLE / "details.md").read_text(encoding="utf-8")
    return (sections(text), example), told_of(world.view()), told_of(world.view(reviewed_twice_by_others()))


def told_of(view: View) -> tuple[dict[str, str], list[tuple[str, str]]]:
    return sections(details_md(view)), [(one.code, one.subject) for one in view.findings if one.outcome == "violates"]


def reviewed_twice_by_others() -> Result:
    """An incident with two reviews, led by somebody who is no member of the owning team."""
    api = Service(name="api", label="API", owner="backend")
    team = Team(name="backend", members=("carl",))
    tracker = (
        make.incident(1, labels=("Severity::2", "Service::API")),
        *(make.review(number, of=1, assignees=(make.ANNA,)) for number in (2, 3)),
    )
    return world.result(tracker, catalog=Catalog(services=(api,), teams=(team,), teams_given=True), gaps=())


def sections(report: str) -> dict[str, str]:
    """Return heading -> text, without the backslashes and addresses of Markdown."""
    heads = re.split(r"^## (.+)$", re.sub(r"\]\(\S*\)|\\", "", report), flags=re.MULTILINE)[1:]
    return dict(zip(heads[::2], heads[1::2], strict=True))


def named(subject: str, text: str) -> bool:
    """Tell whether a text names a subject: a review in its incident's project goes by its number alone."""
    _, mark, name = subject.rpartition("#")
    return bool(re.search(rf"{re.escape(mark + name)}\b", text))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_told_in_its_section_with_its_subject(rule: Rule) -> None:
    told = [
        named(subject, text[name])
        for text, findings in reports()
        for code, subject in findings
        for name in SECTIONS[rule.group]
        if code == rule.code
    ]
    assert any(told)
