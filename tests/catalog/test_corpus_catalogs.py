"""Catalogue files of real projects, read where they lie; nothing of them is shipped."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from audit.catalog.catalog_file import CatalogText, parse
from audit.catalog.ownership import ownership
from tests.corpus import reference
from tests.records import settings

if TYPE_CHECKING:
    from pathlib import Path

FORMS = ("backstage", "opslevel", "cortex", "datadog")


@pytest.fixture(scope="module")
def corpus() -> Path:
    return reference("corpus")


def owner(entity: dict[str, Any]) -> str:
    names = [entity["owner"]] if "owner" in entity else [one["name"] for one in entity["owners"]]
    return str(names[0])


def tier(entity: dict[str, Any]) -> str:
    groups = [group for group in entity.get("groups", []) if group.startswith("tier")]
    return str(entity.get("tier") or next(iter(groups), ""))


@pytest.mark.parametrize("form", FORMS)
def test_services_owners_and_tiers_are_as_they_were_read(corpus: Path, form: str) -> None:
    expected = json.loads((corpus / "expected.json").read_text(encoding="utf-8"))["catalogues"]
    files = {path: known for path, known in expected.items() if known["format"] == form}
    assert files
    for path, known in files.items():
        catalog = parse([CatalogText(text=(corpus / "catalog" / path).read_text(encoding="utf-8"), origin=path)])
        wanted = [entity for entity in known["entities"] if entity["service"]]

        assert [(s.name, s.owner, s.tier) for s in catalog.services] == [(e["name"], owner(e), tier(e)) for e in wanted]
        assert not catalog.teams_given
        owned = ownership(catalog, settings())
        assert sorted(owned.unowned) == sorted(known["unowned"])
        for entity in known["entities"]:
            found = [service.name for service in owned.services(entity["name"])]
            assert found == ([entity["name"]] if entity["service"] else [])
