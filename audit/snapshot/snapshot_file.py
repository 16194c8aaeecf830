"""One snapshot as a file of SQLite: read row by row, replaced whole.

A file is never changed in place: a new one is written beside it in one transaction and takes its name, so that
whoever copies the file (GitLab's cache, an artifact) never gets half of a change, nor needs a second file of SQLite's
(a journal, a write-ahead log) to read it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar
from urllib.parse import quote

from audit.errors import OutputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

R = TypeVar("R", bound=tuple[Any, ...])

APPLICATION: Final = 0x49525641
"""SQLite's mark of the program that a file belongs to: IRVA."""
_HEADER: Final = b"SQLite format 3\x00"
_MARK: Final = slice(68, 72)
"""Where SQLite keeps the mark in a file."""
_PAGE: Final = 16_384
"""Bytes; most records are too long for SQLite's own 4,096, so that half of the file would be empty."""
_TABLES: Final = (
    "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE parts (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE issues (project TEXT, id INTEGER, updated_at TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (project, id))""",
    "CREATE TABLE texts (key BLOB PRIMARY KEY, body BLOB NOT NULL)",
)
SIGNS: Final = ("digest", "seal")
"""Entries of `about` that are not part of the content."""


class SnapshotError(UsageError):
    """A file is no snapshot that this program can use (exit 2)."""


class StoredIssue(NamedTuple):
    """One record of an issue."""

    project: str
    id: int
    updated_at: str
    """ISO, empty where it is not known."""
    body: str
    """JSON."""


@dataclass(frozen=True, kw_only=True)
class SnapshotTables:
    """What stands in a file; bodies are JSON unless they say otherwise."""

    about: Mapping[str, str]
    """What the file is, by name, as plain texts: its version, whose it is, its seal."""
    parts: Mapping[str, str]
    """All but the issues, by the name of the field."""
    issues: Iterable[StoredIssue]
    """Sorted by project and id; of a file that is read, they come as they are asked for."""
    texts: Iterable[tuple[bytes, bytes]]
    """What descriptions say, by the hash of what decides it; sorted."""


