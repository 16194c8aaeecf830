"""Whether a review's DRI belongs to a team that owns a service of its incidents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from audit.evidence.incidents import active_humans

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from audit.evidence.audited_tracker import AuditedTracker
    from audit.model import Issue, Records, Team

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class TeamMembers:
    """The members of each team, as the catalogue lists them or as GitLab's group of its handle has them."""

    teams: Mapping[str, Team]
    records: Records

    @classmethod
    def of(cls, tracker: AuditedTracker) -> TeamMembers:
        """Return the members of the teams of a tracker's catalogue."""
        return cls(teams=tracker.ownership.teams if tracker.ownership else {}, records=tracker.records)

    def row(self, review: Issue, owners: tuple[str, ...]) -> Row:
        """Return the columns of REVIEWS about a DRI outside of ``owners``, the teams of its incidents."""
        active = frozenset(name.lower() for name in active_humans(review))
        members = [self._of(owner) for owner in owners]
        unread = [self._is_unread(owner) for owner in owners]
        comparable = bool(owners) and all(
            known is not None or failed for known, failed in zip(members, unread, strict=True)
        )
        return {
            "owners": owners,
            "team_known": comparable,
            "dri_outside": self._outside(review, active, members) if comparable else None,
        }

    @staticmethod
    def _outside(review: Issue, active: frozenset[str], members: Iterable[Collection[str] | None]) -> bool | None:
        """Return whether no active DRI is a member; None: a list that could not be read may hold one."""
        sides = list(members)
        if not active:
            return None if not review.assignees_read else False
        if any(known and not active.isdisjoint(known) for known in sides):
            return False
        return True if review.assignees_read and None not in sides else None

    def _of(self, owner: str) -> frozenset[str] | None:
        """Return a team's lower-case members; None: not known.

        Nor are they where none is listed: people of a group above are no direct members, and may still be the team.
        """
        team = self.teams.get(owner)
        if team is None:
            return None
        if team.members is not None:
            return frozenset(name.lower().removeprefix("@") for name in team.members) or None
        found = self.records.group_members.get(_handle(team))
        return frozenset(found or ()) or None

    def _is_unread(self, owner: str) -> bool:
        """Return whether a failed request hides a team's members, or whether its handle is a group at all."""
        team = self.teams.get(owner)
        return team is not None and team.members is None and _handle(team) in self._unread

    @cached_property
    def _unread(self) -> frozenset[str]:
        """Lower-case names that could not be looked up, as accounts or as groups."""
        groups = (gap.ref for gap in self.records.gaps if gap.what == "members")
        return self.records.unread_accounts.union(ref.removeprefix("@").lower() for ref in groups)


def _handle(team: Team) -> str:
    return team.handle.strip().removeprefix("@").lower()
