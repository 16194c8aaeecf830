"""Incidents that may repeat earlier ones whose corrective actions are late (POLICY.md section 8)."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REPEAT_DAYS: Final = 90
"""An incident of the same service within so many days is a repetition."""
REPEATS_TOLD: Final = 10
"""Of a service that breaks all the time, the latest incidents say enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What is asked of an incident in scope to tell whether it repeats another one."""

    ref: str
    at: datetime
    on: date
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Earlier incidents of the same services, the latest ones first, and their corrective actions that are late."""

    earlier: tuple[str, ...]
    services: tuple[str, ...]
    actions: tuple[str, ...]


def repeats(incidents: Sequence[Declared], late: Mapping[str, Sequence[str]]) -> list[Repeat]:
    """Return for each incident what it repeats. ``late`` is incident -> its late corrective actions."""
    by_service: dict[str, list[Declared]] = defaultdict(list)
    for one in sorted(incidents, key=lambda one: one.at):
        if one.ref in late:
            for service in one.services:
                by_service[service.casefold()].append(one)
    return [
        _repeat({name: _before(one, by_service.get(name.casefold(), [])) for name in one.services}, late)
        for one in incidents
    ]


def _before(one: Declared, others: Sequence[Declared]) -> list[Declared]:
    """Return the latest of the others that were declared before one, and not too long before it."""
    first = one.on - timedelta(days=REPEAT_DAYS)
    end = bisect_left(others, one.at, key=lambda other: other.at)
    return [other for other in others[max(0, end - REPEATS_TOLD) : end] if other.on >= first]


def _repeat(shared: Mapping[str, Sequence[Declared]], late: Mapping[str, Sequence[str]]) -> Repeat:
    earlier = {other.ref: other for some in shared.values() for other in some}
    told = sorted(earlier.values(), key=lambda other: (other.at, other.ref), reverse=True)[:REPEATS_TOLD]
    return Repeat(
        earlier=tuple(other.ref for other in told),
        services=tuple(name for name, some in shared.items() if some),
        actions=tuple(dict.fromkeys(action for other in told for action in late[other.ref])),
    )
