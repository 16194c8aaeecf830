"""Writing the output folder: each file whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from audit.errors import OutputError
from audit.report.history.output_folder import FolderTexts, write_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_files_are_written_as_they_are_into_a_folder_that_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "reports" / "2026-11-23"
    write_all(folder, {"report.md": "# é\n", "findings.csv": "a,b\r\n"})
    assert _names(folder) == ["findings.csv", "report.md"]
    assert (folder / "report.md").read_bytes() == "# é\n".encode()
    assert (folder / "findings.csv").read_bytes() == b"a,b\r\n"


def test_a_file_may_be_read_by_whoever_the_mask_lets(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_all(tmp_path, {"report.md": "x"})
    finally:
        os.umask(before)
    assert (tmp_path / "report.md").stat().st_mode & 0o777 == 0o640


def test_an_earlier_report_is_replaced_and_strangers_stay(tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("old")
    (tmp_path / "notes.txt").write_text("mine")
    write_all(tmp_path, {"report.md": "new"})
    assert (tmp_path / "report.md").read_text() == "new"
    assert _names(tmp_path) == ["notes.txt", "report.md"]


def test_half_a_surrogate_pair_does_not_stop_the_report(tmp_path: Path) -> None:
    write_all(tmp_path, {"report.md": "a\ud83db"})
    assert (tmp_path / "report.md").read_bytes() == b"a?b"


def test_a_full_disk_leaves_the_earlier_report_and_no_leftovers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.md").write_text("old a")
    (tmp_path / "b.md").write_text("old b")
    synced: list[int] = []

    def fsync(handle: int) -> None:
        synced.append(handle)
        if len(synced) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OutputError, match="No space left on device") as caught:
        write_all(tmp_path, {"a.md": "new a", "b.md": "new b"})
    assert "disk" in caught.value.advice
    assert _names(tmp_path) == ["a.md", "b.md"]
    assert [(tmp_path / name).read_text() for name in ("a.md", "b.md")] == ["old a", "old b"]


def test_an_interrupt_leaves_no_leftovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_all(tmp_path, {"a.md": "new"})
    assert _names(tmp_path) == []


def test_where_folders_cannot_be_synced_the_files_are_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.report.history.output_folder.os.name", "nt")
    write_all(tmp_path, {"report.md": "x"})
    monkeypatch.undo()
    assert _names(tmp_path) == ["report.md"]


def test_a_folder_that_is_a_file_is_told_with_advice(tmp_path: Path) -> None:
    place = tmp_path / "reports"
    place.write_text("I am a file")
    with pytest.raises(OutputError) as caught:
        write_all(place, {"report.md": "x"})
    assert str(place) in str(caught.value)
    assert caught.value.advice


@pytest.mark.parametrize("name", ["../report.md", "sub/report.md", "", ".", ".."])
def test_nothing_is_written_outside_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "out"
    with pytest.raises(OutputError):
        write_all(folder, {"a.md": "a", name: "x"})
    assert _names(folder) == []


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "report.md").mkdir()
    with pytest.raises(OutputError):
        write_all(tmp_path, {"a.md": "a", "report.md": "x"})
    assert _names(tmp_path) == ["report.md"]


def test_what_a_killed_run_left_is_deleted_an_hour_later_and_nothing_else(tmp_path: Path) -> None:
    today, before, elsewhere = (tmp_path / name for name in ("2026-11-23", "2026-11-22", "notes"))
    for folder in (today, before, elsewhere):
        folder.mkdir()
    stale = f".report.md.{'0' * 32}.tmp"
    left = {today / stale, before / stale}
    kept = {
        today / f".audit.json.{'a' * 32}.tmp": False,  # of a run that is writing
        today / ".mine.tmp": True,
        before / "report.md": True,
        elsewhere / stale: True,
    }
    for file in (*left, *kept):
        file.write_text("half a rep", encoding="utf-8")
        if kept.get(file, True):
            os.utime(file, (file.stat().st_mtime - 3700,) * 2)
    write_all(today, {"report.md": "whole"})
    assert {file for file in tmp_path.rglob("*") if file.is_file()} == {*kept, today / "report.md"}
    write_all(elsewhere, {"report.md": "whole"})
    assert not (elsewhere / stale).exists()


def test_pieces_are_written_one_after_the_other(tmp_path: Path) -> None:
    held: list[str] = []

    def pieces() -> Iterator[str]:
        for number in range(3):
            held.append(f"{number}é\n")
            yield held[-1]

    write_all(tmp_path, {"a.md": pieces(), "b.md": "b"})
    assert (tmp_path / "a.md").read_text(encoding="utf-8") == "".join(held)


def test_a_fault_in_a_piece_leaves_the_earlier_report(tmp_path: Path) -> None:
    def pieces() -> Iterator[str]:
        yield "begun\n"
        raise ValueError

    write_all(tmp_path, {"a.md": "old"})
    with pytest.raises(ValueError, match=r"\A\Z"):
        write_all(tmp_path, {"a.md": pieces()})
    assert _names(tmp_path) == ["a.md"]
    assert (tmp_path / "a.md").read_text() == "old"


def test_the_texts_of_a_folder_are_read_when_they_are_asked_for(tmp_path: Path) -> None:
    write_all(tmp_path, {"a.md": "a\r\né", "b.md": "b", "other.md": "c"})
    texts = FolderTexts(tmp_path, ["a.md", "b.md"])
    assert (dict(texts), len(texts)) == ({"a.md": "a\r\né", "b.md": "b"}, 2)
    assert "other.md" not in texts
    (tmp_path / "b.md").unlink()
    with pytest.raises(OutputError, match=r"b\.md was written and cannot be read again: No such file"):
        texts["b.md"]
