"""What is taken for the audit.json of an earlier run, and what is refused with why."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from audit.errors import UsageError
from audit.report.formats.audit_json import audit_json
from audit.report.formats.json_text import json_text
from audit.report.history.audit_file import audit_in
from audit.report.history.output_folder import audit_at
from tests.report import world

if TYPE_CHECKING:
    from pathlib import Path


def _refusal(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        audit_in(text, "there/audit.json")
    assert caught.value.exit_status == 2
    assert caught.value.advice
    return str(caught.value)


def test_what_this_program_writes_is_taken() -> None:
    for view in (world.usual(), world.view(world.result((), gaps=()), plan=None)):
        data = audit_json(view)
        assert audit_in(json_text(data), "here") == data


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is no JSON"),
        ("{", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
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
        (("as_of",), "23.11.2026", "as_of is not a day like 2026-11-23"),
        (("as_of",), "20261123", "as_of is not a day"),
        (("as_of",), None, "as_of is not a day"),
        (("timezone",), 1, "timezone is not text"),
        (("compliance",), [], "compliance is no object"),
        (("compliance", "rate"), "0.7", "compliance.rate is not a number or null"),
        (("compliance", "rate"), float("nan"), "compliance.rate is not a number or null"),
        (("compliance", "rate"), float("inf"), "compliance.rate is not a number or null"),
        (("compliance", "due"), 10**400, "compliance.due is not a number"),
        (("compliance", "due"), -1, "compliance.due is not a number"),
        (("figures", "blocked_by_no_owner"), True, "figures.blocked_by_no_owner is not a number"),
        (("verdicts", "late"), None, "verdicts.late is not a number"),
        (("incidents",), {}, "incidents is no list"),
        (("incidents", 1), "x", "incidents[1] is no object"),
        (("incidents", 1, "verdict"), "fine", "incidents[1].verdict is not a verdict"),
        (("incidents", 1, "review"), {}, "incidents[1].review.ref is missing"),
        (("findings", 0, "level"), 3, "findings[0].level is not a level"),
        (("services", 0, "owned"), 1, "services[0].owned is not true or false"),
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
    assert audit_at(place) == audit_at(tmp_path) == data


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"audit\.json cannot be read: No such file"):
        audit_at(tmp_path)
    (tmp_path / "audit.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="cannot be read: 'utf-8' codec"):
        audit_at(tmp_path / "audit.json")
