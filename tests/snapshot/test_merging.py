from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.model import Gap, Mention, Records, Ref, Source, TemplateEdition, Unasked, User
from audit.pull_model import WHOLE, Pull, Shard
from audit.snapshot.merging import merged
from audit.snapshot.snapshot import Snapshot, StoredSnapshot
from audit.snapshot.snapshot_file import SnapshotError
from tests.records import PROJECT, TOOLS, at, incident
from tests.snapshot.pulls import pull, snapshot

SETTINGS = {"review": {"prefixes": ["RCA"]}, "labels": {"incident": ["incident"], "review": ["IncidentReview"]}}


def records(*issues: Any, **fields: Any) -> Records:
    sources = (
        Source(project=PROJECT, incidents=True, reviews=True),
        Source(project=TOOLS, incidents=False, reviews=True),
    )
    return Records(**{"sources": sources, "issues": issues, **fields})


def stored(number: int, total: int, read: Records, **fields: Any) -> StoredSnapshot:
    made = replace(
        snapshot(pull=pull(records=read), shard=Shard(number=number, total=total), settings=SETTINGS), **fields
    )
    return StoredSnapshot(path=Path(f"{number}.sqlite"), snapshot=made, digest="", seal="", current=True)


def together(*every: Records) -> Records:
    shards = [stored(number, len(every), read) for number, read in enumerate(every, start=1)]
    return merged(shards[::-1]).pull.records


def test_a_whole_pull_is_taken_as_it_is() -> None:
    whole = snapshot()
    assert merged([StoredSnapshot(path=Path("x"), snapshot=whole, digest="", seal="", current=True)]) == whole


def test_each_issue_is_there_once_as_it_was_read_last() -> None:
    old, new = (incident(1, title, updated_at=at(day)) for title, day in (("old", "2026-11-01"), ("new", "2026-11-02")))
    for every in ((old, new), (new, old)):
        assert together(*map(records, every)).issues == (new,)


def test_of_two_copies_the_one_of_which_more_was_read() -> None:
    bare, read = (incident(1, history_read=known) for known in (False, True))
    for every in ((bare, read), (read, bare)):
        assert together(*map(records, every)).issues == (read,)


def test_words_that_stay_in_either_copy_of_a_masked_title_stay() -> None:
    one, two, whole = ("\ua66eaaaaaaaaaaaa slow", "API \ua66ebbbbbbbbbbbb", "API slow")
    copies = (incident(1, title, confidential=True, text_kept=False) for title in (one, two))
    assert [issue.title for issue in together(*map(records, copies)).issues] == [whole]


def test_what_is_about_the_whole_is_put_together() -> None:
    edition, later = (
        TemplateEdition(origin="x", project=PROJECT, since=since, text="") for since in (None, at("2026-01-01"))
    )
    sources = (Source(project=PROJECT, incidents=True, reviews=True, labels=("a",)),)
    other = (replace(sources[0], labels=("a", "b"), complete=False),)
    gap, twin = Gap(ref="a", what="b", why="c"), Gap(ref="a", what="a", why="c")
    found = together(
        records(
            sources=sources, gaps=(gap,), accounts={"b": User(username="b")}, hosts=("b",), former_paths={"x": "y"}
        ),
        records(
            sources=other,
            gaps=(gap, twin),
            accounts={"a": User(username="a")},
            hosts=("a",),
            templates={PROJECT: (later, edition)},
            unreadable_links_shown=False,
            page_commit=(at("2026-01-01"), "abc"),
            group_members={"g": ("a",)},
        ),
        records(sources=sources, templates={PROJECT: (edition,)}),
    )
    assert found == Records(
        sources=(replace(sources[0], labels=("a", "b"), complete=False),),
        issues=(),
        gaps=(twin, gap),
        accounts={"a": User(username="a"), "b": User(username="b")},
        hosts=("a", "b"),
        former_paths={"x": "y"},
        templates={PROJECT: (edition, later)},
        unreadable_links_shown=False,
        page_commit=(at("2026-01-01"), "abc"),
        group_members={"g": ("a",)},
    )


