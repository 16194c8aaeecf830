"""OPERATING.md's recipe for a second document: its settings load, and audit that document beside the usual reviews."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from audit.model import Link, Ref, Verdict
from audit.settings import Settings, load
from tests.judging import judged
from tests.records import issue, records, source

if TYPE_CHECKING:
    from audit.engine.result import Result

OPERATING = Path(__file__).parents[2] / "OPERATING.md"
PRODUCTION, PUBLIC = "group/production", "group/public"
USUAL = Settings.model_validate({"projects": {"incidents": [PRODUCTION], "reviews": [PRODUCTION, PUBLIC]}})


@cache
def text() -> str:
    (recipe,) = re.findall(r"```yaml\n(# rca\.yml.*?)```", OPERATING.read_text(encoding="utf-8"), re.DOTALL)
    return str(recipe)


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    path = tmp_path_factory.mktemp("recipe") / "rca.yml"
    path.write_text(text(), encoding="utf-8")
    return load(path)


def audited(settings: Settings, *issues: Any, as_of: str = "2026-11-23") -> Result:
    sources = (source(PRODUCTION), source(PUBLIC, incidents=False))
    return judged(records(*issues, sources=sources, catalog=None), settings, date.fromisoformat(as_of))


def incident(severity: int = 1, **fields: Any) -> Any:
    """An incident of Monday 2026-11-02 that was resolved on the day after."""
    given = {"labels": (f"Severity::{severity}", "Review-Requested"), "closed": "2026-11-03 10:00", **fields}
    return issue(1, project=PRODUCTION, issue_type="incident", **given)


def document(title: str = "Public RCA: logins failed", *labels: str, **fields: Any) -> Any:
    link = (Link(target=Ref(PRODUCTION, 1)),)
    return issue(7, title, project=PUBLIC, labels=labels, links=link, created="2026-11-04 10:00", **fields)


RCA = document(closed="2026-11-10 12:00")


@pytest.mark.parametrize(
    ("issues", "as_of", "verdict"),
    [
        ((incident(), RCA), "2026-11-23", Verdict.ON_TIME),  # on the seventh day
        ((incident(), document(closed="2026-11-11 00:00")), "2026-11-23", Verdict.LATE),
        ((incident(), document()), "2026-11-10", Verdict.PENDING),
        ((incident(), document()), "2026-11-11", Verdict.OVERDUE),
        ((incident(),), "2026-11-11", Verdict.MISSING),
        ((incident(closed_at=None, closed="2026-11-30"),), "2026-11-23", Verdict.PENDING),  # not resolved
        ((incident(2),), "2026-11-23", Verdict.NOT_REQUIRED),  # though a review was requested
        ((incident(), document("Logins failed", "PublicRCA", closed="2026-11-10")), "2026-11-23", Verdict.ON_TIME),
        ((incident(), document("Incident Review: logins", "IncidentReview")), "2026-11-23", Verdict.MISSING),
    ],
)
def test_the_second_audit(recipe: Settings, issues: tuple[Any, ...], as_of: str, verdict: Verdict) -> None:
    assert audited(recipe, *issues, as_of=as_of).verdicts.tolist() == [verdict]


def test_the_usual_audit_takes_no_such_document_for_a_review() -> None:
    assert audited(USUAL, incident(), RCA).verdicts.tolist() == [Verdict.MISSING]


def test_what_the_second_audit_does_not_ask(recipe: Settings) -> None:
    result = audited(recipe, incident(), document(closed="2026-11-11"))
    assert {switch.code for switch in result.switches if switch.off} == {"IR010", "IR011", "IR018"}
    assert "IR002" in {finding.code for finding in result.findings}
    assert {"IR007", "IR010", "IR011"}.isdisjoint(finding.code for finding in result.findings)
