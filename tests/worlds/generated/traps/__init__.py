"""Everything odd that real trackers do, one function each: `trap_07_...` is number 7 of the catalogue of traps.

The traps with a number come from real issues; those without are what a bot must survive besides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.worlds.generated.traps import clock, hostile, linking, owners, people, reading, severity, writing

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from tests.worlds.generated.builder import Builder

_ROOMS: Final = (linking, reading, clock, severity, owners, writing, people, hostile)


def _of(room: ModuleType) -> list[Callable[[Builder], None]]:
    return [act for name, act in vars(room).items() if name.startswith("trap_")]


TRAPS: Final = tuple(trap for room in _ROOMS for trap in _of(room))
