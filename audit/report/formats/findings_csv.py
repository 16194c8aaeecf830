"""findings.csv: one row a finding, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any, Final

from audit import inert
from audit.report.formats.format import Format

if TYPE_CHECKING:
    from audit.privacy.rows import FindingRow
    from audit.report.figures.view import View

COLUMNS: Final = ("code", "name", "level", "outcome", "subject", "open", "message", "evidence", "waiver")
# a spreadsheet computes a cell that begins so; the last four are the wide signs of East Asian keyboards. Where it takes
# semicolons for separators, as in half of Europe, a cell begins behind each of them, and quotation marks end nothing.
_FORMULA: Final = re.compile(r"(^|;)(?=[\s'\"]*[=+\-@\uff1d\uff0b\uff0d\uff20])")


def findings_csv(view: View) -> str:
    """Return the findings by rule and subject, with a header; line ends as in RFC 4180."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(_row(finding) for finding in view.findings)
    return out.getvalue()


def _row(finding: FindingRow) -> list[str]:
    cells = (
        finding.code,
        finding.name,
        finding.level,
        finding.outcome,
        finding.subject,
        "true" if finding.open else "false",
        finding.message,
        _compact(finding.evidence),
        _compact(finding.waiver) if finding.waiver else "",
    )
    return [_harmless(cell) for cell in cells]


def _compact(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _harmless(cell: str) -> str:
    """Return a cell on one line, with an apostrophe before anything that a spreadsheet would evaluate."""
    return _FORMULA.sub(r"\1'", inert.one_line(cell))


FORMAT = Format(name="findings.csv", text=findings_csv)
