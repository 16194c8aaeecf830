"""Looks up which names in the catalogue are accounts, and whether they are active."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audit.catalog.ownership import ownership
from audit.gitlab.http import failures
from audit.gitlab.http.failures import RequestError
from audit.gitlab.read import nodes
from audit.gitlab.read.graphql_nodes import Page, UserNode
from audit.gitlab.read.paging import pages
from audit.gitlab.read.rest_rows import UserRow
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from audit.gitlab.http.client import Client
    from audit.model import Catalog, Gap, Issue, Team, User
    from audit.settings.settings import Settings

_BATCH = 100
_GROUP = re.compile(r"@?([A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_.-]+)*)")
_USERNAME = re.compile(r"@?([A-Za-z0-9_][A-Za-z0-9_.-]{0,254})")


def named(catalog: Catalog | None, settings: Settings, issues: Sequence[Issue]) -> set[str]:
    """Return the usernames of people who may have to be reminded: in teams that own a service of the issues."""
    texts = [settings.reminders.contact]
    for team in _owning(catalog, settings, issues):
        texts += [team.manager, team.handle, team.contact]
    matches = (_USERNAME.fullmatch(text.strip()) for text in texts)
    return {match[1] for match in matches if match}


def groups_named(
    catalog: Catalog | None, settings: Settings, issues: Sequence[Issue], accounts: Container[str]
) -> set[str]:
    """Return the handles, without ``@``, that may be groups: of owning teams whose members the catalogue does not list.

    ``accounts`` are the lower-case usernames that are accounts, or may be: those that could not be looked up.
    """
    handles = (team.handle for team in _owning(catalog, settings, issues) if team.members is None)
    matches = (_GROUP.fullmatch(handle.strip()) for handle in handles)
    return {match[1] for match in matches if match and match[1].lower() not in accounts}


def _owning(catalog: Catalog | None, settings: Settings, issues: Sequence[Issue]) -> list[Team]:
    """Return the teams that own a service of the issues."""
    if catalog is None:
        return []
    owned = ownership(catalog, settings)
    services = {service for text in _service_texts(settings, issues) for service in owned.services(text)}
    return [owned.teams[service.owner] for service in services if service.owner in owned.teams]


def _service_texts(settings: Settings, issues: Sequence[Issue]) -> set[str]:
    """Return the text after the service scope in all labels that an issue has or had."""
    ever = {label for issue in issues for label in issue.labels}
    ever |= {event.label for issue in issues for event in issue.label_events if event.label}
    values = (labels.value(label, settings.labels.service_scope) for label in ever)
    return {text for text in values if text}


def read_accounts(
    client: Client, usernames: Iterable[str], issues: Iterable[Issue] = ()
) -> tuple[dict[str, User], list[Gap]]:
    """Look each name up once. A name without an account is left out; it may be a group's.

    Whoever wrote one of the ``issues``, or is assigned to one, is not looked up. The others are, a hundred a request,
    and one by one where GitLab does not answer that.
    """
    names = sorted({name.lower() for name in usernames})
    seen = {user.username.lower(): user for issue in issues for user in (issue.author, *issue.assignees)}
    accounts = {name: seen[name] for name in names if name in seen}
    rest = [name for name in names if name not in accounts]
    gaps: list[Gap] = []
    if len(rest) > 1 and (together := _together(client, rest)) is not None:
        accounts |= together
    else:
        answers = client.map(lambda name: _account(client, name), rest)
        accounts |= {account.username.lower(): account for account, _ in answers if account}
        gaps = [gap for _, gap in answers if gap]
    return dict(sorted(accounts.items())), gaps


def _together(client: Client, names: list[str]) -> dict[str, User] | None:
    """Return those of the names that are accounts; None if GitLab does not answer."""
    accounts: dict[str, User] = {}
    try:
        for at in range(0, len(names), _BATCH):
            wanted = {"names": names[at : at + _BATCH]}
            for page in pages(client, "users", wanted, Page[UserNode], at=("users",)):
                accounts |= {node.username.lower(): nodes.user(node) for node in page}
    except RequestError as error:
        failures.check(error)
        return None
    return {name: accounts[name] for name in names if name in accounts}


def _account(client: Client, name: str) -> tuple[User | None, Gap | None]:
    try:
        rows = client.get_list("/users", UserRow, username=name)
    except RequestError as error:
        return None, failures.gap(error, f"@{name}", "users")
    return next((nodes.user(row) for row in rows if row.username.lower() == name), None), None
