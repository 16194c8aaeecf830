"""What rules read of a masked title, however its words and references touch each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.model import Records, Ref, Source
from audit.settings.settings import Settings
from audit.snapshot.masks import Masks
from audit.text import titles
from audit.text.descriptions import named_issues
from audit.text.references import Naming, external_ids
from tests.examples import examples
from tests.records import incident

if TYPE_CHECKING:
    from audit.model import Issue

HOME, BESIDE = "ops/production", "ops/tools"
SETTINGS = Settings.model_validate({"projects": {"incidents": [HOME]}, "since": "2026-01-01"})
MASKS = Masks(key=b"a key", settings=SETTINGS)
NAMING = Naming(hosts=frozenset({"gitlab.example.com"}), projects=None)
PREFIXES = SETTINGS.review.prefixes
TOKENS = (
    *("Acme", "EU", "x", "障害", "é", "の", "12", "\uff11\uff12", "(5)", "abc", "2026-11-02", "10:05 UTC", "INC-44"),
    *("#12", "#3", "ops/tools#3", "tools#7", "Acme#7", "/ops/tools/-/issues/3", "/-/issues/incident/3", "issues/4"),
    *("https://gitlab.example.com/ops/tools/-/issues/3", "https://app.incident.io/acme/incidents/44", "#note_1"),
    *(" ", " ", " ", "-", ".", "_", ",", "+s", "+", "&", "!", "#", "/", ":", "...", "RCA: ", "Incident Review for "),
)


def masked(*issues: Issue) -> tuple[Issue, ...]:
    sources = tuple(Source(project=path, incidents=True, reviews=True) for path in (HOME, BESIDE))
    records = Records(sources=sources, issues=issues, hosts=("gitlab.example.com",))
    return MASKS.masked(records, lambda issue: issue.confidential).issues


def read(issue: Issue) -> tuple[object, ...]:
    """Return what rules read of a title; a name alone that is no project's may be a customer's."""
    named = {ref for _, ref in named_issues(issue, NAMING, PREFIXES) if ref.project in (HOME, BESIDE)}
    ids = external_ids(issue.title, SETTINGS.review.external_id)
    return named, ids, titles.has_prefix(issue.title, PREFIXES), titles.is_cut(issue.title)


@given(st.lists(st.sampled_from(TOKENS), min_size=1, max_size=9).map("".join))
@examples(100)
def test_rules_read_the_same_of_a_masked_title_on_every_night(title: str) -> None:
    issue = incident(1, title, confidential=True)
    (once,) = masked(issue)
    (twice,) = masked(once)
    assert read(once) == read(twice) == read(issue)
    assert "acme" not in re.sub(r"[\w./-]*/[\w./-]*#\d+", "", once.title.lower()), "but for whole paths"


@given(st.lists(st.sampled_from([token for token in TOKENS if token != " "]), min_size=1, max_size=9).map(" ".join))
@examples(100)
def test_a_title_of_which_the_words_stand_apart_is_masked_once(title: str) -> None:
    once = masked(incident(1, title, confidential=True))
    assert masked(*once) == once


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("#12-abc fails", ()),
        ("Region #1EU", ()),
        ("ops/tools#3abc", ()),
        ("/ops/tools/-/issues/3#note_1", ()),
        ("障害#12の件", (Ref(HOME, 12),)),
        ("見よ/ops/tools/-/issues/3", (Ref(BESIDE, 3),)),
        ("RCA for tools#7", (Ref(BESIDE, 7),)),
        ("RCA for Acme#7", ()),
    ],
)
def test_a_masked_title_names_what_it_named(title: str, named: tuple[Ref, ...]) -> None:
    (one,) = masked(incident(1, title, confidential=True))
    assert tuple(ref for _, ref in named_issues(one, NAMING, PREFIXES)) == named
