"""What texts say is kept under a digest of the text and of all that decides how it is read."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.model import Issue, Ref, TemplateEdition
from audit.text.blocks import blocks
from audit.text.descriptions import BLANK, Description, Descriptions, Durations, stored
from audit.text.documents import document
from audit.text.names import DEFAULT_NAMES, Names
from audit.text.placeholders import State
from audit.text.readings import Readings
from audit.text.references import IssueMention, Mentions, issues_in
from tests.hostile_texts import KINDS
from tests.records import PROJECT, at, review
from tests.text.test_references import NAMING

TEXT = "# Summary\n\nLogins failed, INC-7.\n\n# Outcomes\n\n1. #9, &8\n"
ONE = review(2, description=TEXT)
MENTIONS = st.builds(
    Mentions,
    st.lists(st.builds(IssueMention, st.text(), st.integers(), st.text(), st.booleans())).map(tuple),
    st.booleans(),
    st.booleans(),
)
LENGTHS = st.none() | st.timedeltas()
DESCRIPTIONS = st.builds(
    Description,
    link_row=MENTIONS,
    naming=MENTIONS,
    outcomes=MENTIONS,
    cut=st.booleans(),
    expects_table=st.booleans(),
    has_table=st.booleans(),
    blank_rows=st.lists(st.text(st.characters(exclude_categories=["Cs"]))).map(tuple),
    expects_summary=st.booleans(),
    summary=st.sampled_from(State),
    expects_narrative=st.booleans(),
    narrative=st.sampled_from(State),
    untouched=st.booleans(),
    severities=st.frozensets(st.integers(1, 4)),
    durations=st.builds(Durations, disagree=st.none() | st.booleans(), stated=LENGTHS, counted=LENGTHS),
)


def reader(kept: Any = None, *, incidents: tuple[Ref, ...] = (), program: str = "1", **made: Any) -> Descriptions:
    given_to_it = {"templates": {}, "names": DEFAULT_NAMES, "external_id": r"INC-\d+", **made}
    readings = Readings(reader=program, kept=kept or {})
    return Descriptions(incidents=frozenset(incidents), readings=readings, **given_to_it)


def template(text: str, since: datetime | None = None) -> dict[str, tuple[TemplateEdition, ...]]:
    return {PROJECT: (TemplateEdition(origin="a", project=PROJECT, since=since, text=text),)}


def parsed() -> int:
    return document.cache_info().misses + blocks.cache_info().misses


def forget() -> None:
    document.cache_clear()
    blocks.cache_clear()


@given(DESCRIPTIONS)
def test_what_is_kept_is_read_as_it_was(one: Description) -> None:
    assert stored().loads(stored().dumps(one)) == one


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_text_says_is_the_same_when_it_was_kept(kind: str) -> None:
    one = review(2, description=KINDS[kind](2_000))
    first = reader()
    wanted = (first.read(one), first.external_ids(one))
    forget()
    second = reader(first.readings.entries())
    assert (second.read(one), second.external_ids(one)) == wanted
    assert parsed() == 0
    assert second.readings.entries() == first.readings.entries()


def test_what_no_night_uses_is_not_kept() -> None:
    first = reader()
    first.read(ONE)
    second = reader(first.readings.entries())
    second.read(replace(ONE, description="# Summary\n\nOther words."))
    assert second.readings.entries().keys().isdisjoint(first.readings.entries())


OTHER: dict[str, tuple[dict[str, Any], Issue]] = {
    "text": ({}, replace(ONE, description=f"{TEXT}.")),
    "program": ({"program": "2"}, ONE),
    "names": ({"names": Names(summary=("Overview",))}, ONE),
    "names that the settings give": ({"names": Names(fixed=frozenset({"summary"}))}, ONE),
    "template": ({"templates": template("# Overview\n")}, ONE),
    "place": ({"incidents": (ONE.ref,)}, ONE),
}


@pytest.mark.parametrize("which", OTHER)
def test_whatever_decides_how_a_text_is_read_makes_another_reading(which: str) -> None:
    first = reader()
    first.read(ONE)
    made, issue = OTHER[which]
    forget()
    second = reader(first.readings.entries(), **made)
    second.read(issue)
    assert parsed() > 0
    assert second.readings.entries().keys().isdisjoint(first.readings.entries())


def test_each_edition_of_a_template_makes_another_reading() -> None:
    templates = {PROJECT: (*template("# Overview\n")[PROJECT], *template("# Story\n", at("2026-11-05"))[PROJECT])}
    told = reader(templates=templates)
    told.read(ONE)
    told.read(replace(ONE, ref=Ref(PROJECT, 3)))
    assert len(told.readings.entries()) == 1
    told.read(replace(ONE, ref=Ref(PROJECT, 4), created_at=datetime(2026, 11, 6, tzinfo=UTC)))
    assert len(told.readings.entries()) == 2


def test_another_pattern_of_external_ids_reads_them_anew() -> None:
    first = reader()
    assert first.external_ids(ONE) == {"INC-7"}
    second = reader(first.readings.entries(), external_id="[a-z]+-7|Logins")
    assert second.external_ids(ONE) == {"Logins"}


@pytest.mark.parametrize("damaged", [b"", b"{", b"[]", b"7", b"\xff", b'["a"]', b"null"])
def test_a_damaged_reading_is_made_anew(damaged: bytes) -> None:
    first = reader()
    wanted = (first.read(ONE), first.external_ids(ONE))
    second = reader(dict.fromkeys(first.readings.entries(), damaged))
    assert second.read(ONE) == wanted[0]
    # a list of texts cannot be told from another one: what a file holds is sealed as a whole
    assert second.external_ids(ONE) == (wanted[1] if damaged[:1] != b"[" else set(json.loads(damaged)))


def test_nothing_of_the_words_is_kept() -> None:
    told = reader()
    told.read(review(2, description="# Summary\n\nSecret words about #9.\n\n| Link to Incident Issue | secret #1 |\n"))
    assert not any(b"ecret" in kept for kept in told.readings.entries().values())


MASK = "#9\n\n| Link to Incident Issue | #1 |\n|---|---|\n"


def test_a_text_that_was_not_kept_is_found_under_its_digest() -> None:
    there = replace(ONE, reading="aa")
    first = reader()
    wanted = first.read(there)
    gone = replace(there, description=MASK, text_kept=False)
    second = reader(first.readings.entries())
    assert not second.lacks(gone)
    assert second.naming(gone) == wanted
    assert reader().lacks(gone)
    assert not reader().lacks(there)


def test_of_a_text_that_was_neither_kept_nor_read_only_what_it_names_is_known() -> None:
    told = reader()
    said = told.naming(replace(ONE, description=MASK, reading="aa", text_kept=False))
    assert {ref.iid for ref in issues_in(said.naming, "ops/production", NAMING)} == {1, 9}
    assert replace(said, naming=BLANK.naming, link_row=BLANK.link_row) == BLANK
    assert [one.iid for one in said.link_row.issues] == [1]
    assert not told.readings.entries()


def test_the_durations_that_are_kept_are_exact() -> None:
    one = replace(BLANK, durations=Durations(disagree=True, stated=timedelta(microseconds=1), counted=timedelta(-1)))
    assert stored().loads(stored().dumps(one)) == one
    assert len(fields(Description)) == len(stored().shapes["Description"])
