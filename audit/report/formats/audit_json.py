"""audit.json: the audit as data, under the contract of POLICY.md section 10, as :mod:`audit.contract` reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from audit import EDITION
from audit.contract.audit_file import SCHEMA_VERSION, TOOL
from audit.phrases import MOST
from audit.report.formats.format import Format
from audit.report.formats.json_text import json_lines

if TYPE_CHECKING:
    from datetime import date

    from audit.privacy.rows import FindingRow, IncidentRow, ReviewRow
    from audit.report.figures.trend import Week
    from audit.report.figures.view import Reading, View


def audit_json(view: View) -> dict[str, Any]:
    """Return the contract's object. Rates are unrounded; unknown values are null."""
    return {name: list(value) if isinstance(value, Iterator) else value for name, value in _fields(view).items()}


def _fields(view: View) -> dict[str, Any]:
    """Return the fields of the contract's object; of records, of which there may be many, an iterator."""
    return {
        "schema_version": SCHEMA_VERSION,
        "as_of": view.as_of.isoformat(),
        "ahead": view.run.ahead,
        "edition": view.run.edition,
        "timezone": view.timezone,
        "tool": {
            "name": TOOL,
            "version": view.run.version,
            "edition": EDITION,
            "confirmed_edition": view.run.confirmed_edition,
        },
        "policy": {
            "sha256": view.basis.policy_sha256,
            "in_force": [{"from": _day(row.first), "name": row.criteria.name} for row in view.basis.policies],
            "switches": [asdict(switch) for switch in view.basis.switches],
        },
        "evidence": {
            "sha256": view.basis.evidence_sha256,
            "catalog": view.basis.catalog,
            "holidays": view.basis.holidays,
        },
        "sources": (
            {
                "project": source.project,
                "incidents": source.incidents,
                "reviews": source.reviews,
                "complete": source.complete,
            }
            for source in view.sources
        ),
        "gaps": map(asdict, view.gaps),
        "compliance": _compliance(view),
        "verdicts": view.verdicts,
        "figures": {
            "blocked_by_no_owner": view.no_owner.blocked,
            "voluntary_reviews": len(view.not_counted.voluntary),
            "time_to_review": asdict(view.time_to_review),
        },
        "trend": {"open_before": view.trend.open_before, "weeks": [_week(one) for one in view.trend.weeks]},
        "incidents": map(_incident, view.incidents),
        "findings": map(_finding, view.findings),
        "services": (
            {"name": row.name, "owner": row.owner, "owned": row.owned, "incidents": row.incidents}
            for row in view.services
        ),
        "sensitivity": map(_reading, view.sensitivity),
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _compliance(view: View) -> dict[str, Any]:
    figure = view.compliance
    return {
        "window": {"from": _day(figure.first), "to": _day(figure.last)},
        "on_time": figure.on_time,
        "due": figure.due,
        "rate": figure.rate,
        "rate_counting_exempt": figure.rate_counting_exempt,
        "open_late": figure.open_late,
        "withheld": figure.withheld,
    }


def _week(one: Week) -> dict[str, Any]:
    return {
        "year": one.year,
        "week": one.number,
        "from": _day(one.first),
        "to": _day(one.last),
        "closed": one.closed,
        "on_time": one.on_time,
        "late": one.late,
        "open_late": one.open_late,
        "pending": one.pending,
        "due": one.due,
        "rate": one.rate,
        "withheld": one.withheld,
        "inflow": one.inflow,
        "outflow": one.outflow,
        "open_at_end": one.open_at_end,
    }


def _incident(row: IncidentRow) -> dict[str, Any]:
    return {
        "ref": row.ref,
        "url": row.url,
        "title": str(row.title),  # it may be a ProgramText, a type that the contract does not have
        "confidential": row.confidential,
        "severity": row.severity,
        "peak_severity": row.peak_severity,
        "services": list(row.services[:MOST]),
        "services_in_all": len(row.services),
        "owners": list(row.owners[:MOST]),
        "owners_in_all": len(row.owners),
        "required_because": list(row.required_because),
        "anchor": row.anchor,
        "anchor_on": _day(row.anchor_on),
        "due_on": _day(row.due_on),
        "verdict": row.verdict,
        "review": _review(row.review) if row.review else None,
        "policy": row.policy,
    }


def _review(review: ReviewRow) -> dict[str, Any]:
    return {
        "ref": review.ref,
        "url": review.url,
        "linked_by": review.linked_by,
        "opened_on": _day(review.opened_on),
        "completed_on": _day(review.completed_on),
        "assignees": list(review.assignees[:MOST]),
        "assignees_in_all": len(review.assignees),
    }


def _finding(row: FindingRow) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "level": row.level,
        "subject": row.subject,
        "open": row.open,
        "message": row.message,
        "evidence": row.evidence,
        "outcome": row.outcome,
        "waiver": row.waiver,
    }


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "reading": str(reading.words),
        "changes": [
            {
                "ref": change.ref,
                "verdict": change.verdict,
                "other": change.other,
                "due_on": _day(change.due_on),
                "other_due_on": _day(change.other_due_on),
            }
            for change in reading.changes
        ],
    }


def _text(view: View) -> Iterator[str]:
    return json_lines(_fields(view))


FORMAT = Format(name="audit.json", text=_text)