def test_a_place_that_one_shard_could_not_ask_for_and_another_read_is_known() -> None:
    place = Unasked(issue=Ref(PROJECT, 1), place=f"{PROJECT}#2", mention=Mention.TEXT, why="503")
    other = replace(place, place="x/y")
    stronger = replace(other, mention=Mention.MOVE)
    found = together(records(unasked=(place, other)), records(incident(2), unasked=(stronger,)))
    assert found.unasked == (stronger,)


@pytest.mark.parametrize(
    ("present", "why"), [((1, 2), "shard 3 of 3 is missing"), ((2,), "shards 1, 3 of 3 are missing")]
)
def test_what_a_missing_shard_would_hold_is_a_gap(present: tuple[int, ...], why: str) -> None:
    found = merged([stored(number, 3, records(incident(number))) for number in present]).pull.records
    assert [(gap.ref, gap.what, gap.why) for gap in found.gaps] == [
        (PROJECT, "incidents", why),
        (PROJECT, "reviews", why),
        (TOOLS, "reviews", why),
    ]
    assert not any(source.complete for source in found.sources)


def test_the_times_of_a_pull_are_those_of_all_shards() -> None:
    one, two = stored(1, 2, records()), stored(2, 2, records())
    later = replace(two.snapshot.pull, started_at=at("2026-11-23 03:00"), ended_at=at("2026-11-23 04:00"))
    found = merged([one, replace(two, snapshot=replace(two.snapshot, pull=later))])
    assert (found.pull.started_at, found.pull.ended_at) == (one.snapshot.pull.started_at, at("2026-11-23 04:00"))
    assert found.shard == WHOLE


def pulled(**fields: Any) -> Pull:
    return replace(pull(records=records()), **fields)


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        (
            {"gitlab": "https://other.example.com"},
            "two GitLabs: https://gitlab.example.com and https://other.example.com",
        ),
        ({"shard": Shard(number=2, total=3)}, "two divisions: 1/2 and 1/3"),
        ({"shard": WHOLE}, "two divisions: 1/2 and 1/1"),
        ({"signer": "other"}, "two tokens"),
        ({"pull": pulled(account=User(username="zoe"))}, "two accounts: anna and zoe"),
        ({"settings": {}}, "two settings"),
        ({"pull": pulled(until=at("2026-11-23"))}, "two audited days: 2026-11-24T00:00:00+00:00 and 2026-11-23T00:"),
        ({"pipeline": "7"}, "two pipelines"),
        ({"reader": "other"}, "two editions of this program"),
        ({"pull": pulled(key="1" * 64)}, "two states of the projects, the token or the server"),
        (
            {"pull": pulled(labels={PROJECT: {3: "Severity::2", 4: "Incident"}})},
            "two states of the labels of incidents",
        ),
        ({"shard": Shard(number=1, total=2)}, "are both shard 1/2"),
    ],
)
def test_what_does_not_belong_together_is_refused(changed: dict[str, Any], what: str) -> None:
    with pytest.raises(SnapshotError, match=re.escape(what)) as error:
        merged([stored(1, 2, records()), replaced(stored(2, 2, records()), **changed)])
    assert "1.sqlite and 2.sqlite" in error.value.message
    assert error.value.advice


def test_a_label_that_finds_nothing_may_be_new_between_two_shards() -> None:
    later = replaced(stored(2, 2, records()), pull=pulled(labels={PROJECT: {3: "Severity::2", 4: "Colour::red"}}))
    assert merged([stored(1, 2, records()), later]).shard == WHOLE


def replaced(one: StoredSnapshot, **fields: Any) -> StoredSnapshot:
    return replace(one, snapshot=replace(one.snapshot, **fields))


def test_a_masked_title_that_a_public_one_of_another_shard_repeats_comes_off() -> None:
    secret = incident(1, "RCA: \ua66eaaaaaaaaaaaa", confidential=True, text_kept=False)
    public = incident(2, "RCA: API slow")
    titles: list[dict[str, str]] = [{"1": "x"}, {"2": "x"}]
    shards = [stored(place + 1, 2, records(one), titles=titles[place]) for place, one in enumerate((secret, public))]
    found = merged(shards)
    assert [issue.title for issue in found.pull.records.issues] == ["RCA: API slow", "RCA: API slow"]
    assert found.titles == {}
    assert isinstance(found, Snapshot)
