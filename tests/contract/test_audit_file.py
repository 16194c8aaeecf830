"""What is taken for the audit.json of an earlier run, and what is refused with why."""

from __future__ import annotations

import json
import os
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from audit.contract.audit_file import AuditFile, json_schema, read_audit, read_lines, version_of
from audit.errors import UsageError
from audit.report import formats
from audit.report.formats.audit_json import audit_json
from audit.report.formats.json_text import json_text, printable
from audit.report.history.output_folder import audit_at
from tests.report import world


def _refusal(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        read_audit(text, "there/audit.json")
    assert caught.value.exit_status == 2
    assert caught.value.advice
    return str(caught.value)


def test_what_this_program_writes_is_taken() -> None:
    for view in (world.usual(), world.view(world.result((), gaps=()), plan=None)):
        data = printable(audit_json(view))
        kept = data | {"findings": [row | {"evidence": {}} for row in data["findings"]]}
        for text in (json_text(data), formats.texts(view, view)["audit.json"]):
            assert read_audit(text, "here").model_dump(mode="json", by_alias=True) == kept


def _by_lines_and_whole(lines: list[str]) -> tuple[AuditFile | None, AuditFile | None]:
    try:
        whole = AuditFile.model_validate_json("".join(lines))
    except ValueError:
        whole = None
    return read_lines(lines), whole


def test_what_this_program_writes_is_read_record_by_record() -> None:
    view = world.usual()
    by_lines, whole = _by_lines_and_whole(formats.texts(view, view)["audit.json"].splitlines(keepends=True))
    assert by_lines is not None
    assert by_lines == whole
    assert read_lines(json_text(audit_json(view)).splitlines(keepends=True)) is None, "of another layout"


def test_lines_say_nothing_that_the_whole_file_does_not_say() -> None:
    view = world.usual()
    lines = formats.texts(view, view)["audit.json"].splitlines(keepends=True)
    edits = (
        ["\n"],
        ["]\n"],
        ["],\n"],
        ["{\n"],
        ["},\n"],
        ['"findings": [\n'],
        ['"incidents": [],\n'],
        ['"incidents": [\n', "],\n"],
        ["{},\n"],
    )
    row = lines[lines.index('"incidents": [\n') + 1].removesuffix(",\n") + "\n"
    nested = ['"x": {\n', '"incidents": [\n', row, "]\n", "},\n"]
    taken = 0
    for place, line in enumerate(lines):
        before, after = lines[:place], lines[place + 1 :]
        bare = line.rstrip(",\n")
        edited = [*((*edit, line) for edit in edits), (line, line), (), (f"{bare}\n",), (f"{bare},\n",), (bare,)]
        edited += [(*nested, line), (line.replace(": ", ":\n", 1),), (line.replace("{", '{"a": NaN, ', 1),)]
        for edit in edited:
            by_lines, whole = _by_lines_and_whole([*before, *edit, *after])
            assert by_lines is None or by_lines == whole, (place, edit)
            taken += by_lines is not None
        assert read_lines(before) is None, "it breaks off"
    assert taken > len(lines)


def test_a_file_that_holds_what_the_policy_names_is_taken() -> None:
    whole = audit_json(world.usual())
    earlier = {key: value for key, value in whole.items() if key not in ("evidence", "figures", "trend", "sensitivity")}
    audit = read_audit(json_text(earlier), "here")
    assert (audit.figures.blocked_by_no_owner, audit.figures.time_to_review.median) == (None, None)
    assert audit.incidents == read_audit(json_text(whole), "here").incidents


def test_what_a_later_version_adds_is_ignored() -> None:
    data = audit_json(world.usual())
    data["incidents"] = [row | {"mood": "good"} for row in data["incidents"]]
    assert read_audit(json.dumps(data | {"moods": 3}), "here").incidents[0].title == data["incidents"][0]["title"]


def test_the_shipped_schema_is_that_of_the_types() -> None:
    place = Path(formats.__file__).with_name("audit.schema.json")
    made = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):  # noqa: TID251 - a switch of the tests
        place.write_text(made, encoding="utf-8")
    assert place.read_text(encoding="utf-8") == made


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is no JSON"),
        ("{", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ('{"schema_version": 1, "as_of": "\\ud800"}', "invalid json"),
        ("[]", "it has no schema_version"),
        ('{"planned": []}', "it has no schema_version"),
        ('{"schema_version": 1}', "as_of is missing"),
    ],
)
def test_what_is_none_is_refused_by_name(text: str, why: str) -> None:
    told = _refusal(text)
    assert told.startswith("there/audit.json is no audit.json: ")
    assert why in told


