"""Incidents that may repeat earlier ones whose corrective actions are late (POLICY.md section 8)."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

REPEAT_DAYS: Final = 90
"""Days within which another incident of the same service may be a repetition."""
REPEATS_TOLD: Final = 10
"""Earlier incidents listed at most: the latest ones are enough for a service that fails all the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What is needed of an incident in scope to find the earlier ones that it may repeat."""

    ref: str
    at: datetime
    on: date
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Earlier incidents of the same services, latest first, and their late corrective actions."""

    earlier: tuple[str, ...]
    services: tuple[str, ...]
    actions: tuple[str, ...]


def repeats(incidents: Sequence[Declared], late: Mapping[str, Sequence[str]]) -> list[Repeat]:
    """Return for each incident the earlier ones it may repeat. ``late`` is incident -> its late corrective actions."""
    kind_of = _kinds({one.services for one in incidents})
    kinds = {names: {kind_of[name.casefold()] for name in names} for names in {one.services for one in incidents}}
    by_kind: dict[int, list[Declared]] = defaultdict(list)
    for one in sorted(incidents, key=lambda one: one.at):
        if one.ref in late:
            for kind in kinds[one.services]:
                by_kind[kind].append(one)
    names_of: dict[tuple[tuple[str, ...], frozenset[int]], tuple[str, ...]] = {}
    rows: list[Repeat] = []
    for one in incidents:
        before = {kind: others for kind in kinds[one.services] if (others := _before(one, by_kind.get(kind, [])))}
        shared = one.services, frozenset(before)
        if shared not in names_of:
            names_of[shared] = tuple(name for name in one.services if kind_of[name.casefold()] in before)
        rows.append(_repeat(before.values(), names_of[shared], late))
    return rows


def _kinds(lists: Iterable[tuple[str, ...]]) -> dict[str, int]:
    """Return service -> its group: services that always occur together form one group and are looked up once.

    A label may lead to thousands of services, and be on thousands of incidents.
    """
    occurs: dict[str, list[int]] = defaultdict(list)
    for number, names in enumerate(lists):
        for name in {name.casefold() for name in names}:
            occurs[name].append(number)
    kinds: dict[tuple[int, ...], int] = {}
    return {name: kinds.setdefault(tuple(numbers), len(kinds)) for name, numbers in occurs.items()}


def _before(one: Declared, others: Sequence[Declared]) -> list[Declared]:
    """Return the latest incidents that were declared before this one, within the allowed days."""
    first = one.on - timedelta(days=REPEAT_DAYS)
    end = bisect_left(others, one.at, key=lambda other: other.at)
    return [other for other in others[max(0, end - REPEATS_TOLD) : end] if other.on >= first]


def _repeat(
    before: Iterable[Sequence[Declared]], services: tuple[str, ...], late: Mapping[str, Sequence[str]]
) -> Repeat:
    earlier = {other.ref: other for others in before for other in others}
    latest = sorted(earlier.values(), key=lambda other: (other.at, other.ref), reverse=True)[:REPEATS_TOLD]
    return Repeat(
        earlier=tuple(other.ref for other in latest),
        services=services,
        actions=tuple(dict.fromkeys(action for other in latest for action in late[other.ref])),
    )
