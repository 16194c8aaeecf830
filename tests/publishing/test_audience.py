"""Who could read a destination, held against who may read the audited projects."""

from __future__ import annotations

import pytest

from audit.publishing.audience import Judgement, Venue, judged


def told(
    visibility: str, *sources: str, confidential: bool = False, allow: bool = False, everything: bool = False
) -> Judgement:
    venue = Venue(setting="publish.wiki", path="g/reports", visibility=visibility, confidential=confidential)
    named = [(f"g/{number}", source) for number, source in enumerate(sources)]
    return judged([venue], named, allow_public=allow, tells_everything=everything)


@pytest.mark.parametrize("source", ["private", "internal", "a word of a later GitLab"])
def test_a_public_place_is_refused_where_one_source_is_not(source: str) -> None:
    assert told("public", "public", source).faults == (
        "publish.wiki: g/reports is public, and g/1, which is audited, is not",
    )
    assert told("public", "public", source, allow=True) == Judgement()
    assert told("public", source, confidential=True) == Judgement()
    assert told("public", "public") == Judgement()


def test_an_internal_place_of_a_private_source_is_worth_a_word() -> None:
    word = "publish.wiki: more people may read g/reports (internal) than g/0"
    assert told("internal", "private").warnings == (word,)
    assert told("internal", "private").faults == ()
    assert told("internal", "private", allow=True) == Judgement()
    for source in ("internal", "public"):
        assert told("internal", source) == Judgement()
    assert told("private", "private") == Judgement()


def test_what_is_told_in_confidence_never_goes_to_everybody() -> None:
    assert "would tell confidential incidents" in told("public", "public", allow=True, everything=True).faults[0]
    assert told("public", "public", confidential=True, everything=True) == Judgement()
    assert told("private", "private", everything=True) == Judgement()
    for allow in (True, False):
        (fault,) = told("internal", "internal", allow=allow, everything=True).faults
        assert fault.startswith("publish.wiki: g/reports is internal, and report.confidential_destination would tell")
