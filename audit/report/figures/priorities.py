"""First things first: the three steps that would change the figures most, no incident in two of them.

A step moves the incidents of one team, whose late reviews it completes, or those of one service, for which it finds an
owner. Where fewer than three of these are left, the reviews that are due this week follow.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from audit.engine.result import Result
    from audit.privacy.rows import IncidentRow
    from audit.report.figures.late import LateRow
    from audit.report.figures.no_owner import NoOwner
    from audit.report.figures.upcoming import Upcoming

MOST: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """One step, and what it would change."""

    kind: Literal["late", "owner", "due"]
    """Complete the late reviews of a team; find an owner for a service; complete what is due this week."""
    subject: str
    """Name of the team or service; empty: incidents of no team, or of one that must not be shown, or of several."""
    incidents: tuple[IncidentRow, ...]
    """Those that it moves, the most urgent first."""
    days: int
    """``late``: working days late of the latest; ``owner``: calendar days blocked; ``due``: working days left at
    least."""
    before: int
    """The figure today: open late, blocked by no owner, or the reviews due this week."""
    after: int
    """The figure once it is done."""
    decider: str
    """Name of the account that manages the team; empty: none is known, or it must not be shown."""
    suggestion: str = ""
    """``owner``: the team that might take the service; empty: none is known."""


def priorities(result: Result, late: Sequence[LateRow], queue: NoOwner, due: Upcoming) -> tuple[Priority, ...]:
    """Return at most three, the one that moves the most incidents first."""
    managers = _managers(result)
    candidates = [*_late(late, managers), *_owners(queue)]
    ranked = sorted(candidates, key=_by_weight)
    kept = ranked[:MOST]
    if len(kept) < MOST and (rows := [row for row in due.rows if row.this_week]):
        kept.append(_due(rows[0].working_days_left, [row.incident for row in rows], managers))
    return tuple(kept)


def _by_weight(one: Priority) -> tuple[int, bool, bool, int, str]:
    """Of equals late reviews come first, then what somebody can be asked for, then what has waited longest."""
    return -len(one.incidents), one.kind != "late", not one.subject, -one.days, one.subject


def _managers(result: Result) -> dict[str, str]:
    """Return team -> name of its manager, of the teams whose manager is the account of an active person."""
    catalog, accounts = result.evidence.records.catalog, result.evidence.records.accounts
    named = {team.name: team.manager.strip().lstrip("@") for team in (catalog.teams if catalog else ())}
    known = {name: accounts.get(name.lower()) for name in named.values()}
    return {team: name for team, name in named.items() if (user := known[name]) and user.active and not user.bot}


def _late(rows: Sequence[LateRow], managers: Mapping[str, str]) -> Iterator[Priority]:
    """Yield the teams with the most late reviews; an incident of several teams is counted for the one with the most."""
    left = {row.incident.ref: row for row in rows}
    for _ in range(MOST):
        if not left:
            return
        by_team: dict[str, list[LateRow]] = defaultdict(list)
        for row in left.values():
            for team in row.incident.owners or ("",):
                by_team[team].append(row)
        team, theirs = min(by_team.items(), key=lambda item: (-len(item[1]), not item[0], -_oldest(item[1]), item[0]))
        yield Priority(
            kind="late",
            subject=team,
            incidents=tuple(row.incident for row in theirs),
            days=_oldest(theirs),
            before=len(rows),
            after=len(rows) - len(theirs),
            decider=managers.get(team, ""),
        )
        for row in theirs:
            del left[row.incident.ref]


def _oldest(rows: Iterable[LateRow]) -> int:
    return max(row.working_days_late for row in rows)


def _owners(queue: NoOwner) -> Iterator[Priority]:
    """Yield one candidate a service. With several such services an incident needs one owner."""
    taken: set[str] = set()
    for service in sorted(queue.services, key=lambda one: -len(one.incidents)):
        freed = tuple(row for row in service.incidents if row.ref not in taken)
        if not freed:
            continue
        taken.update(row.ref for row in freed)
        yield Priority(
            kind="owner",
            subject=service.service,
            incidents=freed,
            days=service.days_blocked,
            before=queue.blocked,
            after=queue.blocked - len(freed),
            decider="",
            suggestion=service.suggestion,
        )


def _due(days: int, incidents: Sequence[IncidentRow], managers: Mapping[str, str]) -> Priority:
    teams = {team for row in incidents for team in row.owners}
    team = next(iter(teams)) if len(teams) == 1 else ""
    return Priority(
        kind="due",
        subject=team,
        incidents=tuple(incidents),
        days=days,
        before=len(incidents),
        after=0,
        decider=managers.get(team, ""),
    )
