from __future__ import annotations

import datetime as dt
import re
import time
from typing import TYPE_CHECKING

import pytest

from audit.model import Signal, Verdict
from audit.sandbox.data.item_json import row_of
from audit.settings.settings import Settings
from tests.worlds.auditing import Audited, audited
from tests.worlds.generated import vocabulary as words
from tests.worlds.generated.generator import TOKEN, Fact, generate
from tests.worlds.generated.traps import TRAPS
from tests.worlds.generated.traps.hostile import TITLES

if TYPE_CHECKING:
    from audit.sandbox.data.world import World

AS_OF = dt.date(2026, 11, 23)


@pytest.fixture(scope="module")
def generated() -> tuple[World, Settings, list[Fact]]:
    world, mapping, facts = generate(seed=7, incidents=220, reviews=160, as_of=AS_OF)
    return world, Settings.model_validate(mapping), facts


@pytest.fixture(scope="module")
def pulled(generated: tuple[World, Settings, list[Fact]]) -> Audited:
    world, settings, _ = generated
    return audited(world, settings, token=TOKEN, as_of=AS_OF)


def rows(world: World) -> list[dict[str, object]]:
    return [row_of(issue) for issue in world.issues.values()]


def about(facts: list[Fact], trap: str, what: str = "") -> list[Fact]:
    return [fact for fact in facts if fact.trap.startswith(trap) and what in fact.what]


def links(pulled: Audited) -> dict[str, dict[str, str]]:
    """Return review -> incident -> signal."""
    reviews = pulled.result.evidence.reviews
    told = zip(reviews["ref"], reviews["incidents"], reviews["signals"], strict=True)
    return {ref: dict(zip(incidents, signals, strict=True)) for ref, incidents, signals in told}


def test_the_same_seed_makes_the_same_world() -> None:
    first, second, other = (generate(seed=seed, incidents=210, reviews=140, as_of=AS_OF) for seed in (3, 3, 4))
    assert rows(first[0]) == rows(second[0])
    assert first[1:] == second[1:]
    assert rows(first[0]) != rows(other[0])


@pytest.mark.parametrize("seed", range(5))
def test_every_trap_is_in_a_world_of_200_incidents(seed: int) -> None:
    _, _, facts = generate(seed=seed, incidents=200, reviews=130, as_of=AS_OF)
    assert {fact.trap for fact in facts} == {trap.__name__ for trap in TRAPS}


def test_every_number_of_the_catalogue_has_its_trap() -> None:
    numbers = {int(found[1]) for trap in TRAPS if (found := re.match(r"trap_(\d\d)_", trap.__name__))}
    assert numbers == set(range(1, 32))


@pytest.mark.parametrize(("incidents", "reviews"), [(0, 0), (1, 0), (12, 5), (90, 60), (199, 40)])
def test_a_small_world_has_the_traps_for_which_there_is_room(incidents: int, reviews: int) -> None:
    world, _, facts = generate(seed=1, incidents=incidents, reviews=reviews, as_of=AS_OF)
    declared = [issue for issue in world.issues.values() if any(label.name == "incident" for label in issue.labels)]
    assert len(declared) <= incidents
    assert bool(facts) is (incidents > 0)


def test_a_world_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="120 days"):
        generate(seed=1, incidents=10, reviews=5, as_of=AS_OF, days=30)


def test_two_thousand_incidents_are_made_in_no_time() -> None:
    start = time.perf_counter()
    world, _, _ = generate(seed=1, incidents=2000, reviews=900, as_of=AS_OF)
    assert time.perf_counter() - start < 5
    assert len(world.issues) > 2900


def test_nothing_happens_after_the_day(generated: tuple[World, Settings, list[Fact]]) -> None:
    world, _, _ = generated
    end = dt.datetime.combine(AS_OF, dt.time(18), dt.UTC)
    assert world.now == end
    assert max(issue.updated_at for issue in world.issues.values()) <= end


