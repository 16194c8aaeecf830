"""Builders for catalogue files of other tools: what a test does not say is ordinary."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from audit.catalog.catalog_file import CatalogText, parse

if TYPE_CHECKING:
    from audit.model import Catalog, Service

ENTITY = "apiVersion: backstage.io/v1alpha1\n"


def read(services: str, teams: str | None = None) -> Catalog:
    texts = [CatalogText(text=dedent(services), origin="shop.yml")]
    return parse(texts, [CatalogText(text=dedent(teams), origin="people.yml")] if teams is not None else [])


def only(services: str) -> Service:
    (service,) = read(services).services
    return service


def component(name: str = "till", owner: str = "owner: team-a", kind: str = "Component", more: str = "") -> str:
    return f"{ENTITY}kind: {kind}\nmetadata: {{name: {name}{more}}}\nspec: {{{owner}}}\n"


def group(name: str, kind: str = "Group", metadata: str = "", spec: str = "") -> str:
    return f"{ENTITY}kind: {kind}\nmetadata: {{name: {name}{metadata}}}\nspec: {{{spec}}}\n"


def cortex(fields: str) -> str:
    return "openapi: 3.0.1\ninfo:\n  title: Till of the shop\n  x-cortex-tag: till\n" + fields
