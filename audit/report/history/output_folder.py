"""The output folder, whose files are written whole or not at all, and the reports of earlier runs beside it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from audit.contract.audit_file import read_audit, read_lines
from audit.errors import OutputError, UsageError
from audit.report.history.archive import is_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from audit.contract.audit_file import AuditFile
    from audit.report.formats.format import Text


_TEMPORARY: Final = re.compile(r"\..+\.[0-9a-f]{32}\.tmp")
_STALE: Final = 3600.0
"""Seconds after which an unfinished file is known to be abandoned."""


def write_all(folder: Path, files: Mapping[str, Text]) -> None:
    """Write the texts, by file name, into the folder, which is created if it does not exist.

    All are written to temporary files first and then renamed, so that a full disk leaves the earlier report intact.
    Raises OutputError.
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


def check_place(folder: Path) -> None:
    """Raise OutputError where the folder neither is there nor can be made, or cannot be written to."""
    nearest = next(place for place in (folder, *folder.absolute().parents) if os.path.lexists(place))
    why = "is a file" if not nearest.is_dir() else "" if os.access(nearest, os.W_OK | os.X_OK) else "is not writable"
    if why:
        raise OutputError(f"nothing can be written to {folder}: {nearest} {why}", "Name another folder with --output.")


def _clear(folder: Path) -> None:
    """Delete temporary files that killed runs left, here and in the folders of other days, if an hour older than ours.

    A younger file may belong to a run that is still writing.
    """
    days = [place for place in folder.parent.iterdir() if is_day(place.name)] if is_day(folder.name) else [folder]
    left = [file for day in days for file in day.glob(".*.tmp") if _TEMPORARY.fullmatch(file.name)]
    latest = max((place.stat().st_mtime for place in folder.iterdir()), default=0.0)
    for file in left:
        with suppress(OSError):
            if file.is_file() and not file.is_symlink() and latest - file.stat().st_mtime > _STALE:
                file.unlink()


def audit_at(place: Path) -> AuditFile:
    """Return an audit.json, given by its own path or that of its folder. Raises UsageError."""
    path = place / "audit.json" if place.is_dir() else place
    try:
        with path.open(encoding="utf-8") as file:
            if audit := read_lines(file):
                return audit
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(
            f"{path} cannot be read: {why}", "Name an audit.json, or the folder that holds one."
        ) from error
    return read_audit(text, str(path))


class FolderTexts(Mapping[str, str]):
    """File name -> text of some files of a folder, read from it each time that one is asked for."""

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        """Name the folder, and those of its files that belong together."""
        self.folder = folder
        self.names = tuple(names)

    def __getitem__(self, name: str) -> str:
        """Return a file's text. Raises OutputError if it is no longer there."""
        if name not in self.names:
            raise KeyError(name)
        try:
            return (self.folder / name).read_bytes().decode()
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise OutputError(
                f"{self.folder / name} was written and cannot be read again: {why}",
                "See that nothing else writes to this folder while the audit runs, then run again.",
            ) from error

    def __iter__(self) -> Iterator[str]:
        """Return the names."""
        return iter(self.names)

    def __len__(self) -> int:
        """Return their number."""
        return len(self.names)


def _write(path: Path, text: Text) -> None:
    # half of a surrogate pair, which GitLab's JSON may hold, cannot be encoded in a file
    with path.open("xb") as file:
        for piece in [text] if isinstance(text, str) else text:
            file.write(piece.encode(errors="replace"))
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Flush the folder to disk, if the system can, so that the new names survive a crash."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