def test_numbers_come_in_order_of_time(generated: tuple[World, Settings, list[Fact]]) -> None:
    opened = [i.created_at for i in generated[0].projects[words.PRODUCTION].issues.values()]
    assert opened == sorted(opened)


def test_the_world_has_as_many_as_were_asked_for(pulled: Audited) -> None:
    evidence = pulled.result.evidence
    assert (len(evidence.incidents), len(evidence.reviews)) == (220, 160)


def test_nearly_every_verdict_occurs(pulled: Audited) -> None:
    assert set(Verdict) - set(pulled.result.verdicts) <= {Verdict.WAIVED, Verdict.PENDING}


def test_every_form_of_reference_is_found(generated: tuple[World, Settings, list[Fact]], pulled: Audited) -> None:
    forms = about(generated[2], "trap_08", "refers by")
    assert len(forms) == 14
    found = links(pulled)
    assert {f.what: found[f.ref] for f in forms} == {f.what: {f.about: Signal.KEY_INFORMATION_ROW} for f in forms}


def test_the_ways_to_name_an_incident_are_told_apart(
    generated: tuple[World, Settings, list[Fact]], pulled: Audited
) -> None:
    found = links(pulled)
    ways = about(generated[2], "trap_01")
    assert [found[f.ref] for f in ways] == [{f.about: f.what.removeprefix("found by ")} for f in ways]


@pytest.mark.parametrize("what", ["no signal", "is no reference"])
def test_what_is_no_signal_links_nothing(
    generated: tuple[World, Settings, list[Fact]], pulled: Audited, what: str
) -> None:
    found = links(pulled)
    refs = [f.ref for f in about(generated[2], "trap_", what)]
    assert len(refs) >= 4
    assert [found[ref] for ref in refs] == [{}] * len(refs)


def test_the_traps_for_a_bot_are_there(generated: tuple[World, Settings, list[Fact]]) -> None:
    issues = {issue.reference: issue for issue in generated[0].issues.values()}
    assert [len(issues[f.ref].comments) for f in about(generated[2], "trap_long")] == [300]
    assert [issues[f.ref].title for f in about(generated[2], "trap_hostile", "title")] == list(TITLES)
    forged = issues[about(generated[2], "trap_forged")[0].ref]
    assert {n.author.username for n in forged.comments if "incident-review-audit:v1" in n.body}.isdisjoint({words.BOT})


@pytest.mark.parametrize(
    ("trap", "what", "verdict"),
    [
        ("trap_09", "no review", Verdict.INCONCLUSIVE),
        ("trap_11", "first policy", Verdict.NOT_REQUIRED),
        ("trap_11", "second policy", Verdict.MISSING),
        ("trap_16", "escaped", Verdict.NOT_REQUIRED),
        ("trap_17", "no severity at all", Verdict.INCONCLUSIVE),
        ("trap_17", "one colon", Verdict.MISSING),
        ("trap_18", "game day", Verdict.OUT_OF_SCOPE),
        ("trap_20", "moved to a project that is read", Verdict.OUT_OF_SCOPE),
        ("trap_20", "cannot see", Verdict.INCONCLUSIVE),
        ("trap_21", "unowned service: Queue", Verdict.EXEMPT_UNOWNED),
        ("trap_21", "owned and an unowned", Verdict.MISSING),
        ("trap_27", "closed as a duplicate", Verdict.OUT_OF_SCOPE),
        ("trap_lives", "a missing review", Verdict.MISSING),
        ("trap_requests", "after minutes", Verdict.NOT_REQUIRED),
        ("trap_requests", "after days", Verdict.MISSING),
    ],
)
def test_a_trap_gets_its_verdict(
    generated: tuple[World, Settings, list[Fact]], pulled: Audited, trap: str, what: str, verdict: Verdict
) -> None:
    verdicts = dict(zip(pulled.result.evidence.incidents["ref"], pulled.result.verdicts, strict=True))
    found = [verdicts[fact.ref] for fact in about(generated[2], trap, what) if fact.ref in verdicts]
    assert found
    assert set(found) == {verdict}
