"""The audit.json of an earlier day, by which changes are told: from a folder, or from where it was published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from audit.errors import UsageError
from audit.gitlab.failures import RequestError, check
from audit.gitlab.report_files import newest_before
from audit.report.data import SCHEMA_VERSION
from audit.report.earlier import audit_in, fault_in

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from audit.gitlab.client import Client
    from audit.nightly import Say
    from audit.settings.publish import RepositoryDestination

_COMPARED: Final = {"schema_version", "as_of", "compliance", "figures", "findings"}


def in_folder(folder: Path, as_of: date, *, named: Path | None = None) -> dict[str, Any] | None:
    """Read the audit that is named, else the newest of an earlier day beside ``folder``; None where there is none.

    Raises UsageError where it is no audit.
    """
    place = named or _newest_before(folder, as_of)
    if place is None:
        return None
    try:
        told = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _no_audit(place, str(error)) from error
    if not _is_audit(told):
        raise _no_audit(place, "it is not what this program writes")
    return told  # type: ignore[no-any-return]


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


def _is_audit(told: Any) -> bool:
    """Tell whether it can be compared with, or is of another version, with which nothing is compared."""
    if not isinstance(told, dict) or not told.keys() >= _COMPARED:
        return False
    return told["schema_version"] != SCHEMA_VERSION or not fault_in(told)


def _no_audit(place: Path, why: str) -> UsageError:
    return UsageError(
        f"{place} is no audit.json of an earlier run: {why}", "Name another one with --previous, or move it away."
    )


def _newest_before(folder: Path, as_of: date) -> Path | None:
    days = sorted(place.parent.name for place in folder.parent.glob("????-??-??/audit.json"))
    before = [day for day in days if day < as_of.isoformat()]
    return folder.parent / before[-1] / "audit.json" if before else None
