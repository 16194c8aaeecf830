"""What was read from a review's description (POLICY.md section 8): its Key Information and its sections.

The evidence decides whether a reference in it names another review or a corrective action.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from audit.text import values as facts
from audit.text.names import DURATION, END, LINK, SEVERITY, START
from audit.text.placeholders import State

if TYPE_CHECKING:
    from audit.text.documents import Document
    from audit.text.review_templates import ReviewTemplate


class PartReading(NamedTuple):
    """How a section or a row was read."""

    name: str
    """A kind of section, or the name of a row."""
    expected: bool
    """The template or the settings ask for it."""
    state: State
    line: int | None = None
    """The line that decided: the first that is written, else the first one, from 0, counted without comments."""
    text: str = ""
    """That line as typed."""
    cells: tuple[str, ...] = ()
    """Of a row, as typed, one for each value column; all rows have the same columns."""


@dataclass(frozen=True, kw_only=True)
class ReviewText:
    """What was read from a review's description."""

    document: Document = field(repr=False)
    template: ReviewTemplate | None
    """None: it shares no heading or row with any."""
    rows: tuple[PartReading, ...]
    """Those that are asked for, in the order of the template, then those of the policy that are there all the same."""
    has_table: bool
    """There is a Key Information table, or rows of it in any other form."""
    expects_table: bool
    summary: PartReading
    narrative: PartReading
    """Written if one of its sections is."""
    outcomes_lines: tuple[range, ...]
    """Lines of the Outcomes sections, from 0, counted without comments."""
    free_text: bool
    """Something is written in a section that is neither of these, where the template asks for no narrative."""

    def row(self, name: str) -> PartReading:
        """Return a row; absent if it is not there."""
        return self._by_name.get(name) or PartReading(name, expected=False, state=State.ABSENT)

    @cached_property
    def _by_name(self) -> dict[str, PartReading]:
        return {row.name: row for row in self.rows}

    def typed_line(self, reading: PartReading) -> int | None:
        """Return the number, from 1, of the line that decided, in the description as it was typed."""
        return None if reading.line is None else self.document.cut.source.line(reading.line) + 1

    @property
    def blank_rows(self) -> tuple[str, ...]:
        """The rows that are asked for, present and blank."""
        return tuple(row.name for row in self.rows if row.expected and row.state is State.PLACEHOLDER)

    @property
    def link_cells(self) -> tuple[str, ...]:
        """The cells of the link row, as typed."""
        return self.row(LINK).cells

    @property
    def severities(self) -> tuple[int | None, ...]:
        """The severity in each value column; None if it names none or two."""
        return tuple(map(facts.severity, self.row(SEVERITY).cells))

    @property
    def durations_disagree(self) -> bool | None:
        """Total Duration is not End minus Start in some value column; None if no column can be read."""
        return facts.any_disagree(*(self.row(name).cells for name in (START, END, DURATION)))

    @property
    def untouched(self) -> bool:
        """Neither Key Information nor summary nor narrative is written."""
        states = {self.summary.state, self.narrative.state, *(row.state for row in self.rows)}
        return State.WRITTEN not in states and not self.free_text
