"""findings.csv: one row a finding, and nothing that a spreadsheet computes."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from audit import inert
from audit.engine.result import Finding
from audit.model import Level, Subject
from audit.privacy.redaction import Discretion
from audit.report.figures.finding_subjects import FindingSubject
from audit.report.formats import texts
from audit.report.formats.findings_csv import BYTE_ORDER_MARK, COLUMNS, LONGEST, findings_csv
from audit.settings.policy import Waiver
from tests import records as make
from tests.attack_strings import ATTACKS
from tests.report import world

if TYPE_CHECKING:
    from audit.report.figures.view import View


NOTHING = FindingSubject(title="", url="", teams=(), people=(), due_on=None, days_late=None)


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


@cache
def _empty() -> View:
    return world.view(world.result((), gaps=()))


def _view(**fields: Any) -> View:
    finding = Discretion(frozenset(), {}).finding(_finding(**fields))
    return replace(_empty(), findings=(finding,), subjects=(NOTHING,))


def _about(**fields: Any) -> dict[str, str]:
    view = _view()
    return _rows(findings_csv(replace(view, subjects=(replace(NOTHING, **fields),))))[0]


def _written(**fields: Any) -> dict[str, str]:
    return _rows(findings_csv(_view(**fields)))[0]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\n=", "＝", "＋", "－", "＠", "  =", " \t="])  # noqa: RUF001
def test_no_cell_begins_like_a_formula(sign: str) -> None:
    for hidden in ("", "\x00", "\u200b", "\ufeff", "\u202e", "\U000e0001", "\u2060 \u200d", '"', " '"):
        row = _written(message=f"{hidden}{sign}HYPERLINK(1)", subject=f"{sign}x", subject_kind=Subject.SERVICE)
        assert row["message"].startswith("'")
        assert row["message"].endswith(f"{sign.strip()}HYPERLINK(1)")
        assert row["subject"] == f"'{sign.strip()}x"


def test_commas_and_quotes_stay_inside_their_cell_which_is_one_line() -> None:
    assert _written(message='a, "b"\r\nc; d\n=e')["message"] == 'a, "b" c; d =e'


def test_the_module_csv_would_write_it_likewise() -> None:
    texts_of_others = [
        findings_csv(_view(message=text, evidence={"text": text})) for text in (*ATTACKS, "a,b", 'a"', "a\r\nb")
    ]
    for text in (*texts_of_others, findings_csv(world.usual())):
        out = io.StringIO()
        csv.writer(out).writerows(csv.reader(io.StringIO(text, newline="")))
        assert out.getvalue() == text


def test_where_semicolons_separate_no_cell_begins_like_a_formula_either() -> None:
    text = findings_csv(_view(message='a;=1+1; "@x";\n+1;\u200b-2, "b;=3"', evidence={"n": ["x;=4"]}))
    cells = [cell for row in csv.reader(io.StringIO(text), delimiter=";") for cell in row]
    assert len(cells) > 6
    assert [cell for cell in cells if re.match(r"[\s\"']*[=+@-]", cell) and not cell.lstrip().startswith("'")] == []


def test_a_hostile_text_is_no_formula_and_hides_nothing() -> None:
    for attack in ATTACKS:
        text = findings_csv(_view(message=attack, subject=f"x{attack}", evidence={attack: attack}))
        (row,) = _rows(text)
        assert not re.match(r"\s*[=+@-]", row["message"])
        assert inert.printable(text) == text


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


def test_a_double_click_opens_the_letters_of_every_language_and_programs_read_it_too() -> None:
    view = _view(message="Größe – 👩‍🚒")
    written = texts(view, view)["findings.csv"].encode()
    assert written.startswith(b"\xef\xbb\xbfcode,")
    assert written.count(BYTE_ORDER_MARK.encode()) == 1
    assert _rows(written.decode("utf-8-sig"))[0]["message"] == "Größe – 👩‍🚒"


def test_a_row_tells_whose_it_is_who_has_it_when_it_is_due_and_where_it_is() -> None:
    row = _about(
        title="Disk full",
        url="https://gitlab.example/g/p/-/issues/1",
        teams=("backend", "frontend"),
        people=("alice", "bob"),
        due_on=date(2026, 11, 9),
        days_late=10,
    )
    told = {name: row[name] for name in ("title", "team", "owner", "due", "days_late", "link")}
    assert told == {
        "title": "Disk full",
        "team": "backend, frontend",
        "owner": "alice, bob",
        "due": "2026-11-09",
        "days_late": "10",
        "link": "https://gitlab.example/g/p/-/issues/1",
    }
    assert _about(days_late=0)["days_late"] == "0"
    assert set(_about(url="javascript:alert(1)").values()) <= {"IR001", *_written().values()}


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d", "\t="])
def test_no_name_of_people_or_teams_is_a_formula(sign: str) -> None:
    row = _about(title=f"{sign}1", teams=(f"{sign}1", "x"), people=(f"{sign}1",))
    assert all(row[name].startswith("'") for name in ("title", "team", "owner"))


def test_no_cell_is_longer_than_a_spreadsheet_holds() -> None:
    row = _written(message="x" * 40_000, evidence={"refs": ["g/p#1"] * 10_000})
    assert len(row["message"]) == LONGEST
    assert json.loads(row["evidence"]) == {"too_long": "audit.json holds it"}
