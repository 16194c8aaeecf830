"""Generated trackers of any size: realistic in the main, and with every trap of real ones somewhere in them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from audit.sandbox.demo import service_files as words
from tests.worlds.generated import ordinary
from tests.worlds.generated.stage import DAY, TOKEN, Fact, Stage, build
from tests.worlds.generated.traps import TRAPS

if TYPE_CHECKING:
    from audit.sandbox.data.world import World

__all__ = ["TOKEN", "Fact", "generate"]

ALL_TRAPS_FROM = 200
"""A world of at least so many incidents has every trap; a smaller one has those for which there is room."""
_SHORTEST = 120


def generate(
    *, seed: int, incidents: int, reviews: int, as_of: dt.date, days: int = 365
) -> tuple[World, dict[str, Any], list[Fact]]:
    """Make a world, the settings that fit it, and a list of what is an example of what.

    The same arguments make the same world. It has exactly as many incidents and reviews as are asked for; where it has
    every trap, it has at least the reviews that these need. `TOKEN` opens it, for the bot `words.BOT`.
    """
    if days < _SHORTEST:
        raise ValueError(f"a tracker's story needs {_SHORTEST} days at least")
    now = dt.datetime.combine(as_of, dt.time(18), dt.UTC)
    stage = build(seed=seed, start=now.replace(hour=0) - days * DAY, now=now)
    _set_traps(stage, incidents, reviews)
    _fill(stage, incidents, reviews)
    stage.script.play()
    stage.world.now = now
    return stage.world, _settings(stage), stage.facts()


def _set_traps(stage: Stage, incidents: int, reviews: int) -> None:
    traps = list(TRAPS)
    if incidents < ALL_TRAPS_FROM:
        stage.random.shuffle(traps)
    for trap in traps:
        lists: tuple[list[Any], ...] = (
            stage.script.drafts,
            stage.script.steps,
            stage.incidents,
            stage.reviews,
            stage.examples,
        )
        before = [len(some) for some in lists]
        stage.trap = trap.__name__
        trap(stage)
        crowded = len(stage.incidents) > incidents or len(stage.reviews) > reviews
        if crowded and incidents < ALL_TRAPS_FROM:
            for some, length in zip(lists, before, strict=True):
                del some[length:]
    stage.trap = ""


def _fill(stage: Stage, incidents: int, reviews: int) -> None:
    happened = [ordinary.happen(stage, 5000 + n) for n in range(incidents - len(stage.incidents))]
    left = max(0, reviews - len(stage.reviews))
    due = [one for one in happened if one.needs]
    voluntary = [one for one in happened if not one.needs]
    stage.random.shuffle(due)
    stage.random.shuffle(voluntary)
    expected = due[: round(len(due) * 0.93)]
    orphans = min(left, 1 + left // 50)
    for one in [*expected, *voluntary][: left - orphans]:
        ordinary.look_back(stage, one)
    for _ in range(max(0, reviews - len(stage.reviews))):
        ordinary.orphan(stage)
    ordinary.surround(stage, incidents // 5)


def _settings(stage: Stage) -> dict[str, Any]:
    """Return what audit.yml would say about this world."""
    first, second = stage.start.date().isoformat(), stage.turn.date().isoformat()
    source = {"project": words.RUNBOOKS}
    return {
        "projects": {
            "incidents": [words.PRODUCTION, words.EDGE],
            "reviews": [words.PRODUCTION, words.DELIVERY],
        },
        "policies": [
            {"from": first, "name": "first", "severities": [1], "due_days": 10, "unowned": "require"},
            {"from": second, "name": "second", "severities": [1, 2], "due_days": 5, "unowned": "exempt"},
        ],
        "catalog": {
            "services": {**source, "path": words.SERVICES_PATH},
            "teams": {**source, "path": words.TEAMS_PATH},
        },
        "calendars": {
            "default": {"country": "US"},
            "teams": {"storage": {"country": "DE", "subdivision": "SN"}},
            "services": {"cdn": {"country": "IL", "weekend": ["Fri", "Sat"]}},
        },
        "reminders": {"remind_from": (stage.now - 60 * DAY).date().isoformat()},
        "gitlab": {"hosts": [words.HOST]},
    }