class Content:
    """The SHA-256 of all that stands in a file, in the order of its tables; each value counts with its length."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def counted(self, rows: Iterable[R]) -> Iterator[R]:
        """Yield the rows of one table, and count them."""
        for row in rows:
            for value in row:
                raw = value if isinstance(value, bytes) else str(value).encode()
                self._hash.update(b"%d:%b" % (len(raw), raw))
            yield row
        self._hash.update(b";")

    def digest(self) -> str:
        """Return the hash of what was counted, in hex."""
        return self._hash.hexdigest()


def is_snapshot(path: Path) -> bool:
    """Return whether a file bears the mark of a snapshot, whatever state it is in. Raises SnapshotError."""
    try:
        with path.open("rb") as file:
            head = file.read(_MARK.stop)
    except OSError as error:
        raise SnapshotError(
            f"the snapshot {path} cannot be read: {error.strerror}", "`incident-audit pull -o FILE` writes one."
        ) from error
    return head.startswith(_HEADER) and head[_MARK] == APPLICATION.to_bytes(4, "big")


@contextlib.contextmanager
def opened(path: Path) -> Iterator[SnapshotTables]:
    """Open a file for reading. Raises SnapshotError, inside the block too."""
    if not is_snapshot(path):
        raise SnapshotError(f"{path} is no snapshot", "Name a file that `incident-audit pull -o FILE` wrote.")
    try:
        # nothing is locked, and nothing written beside it: the folder may be read-only
        with contextlib.closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as store:
            # a column of SQLite's may hold values of any type
            issues = store.execute(
                "SELECT CAST(project AS TEXT), CAST(id AS INTEGER), CAST(updated_at AS TEXT), CAST(body AS TEXT)"
                " FROM issues ORDER BY project, id"
            )
            yield SnapshotTables(
                about=dict(store.execute("SELECT CAST(name AS TEXT), CAST(value AS TEXT) FROM about ORDER BY name")),
                parts=dict(store.execute("SELECT CAST(name AS TEXT), CAST(body AS TEXT) FROM parts ORDER BY name")),
                issues=(StoredIssue(*row) for row in issues),
                texts=store.execute("SELECT CAST(key AS BLOB), CAST(body AS BLOB) FROM texts ORDER BY key"),
            )
    except (sqlite3.Error, UnicodeError) as error:
        raise damaged(path, str(error)) from error


def damaged(path: Path, why: str) -> SnapshotError:
    """Return the error of a file that is not as it was written."""
    return SnapshotError(f"{path} is a damaged snapshot ({why})", "Pull again, or take another copy of the file.")


def write_tables(path: Path, tables: SnapshotTables, sign: Callable[[str], Mapping[str, str]]) -> None:
    """Replace a file by these tables, all or nothing. ``sign`` returns the signs for the digest of the content.

    Raises OutputError, and SnapshotError where the file is something else.
    """
    try:
        foreign = path.exists() and path.stat().st_size > 0 and not is_snapshot(path)
        if foreign:
            raise SnapshotError(f"{path} is no snapshot, so it is not overwritten", "Name another file, or remove it.")
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.new")
        with _locked(new) as store:
            _fill(store, tables, sign)
            # the lock is held until the file has its name: a second writer must not begin in it
            new.replace(path)
    except (sqlite3.Error, OSError) as error:
        raise _unwritten(path, error) from error
    _keep_the_name(path)


@contextlib.contextmanager
def _locked(new: Path) -> Iterator[sqlite3.Connection]:
    """Open a file that nobody else writes, and remove it if it does not get its name.

    A lock of SQLite's ends with its process; what a killed one has left is overwritten.
    """
    with contextlib.closing(_begun(new)) as store:
        try:
            yield store
        except BaseException as error:
            # a file that got its name between our opening and our lock: what has this name now is another writer's
            if not _is_of_another(error):
                with contextlib.suppress(OSError):
                    new.unlink(missing_ok=True)
            raise


def _begun(new: Path, *, again: bool = True) -> sqlite3.Connection:
    """Begin to write a file; one that holds anything else than a database is removed first."""
    store = sqlite3.connect(new, timeout=0, isolation_level=None)
    try:
        store.execute("PRAGMA locking_mode = EXCLUSIVE")
        store.execute(f"PRAGMA page_size = {_PAGE}")
        store.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        store.close()
        if not again or error.sqlite_errorcode not in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise
        new.unlink()
        return _begun(new, again=False)
    return store


def _fill(store: sqlite3.Connection, tables: SnapshotTables, sign: Callable[[str], Mapping[str, str]]) -> None:
    content = Content()
    for (name,) in store.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        store.execute(f'DROP TABLE "{name}"')
    for table in _TABLES:
        store.execute(table)
    store.execute(f"PRAGMA application_id = {APPLICATION}")
    entry = "INSERT INTO about VALUES (?, ?)"
    store.executemany(entry, content.counted(sorted(tables.about.items())))
    store.executemany("INSERT INTO parts VALUES (?, ?)", content.counted(sorted(tables.parts.items())))
    store.executemany("INSERT INTO issues VALUES (?, ?, ?, ?)", content.counted(tables.issues))
    store.executemany("INSERT INTO texts VALUES (?, ?)", content.counted(tables.texts))
    store.executemany(entry, sorted(sign(content.digest()).items()))
    store.execute("COMMIT")


def _is_of_another(error: BaseException) -> bool:
    """Return whether another writer has the file, or has just given it its name."""
    return getattr(error, "sqlite_errorcode", None) in {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_READONLY_DBMOVED,
        # the file went away between two looks at it: seen once in 12,000 writes of six threads
        sqlite3.SQLITE_IOERR_FSTAT,
    }


def _unwritten(path: Path, error: Exception) -> OutputError:
    if _is_of_another(error):
        return OutputError(f"another run is writing {path}", "Run again once it has ended; the file is unharmed.")
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return OutputError(
        f"the snapshot {path} cannot be written: {why}", "Make room, or name another place; the one before is unharmed."
    )


def _keep_the_name(path: Path) -> None:
    """Have the folder's entry on disk, too; systems that cannot are left as they are."""
    with contextlib.suppress(OSError):
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
