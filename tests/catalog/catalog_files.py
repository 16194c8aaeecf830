"""Builders for catalogue files of other tools: what a test does not say is ordinary."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from audit.catalog.catalog_file import parse

if TYPE_CHECKING:
    from audit.model import Catalog, Service

ENTITY = "apiVersion: backstage.io/v1alpha1\n"


def read(services: str, teams: str | None = None) -> Catalog:
    return parse((dedent(services), "shop.yml"), (dedent(teams), "people.yml") if teams is not None else None)


def only(services: str) -> Service:
    (service,) = read(services).services
    return service


def component(name: str = "till", owner: str = "owner: team-a", kind: str = "Component", more: str = "") -> str:
    return f"{ENTITY}kind: {kind}\nmetadata: {{name: {name}{more}}}\nspec: {{{owner}}}\n"


def group(name: str, kind: str = "Group", metadata: str = "", spec: str = "") -> str:
    return f"{ENTITY}kind: {kind}\nmetadata: {{name: {name}{metadata}}}\nspec: {{{spec}}}\n"


def cortex(fields: str) -> str:
    return "openapi: 3.0.1\ninfo:\n  title: Till of the shop\n  x-cortex-tag: till\n" + fields
