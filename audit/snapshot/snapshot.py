"""A pull as a sealed file, and back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from audit import __version__
from audit.codec import Codec, CodecError, json_line
from audit.model import Issue, Records
from audit.pull_model import WHOLE, Pull, Shard
from audit.snapshot.seal import is_sealed, key_name, seal
from audit.snapshot.snapshot_file import (
    SIGNS,
    Content,
    SnapshotError,
    SnapshotTables,
    StoredIssue,
    damaged,
    opened,
    write_tables,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FORMAT: Final = 1
"""Of the tables; which fields the records have is told by their shapes."""
_RECORDS: Final = "records."
"""Before the names of the parts that are fields of Records."""
_TITLES: Final = "titles"


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One pull, with all that is kept of it."""

    pull: Pull
    gitlab: str
    """The GitLab that was read, as people address it."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Those that shaped the pull, as in audit.yml."""
    reader: str = ""
    """The edition of the program's readers by which the texts were read."""
    shard: Shard = WHOLE
    signer: str = ""
    """Which token made it: a name of the key of its seal."""
    pipeline: str = ""
    """The pipeline in which it was pulled; empty: none."""
    titles: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Of a shard: global id of an issue -> a digest of its title, to find equal ones in other shards."""
    texts: Mapping[bytes, bytes] = field(default_factory=dict, repr=False)
    """What descriptions say, by a hash of what decides it."""


@dataclass(frozen=True, kw_only=True)
class StoredSnapshot:
    """A snapshot as it was found in a file."""

    path: Path
    snapshot: Snapshot
    digest: str
    """Of its content."""
    seal: str
    current: bool
    """Its records have all fields of today, and no others."""

    def is_sealed_by(self, token: str) -> bool:
        """Return whether the file is as somebody wrote it who had this token."""
        return is_sealed(self.digest, self.seal, token)


def save(path: Path, snapshot: Snapshot, token: str) -> None:
    """Replace a file by this snapshot, all or nothing. Raises OutputError or SnapshotError."""
    pulls, issues = Codec[Pull](Pull), Codec[Issue](Issue)
    pull, records = snapshot.pull, snapshot.pull.records
    parts = dict(_parts(pulls, replace(pull, records=replace(records, issues=()))))
    parts[_TITLES] = json_line(dict(sorted(snapshot.titles.items())))
    rows = sorted((issue.ref.project, issue.id, issue) for issue in records.issues)
    about = {
        "format": str(FORMAT),
        "program": __version__,
        "fingerprint": pulls.fingerprint,
        "shapes": json_line(pulls.shapes),
        "gitlab": snapshot.gitlab,
        "settings": json_line(snapshot.settings),
        "reader": snapshot.reader,
        "shard": str(snapshot.shard),
        "signer": key_name(token),
        "pipeline": snapshot.pipeline,
    }
    tables = SnapshotTables(
        about=about,
        parts=parts,
        issues=(
            StoredIssue(project, number, issue.updated_at.isoformat() if issue.updated_at else "", issues.dumps(issue))
            for project, number, issue in rows
        ),
        texts=sorted(snapshot.texts.items()),
    )
    write_tables(path, tables, lambda digest: dict(zip(SIGNS, (digest, seal(digest, token)), strict=True)))


def load(path: Path) -> StoredSnapshot:
    """Read a file. Raises SnapshotError where it is none, of a later version, or not as it was written."""
    try:
        with opened(path) as tables:
            return _loaded(path, tables)
    except (CodecError, LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(path, f"{type(error).__name__}: {error}") from error


def _loaded(path: Path, tables: SnapshotTables) -> StoredSnapshot:
    about = dict(tables.about)
    digest, mark = (about.pop(name) for name in SIGNS)
    content = Content()
    about = dict(content.counted(sorted(about.items())))
    parts = dict(content.counted(sorted(tables.parts.items())))
    pulls, issue = _codecs(path, about)
    issues = [issue.loads(row.body) for row in content.counted(tables.issues)]
    texts = dict(content.counted(tables.texts))
    if content.digest() != digest:
        raise damaged(path, "its content is not what was written")
    pull = pulls.decode(_rows(parts, json.loads(about["shapes"])))
    number, _, total = about["shard"].partition("/")
    snapshot = Snapshot(
        pull=replace(pull, records=replace(pull.records, issues=tuple(sorted(issues, key=lambda one: one.ref)))),
        gitlab=about["gitlab"],
        settings=json.loads(about["settings"]),
        reader=about["reader"],
        shard=Shard(number=int(number), total=int(total)),
        signer=about["signer"],
        pipeline=about["pipeline"],
        titles=json.loads(parts[_TITLES]),
        texts=texts,
    )
    current = about["fingerprint"] == Codec[Pull](Pull).fingerprint
    return StoredSnapshot(path=path, snapshot=snapshot, digest=digest, seal=mark, current=current)


def _codecs(path: Path, about: Mapping[str, str]) -> tuple[Codec[Pull], Codec[Issue]]:
    """Return the codecs for the shapes of a file. Raises SnapshotError if this program cannot read them."""
    shapes, version = json.loads(about["shapes"]), about["program"]
    fault = f"its format is {about['format']}" if int(about["format"]) != FORMAT else ""
    try:
        codecs = Codec[Pull](Pull, shapes=shapes), Codec[Issue](Issue, shapes=shapes)
    except CodecError as error:
        fault = fault or str(error)
    if fault:
        raise SnapshotError(
            f"{path} was written by version {version} of this program, and this one, {__version__}, cannot read it:"
            f" {fault}",
            "Use that version, or pull again.",
        )
    return codecs


def _parts(codec: Codec[Pull], pull: Pull) -> Iterator[tuple[str, str]]:
    """Yield each field of a pull and of its records with its JSON."""
    for name, value in zip(codec.shapes["Pull"], codec.encode(pull), strict=True):
        if name != "records":
            yield name, json_line(value)
            continue
        fields = zip(codec.shapes["Records"], value, strict=True)
        yield from ((f"{_RECORDS}{part}", json_line(body)) for part, body in fields if part != "issues")


def _rows(parts: Mapping[str, str], shapes: Mapping[str, list[str]]) -> list[Any]:
    """Return a pull without issues, as its codec reads it."""
    records = [[] if name == "issues" else json.loads(parts[f"{_RECORDS}{name}"]) for name in shapes[Records.__name__]]
    return [records if name == "records" else json.loads(parts[name]) for name in shapes[Pull.__name__]]
