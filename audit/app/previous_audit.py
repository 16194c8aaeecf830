"""The audit.json of an earlier day, by which changes are told: from a folder, or from where it was published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from audit.errors import UsageError
from audit.gitlab.http.failures import RequestError, check
from audit.gitlab.write.report_files import newest_before
from audit.report.formats.audit_json import SCHEMA_VERSION
from audit.report.history.audit_file import audit_in, fault_in

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.progress import Say
    from audit.settings.publish_settings import RepositoryDestination

_COMPARED: Final = {"schema_version", "as_of", "compliance", "figures", "findings"}


def in_folder(folder: Path, as_of: date, *, say: Say, named: Path | None = None) -> dict[str, Any] | None:
    """Read the audit that is named, else the newest of an earlier day beside ``folder``; None where there is none.

    Of a run that is repeated the named one may be of the same day: then it is the newest of an earlier day beside that
    one. Raises UsageError where the named one is no audit. One that is only found there stops nothing: it is told, and
    the one before it is taken.
    """
    told = _read(named) if named else None
    if told is not None and told["as_of"] < as_of.isoformat():
        return told
    for place in _before(named.parent if named else folder, as_of):
        try:
            return _read(place)
        except UsageError as error:
            say(f"{error.message}; the report before it is taken, if there is one", warning=True)
    return None


def _read(place: Path) -> dict[str, Any] | None:
    """Return the audit of a file; None where it is of another version, with which nothing is compared."""
    try:
        told = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _no_audit(place, str(error)) from error
    if not isinstance(told, dict) or not told.keys() >= _COMPARED:
        raise _no_audit(place, "it is not what this program writes")
    if told["schema_version"] != SCHEMA_VERSION:
        return None
    if fault := fault_in(told):
        raise _no_audit(place, fault)
    return told


def published(client: Client, place: RepositoryDestination, as_of: date, *, say: Say) -> dict[str, Any] | None:
    """Read the newest one of an earlier day from the repository that the report is published in.

    Where it cannot be read the report is written all the same, and tells no changes.
    """
    try:
        found = newest_before(client, place, as_of)
    except RequestError as error:
        check(error)
        say(f"the previous report cannot be read, so changes are not told: {error.message}", warning=True)
        return None
    if found is None:
        return None
    where, text = found
    try:
        return audit_in(text, where)
    except UsageError as error:
        say(f"changes are not told: {error.message}", warning=True)
        return None


def _no_audit(place: Path, why: str) -> UsageError:
    return UsageError(
        f"{place} is no audit.json of an earlier run: {why}", "Name another one with --previous, or move it away."
    )


def _before(folder: Path, as_of: date) -> list[Path]:
    """Return the audits of earlier days beside a folder, the newest first."""
    found = folder.parent.glob("????-??-??/audit.json")
    return sorted((place for place in found if place.parent.name < as_of.isoformat()), reverse=True)
