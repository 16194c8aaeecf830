"""GitLab's schema as far as it is known: the reference subset, and what its documentation adds."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from graphql import build_schema, extend_schema, parse

if TYPE_CHECKING:
    from graphql import GraphQLSchema


@cache
def schema_of_gitlab(contract: Path) -> GraphQLSchema:
    """Return the schema of GitLab 19.4."""
    subset = build_schema((contract / "gitlab_subset_19.4.graphql").read_text(encoding="utf-8"))
    further = Path(__file__).with_name("further_schema.graphql").read_text(encoding="utf-8")
    return extend_schema(subset, parse(further))
