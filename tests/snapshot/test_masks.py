from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from audit.evidence.audited_tracker import AuditedTracker
from audit.evidence.linking import Linker
from audit.model import Mention, Records, Ref, Source
from audit.settings.settings import Settings
from audit.snapshot.masks import Masks, less_masked
from audit.snapshot.seal import mask_key
from audit.text import titles
from audit.text.descriptions import named_issues
from audit.text.references import Naming, external_ids
from tests.records import PROJECT, at, incident, review

if TYPE_CHECKING:
    from audit.model import Issue

SETTINGS = Settings.model_validate({"projects": {"incidents": [PROJECT]}, "since": "2026-01-01"})
MASKS = Masks(key=mask_key("glpat-masks-0123456789"), settings=SETTINGS)
PREFIXES = SETTINGS.review.prefixes
NAMING = Naming(hosts=frozenset({"gitlab.example.com"}), projects=None)


def records(*issues: Issue) -> Records:
    source = Source(project=PROJECT, incidents=True, reviews=True)
    return Records(sources=(source,), issues=issues, hosts=("gitlab.example.com",))


def secret(issue: Issue) -> bool:
    return issue.confidential


def masked(*issues: Issue) -> list[Issue]:
    return list(MASKS.masked(records(*issues), secret).issues)


def title(text: str, *others: Issue) -> str:
    return masked(incident(1, text, confidential=True), *others)[0].title


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}", text.lower()))


def test_nothing_of_a_confidential_text_is_left_but_references_and_ids() -> None:
    text = """Customer Acme lost its data, see #12 and [the list](https://gitlab.example.com/ops/tools/-/issues/3).

| Key | Value |
|---|---|
| Link to Incident Issue | ops/production#7 for Acme |
| Summary | INC-44 hit https://app.incident.io/acme/incidents/01ARZ3NDEKTSV4RRFFQ69G5FAV |
"""
    (one,) = masked(
        review(1, "Incident Review: Acme lost INC-9 on 2026-11-02 (#5)", description=text, confidential=True)
    )
    assert not one.text_kept
    assert words(one.description) <= words(
        "link to incident issue ops production tools https app incident io incidents arz ndektsv rrffq fav INC"
    )
    assert "Acme" not in one.title
    assert re.sub(r"\ua66e[a-p_]+", "*", one.title) == "Incident Review: * * INC-9 * 2026-11-02 (#5)"
    named = set(named_issues(one, NAMING, PREFIXES))
    assert {ref for _, ref in named} == {Ref(PROJECT, iid) for iid in (5, 7, 12)} | {Ref("ops/tools", 3)}
    assert external_ids(one.description, SETTINGS.review.external_id) == {"INC-44", "01ARZ3NDEKTSV4RRFFQ69G5FAV"}


def test_public_issues_stay_as_they_are() -> None:
    issues = (incident(1, "API errors", description="all of it"), review(2, of=1))
    assert masked(*issues) == list(issues)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Incident Review: API  slow.", "api SLOW"),
        ("Ünïcödé straße", "ÜNÏCÖDÉ STRASSE"),
        ("2026-11-02 10:00 UTC - Checkout down", "Checkout down"),
        ("RCA: DB in EU", "DB in EU"),
        ("41999 at 10.0.0.7", "RCA 41999 at 10.0.0.7"),
        ("ops/tools#3 fails", "Incident Review for ops/tools#3 fails"),
    ],
)
def test_equal_titles_stay_equal(one: str, other: str) -> None:
    assert titles.essence(one, PREFIXES) == titles.essence(other, PREFIXES)
    assert titles.essence(title(one), PREFIXES) == titles.essence(title(other), PREFIXES)


def test_numbers_are_masked_but_those_that_rules_read() -> None:
    found = title(
        "RCA 8675309: CVE-2026-41999 at 10.99.98.97 of 2026-11-02 10:05 UTC, (3) #77 Acme77#88 INC-66",
        incident(3),
    )
    shown = re.sub(r"0000\d{18}(?!\d)", "*", re.sub(r"\ua66e[a-p_]+", "w", found))
    assert shown == "RCA *: w-*-* w *.*.*.* w 2026-11-02 10:05 UTC, (3) #77 w*\uff03* INC-66"
    assert titles.has_prefix(found, PREFIXES)


def test_masks_of_numbers_come_off_for_an_issue_that_was_opened_since() -> None:
    (old,) = masked(review(2, "RCA: 41999 and 8675309", confidential=True))
    assert "41999" not in old.title
    tonight = MASKS.unmasked(records(old, incident(41999)))
    assert "41999" in tonight.issues[0].title
    assert "8675309" not in tonight.issues[0].title
    assert MASKS.masked(tonight, secret).issues[0] == tonight.issues[0], "and stay off while it is read"


def test_numbers_stay_where_their_masks_would_be_external_ids() -> None:
    settings = SETTINGS.model_copy(update={"review": SETTINGS.review.model_copy(update={"external_id": r"\d{8,30}"})})
    one = incident(1, "Acme 41999", confidential=True)
    found = replace(MASKS, settings=settings).masked(records(one), secret).issues[0].title
    assert "Acme" not in found
    assert external_ids(found, r"\d{8,30}") == external_ids(one.title, r"\d{8,30}") == frozenset()


