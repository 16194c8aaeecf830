"""codequality.json: the findings that somebody can still fix, for GitLab's Code Quality report.

GitLab attaches each finding to a line of a file. An incident is not a file, so all findings are on the first line of
the settings file, which holds the policy. Waived findings, infos and findings that nobody can fix any more are left
out.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from audit import inert
from audit.model import Level
from audit.phrases import shortened
from audit.report.formats.format import Format
from audit.report.formats.json_text import json_text

if TYPE_CHECKING:
    from audit.privacy.rows import FindingRow
    from audit.report.figures.view import View

MOST: Final = 5_000
"""Most findings in the file, violations first; GitLab's page is not made for more."""
_SEVERITIES: Final = {Level.VIOLATION.value: "major", Level.ADVISORY.value: "minor"}
_LONGEST: Final = 500


def codequality_json(view: View) -> list[dict[str, Any]]:
    """Return the array. A finding keeps its fingerprint from run to run, so GitLab can tell which are new."""
    rows = [row for row in view.findings if row.open and row.outcome == "violates" and row.level in _SEVERITIES]
    rows.sort(key=lambda row: row.level != Level.VIOLATION)
    entries = [_entry(view, row.name, _SEVERITIES[row.level], _described(row), _print_of(row)) for row in rows[:MOST]]
    if len(rows) > MOST:
        more = f"{len(rows) - MOST} more findings are in findings.csv of this run."
        entries.append(_entry(view, "more-findings", "info", more, sha256(b"more-findings").hexdigest()))
    return entries


def _entry(view: View, rule: str, severity: str, words: str, fingerprint: str) -> dict[str, Any]:
    return {
        "description": words,
        "check_name": rule,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": view.run.settings_file, "lines": {"begin": 1}},
    }


def _described(row: FindingRow) -> str:
    words = inert.one_line(row.message) or "the record is confidential, so only those who may read it can see why."
    return shortened(inert.one_line(f"{row.code} {row.subject}: {words}"), _LONGEST)


def _print_of(row: FindingRow) -> str:
    return sha256(f"{row.code}\n{row.subject}".encode(errors="replace")).hexdigest()


def _text(view: View) -> str:
    return json_text(codequality_json(view))


FORMAT = Format(name="codequality.json", text=_text)
