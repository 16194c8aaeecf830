"""Each service of the catalogue: its incidents, and whether its owner can be reached (POLICY.md section 7)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from audit.evidence.columns import SERVICES
from audit.evidence.contracts import whole_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from audit.catalog.ownership import Ownership
    from audit.evidence.audited_tracker import AuditedTracker
    from audit.evidence.contracts import Columns
    from audit.model import Records, Service

Row = dict[str, Any]


def service_frame(incidents: Columns, tracker: AuditedTracker) -> pd.DataFrame:
    """Return SERVICES: one row a service of the catalogue, sorted by name; none without a catalogue.

    Only public incidents count; with a confidential destination all do.
    """
    return whole_frame(_rows(incidents, tracker), SERVICES)


def _rows(incidents: Columns, tracker: AuditedTracker) -> list[Row]:
    owned, records = tracker.ownership, tracker.records
    if owned is None or records.catalog is None:
        return []
    of_service = _by_service(incidents, all_shown=tracker.settings.report.confidential_destination)
    services = {service.name: service for service in sorted(records.catalog.services, key=owned.is_owned)}
    return [_row(services[name], owned, records, of_service[name]) for name in sorted(services)]


def _by_service(incidents: Columns, *, all_shown: bool) -> dict[str, Row]:
    """Return service -> the columns from its incidents; services that always occur together share a row.

    A label may lead to thousands of services, and be on thousands of incidents.
    """
    columns = (incidents["ref"], incidents["required"], incidents["flags_unowned"])
    rows = [(ref, bool(required), flags) for ref, required, flags in zip(*columns, strict=True)]
    lists: dict[tuple[str, ...], list[int]] = defaultdict(list)
    places = zip(incidents["services"], incidents["scope_reason"], incidents["confidential"], strict=True)
    for number, (names, reason, confidential) in enumerate(places):
        if not reason and (all_shown or not confidential):
            lists[names].append(number)
    numbers: dict[str, tuple[int, ...]] = {}
    for names, positions in lists.items():
        joined: dict[tuple[int, ...], tuple[int, ...]] = {}
        for name in names:
            before = numbers.get(name, ())
            if before not in joined:
                joined[before] = (*before, *positions)
            numbers[name] = joined[before]
    shared = {those: _of_incidents([rows[number] for number in sorted(those)]) for those in {(), *numbers.values()}}
    return defaultdict(lambda: shared[()], {name: shared[those] for name, those in numbers.items()})


def _of_incidents(incidents: Sequence[tuple[str, bool, bool]]) -> Row:
    """Count incidents, each given as its ref, if it requires a review, and if its policy flags unowned services."""
    requiring = tuple(ref for ref, required, _ in incidents if required)
    flagged = tuple(ref for ref, required, flags in incidents if required and flags)
    return {
        "incidents": len(incidents),
        "requiring": len(requiring),
        "flagged": len(flagged),
        "requiring_refs": requiring,
        "flagged_refs": flagged,
    }


def _row(service: Service, owned: Ownership, records: Records, of_incidents: Row) -> Row:
    reach, fault = _reach(service, owned, records)
    return {
        "ref": service.name,
        "owner": service.owner,
        "owned": service.name not in owned.unowned,
        "weight": service.weight,
        **of_incidents,
        "reach": reach,
        "reach_fault": fault,
    }


def _reach(service: Service, owned: Ownership, records: Records) -> tuple[bool | None, str]:
    """Return whether somebody of the owning team can be reached, and if not why. None: unknown."""
    team = owned.teams.get(service.owner)
    if team is None:
        return (False, "nobody owns it") if service.name in owned.unowned else (None, "")
    if not (team.manager or team.handle or team.contact):
        return False, f"team {team.name} has no manager, handle or contact"
    if not team.manager:
        return True, ""
    if team.manager.lower() in records.unread_accounts:
        return None, ""
    manager = records.accounts.get(team.manager.lower())
    if manager is None or not manager.active:
        return False, f"the manager of team {team.name} is no active account"
    return True, ""