def test_numbers_stay_in_a_shard_since_another_one_may_have_their_issues() -> None:
    (one,) = replace(MASKS, numbers=False).masked(records(incident(1, "Acme 41999", confidential=True)), secret).issues
    assert one.title.endswith(" 41999")


@pytest.mark.parametrize(
    ("one", "other"), [("API slow", "API slows"), ("DB down", "DC down"), ("a b", "ab"), ("7 a", "8 a")]
)
def test_other_titles_stay_apart(one: str, other: str) -> None:
    assert titles.essence(title(one), PREFIXES) != titles.essence(title(other), PREFIXES)


@pytest.mark.parametrize(
    "text",
    [
        "API errors...",
        "API errors at ops/tools#3…",
        "RCA",
        "Incident Review for #3",
        "Acme#5 is #6",
        "RCA: https://gitlab.example.com/ops/tools/-/issues/3).",
        "/ops/tools/-/issues/3, acme/",
        "ops/tools#3+ x",
    ],
)
def test_what_rules_read_of_a_title_stays(text: str) -> None:
    found = title(text)
    assert titles.has_prefix(found, PREFIXES) is titles.has_prefix(text, PREFIXES)
    assert titles.is_cut(found) is titles.is_cut(text)
    before, after = (set(named_issues(incident(1, one), NAMING, PREFIXES)) for one in (text, found))
    assert before - {(Mention.TITLE, Ref("ops/Acme", 5))} == after, "a name alone may be a customer's"


def test_a_short_word_has_a_mask_that_rules_take_no_notice_of() -> None:
    assert re.findall(r"[^\W\d_]{3,}", title("DB in EU")) == []


def test_without_the_key_a_guess_cannot_be_confirmed() -> None:
    other = replace(MASKS, key=mask_key("glpat-masks-9876543210"))
    assert title("Acme") != other.masked(records(incident(1, "Acme", confidential=True)), secret).issues[0].title


@pytest.mark.parametrize(
    "beside",
    [
        review(2, "Incident Review: API errors", of=1),
        review(2, "Incident Review: API errors", description="Of ops/production#1."),
        review(2, "RCA: API errors (#1)"),
    ],
)
def test_words_that_a_public_title_beside_it_has_stay(beside: Issue) -> None:
    found = title("API errors for Acme", beside)
    assert found.startswith("API errors ")
    assert "Acme" not in found


def test_a_whole_title_that_a_public_one_repeats_stays() -> None:
    assert title("API errors", review(2, "Incident Review: API errors")) == "API errors"


def test_words_of_a_public_title_elsewhere_do_not() -> None:
    assert "API" not in title("API errors for Acme", review(2, "Incident Review: API errors", of=3))


def test_masks_come_off_for_words_that_a_public_title_of_tonight_has() -> None:
    (old,) = masked(incident(1, "API errors for Acme", confidential=True))
    tonight = MASKS.unmasked(records(old, review(2, "Incident Review: API errors (2)")))
    assert tonight.issues[0].title.startswith("api errors ")
    assert "Acme" not in tonight.issues[0].title
    assert MASKS.masked(tonight, secret).issues[0] == old, "and are put on again"


def test_a_masked_issue_is_masked_once() -> None:
    once = masked(incident(1, "DB for Acme", description="#3", confidential=True))
    assert masked(*once) == once
    assert MASKS.unmasked(records(*once)).issues == tuple(once)


def test_a_reading_is_named_while_the_text_is_there() -> None:
    issues = records(*(incident(iid, description=text, confidential=True) for iid, text in enumerate("aab", start=1)))
    named = MASKS.with_readings(issues, secret)
    first, second, third = (one.reading for one in named.issues)
    assert first == second != third
    kept = MASKS.masked(named, secret)
    assert [one.reading for one in kept.issues] == [first, second, third]
    assert MASKS.with_readings(kept, secret) == kept


def test_masked_twins_are_linked_as_their_originals() -> None:
    issues = [
        incident(1, "API errors INC-4", confidential=True),
        incident(3, "Disk full", description="INC-5", confidential=True),
        incident(5, "DB gone"),
        review(2, "Incident Review: API errors INC-4", confidential=True),
        review(4, "Incident Review: the disk", description="| | |\n|-|-|\n| x | INC-5 |", confidential=True),
        review(6, "Incident Review: DB gone", confidential=True),
        review(8, "Incident Review: odd (5)", confidential=True),
    ]
    day = at("2026-11-23").date()
    before, after = (
        Linker(tracker=AuditedTracker.of(one, SETTINGS, day)).pairs()
        for one in (records(*issues), MASKS.masked(records(*issues), secret))
    )
    assert before == after
    assert len(before) == 4


def test_of_two_masked_copies_each_word_stays_that_stays_in_either() -> None:
    disk, acme = MASKS.word("Disk"), MASKS.word("Acme")
    assert less_masked(f"{disk} of Acme", f"Disk of {acme}") == "Disk of Acme"
    assert less_masked(f"{disk} of Acme", f"{disk} of {acme}") == f"{disk} of Acme"
    assert less_masked(f"{disk} of Acme", "Disk of Acme, full") == f"{disk} of Acme", "of another title"
