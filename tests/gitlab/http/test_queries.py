"""Every document against GitLab's own schema, and within GitLab's limits."""

from __future__ import annotations

import importlib.util
import os
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, parse, validate

from audit.gitlab.http.client import text_of
from tests.sandbox.contract_schema import schema_of_gitlab

DOCUMENTS = sorted(
    entry.name.removesuffix(".graphql")
    for entry in (files("audit.gitlab.http") / "queries").iterdir()
    if entry.name.endswith(".graphql")
)
MOST: dict[str, Any] = {"first": 100, "search": "Incident Review", "in": ["TITLE"]}
BATCHES = {"activity", "comments"}


@pytest.fixture(scope="module")
def contract() -> Path:
    folder = os.environ.get("AUDIT_CORPUS")  # noqa: TID251 - says where reference data lies that is not shipped
    if folder is None:
        pytest.skip("AUDIT_CORPUS is not set")
    return Path(folder) / "contract"


@pytest.fixture(scope="module")
def complexity(contract: Path) -> Any:
    spec = importlib.util.spec_from_file_location("reference_complexity", contract / "complexity.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    spec.loader.exec_module(module)
    sys.dont_write_bytecode = written
    module.RESOLVER["Query.users"] = (0.01, 0)
    return module


def test_there_are_documents() -> None:
    assert len(DOCUMENTS) >= 8


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_sandbox_knows_everything_that_is_asked_for(name: str) -> None:
    schema = build_schema((files("audit.sandbox") / "schema.graphql").read_text())

    assert validate(schema, parse(text_of(name))) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_gitlab_knows_everything_that_is_asked_for(name: str, contract: Path) -> None:
    schema = schema_of_gitlab(contract)

    assert validate(schema, parse(text_of(name))) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_page_of_a_hundred_is_within_the_limits(name: str, complexity: Any, contract: Path) -> None:
    given = MOST | ({"iids": ["1"]} if name in BATCHES else {})

    scored = complexity.analyse(schema_of_gitlab(contract), text_of(name), given)

    assert scored["complexity"] <= 250
    assert scored["depth"] <= 20
    assert scored["chars"] <= 10_000


def test_old_servers_are_asked_for_the_same_but_the_links() -> None:
    def words(name: str) -> list[str]:
        return text_of(name).split()

    full, old = words("issues"), words("issues_without_links")
    start, end = full.index("linkedWorkItems(first:"), len(full)
    depth, i = 0, start
    while i < end and (depth == 0 or i == start):
        i += 1
        depth += full[i] == "{"
    while depth:
        i += 1
        depth += (full[i] == "{") - (full[i] == "}")
    assert ["query", "IssuesWithoutLinks(", *full[2:start], *full[i + 1 :]] == old
