"""Whom a reminder names: people and groups who can act on it (POLICY.md section 11)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from audit.inert import is_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from audit.model import Ref, Team
    from audit.reminders.cases import Case, Scene


class AskedAs(StrEnum):
    """Why those are asked who are to act."""

    ASSIGNEE = "assignee"
    INCIDENT_ASSIGNEE = "incident_assignee"
    """Of the incident, since nobody is assigned to the review."""
    OWNER = "owner"
    """For the team that owns a service, since nobody is assigned."""
    CONTACT = "contact"
    """Of the settings, since nobody else is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerAsked:
    """Who is asked for a team."""

    name: str
    """Of the account or group."""
    manager: bool
    """Whether it is the team's manager."""
    team: str
    service: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressees:
    """Accounts and groups that a reminder names, without ``@``."""

    first: tuple[str, ...]
    """Those who are to act."""
    asked_as: AskedAs = AskedAs.ASSIGNEE
    owners: tuple[OwnerAsked, ...] = ()
    """Where they are asked as owners: for which teams, by service."""
    managers: tuple[str, ...] = ()
    """Managers of the owning teams, named too from the second reminder on."""
    unpinged: frozenset[str] = frozenset()
    """Groups among the first that are named in code, so that nobody in them is notified."""

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, each once."""
        return self.first + self.managers

    @property
    def counted(self) -> tuple[str, ...]:
        """Those for whom it counts towards ``per_person``, in small letters."""
        return () if self.asked_as is AskedAs.CONTACT else tuple(name.casefold() for name in self.first)

    def without(self, names: Collection[str]) -> Addressees:
        """Return the addressees without some of those who are to act; ``names`` in small letters."""
        return replace(self, first=tuple(name for name in self.first if name.casefold() not in names))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Owners:
    """Whom to ask for a list of services."""

    owners: tuple[OwnerAsked, ...]
    managers: tuple[str, ...]
    failed: bool
    """An account among them could not be looked up."""


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Looks up whom to remind of a review."""

    scene: Scene
    _assigned: dict[Ref, tuple[str, ...]] = field(default_factory=dict, init=False)
    _known_services: dict[tuple[str, ...], _Owners] = field(default_factory=dict, init=False)

    def addressees(self, case: Case, step: int) -> Addressees:
        """Return whom a step about a case names; nobody where nobody can be reached."""
        found = self._first(case)
        if step < 2 or not found.first:
            return found
        return replace(found, managers=_distinct(self._of_services(case).managers, but=found.first))

    def _first(self, case: Case) -> Addressees:
        """Return those who are to act, and why they are asked."""
        if people := self.assigned(case.issue):
            return Addressees(first=people)
        if people := self.assigned(case.incident):
            return Addressees(first=people, asked_as=AskedAs.INCIDENT_ASSIGNEE)
        if owners := self._of_services(case).owners:
            names = _distinct(one.name for one in owners)
            unpinged = frozenset(name for name in names if self._is_unpinged(name))
            return Addressees(first=names, asked_as=AskedAs.OWNER, owners=owners, unpinged=unpinged)
        return Addressees(first=_distinct(self._fallback()), asked_as=AskedAs.CONTACT)

    def _is_unpinged(self, name: str) -> bool:
        """Return whether a name is a group that must not be pinged, since that would notify all of its members."""
        return not self.scene.settings.reminders.ping_groups and not self._known(name)

    def assigned(self, ref: Ref) -> tuple[str, ...]:
        """Return the assignees of a review or an incident who can act."""
        if ref not in self._assigned:
            bot = self.scene.bot.casefold()
            names = self._active.get(str(ref), ())
            self._assigned[ref] = tuple(name for name in names if is_name(name) and name.casefold() != bot)
        return self._assigned[ref]

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
        return not self._assignees_read(case.incident) or self._of_services(case).failed

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

    def _of_services(self, case: Case) -> _Owners:
        """Return whom to ask for a case's services, which many incidents may share."""
        if case.services not in self._known_services:
            teams = [(name, self._team_of[name]) for name in case.services if name in self._team_of]
            managers = [self._manager(team) for _, team in teams]
            self._known_services[case.services] = _Owners(
                owners=tuple(self._asked_for(teams)),
                managers=tuple(filter(None, managers)),
                failed=any(self._account_failed(team) for _, team in teams),
            )
        return self._known_services[case.services]

    def _asked_for(self, teams: Iterable[tuple[str, Team]]) -> Iterator[OwnerAsked]:
        """Yield one name for the team of each owned service."""
        for service, team in teams:
            manager = self._manager(team)
            if name := manager or self._handle(team) or self._contact(team):
                yield OwnerAsked(name=name, manager=bool(manager), team=team.name, service=service)

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
