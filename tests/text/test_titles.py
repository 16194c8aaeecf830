"""Section 2: which titles begin with a review prefix, and section 3: what is left of a title for comparison."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.text.titles import essence, has_prefix, is_cut, searched, with_prefix, without_prefix
from tests.examples import examples

DEFAULT = ("Incident Review", "RCA")
MINUS, FIGURE, BAR = "\u2212", "\u2012", "\u2015"
quick = examples(100)


@pytest.mark.parametrize(
    ("title", "rest"),
    [
        pytest.param("Incident Review: api down", " api down", id="colon"),
        pytest.param("Incident Review : api down", " api down", id="blank before the colon"),
        pytest.param("Incident Review - api down", " api down", id="hyphen"),
        pytest.param("Incident Review – api down", " api down", id="en dash"),
        pytest.param("Incident Review \u2014 api down", " api down", id="em dash"),
        pytest.param(f"Incident Review {FIGURE} api down", " api down", id="figure dash"),
        pytest.param(f"Incident Review {BAR} api down", " api down", id="horizontal bar"),
        pytest.param(f"Incident Review {MINUS} api down", " api down", id="minus sign"),
        pytest.param("Incident Review #12", "#12", id="number sign stays"),
        pytest.param("Incident Review (12)", "(12)", id="bracket stays"),
        pytest.param("Incident Review [api]", "[api]", id="square bracket stays"),
        pytest.param("Incident Review {api}", "{api}", id="curly bracket stays"),
        pytest.param("Incident Review <api>", "<api>", id="angle bracket stays"),
        pytest.param("Incident Review 2026-11-02", "2026-11-02", id="digit stays"),
        pytest.param("Incident Review for api down", " api down", id="for"),
        pytest.param("Incident Review of api down", " api down", id="of"),
        pytest.param("Incident Review FOR api down", " api down", id="for in capitals"),
        pytest.param("Incident Review", "", id="the end"),
        pytest.param("Incident Review  ", "", id="blanks and the end"),
        pytest.param("RCA", "", id="other word and the end"),
        pytest.param("RCA for api down", " api down", id="other word"),
        pytest.param("RCA - api down", " api down", id="other word and dash"),
        pytest.param("iNCIDENT rEVIEW: api down", " api down", id="any case"),
        pytest.param("Incident  Review: api down", " api down", id="doubled space"),
        pytest.param("  Incident Review: api down", " api down", id="space before"),
        pytest.param("2026-11-02: Incident Review: api down", " api down", id="date and colon before"),
        pytest.param("2026-11-02 - RCA - api down", " api down", id="date and dash before"),
        pytest.param("2026-11-02 – RCA - api down", " api down", id="date and en dash before"),
        pytest.param("2026-11-02 10:30: RCA: api down", " api down", id="date and time before"),
        pytest.param("2026-11-02 10:30 UTC: RCA: api down", " api down", id="date, time and zone before"),
        pytest.param("2026-11-02 10:30 utc - rca of api down", " api down", id="zone in small letters"),
        pytest.param("RCA\uff1aapi down", "api down", id="full-width colon"),
        pytest.param("2026-11-02\uff1aRCA\uff1aapi down", "api down", id="full-width colon behind the date"),
        pytest.param("RCA\u3010api\u3011down", "\u3010api\u3011down", id="full-width bracket stays"),
    ],
)
def test_a_review_prefix_is_taken_off(title: str, rest: str) -> None:
    assert has_prefix(title, DEFAULT)
    assert without_prefix(title, DEFAULT) == rest


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("Incident Review process: improve the template", id="another word follows"),
        pytest.param("Incident Reviews: a list", id="plural"),
        pytest.param("Incident Reviewed: api down", id="longer word"),
        pytest.param("RCAs of this year", id="plural of the other word"),
        pytest.param("Incident Review forever", id="a word that begins with for"),
        pytest.param("Incident Review often", id="a word that begins with of"),
        pytest.param("Incident Reviewfor api down", id="for without a space"),
        pytest.param("IncidentReview: api down", id="without a space between"),
        pytest.param("Incident Review api down", id="nothing between"),
        pytest.param("api down: Incident Review", id="in the middle"),
        pytest.param("Draft Incident Review: api down", id="a word before"),
        pytest.param("[Incident Review] api down", id="a bracket before"),
        pytest.param("2026-11-02 Incident Review: api down", id="date without colon or dash"),
        pytest.param("2026-11: Incident Review: api down", id="no whole date"),
        pytest.param("2026-11-02 10:30 CET: Incident Review: api down", id="another zone"),
        pytest.param("Incident: api down", id="another prefix"),
        pytest.param("", id="empty"),
    ],
)
def test_other_titles_have_no_prefix(title: str) -> None:
    assert not has_prefix(title, DEFAULT)
    assert without_prefix(title, DEFAULT) == title


@pytest.mark.parametrize(
    ("title", "begins"),
    [
        pytest.param("Retro: api down", True, id="own word"),
        pytest.param("Retro (short): api down", True, id="longer own word with signs"),
        pytest.param("Incident Review: api down", False, id="the default is replaced"),
    ],
)
def test_prefixes_are_a_setting(title: str, begins: bool) -> None:
    assert has_prefix(title, ("Retro", "Retro (short)")) is begins


@pytest.mark.parametrize(
    ("prefix", "title", "rest"),
    [
        pytest.param("[RCA]", "[RCA] api down", "api down", id="bracketed"),
        pytest.param("[RCA]", "[rca]: api down", " api down", id="bracketed, with a colon"),
        pytest.param("[RCA]", "[RCA] - api down", " api down", id="bracketed, with a dash"),
        pytest.param("[RCA]", "[RCA] for api down", " api down", id="bracketed, with for"),
        pytest.param("[RCA]", "[RCA]api down", "api down", id="bracketed, without a space"),
        pytest.param("[RCA]", "2026-11-02: [RCA] api down", "api down", id="bracketed behind a date"),
        pytest.param("[RCA]", "[RCA]", "", id="bracketed alone"),
        pytest.param("\u3010RCA\u3011", "\u3010RCA\u3011api down", "api down", id="full-width brackets"),
        pytest.param("Postmortem *", "Postmortem api down", "api down", id="anything may follow"),
        pytest.param("Postmortem *", "Postmortem: api down", " api down", id="a colon too"),
        pytest.param("Retro (short)", "Retro (short) api down", "api down", id="a bracket at the end"),
        pytest.param("Re\u0301tro", "R\u00e9tro: api down", " api down", id="another Unicode form"),
        pytest.param("[RCA]", "RCA: api down", None, id="no bracket"),
        pytest.param("RCA", "[RCA] api down", None, id="brackets that the setting does not have"),
        pytest.param("[RCA]", "api [RCA] down", None, id="bracketed in the middle"),
        pytest.param("Postmortem", "Postmortem api down", None, id="nothing between"),
        pytest.param("Postmortem *", "Postmortems of 2026", None, id="a longer word"),
    ],
)
def test_prefixes_that_end_by_themselves(prefix: str, title: str, rest: str | None) -> None:
    assert has_prefix(title, (prefix,)) is (rest is not None)
    assert without_prefix(title, (prefix,)) == (title if rest is None else rest)


@pytest.mark.parametrize(
    ("prefix", "title", "words"),
    [
        ("RCA", "RCA: api down", "RCA"),
        ("[Post-mortem]", "[Post-mortem] api down", "Post mortem"),
        ("Postmortem *", "Postmortem: api down", "Postmortem"),
        ("\u3010RCA\u3011", "\u3010RCA\u3011 api down", "RCA"),
        ("!!", "!! api down", "!!"),
    ],
)
def test_a_new_title_has_its_prefix_and_is_found(prefix: str, title: str, words: str) -> None:
    assert with_prefix("api down", prefix) == title
    assert has_prefix(title, (prefix,))
    assert searched(prefix) == words
    assert essence(title, (prefix,)) == "api down"


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("api is down", id="the same"),
        pytest.param("API IS DOWN", id="case"),
        pytest.param("api   is  down", id="doubled spaces"),
        pytest.param("  api is down  ", id="outer spaces"),
        pytest.param("api is down!", id="punctuation after"),
        pytest.param("**api is down**", id="punctuation around"),
        pytest.param("[api is down]", id="brackets around"),
        pytest.param("Incident Review: api is down", id="prefix"),
        pytest.param("RCA for api is down", id="prefix with for"),
        pytest.param("2026-11-02 api is down", id="date before"),
        pytest.param("2026-11-02: api is down", id="date and colon before"),
        pytest.param("2026-11-02 10:30 UTC: api is down", id="date, time and zone before"),
        pytest.param("api is down (2026-11-02)", id="date in brackets after"),
        pytest.param("api 2026-11-02 is down", id="date between"),
        pytest.param("api is down 2026-11-02T10:30:59Z", id="instant after"),
        pytest.param("Incident review: 2026-11-02 - api is down", id="prefix, date and dash"),
        pytest.param("2026-11-02: Incident Review - api is down, 2026-11-03", id="dates on both sides"),
        pytest.param("Incident Review (api is down)", id="prefix and bracket"),
    ],
)
def test_equal_titles_have_one_essence(title: str) -> None:
    assert essence(title, DEFAULT) == essence("api is down", DEFAULT)


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("apis is down", id="one letter more"),
        pytest.param("api, is down", id="inner punctuation"),
        pytest.param("api is down again", id="one word more"),
        pytest.param("api is down 2026-11", id="a month is no date"),
        pytest.param("api is down 12026-11-02", id="digits are no date"),
    ],
)
def test_other_titles_have_another_essence(title: str) -> None:
    assert essence(title, DEFAULT) != essence("api is down", DEFAULT)


def test_digits_that_go_on_are_no_date() -> None:
    assert essence("v12026-11-02 and 2026-11-021", DEFAULT) == "v12026-11-02 and 2026-11-021"


@pytest.mark.parametrize("word", ["Zookeeper down", "utcd down", "zoneless"])
def test_a_word_after_a_date_keeps_its_first_letters(word: str) -> None:
    assert essence(f"2026-11-02 {word}", DEFAULT) == word.lower()


@pytest.mark.parametrize("title", ["Incident Review", "RCA: 2026-11-02", "2026-11-02", "...", "!", ""])
def test_nothing_may_be_left(title: str) -> None:
    assert essence(title, DEFAULT) == ""


@pytest.mark.parametrize(
    ("title", "cut"),
    [
        ("api is d...", True),
        ("api is d... ", True),
        ("api is d\u2026", True),
        ("api...is down", False),
        ("api is down..", False),
        ("", False),
    ],
)
def test_a_title_that_ends_in_dots_is_cut(title: str, cut: bool) -> None:
    assert is_cut(title) is cut


@quick
@given(st.text(max_size=60))
def test_a_prefix_changes_nothing_but_itself(title: str) -> None:
    assert essence(f"Incident Review: {title}", DEFAULT) == essence(f"x - {title}", ("x",))


@quick
@given(st.text(max_size=60))
def test_an_essence_is_bare_already(title: str) -> None:
    bare = essence(title, ("\u0000",))
    assert bare == bare.strip()
    assert "  " not in bare


def test_a_title_is_the_same_in_any_unicode_form() -> None:
    assert essence("RCA: Cafe\u0301", ("RCA",)) == essence("Caf\u00e9", ("RCA",)) == "caf\u00e9"
