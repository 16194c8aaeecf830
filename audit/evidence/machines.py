"""Accounts that are machines, though GitLab does not say so: those that ``bots`` of the settings names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from audit.model import Issue, Records, User


def with_machines(records: Records, bots: Iterable[str]) -> Records:
    """Return the records in which the named accounts are bots wherever they occur: they are no DRI, and never asked."""
    names = names_of(bots)
    if not names:
        return records
    issues = tuple(_marked(issue, names) for issue in records.issues)
    accounts = {name: _account(user, names) for name, user in records.accounts.items()}
    return replace(records, issues=issues, accounts=accounts)


def names_of(bots: Iterable[str]) -> frozenset[str]:
    """Return the usernames as they compare."""
    return frozenset(name.lstrip("@").casefold() for name in bots)


def _marked(issue: Issue, names: Collection[str]) -> Issue:
    if not any(user.username.casefold() in names for user in (issue.author, *issue.assignees)):
        return issue
    people = tuple(_account(user, names) for user in issue.assignees)
    return replace(issue, author=_account(issue.author, names), assignees=people)


def _account(user: User, names: Collection[str]) -> User:
    return replace(user, bot=True) if user.username.casefold() in names else user
