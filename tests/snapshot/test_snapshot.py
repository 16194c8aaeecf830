from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from audit import __version__
from audit.gitlab.http.client import Client
from audit.gitlab.read.preflight import run_preflight
from audit.gitlab.read.pull import pull as read_pull
from audit.pull_model import Shard
from audit.settings import Connection
from audit.settings.settings import Settings
from audit.snapshot.snapshot import load, save
from audit.snapshot.snapshot_file import SIGNS, SnapshotError, opened, write_tables
from tests.records import at, incident
from tests.sandbox.server import Server
from tests.snapshot.pulls import TOKEN, snapshot
from tests.worlds.generated import generator

if TYPE_CHECKING:
    from pathlib import Path

    from audit.snapshot.snapshot import StoredSnapshot


@pytest.fixture
def file(tmp_path: Path) -> Path:
    place = tmp_path / "kept" / "a ?#%.sqlite"
    save(place, snapshot(), TOKEN)
    return place


def change(file: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(file)) as store, store:
        store.execute(statement, values)


def refused(file: Path) -> str:
    with pytest.raises(SnapshotError) as error:
        load(file)
    assert "\n" not in error.value.message
    assert error.value.advice
    assert error.value.exit_status == 2
    return error.value.message


def test_what_is_saved_is_loaded(file: Path) -> None:
    stored = load(file)
    assert stored.snapshot == snapshot()
    assert list(stored.snapshot.pull.records.accounts) == ["zoe", "anna"]
    assert stored.current
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_issues_are_loaded_by_reference(tmp_path: Path) -> None:
    save(tmp_path / "x", snapshot(incident(2), incident(10), incident(1)), TOKEN)
    assert [one.ref.iid for one in load(tmp_path / "x").snapshot.pull.records.issues] == [1, 2, 10]


@pytest.mark.parametrize("seed", range(3))
def test_a_generated_tracker_is_loaded_as_it_was_pulled(seed: int, tmp_path: Path) -> None:
    world, mapping, _ = generator.generate(seed=seed, incidents=70, reviews=50, as_of=date(2026, 11, 23))
    settings = Settings.model_validate(mapping)
    with Server(world) as server, Client(Connection.to(server.url, generator.TOKEN), timeout=30, parallel=4) as client:
        flight = run_preflight(client, settings, today=date(2026, 11, 23), write=False)
        until = at("2026-11-24")
        pulled = read_pull(client, settings, flight, until=until, progress=lambda *_: None)
    save(tmp_path / "x", snapshot(pull=pulled), TOKEN)
    assert len(pulled.records.issues) > 100
    assert load(tmp_path / "x").snapshot.pull == pulled


def test_the_same_pull_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        save(tmp_path / name, snapshot(), TOKEN)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_shard_says_which_one_it_is(tmp_path: Path) -> None:
    save(tmp_path / "x", snapshot(shard=Shard(number=2, total=7)), TOKEN)
    assert str(load(tmp_path / "x").snapshot.shard) == "2/7"


def test_the_seal_is_that_of_the_token(file: Path) -> None:
    stored = load(file)
    assert stored.is_sealed_by(TOKEN)
    assert not stored.is_sealed_by(f"{TOKEN}0")
    assert TOKEN.encode() not in file.read_bytes()


def forged(file: Path) -> StoredSnapshot:
    """Change a verdict, and make the digest right again, as somebody without the token can."""
    changed = snapshot(incident(1, description="changed"))
    with pytest.raises(AssertionError):
        assert load(file).snapshot == changed
    seal = load(file).seal
    save(file, changed, "another token")
    change(file, "UPDATE about SET value = ? WHERE name = 'seal'", seal)
    return load(file)


def test_a_forged_file_has_no_seal(file: Path) -> None:
    assert not forged(file).is_sealed_by(TOKEN)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM about WHERE name = 'gitlab'",
        "DELETE FROM about WHERE name = 'seal'",
        "DELETE FROM parts WHERE name = 'records.gaps'",
        "DELETE FROM issues WHERE id = 1",
        "DELETE FROM texts WHERE key = x'61'",
        "DROP TABLE texts",
        "UPDATE about SET value = '[]' WHERE name = 'shapes'",
        "UPDATE about SET value = 'x' WHERE name = 'shard'",
        "UPDATE about SET value = 'x' WHERE name = 'fingerprint'",
        "UPDATE parts SET body = '{' WHERE name = 'until'",
        "UPDATE parts SET body = '{}' WHERE name = 'records.sources'",
        "UPDATE issues SET body = '[]'",
        "UPDATE issues SET body = x'ff'",
    ],
)
def test_a_change_anywhere_is_found(file: Path, statement: str) -> None:
    change(file, statement)
    assert "is a damaged snapshot" in refused(file)