@pytest.mark.parametrize("version", [2, 0, "1", True, None, 1.5])
def test_another_version_is_refused(version: Any) -> None:
    data = audit_json(world.usual()) | {"schema_version": version}
    told = _refusal(json.dumps(data))
    assert f"is of schema_version {json.dumps(version)}, and only 1 can be read" in told


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        (("as_of",), "23.11.2026", "as_of: input should be a valid date in the format yyyy-mm-dd"),
        (("as_of",), "20261123", "as_of: input should be a valid date"),
        (("as_of",), None, "as_of: input should be a valid date"),
        (("timezone",), 1, "timezone: input should be a valid string"),
        (("compliance",), [], "compliance: input should be an object"),
        (("compliance", "rate"), "0.7", "compliance.rate: input should be a valid number"),
        (("compliance", "rate"), float("nan"), "compliance.rate: input should be a finite number"),
        (("compliance", "rate"), float("inf"), "compliance.rate: input should be a finite number"),
        (("compliance", "due"), 10**400, "compliance.due: input should be less than or equal to 1000000000000"),
        (("compliance", "due"), -1, "compliance.due: input should be greater than or equal to 0"),
        (("figures", "blocked_by_no_owner"), True, "figures.blocked_by_no_owner: input should be a valid integer"),
        (("verdicts", "late"), None, "verdicts.late: input should be a valid integer"),
        (("incidents",), {}, "incidents: input should be a valid array"),
        (("incidents", 1), "x", "incidents[1]: input should be an object"),
        (("incidents", 1, "verdict"), "fine", "incidents[1].verdict: input should be 'out_of_scope'"),
        (("incidents", 1, "review"), {}, "incidents[1].review.ref is missing"),
        (("findings", 0, "level"), 3, "findings[0].level: input should be 'violation'"),
        (("services", 0, "owned"), 1, "services[0].owned: input should be a valid boolean"),
    ],
)
def test_a_field_of_another_kind_is_named(path: tuple[Any, ...], value: Any, why: str) -> None:
    data = deepcopy(audit_json(world.usual()))
    part: Any = data
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    assert why in _refusal(json.dumps(data))


def test_a_file_or_the_folder_that_holds_it(tmp_path: Path) -> None:
    data = audit_json(world.usual())
    place = tmp_path / "audit.json"
    place.write_text(json_text(data), encoding="utf-8")
    assert audit_at(place) == audit_at(tmp_path) == read_audit(json_text(data), "here")


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"audit\.json cannot be read: No such file"):
        audit_at(tmp_path)
    (tmp_path / "audit.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="cannot be read: 'utf-8' codec"):
        audit_at(tmp_path / "audit.json")


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ('{"schema_version": 7, "tool": {"name": "incident-review-audit"}}', 7),
        ('{"schema_version": 1, "tool": {"name": "another"}}', None),
        ('{"schema_version": "1", "tool": {"name": "incident-review-audit"}}', None),
        ('{"schema_version": 1}', None),
        ("[]", None),
        ("{", None),
        ("[" * 200_000, None),
    ],
)
def test_the_version_of_what_this_program_wrote(text: str, version: int | None) -> None:
    assert version_of(text) == version
