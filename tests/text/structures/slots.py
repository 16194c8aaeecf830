"""Documents with slots: ``<<kind|what the template has|what somebody wrote>>``.

The kind says what the slot belongs to: ``s`` the summary, ``n`` a section that is a narrative by its name, ``r NAME`` a
row, ``o`` the outcomes, ``x`` anything else. ``S``, ``N`` and ``O`` are a summary, a narrative and outcomes whose names
the policy does not know: the settings of the structure may name them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from audit.text.descriptions import names_of
from audit.text.names import Names
from audit.text.placeholders import State
from audit.text.review_reader import review_text
from tests.records import settings, template

if TYPE_CHECKING:
    from collections.abc import Callable

_SLOT = re.compile(r"<<(\w(?: [^|<>]+)?)\|((?:\\.|[^\\|])*?)\|((?:\\.|[^\\|])*?)>>(?!>)", re.DOTALL)
"""A bar inside a slot is written with a backslash."""


def _plain(text: str) -> str:
    return text.replace("\\|", "|")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place to be filled."""

    kind: str
    prompt: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Structure:
    """A template with slots."""

    name: str
    source: str
    """Where the structure was published."""
    text: str
    review: dict[str, Any] = field(default_factory=dict)
    """The part ``review`` of the settings that a team with this template writes; empty: it needs none."""

    @property
    def slots(self) -> list[Slot]:
        """The slots, in order."""
        found = _SLOT.findall(self.text)
        return [Slot(kind=kind, prompt=_plain(prompt), answer=_plain(answer)) for kind, prompt, answer in found]

    def written(self, chosen: Callable[[str], bool]) -> str:
        """Return the text with the answers of the kinds that are chosen."""
        return _SLOT.sub(lambda slot: _plain(slot[3] if chosen(slot[1]) else slot[2]), self.text)

    def kinds(self, *, named: bool) -> dict[str, str]:
        """Return each kind of slot and what it is read as: summary, narrative, a row's name, or nothing.

        With ``named`` the settings name what the policy does not know. A template without a narrative by name asks for
        what else it leaves to be filled.
        """
        there = {slot.kind for slot in self.slots}
        sections = self.review.get("sections", {}) if named else {}
        read = dict.fromkeys(there, "") | {"s": "summary", "n": "narrative"}
        read |= {kind: kind[2:] for kind in there if kind.startswith("r ")}
        read |= {kind[0].upper(): kind for kind in ("summary", "narrative") if kind in sections}
        outcomes = {"o"} | ({"O"} if "outcomes" in sections else set())
        if "narrative" not in {read[kind] for kind in there}:
            read |= dict.fromkeys((kind for kind in there - outcomes if not read[kind]), "narrative")
        return {kind: read[kind] for kind in there}


def faults(structure: Structure, text: str, *, named: bool) -> tuple[set[str], bool]:
    """Return what a review is said to lack, and whether it counts as untouched."""
    names = names_of(settings(review=structure.review)) if named else Names()
    read = review_text(text, [template(structure.written(lambda _: False))], names=names)
    lacking = set(read.blank_rows)
    lacking |= {"table"} if read.expects_table and not read.has_table else set()
    lacking |= {
        reading.name
        for reading in (read.summary, read.narrative)
        if reading.expected and reading.state is not State.WRITTEN
    }
    return lacking, read.untouched
