"""The audit.json of an earlier day, with which a run is compared: from a folder, or from where it was published."""

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
    """Read the audit that is named, else the newest of an earlier day beside ``folder``; None where there is none.

    Of a run that is repeated the named one may be of the same day: then it is the newest of an earlier day beside that
    one. Raises UsageError where the named one is no audit. One beside the folder that is none stops nothing: a warning
    says so, and the one before it is taken.
    """
    audit = _read(named) if named else None
    if audit is not None and audit.as_of < as_of:
        return audit
    for place in _before(named.parent if named else folder, as_of):
        try:
            return _read(place)
        except UsageError as error:
            say(f"{error.message}; the report before it is taken, if there is one", warning=True)
    return None


def _read(place: Path) -> AuditFile | None:
    """Return the audit of a file; None where it is of another version, with which nothing is compared."""
    try:
        return audit_at(place)
    except AnotherVersionError:
        return None


def published(client: Client, place: RepositoryDestination, as_of: date, *, say: Say) -> AuditFile | None:
    """Read the newest one of an earlier day from the repository that the report is published in.

    Where it cannot be read, a warning says so, and the report shows no changes.
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
