from __future__ import annotations

import resource
import signal
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from audit.errors import OutputError
from audit.snapshot.snapshot import load, save
from audit.snapshot.snapshot_file import SnapshotError
from tests.app.killable import CONTEXT, kill
from tests.records import incident
from tests.snapshot.pulls import TOKEN, snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

BIG = snapshot(*(incident(number, description="x" * 2_000) for number in range(1, 400)))


def unharmed(file: Path) -> bool:
    return load(file).snapshot == snapshot() and load(file).is_sealed_by(TOKEN)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    save(tmp_path / "x.sqlite", snapshot(), TOKEN)
    return tmp_path / "x.sqlite"


@pytest.mark.parametrize("content", [b"precious", b"SQLite format 3\x00" + b"\x00" * 200])
def test_a_file_of_others_is_not_overwritten(tmp_path: Path, content: bytes) -> None:
    place = tmp_path / "notes.txt"
    place.write_bytes(content)
    with pytest.raises(SnapshotError, match="is no snapshot, so it is not overwritten"):
        save(place, snapshot(), TOKEN)
    assert place.read_bytes() == content
    assert list(tmp_path.iterdir()) == [place]


def test_an_empty_file_is_filled(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    save(tmp_path / "x", snapshot(), TOKEN)
    assert unharmed(tmp_path / "x")


def test_a_damaged_snapshot_is_replaced(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5_000])
    save(file, snapshot(), TOKEN)
    assert unharmed(file)


@pytest.mark.parametrize("leftover", [b"", b"half of a file", b"SQLite format 3\x00" + b"\x00" * 5_000])
def test_what_a_killed_writer_left_behind_is_no_hindrance(file: Path, leftover: bytes) -> None:
    file.with_name("x.sqlite.new").write_bytes(leftover)
    save(file, snapshot(incident(7)), TOKEN)
    assert [one.ref.iid for one in load(file).snapshot.pull.records.issues] == [7]


def test_a_finished_leftover_is_overwritten(file: Path) -> None:
    save(file.with_name("other"), BIG, TOKEN)
    file.with_name("other").rename(file.with_name("x.sqlite.new"))
    save(file, snapshot(), TOKEN)
    assert unharmed(file)


def test_two_writers_at_once(file: Path) -> None:
    with closing(sqlite3.connect(file.with_name("x.sqlite.new"), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(OutputError, match=r"another run is writing .*x\.sqlite") as error:
            save(file, BIG, TOKEN)
    assert error.value.exit_status == 1
    assert unharmed(file)


def test_a_writer_that_opened_what_another_has_just_finished(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new, connect = file.with_name("x.sqlite.new"), sqlite3.connect

    def late(name: Path, **options: Any) -> sqlite3.Connection:
        store: sqlite3.Connection = connect(name, **options)
        store.execute("CREATE TABLE finished (by TEXT)")
        new.rename(file)
        new.write_bytes(b"of a third")
        return store

    monkeypatch.setattr(sqlite3, "connect", late)
    with pytest.raises(OutputError, match=r"another run is writing .*x\.sqlite"):
        save(file, BIG, TOKEN)
    assert new.read_bytes() == b"of a third"


def test_many_writers_leave_one_whole_file(file: Path) -> None:
    failures: list[str] = []

    def write(number: int) -> None:
        for _ in range(5):
            try:
                save(file, snapshot(*(incident(one) for one in range(1, number + 2))), TOKEN)
            except OutputError as error:
                failures.append(error.message)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert load(file).is_sealed_by(TOKEN)
    for thread in threads:
        thread.join()
    assert load(file).is_sealed_by(TOKEN)
    assert all(message.startswith("another run is writing") for message in failures)


def started(work: Callable[..., None], *words: str) -> tuple[BaseProcess, Connection]:
    """Run a function in a process of its own; what it sends comes from the connection."""
    mine, theirs = CONTEXT.Pipe()
    process = CONTEXT.Process(target=work, args=(theirs, *words), daemon=True)
    process.start()
    return process, mine


def full_disk(pipe: Connection, file: str) -> None:
    """Save where no file may be longer than that (run in a process of its own)."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    try:
        save(Path(file), BIG, TOKEN)
    except OutputError as error:
        pipe.send(error.message)


def test_a_disk_that_is_full(file: Path) -> None:
    process, pipe = started(full_disk, str(file))
    assert pipe.recv().startswith(f"the snapshot {file} cannot be written: ")
    process.join(60)
    assert unharmed(file)
    assert [path.name for path in file.parent.iterdir() if "journal" not in path.name] == [file.name]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(OutputError, match="cannot be written: "):
        save(tmp_path / "x" / "y.sqlite", snapshot(), TOKEN)


def write_for_ever(pipe: Connection, file: str) -> None:
    """Save the big and the small one by turns (run in a process of its own)."""
    pipe.send("ready")
    while True:
        save(Path(file), BIG, TOKEN)
        save(Path(file), snapshot(), TOKEN)


def test_killed_at_any_moment_it_holds_the_last_whole_state(file: Path) -> None:
    states = (snapshot(), BIG)
    for number in range(6):
        process, pipe = started(write_for_ever, str(file))
        assert pipe.recv() == "ready"
        time.sleep(0.026 * number)
        kill(process)
        process.join(60)
        stored = load(file)
        assert stored.snapshot in states
        assert stored.is_sealed_by(TOKEN)
    save(file, snapshot(), TOKEN)
    assert unharmed(file)
