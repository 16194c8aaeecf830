"""Deals attack strings out to fields: each field gets another one on each row, and it is known who got which."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.attack_strings import ATTACKS

if TYPE_CHECKING:
    from collections.abc import Sequence

SUSPECTS = 12


@dataclass(kw_only=True)
class Planter:
    """Hands out the strings in turn, so that no two fields of a row begin at the same one."""

    rows: int
    """How many strings a field gets at most: so many rows are made of each record."""
    start: int = 0
    """Which string a round begins with. With ``rows`` more in each round, every field gets every string."""
    strings: Sequence[str] = ATTACKS
    planted: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Field -> the strings that it got."""

    def at(self, place: str, row: int) -> str:
        """Return the string of a field on a row."""
        number = list(self.planted).index(place) if place in self.planted else len(self.planted)
        text = self.strings[(self.start + row + 37 * number) % len(self.strings)]
        self.planted[place].add(text)
        return text

    def suspects(self, words: str) -> list[str]:
        """Return the fields from which a text that is alive may have come."""
        lean = words.strip()
        places = sorted(place for place, texts in self.planted.items() if any(lean in text for text in texts))
        return places if len(places) < SUSPECTS else [*places[:SUSPECTS], f"and {len(places) - SUSPECTS} more"]

    @property
    def pairs(self) -> int:
        """Strings x fields."""
        return sum(map(len, self.planted.values()))
