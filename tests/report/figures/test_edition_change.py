"""What an edition reads otherwise than the one before, by what differs first (POLICY.md section 10, diff)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from audit.contract.audit_file import read_audit
from audit.model import Verdict
from audit.report.figures import edition_change as change
from audit.report.formats.audit_json import audit_json
from audit.report.formats.json_text import json_text
from tests import records as make
from tests.report import world

if TYPE_CHECKING:
    from audit.contract.audit_file import AuditFile

ONE = f"{make.PROJECT}#1"


@cache
def before() -> AuditFile:
    """Return the audit of one incident, late with its review."""
    tracker = (make.incident(1), make.review(2, of=1, closed="2026-11-12"))
    return read_audit(json_text(audit_json(world.view(world.result(tracker, gaps=())))), "before")


def now(**fields: Any) -> AuditFile:
    """Return what another edition says of it: on time, and what else differs."""
    row = replace(before().incidents[0], **{"verdict": Verdict.ON_TIME, **fields})
    return before().model_copy(update={"incidents": (row,)})


def review(**fields: Any) -> dict[str, Any]:
    earlier = before().incidents[0].review
    assert earlier is not None
    return {"review": replace(earlier, **fields)}


@pytest.mark.parametrize(
    ("fields", "country_weekend", "words"),
    [
        ({}, True, change.VERDICT),
        ({"severity": 1}, False, change.REQUIRED),
        ({"required_because": ("severity", "requested")}, False, change.REQUIRED),
        ({"owners": ("backend",)}, False, change.OWNERS),
        ({"services": ("api",)}, False, change.OWNERS),
        ({"review": None}, False, change.REVIEW),
        (review(completed_on=date(2026, 11, 9)), False, change.COMPLETED),
        ({"due_on": date(2026, 11, 12)}, False, change.DUE),
        ({"due_on": date(2026, 11, 12)}, True, change.WEEKEND),
        # the due day may follow from the severity
        ({"severity": 1, "due_on": date(2026, 11, 12)}, True, change.REQUIRED),
    ],
)
def test_a_changed_verdict_is_told_by_what_differs_first(
    fields: dict[str, Any], country_weekend: bool, words: str
) -> None:
    found = change.edition_change(before(), now(**fields), country_weekend=country_weekend)
    assert [(cause.words, cause.refs) for cause in found.causes] == [(words, (ONE,))]
    assert found.verdicts == 1


def test_equal_verdicts_are_no_change() -> None:
    same = now(verdict=before().incidents[0].verdict, severity=1)
    assert change.edition_change(before(), same, country_weekend=False).causes == ()
