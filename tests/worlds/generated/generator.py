"""Generated trackers of any size: realistic in the main, and with every trap of real ones somewhere in them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from audit.sandbox.demo import service_files
from tests.worlds.generated import usual_incidents
from tests.worlds.generated import vocabulary as words
from tests.worlds.generated.builder import DAY, TOKEN, Builder, Fact, build
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
    builder = build(seed=seed, start=now.replace(hour=0) - days * DAY, now=now)
    _set_traps(builder, incidents, reviews)
    _fill(builder, incidents, reviews)
    builder.story.play()
    builder.world.now = now
    return builder.world, _settings(builder), builder.facts()


def _set_traps(builder: Builder, incidents: int, reviews: int) -> None:
    traps = list(TRAPS)
    if incidents < ALL_TRAPS_FROM:
        builder.random.shuffle(traps)
    for trap in traps:
        lists: tuple[list[Any], ...] = (
            builder.story.drafts,
            builder.story.steps,
            builder.incidents,
            builder.reviews,
            builder.examples,
        )
        before = [len(rows) for rows in lists]
        builder.trap = trap.__name__
        trap(builder)
        crowded = len(builder.incidents) > incidents or len(builder.reviews) > reviews
        if crowded and incidents < ALL_TRAPS_FROM:
            for rows, length in zip(lists, before, strict=True):
                del rows[length:]
    builder.trap = ""


def _fill(builder: Builder, incidents: int, reviews: int) -> None:
    usual = [usual_incidents.declare(builder, 5000 + n) for n in range(incidents - len(builder.incidents))]
    left = max(0, reviews - len(builder.reviews))
    due = [incident for incident in usual if incident.needs]
    voluntary = [incident for incident in usual if not incident.needs]
    builder.random.shuffle(due)
    builder.random.shuffle(voluntary)
    expected = due[: round(len(due) * 0.93)]
    orphans = min(left, 1 + left // 50)
    for incident in [*expected, *voluntary][: left - orphans]:
        usual_incidents.review(builder, incident)
    for _ in range(max(0, reviews - len(builder.reviews))):
        usual_incidents.open_orphan(builder)
    usual_incidents.open_others(builder, incidents // 5)


def _settings(builder: Builder) -> dict[str, Any]:
    """Return what audit.yml would say about this world."""
    first, second = builder.start.date().isoformat(), builder.turn.date().isoformat()
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
            "services": {**source, "path": service_files.SERVICES_PATH},
            "teams": {**source, "path": service_files.TEAMS_PATH},
        },
        "calendars": {
            "default": {"country": "US"},
            "teams": {"storage": {"country": "DE", "subdivision": "SN"}},
            "services": {"cdn": {"country": "IL", "weekend": ["Fri", "Sat"]}},
        },
        "reminders": {"remind_from": (builder.now - 60 * DAY).date().isoformat()},
        "gitlab": {"hosts": [words.HOST]},
    }
