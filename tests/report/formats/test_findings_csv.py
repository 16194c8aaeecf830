"""findings.csv: one row a finding, and nothing that a spreadsheet computes."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from audit.model import Finding, Level, Subject
from audit.report.formats.findings_csv import COLUMNS, findings_csv
from audit.settings.policy import Waiver
from tests import records as make
from tests.report import world


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _finding(**fields: Any) -> Finding:
    usual: dict[str, Any] = {
        "code": "IR001",
        "name": "missing-review",
        "level": Level.VIOLATION,
        "subject_kind": Subject.INCIDENT,
        "subject": "g/p#1",
        "open": True,
        "message": "m",
        "evidence": {},
    }
    return Finding(**{**usual, **fields})


def _written(**fields: Any) -> dict[str, str]:
    view = world.view(world.with_findings(world.result((), gaps=()), (_finding(**fields),)))
    return _rows(findings_csv(view))[0]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "  =", " \t="])  # noqa: RUF001
def test_no_cell_begins_like_a_formula(sign: str) -> None:
    row = _written(message=f"{sign}HYPERLINK(1)", subject=f"{sign}x", subject_kind=Subject.SERVICE)
    assert row["message"] == f"'{sign}HYPERLINK(1)"
    assert row["subject"] == f"'{sign}x"


def test_commas_quotes_and_lines_stay_inside_their_cell() -> None:
    message = 'a, "b"\r\nc; d\n=e'
    assert _written(message=message)["message"] == message


def test_evidence_and_waiver_are_compact_json() -> None:
    waiver = Waiver.model_validate(make.waiver("g/p#1", "IR001") | {"reason": "é"})
    row = _written(evidence={"due_on": "2026-11-09", "n": [1, 2]}, waiver=waiver)
    assert row["evidence"] == '{"due_on":"2026-11-09","n":[1,2]}'
    assert json.loads(row["waiver"]) == waiver.model_dump(mode="json")
    assert '"reason":"é"' in row["waiver"]
    assert row["outcome"] == "waived"


def test_the_table_has_the_findings_of_the_data_in_their_order() -> None:
    view = world.usual()
    text = findings_csv(view)
    rows = _rows(text)
    assert text.startswith(",".join(COLUMNS) + "\r\n")
    assert text.count("\r\n") == len(view.findings) + 1
    assert [(row["code"], row["subject"], row["open"]) for row in rows] == [
        (one.code, one.subject, "true" if one.open else "false") for one in view.findings
    ]
