"""Whom a reminder names: people and groups who can act on it (POLICY.md section 11)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from audit.inert import is_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from audit.model import Ref, Team
    from audit.reminders.cases import Case, Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressees:
    """Accounts and groups that a reminder names, without ``@``."""

    first: tuple[str, ...]
    """Those who are to act."""
    managers: tuple[str, ...] = ()
    """Managers of the owning teams, named too from the second reminder on."""
    unpinged: frozenset[str] = frozenset()
    """Groups among the first that are named in code, so that nobody in them is notified."""

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, each once."""
        return self.first + self.managers


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Looks up whom to remind of a review."""

    scene: Scene

    def addressees(self, case: Case, step: int) -> Addressees:
        """Return whom a step about a case names; nobody where nobody can be reached."""
        people = self._people(case)
        owners = () if people else self._owners(case)
        first = people or owners or _distinct(self._fallback())
        unpinged = frozenset(name for name in owners if self._is_unpinged(name))
        if step < 2 or not first:
            return Addressees(first=first, unpinged=unpinged)
        managers = (name for team in self._teams(case) if (name := self._manager(team)))
        return Addressees(first=first, managers=_distinct(managers, but=first), unpinged=unpinged)

    def _is_unpinged(self, name: str) -> bool:
        """Return whether a name is a group that must not be pinged, since that would notify all of its members."""
        return not self.scene.settings.reminders.ping_groups and not self._known(name)

    def _people(self, case: Case) -> tuple[str, ...]:
        """Return the assignees of the review who can act, else those of the incident."""
        return self.assigned(case.issue) or self.assigned(case.incident)

    def assigned(self, ref: Ref) -> tuple[str, ...]:
        """Return the assignees of a review or an incident who can act."""
        bot = self.scene.bot.casefold()
        return tuple(n for n in self._active.get(str(ref), ()) if is_name(n) and n.casefold() != bot)

    def unassigned(self, ref: Ref) -> bool:
        """Tell whether it is known that nobody who can act is assigned to an issue."""
        return not self.assigned(ref) and self._assignees_read(ref)

    def _assignees_read(self, ref: Ref) -> bool:
        return ref not in self.scene.issues or self.scene.issues[ref].assignees_read

    def in_doubt(self, case: Case) -> bool:
        """Tell whether those to ask first are among assignees, or owners' accounts, that could not be read."""
        if self.assigned(case.issue):
            return False
        if not self._assignees_read(case.issue):
            return True
        if self.assigned(case.incident):
            return False
        return not self._assignees_read(case.incident) or any(map(self._account_failed, self._teams(case)))

    def _account_failed(self, team: Team) -> bool:
        failed = self.scene.result.evidence.records.unread_accounts
        return any(self._name(name).lower() in failed for name in (team.manager, team.handle, team.contact))

    @cached_property
    def _active(self) -> Mapping[str, tuple[str, ...]]:
        evidence = self.scene.result.evidence
        incidents, reviews = evidence.incidents, evidence.reviews
        return {
            **dict(zip(incidents["ref"], incidents["assignees"], strict=True)),
            **dict(zip(reviews["ref"], reviews["active_assignees"], strict=True)),
        }

    def _owners(self, case: Case) -> tuple[str, ...]:
        """Return one name for each owned service's team."""
        names = (self._manager(team) or self._handle(team) or self._contact(team) for team in self._teams(case))
        return _distinct(name for name in names if name)

    def _teams(self, case: Case) -> Iterator[Team]:
        for service in case.services:
            team = self._team_of.get(service)
            if team is not None:
                yield team

    @cached_property
    def _team_of(self) -> Mapping[str, Team]:
        """Map each owned service to its team, where teams are given."""
        catalog = self.scene.result.evidence.records.catalog
        teams = {team.name: team for team in catalog.teams} if catalog else {}
        services = self.scene.result.evidence.services
        rows = zip(services["ref"], services["owner"], services["owned"], strict=True)
        return {name: teams[owner] for name, owner, owned in rows if owned and owner in teams}

    def _manager(self, team: Team) -> str:
        return self._account(team.manager)

    def _handle(self, team: Team) -> str:
        """Return the handle of a team; one that is no known account may be a group's."""
        return self._account(team.handle) if self._known(team.handle) else self._name(team.handle)

    def _contact(self, team: Team) -> str:
        return self._account(team.contact) or self._group(team.contact)

    def _fallback(self) -> Iterator[str]:
        contact = self.scene.settings.reminders.contact
        name = self._account(contact) if self._known(contact) else self._name(contact)
        if name:
            yield name

    def _known(self, written: str) -> bool:
        return self._name(written).lower() in self.scene.result.evidence.records.accounts

    def _account(self, written: str) -> str:
        """Return the name if it is an active person's account, else an empty text: a bot cannot act."""
        name = self._name(written)
        user = self.scene.result.evidence.records.accounts.get(name.lower())
        return name if name and user is not None and user.active and not user.bot else ""

    def _name(self, written: str) -> str:
        """Return the account or group that a field of the catalogue names, or an empty text; never the bot itself."""
        name = written.strip().lstrip("@")
        return name if is_name(name) and name.casefold() != self.scene.bot.casefold() else ""

    def _group(self, written: str) -> str:
        """Return the name if it is a group's: a path, or a group above an audited project; no chat channel is one."""
        name = self._name(written)
        return name if not self._known(written) and ("/" in name or name.lower() in self._groups) else ""

    @cached_property
    def _groups(self) -> frozenset[str]:
        paths = [source.project.lower().split("/") for source in self.scene.result.evidence.records.sources]
        return frozenset("/".join(parts[:depth]) for parts in paths for depth in range(1, len(parts)))


def _distinct(names: Iterable[str], *, but: Iterable[str] = ()) -> tuple[str, ...]:
    """Return each name once, in order, compared without case, and without those of ``but``."""
    seen = {name.casefold() for name in but}
    kept: list[str] = []
    for name in names:
        if name.casefold() not in seen:
            seen.add(name.casefold())
            kept.append(name)
    return tuple(kept)
