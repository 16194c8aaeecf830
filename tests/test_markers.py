"""The hidden marker: what it survives, and whom it is believed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import markers
from audit.markers import Marker, by_bot, digest, duplicates, of_kind, read, ref_of, write
from audit.model import Note, Ref, User
from tests.reminders.building import ALICE, BOT, ROBOT, comment, posted
from tests.reminders.rendering import shown

AT = datetime(2026, 11, 10, 9, tzinfo=UTC)


@given(st.text(), st.text(), st.integers(0, 9))
def test_a_marker_is_read_as_it_was_written(issue: str, incident: str, step: int) -> None:
    marker = Marker(kind="reminder", issue=issue, incident=incident, step=step)
    body = f"Hello.\n\n{write(marker)}"
    assert read(body) == marker
    assert shown(body) == "Hello."


@given(st.text())
def test_no_payload_breaks_out(text: str) -> None:
    written = write(Marker(kind=text, issue=text))
    inner = written.removeprefix("<!--").removesuffix("-->")
    assert not re.search(r"[<>&\n]|--", inner)


def test_the_last_marker_of_a_note_counts() -> None:
    first, second = (write(Marker(kind="reminder", step=step)) for step in (1, 2))
    assert read(f"{first}\n{second}") == Marker(kind="reminder", step=2)


def test_other_versions_and_unknown_keys_are_read() -> None:
    body = '<!-- incident-review-audit:v7 {"kind": "reminder", "step": 3, "mood": "kind"} -->\r\n'
    assert read(body) == Marker(kind="reminder", step=3)


@pytest.mark.parametrize(
    "body",
    [
        "no marker",
        "<!-- incident-review-audit:v1 {not json} -->",
        "<!-- incident-review-audit:v1 [1] -->",
        f"<!-- incident-review-audit:v1 {'[' * 100_000} -->",
        f'<!-- incident-review-audit:v1 {{"kind": {"[" * 100_000}}} -->',
        '<!-- incident-review-audit:v1 {"kind": 5} -->',
        '<!-- incident-review-audit:v1 {"kind": "reminder", "step": "1"} -->',
        '<!-- incident-review-audit:v1 {"kind": "reminder", "step": -1} -->',
        '<!-- incident-review-audit:v1 {"kind": "reminder", "step": true} -->',
        '<!-- incident-review-audit:v1 {"kind": "reminder"',
        '<!-- incident-review-audit:v1\n{"kind": "reminder"} -->',
        '<!-- incident-review-audit:v1 {"kind":\n"reminder"} -->',
        '<!-- other-audit:v1 {"kind": "reminder"} -->',
        '> <!-- incident-review-audit:v1 {"kind": "reminder"} -->\n\nA reply that quotes the note.',
    ],
)
def test_what_is_no_marker_is_none(body: str) -> None:
    assert read(body) is None


def test_only_comments_of_the_bot_count_oldest_first() -> None:
    forged = posted(AT, 1, author=ALICE, id=1)
    system = posted(AT, 1, id=2, system=True)
    second = posted(datetime(2026, 11, 12, 9, tzinfo=UTC), 2, id=4)
    first = posted(AT, 1, id=3, author=User(username=BOT.upper()))
    plain = comment(AT, "Hello", ROBOT, id=5)
    found = by_bot([second, forged, plain, system, first], BOT)
    assert [one.note.id for one in found] == [3, 4]
    assert [one.note.id for one in of_kind(found, "reminder", 2)] == [4]


def test_duplicates_are_those_that_repeat_an_older_one() -> None:
    def status(number: int) -> Note:
        return comment(AT, write(Marker(kind="status", hash=str(number))), ROBOT, id=number)

    notes = [posted(AT, 1, id=9), posted(AT, 1, id=3), posted(AT, 2, id=4), status(5), status(6)]
    stub = comment(AT, write(Marker(kind="duplicate")), ROBOT, id=7)
    assert [one.note.id for one in duplicates(by_bot([*notes, stub, stub], BOT))] == [6, 9]


def test_a_hash_does_not_depend_on_line_ends() -> None:
    assert digest("a\nb\n") == digest("a  \r\nb")
    assert digest("a\nb") != digest("a\nc")


def test_references_are_read_back() -> None:
    assert ref_of("g/p#12") == Ref("g/p", 12)
    assert ref_of("g/p") is None
    assert ref_of("g/p#x") is None


def test_people_see_no_marker() -> None:
    assert markers.without(f"Hello.\n\n{markers.write(markers.Marker(kind='reminder', step=1))}") == "Hello."


@pytest.mark.parametrize("answers", ["-1", "true", '"3"', "1.5"])
def test_an_answer_to_what_is_no_comment_is_no_marker(answers: str) -> None:
    written = markers.write(markers.Marker(kind=markers.ANSWER, answers=7))
    assert markers.read(written) == markers.Marker(kind=markers.ANSWER, answers=7)
    assert markers.read(written.replace("7", answers)) is None
