"""The files of a service catalogue: which services run, and which teams answer for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable

SERVICES_PATH = "services/service-catalog.yml"
TEAMS_PATH = "services/teams.yml"


class CatalogEntry(NamedTuple):
    """An entry of the catalogue."""

    name: str
    label: str
    owner: str | None
    tier: str
    weight: float | None = None


def services_yaml(services: Iterable[CatalogEntry]) -> str:
    """Write services/service-catalog.yml."""
    rows: list[dict[str, Any]] = []
    for entry in services:
        row: dict[str, Any] = {
            "name": entry.name,
            "friendly_name": entry.name.replace("-", " ").title(),
            "tier": entry.tier,
        }
        row |= {"label": entry.label, "owner": entry.owner}
        if entry.weight is not None:
            row["business"] = {"SLA": {"overall_sla_weighting": entry.weight}}
        rows.append(row)
    tiers = [{"name": tier} for tier in dict.fromkeys(entry.tier for entry in services)]
    return "# What runs, and who answers for it.\n" + yaml.safe_dump(
        {"tiers": tiers, "services": rows}, sort_keys=False
    )


def teams_yaml(teams: Iterable[dict[str, str]]) -> str:
    """Write services/teams.yml."""
    return yaml.safe_dump({"teams": list(teams)}, sort_keys=False)
