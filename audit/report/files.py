"""Writing the output folder: each file whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import uuid4

from audit.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


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
    except OSError as error:
        raise OutputError(
            f"the report could not be written to {folder}: {error.strerror or error}",
            "Check that the folder can be written to and that the disk has room, then run again.",
        ) from error
    finally:
        for temporary in written.values():
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


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
