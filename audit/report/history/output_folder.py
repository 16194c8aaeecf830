"""The output folder: each file is written whole or not at all. And what earlier runs left beside it."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from audit.contract.audit_file import read_audit
from audit.errors import OutputError, UsageError
from audit.report.history.archive import is_day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from audit.contract.audit_file import AuditFile


_TEMPORARY: Final = re.compile(r"\..+\.[0-9a-f]{32}\.tmp")
_STALE: Final = 3600.0
"""Seconds after which no run still writes a file."""


def write_all(folder: Path, files: Mapping[str, str]) -> None:
    """Write each name's text into the folder, which is made if need be.

    All are written beside their place first and put there together, so that a full disk leaves the earlier report
    alone. Raises OutputError.
    """
    written: dict[Path, Path] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in sorted(files.items()):
            place = folder / name
            if place.parent != folder or place.is_dir():
                raise OutputError(f"{name!r} is no file of {folder}", "Name files of the output folder itself.")
            written[place] = temporary = folder / f".{name}.{uuid4().hex}.tmp"
            _write(temporary, text)
        for place, temporary in written.items():
            temporary.replace(place)
        _sync(folder)
        _clear(folder)
    except OSError as error:
        raise OutputError(
            f"the report could not be written to {folder}: {error.strerror or error}",
            "Check that the folder can be written to and that the disk has room, then run again.",
        ) from error
    finally:
        for temporary in written.values():
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _clear(folder: Path) -> None:
    """Delete what killed runs left, here and in the folders of other days: files that are an hour older than ours.

    A younger one may be of a run that is writing at this moment.
    """
    days = [place for place in folder.parent.iterdir() if is_day(place.name)] if is_day(folder.name) else [folder]
    left = [file for day in days for file in day.glob(".*.tmp") if _TEMPORARY.fullmatch(file.name)]
    latest = max((place.stat().st_mtime for place in folder.iterdir()), default=0.0)
    for file in left:
        with suppress(OSError):
            if file.is_file() and not file.is_symlink() and latest - file.stat().st_mtime > _STALE:
                file.unlink()


def reports_in(folder: Path) -> dict[str, str]:
    """Return the text of audit.json of each report in a folder, by the name of its own folder, which is a day.

    One that cannot be read is there with an empty text.
    """
    reports = (place.parent for place in folder.glob("*/audit.json") if is_day(place.parent.name))
    return {report.name: _text(report / "audit.json") for report in reports if (report / "report.html").is_file()}


def audit_at(place: Path) -> AuditFile:
    """Return an audit.json, named itself or by the folder that holds it. Raises UsageError."""
    path = place / "audit.json" if place.is_dir() else place
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(
            f"{path} cannot be read: {why}", "Name an audit.json, or the folder that holds one."
        ) from error
    return read_audit(text, str(path))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _write(path: Path, text: str) -> None:
    # half of a surrogate pair, which GitLab's JSON may hold, is no text that a file could
    with path.open("xb") as file:
        file.write(text.encode(errors="replace"))
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make the new names last, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
