"""Every document against GitLab's own schema, and within GitLab's limits."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from graphql import build_schema, parse, validate

from audit.gitlab.http.query_texts import text_of
from tests.corpus import reference
from tests.sandbox.contract_schema import schema_of_gitlab

if TYPE_CHECKING:
    from pathlib import Path

    from graphql import GraphQLSchema

DOCUMENTS = sorted(
    entry.name.removesuffix(".graphql")
    for entry in (files("audit.gitlab.http") / "queries").iterdir()
    if entry.name.endswith(".graphql")
)
MOST: dict[str, Any] = {"first": 100, "search": "Incident Review", "in": ["TITLE"]}
BATCHES = {"activity", "comments", "issues_by_number", "issues_by_number_without_links"}
EVERY = {"more1": True, "more2": True, "iids1": ["1"], "iids2": ["1"]}
"""What fills all places of a query for several projects."""


@pytest.fixture(scope="module")
def contract() -> Path:
    return reference("contract")


@pytest.fixture(scope="module")
def complexity(contract: Path) -> Any:
    spec = importlib.util.spec_from_file_location("reference_complexity", contract / "complexity.py")
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    spec.loader.exec_module(module)
    sys.dont_write_bytecode = written
    module.RESOLVER |= {"Query.users": (0.01, 0), "Repository.tree": (0, 1)}
    return module


@cache
def schema_of_sandbox() -> GraphQLSchema:
    return build_schema((files("audit.sandbox") / "schema.graphql").read_text())


def test_there_are_documents() -> None:
    assert len(DOCUMENTS) >= 8


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_sandbox_knows_everything_that_is_asked_for(name: str) -> None:
    assert validate(schema_of_sandbox(), parse(text_of(name))) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_gitlab_knows_everything_that_is_asked_for(name: str, contract: Path) -> None:
    schema = schema_of_gitlab(contract)

    assert validate(schema, parse(text_of(name))) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_page_of_a_hundred_is_within_the_limits(name: str, complexity: Any, contract: Path) -> None:
    given = MOST | EVERY | ({"iids": ["1"]} if name in BATCHES else {})

    scored = complexity.analyse(schema_of_gitlab(contract), text_of(name), given)

    assert scored["complexity"] <= 250
    assert scored["depth"] <= 20
    assert scored["chars"] <= 10_000


@pytest.mark.parametrize("name", ["issues", "issues_of_group", "issues_by_number"])
def test_old_servers_are_asked_for_the_same_but_the_links(name: str) -> None:
    full, old = text_of(name), text_of(f"{name}_without_links")
    links = text_of("fragments/linked_issue_row").removesuffix(text_of("fragments/issue_row"))
    title = old.split(maxsplit=2)[1].partition("(")[0]
    full = full.replace(links, "").replace("LinkedIssueRow", "IssueRow")

    assert full.replace(f"{title.removesuffix('WithoutLinks')}(", f"{title}(") == old
