"""Finds the audit.json of an earlier day to compare with: in a folder, or where it was published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.contract.audit_file import AnotherVersionError, read_audit
from audit.errors import UsageError
from audit.gitlab.http.failures import RequestError, check
from audit.gitlab.write.repository_files import newest_before
from audit.report.history.output_folder import audit_at

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from audit.contract.audit_file import AuditFile
    from audit.gitlab.http.client import Client
    from audit.gitlab.read.progress import Say
    from audit.settings.publish_settings import RepositoryDestination


def in_folder(folder: Path, as_of: date, *, say: Say, named: Path | None = None) -> AuditFile | None:
    """Read the given audit, else the newest one of an earlier day beside ``folder``; None if there is none.

    If the given one is of the same day, as in a repeated run, the newest one of an earlier day beside it is used. One
    that was written ahead of its day is none. Raises UsageError if the given file is not an audit. A broken one beside
    the folder only causes a warning, and the one before it is used.
    """
    audit = _read(named) if named else None
    if audit is not None and audit.as_of < as_of and not audit.ahead:
        return audit
    for place in _before(named.parent if named else folder, as_of):
        try:
            audit = _read(place)
            if audit is None or not audit.ahead:
                return audit
        except UsageError as error:
            say(f"{error.message}; the report before it is taken, if there is one", warning=True)
    return None


def _read(place: Path) -> AuditFile | None:
    """Return the audit in a file; None if it has another version, which cannot be compared."""
    try:
        return audit_at(place)
    except AnotherVersionError:
        return None


def published(client: Client, place: RepositoryDestination, as_of: date, *, say: Say) -> AuditFile | None:
    """Read the newest audit of an earlier day from the repository that the report is published in.

    If it cannot be read, a warning says so, and the report shows no changes.
    """
    try:
        newest = newest_before(client, place, as_of)
    except RequestError as error:
        check(error)
        say(f"the previous report cannot be read, so the report shows no changes: {error.message}", warning=True)
        return None
    if newest is None:
        return None
    where, text = newest
    try:
        return read_audit(text, where)
    except UsageError as error:
        say(f"the report shows no changes: {error.message}", warning=True)
        return None


def _before(folder: Path, as_of: date) -> list[Path]:
    """Return the audits of earlier days beside a folder, the newest first."""
    audits = folder.parent.glob("????-??-??/audit.json")
    return sorted((place for place in audits if place.parent.name < as_of.isoformat()), reverse=True)
