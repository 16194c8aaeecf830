"""The file that `init` writes, and the schema that editors read."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_args

import jsonschema_rs
import pytest
import yaml
from pydantic import BaseModel

from audit.settings import Policy, Settings, example, json_schema, load
from audit.settings.example_file import SHIPPED_SCHEMA

ROOT = Path(__file__).parents[2]
EXAMPLE = {"projects": {"incidents": ["example-group/production"]}}


def uncommented(text: str) -> str:
    """Take the `#` off every key: a comment has a blank behind it."""
    return re.sub(r"^( *)#(?=\S)", r"\1", text, flags=re.MULTILINE)


def loaded(text: str, folder: Path) -> Settings:
    path = folder / "audit.yml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def keys_of(model: type[BaseModel]) -> Iterator[str]:
    for name, info in model.model_fields.items():
        yield info.alias or name
        yield from (key for inner in models_in(info.annotation) for key in keys_of(inner))


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    yield from (model for part in get_args(annotation) for model in models_in(part))


def test_it_loads_as_the_defaults_of_an_example_project(tmp_path: Path) -> None:
    assert loaded(example(), tmp_path) == Settings.model_validate(EXAMPLE)


def test_with_every_key_live_it_still_loads(tmp_path: Path) -> None:
    settings = loaded(uncommented(example()), tmp_path)
    assert settings.policies[0].from_ == date(2025, 1, 1)
    assert settings.catalog.services is not None
    assert settings.catalog.teams is not None
    assert settings.calendars.teams
    assert settings.waivers[0].expires == date(2026, 12, 31)
    assert settings.reminders.postponed


def test_what_a_commented_key_shows_is_its_default(tmp_path: Path) -> None:
    live, default = loaded(uncommented(example()), tmp_path), Settings.model_validate(EXAMPLE)
    assert live.review.rows is not None  # an example: without it, the template has the rows
    live = live.model_copy(update={"review": live.review.model_copy(update={"rows": None})})
    for section in ("projects", "labels", "gitlab"):
        assert getattr(live, section) == getattr(default, section)
    assert live.report.model_copy(update={"target": None}) == default.report
    assert live.review.model_copy(update={"approval": None}) == default.review
    assert live.policies[0].model_copy(update={"from_": None}) == Policy()


def test_every_key_of_the_model_is_in_it() -> None:
    shown = set(re.findall(r"^ *#?(?:- )?([a-z_]+):", example(), flags=re.MULTILINE))
    assert set(keys_of(Settings)) <= shown


def test_a_comment_says_a_thing_once() -> None:
    lines = example().splitlines()
    assert sum("Path in the repository." in line for line in lines) == 1
    assert "  # Path in that repository." in lines
    assert not any("One of: 1, 2" in line for line in lines)
    assert lines[-1].startswith("# approval: ")
    first = next(number for number, line in enumerate(lines) if line.startswith("# How the rule of GitLab's handbook"))
    assert not any(line and not line.startswith("#") for line in lines[first:])


def test_every_field_is_described() -> None:
    def undescribed(model: type[BaseModel]) -> Iterator[str]:
        for name, info in model.model_fields.items():
            if not info.description:
                yield f"{model.__name__}.{name}"
            if type(None) in get_args(info.annotation) and not info.examples:
                yield f"{model.__name__}.{name} has nothing to show"
            yield from (fault for inner in models_in(info.annotation) for fault in undescribed(inner))

    assert list(undescribed(Settings)) == []


def test_no_line_is_longer_than_a_screen() -> None:
    assert [line for line in example().splitlines() if len(line) > 110 or line != line.rstrip()] == []


def test_the_history_loads_as_policies(tmp_path: Path) -> None:
    listed = [line[1:] for line in example().splitlines() if line.startswith(("# - {", "#    "))]
    text = "\n".join(["projects: {incidents: g/p}", "policies:", *listed])
    policies = loaded(text, tmp_path).policies
    assert [(p.key, p.severities, p.due_days, p.due_kind, p.anchor, p.unowned) for p in policies] == [
        ("2020-05-01", (1, 2), 14, "calendar", "declared", "require"),
        ("2021-03-01", (1,), 7, "working", "declared", "require"),
        ("2022-11-01", (), 7, "working", "declared", "require"),
        ("2024-05-01", (), 10, "working", "review_opened", "require"),
        ("2025-01-01", (1, 2), 5, "working", "declared", "exempt"),
        ("2026-04-28", (1, 2), 5, "working", "resolved", "exempt"),
        ("2026-08-11", (1, 2), 5, "working", "resolved", "require"),
    ]
    assert {policy.request_labels for policy in policies} == {("Review-Requested",)}


def test_the_gate_of_the_history_is_a_comment_that_loads(tmp_path: Path) -> None:
    (line,) = (line[2:] for line in example().splitlines() if line.startswith("# approval: {"))
    settings = loaded(f"projects: {{incidents: g/p}}\nreview: {{{line}}}\n", tmp_path)
    assert settings.review.approval is not None
    assert (settings.review.approval.from_, settings.review.approval.by) == (date(2026, 8, 11), "a Bar Raiser")


def kept(path: Path, text: str) -> str:
    """Return the text of a file of the repository, which is renewed first where that is asked for."""
    if os.environ.get("UPDATE_GOLDEN"):  # noqa: TID251 - a switch of the tests, not of the program
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")


def test_the_repository_s_own_file_is_the_example() -> None:
    assert kept(ROOT / "audit.yml", example()) == example()


def test_its_schema_is_shipped_where_its_first_line_says() -> None:
    text = f"{json.dumps(json_schema(), indent=2, ensure_ascii=False)}\n"
    assert kept(ROOT / SHIPPED_SCHEMA, text) == text
    assert example().startswith(f"# yaml-language-server: $schema={SHIPPED_SCHEMA}\n")


@pytest.mark.parametrize(
    ("settings", "valid"),
    [
        (EXAMPLE, True),
        ({"projects": {"incidents": "g/p"}}, True),
        ({**EXAMPLE, "labels": None, "policies": [None]}, True),
        ({**EXAMPLE, "policies": [{"from": "2025-01-01", "severities": 1}]}, True),
        ({**EXAMPLE, "calendars": {"default": {"closures": "2026-12-24", "weekend": ["Fri", "Sat"]}}}, True),
        ({**EXAMPLE, "labels": {"plain_severity": True}}, True),
        ({}, False),
        ({**EXAMPLE, "polices": []}, False),
        ({**EXAMPLE, "policies": [{"from_": "2025-01-01"}]}, False),
        ({**EXAMPLE, "policies": []}, False),
        ({**EXAMPLE, "policies": [{"due_days": 0}]}, False),
        ({**EXAMPLE, "labels": {"plain_severity": "NO"}}, False),
        ({**EXAMPLE, "gitlab": {"page_size": 1000}}, False),
    ],
)
def test_the_schema_tells_an_editor_the_same(settings: Any, valid: bool) -> None:
    assert jsonschema_rs.validator_for(json_schema()).is_valid(settings) is valid


def test_the_schema_has_the_descriptions() -> None:
    schema = json_schema()
    described = schema["$defs"]["Policy"]["properties"]["due_days"]["description"]
    assert described.startswith("A review is due this many days after the day of the anchor.")
    assert schema["$defs"]["Projects"]["description"] == "Which issues are read."


@pytest.mark.parametrize("text", [example(), uncommented(example())], ids=["as-written", "uncommented"])
def test_the_schema_accepts_the_example(text: str, tmp_path: Path) -> None:
    (tmp_path / "schema.json").write_text(json.dumps(json_schema()), encoding="utf-8")
    (tmp_path / "audit.yml").write_text(text, encoding="utf-8")
    command = [str(Path(sys.executable).with_name("check-jsonschema")), "--schemafile", "schema.json", "audit.yml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout


def test_other_readers_of_yaml_read_the_same_keys() -> None:
    assert set(yaml.safe_load(example())) >= {"projects", "policies", "reminders"}