def test_a_file_that_is_nested_too_deep_is_damaged(file: Path) -> None:
    change(file, "UPDATE about SET value = ? WHERE name = 'shapes'", "[" * 200_000)
    assert "is a damaged snapshot" in refused(file)


@pytest.mark.parametrize("forged", ["\u00e9", b"\x00", b"\xff", ""])
def test_a_seal_that_is_no_seal_is_wrong(file: Path, forged: str | bytes) -> None:
    change(file, "UPDATE about SET value = ? WHERE name = 'seal'", forged)
    try:
        assert not load(file).is_sealed_by(TOKEN)
    except SnapshotError as error:
        assert "is a damaged snapshot" in error.message  # noqa: PT017 - either of the two may be


def test_values_of_another_type_are_read_as_what_they_should_be(file: Path) -> None:
    change(file, "UPDATE texts SET body = CAST(body AS TEXT)")
    change(file, "UPDATE issues SET body = CAST(body AS BLOB)")
    change(file, "UPDATE about SET value = CAST(value AS BLOB)")
    assert load(file).snapshot == snapshot()


def test_a_changed_text_is_found(file: Path) -> None:
    change(file, "UPDATE issues SET body = replace(body, 'Incident Review', 'Incident review')")
    assert "its content is not what was written" in refused(file)


@pytest.mark.parametrize("content", [b"", b"x", b"SQLite format 3\x00", b"%PDF-1.7" + b"\x00" * 200])
def test_a_file_that_is_no_snapshot(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    assert refused(tmp_path / "x") == f"{tmp_path / 'x'} is no snapshot"


def test_a_database_of_others_is_no_snapshot(tmp_path: Path) -> None:
    change(tmp_path / "x", "CREATE TABLE about (name, value)")
    assert refused(tmp_path / "x").endswith("is no snapshot")


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path: Path) -> None:
    assert refused(tmp_path / "x").endswith("cannot be read: No such file or directory")
    assert refused(tmp_path).endswith("cannot be read: Is a directory")


def test_a_truncated_file_is_damaged(file: Path) -> None:
    whole = file.read_bytes()
    for length in range(100, len(whole), len(whole) // 40):
        file.write_bytes(whole[:length])
        assert "is a damaged snapshot" in refused(file)


def test_a_flipped_byte_never_goes_unseen(file: Path) -> None:
    whole, good = file.read_bytes(), load(file)
    for place in range(100, len(whole), 1_999):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            read = load(file)
        except SnapshotError as error:
            assert "\n" not in error.message  # noqa: PT017 - either of the two may be
        else:  # in a page that nothing lies in
            assert read == good


def test_a_file_of_a_later_version(file: Path) -> None:
    shapes = json.loads(next(iter(column(file, "SELECT value FROM about WHERE name = 'shapes'"))))
    later = {**shapes, "Issue": [*shapes["Issue"], "colour"]}
    change(file, "UPDATE about SET value = ? WHERE name = 'shapes'", json.dumps(later))
    change(file, "UPDATE about SET value = '99.0' WHERE name = 'program'")
    message = refused(file)
    assert message.startswith(
        f"{file} was written by version 99.0 of this program, and this one, {__version__}, cannot"
    )
    assert "colour" in message


def test_a_file_of_a_later_format(file: Path) -> None:
    change(file, "UPDATE about SET value = '2' WHERE name = 'format'")
    assert "its format is 2" in refused(file)


def column(file: Path, query: str) -> list[str]:
    with closing(sqlite3.connect(file)) as store:
        return [row[0] for row in store.execute(query)]


def test_a_file_without_a_field_of_today_is_read_and_is_not_current(file: Path) -> None:
    with opened(file) as tables:
        shapes = json.loads(tables.about["shapes"])
        shapes["Pull"].remove("notes")
        signs = {name: tables.about[name] for name in SIGNS}
        about = {name: text for name, text in tables.about.items() if name not in signs}
        before = replace(
            tables,
            about={**about, "shapes": json.dumps(shapes), "fingerprint": "earlier"},
            parts={name: body for name, body in tables.parts.items() if name != "notes"},
            issues=list(tables.issues),
            texts=list(tables.texts),
        )
    write_tables(file, before, lambda digest: {**signs, "digest": digest})
    stored = load(file)
    assert stored.snapshot == snapshot()
    assert not stored.current
