"""What a template and the settings ask of a review (POLICY.md section 8), worked out once for all of its reviews."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from audit.text.fact_rows import row_names
from audit.text.names import POLICY_ROWS, keys
from audit.text.review_templates import BUILT_IN, in_row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from audit.text.fact_rows import RowNames
    from audit.text.names import Names, Rows
    from audit.text.placeholders import Boilerplate
    from audit.text.review_templates import ReviewTemplate

SUMMARY: Final = "summary"
NARRATIVE: Final = "narrative"
OTHER: Final = "other"
"""The kinds of sections; other are Key Information and Outcomes."""


@dataclass(frozen=True, kw_only=True)
class Expectations:
    """What is asked of the reviews that were begun from a template, or from none."""

    template: ReviewTemplate | None
    names: Names

    # sections

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """Key of a section's name -> its kind; of two kinds the narrative goes first, then the summary."""
        others = keys((*self.names.key_information, *self.names.inline))
        return (
            dict.fromkeys(others, OTHER)
            | dict.fromkeys(keys(self.names.summary), SUMMARY)
            | dict.fromkeys(keys(self.names.narrative), NARRATIVE)
        )

    @cached_property
    def outcomes(self) -> tuple[str, ...]:
        """The keys with which a heading of Outcomes begins."""
        return tuple(keys(self.names.outcomes))

    def kind(self, key: str) -> str | None:
        """Return the kind of section that a key names."""
        return self.kinds.get(key) or (OTHER if key.startswith(self.outcomes) else None)

    def is_other(self, key: str) -> bool:
        """Return whether a key is that of a summary, Key Information or Outcomes."""
        return self.kind(key) in {SUMMARY, OTHER}

    @cached_property
    def known(self) -> frozenset[str]:
        """The keys of all names of sections, the template's own among them."""
        of_template = {section.key for section in self.template.sections} if self.template else set()
        return self.names.whole | of_template

    @cached_property
    def summary(self) -> bool:
        """A summary is asked for."""
        return self._expects(SUMMARY, self.names.summary)

    @cached_property
    def narrative(self) -> bool:
        """One of the sections is asked for that are a narrative by their names."""
        return self._expects(NARRATIVE, self.names.narrative)

    def _expects(self, kind: str, names: tuple[str, ...]) -> bool:
        if kind in self.names.fixed or self.template is None:
            return bool(names)
        sections = self.template.sections
        around = {outer for one in sections if self.is_other(one.key) for outer in one.around}
        titles = around if kind == NARRATIVE else set()
        return not keys(names).isdisjoint(one.key for one in sections if one.key not in titles)

    @cached_property
    def more(self) -> bool:
        """The template leaves a section to be filled that is neither of the other kinds."""
        return self.template is not None and any(
            one.fills and not any(map(self.is_other, (one.key, *one.around))) for one in self.template.sections
        )

    @cached_property
    def static(self) -> frozenset[str]:
        """The keys of the sections in which the template leaves nothing to fill."""
        return self.template.static() if self.template else frozenset()

    @cached_property
    def beside(self) -> frozenset[tuple[str, str]]:
        """The pairs of keys of the template's sections of a kind of which the first is not inside the second."""
        if self.template is None or self.template in BUILT_IN:
            return frozenset()
        known = [one for one in self.template.sections if self.kind(one.key)]
        return frozenset((one.key, two.key) for one in known for two in known if two.key not in (one.key, *one.around))

    # rows

    @cached_property
    def wanted_rows(self) -> Rows:
        """The rows that are asked for, with their aliases."""
        if self.names.rows is not None:
            return self.names.rows
        if self.template is None:
            return POLICY_ROWS
        aliases = dict(POLICY_ROWS)
        return tuple((name, aliases.get(name, ())) for name in self.template.rows)

    @cached_property
    def table(self) -> bool:
        """A table of Key Information is asked for."""
        if self.names.rows is not None or self.template is None:
            return bool(self.wanted_rows)
        return self.template.has_table

    @cached_property
    def row_names(self) -> RowNames:
        """The names of all rows that are looked for."""
        return row_names((*self.wanted_rows, *POLICY_ROWS))

    @cached_property
    def rows(self) -> Mapping[str, bool]:
        """Each row that is looked for, in order -> whether it is asked for."""
        wanted = dict.fromkeys((self.row_names.row(name) or name for name, _ in self.wanted_rows), True)
        return wanted | {name: False for name, _ in POLICY_ROWS if name not in wanted}

    @cached_property
    def in_rows(self) -> Mapping[str, Boilerplate]:
        """Each row that is looked for -> what the template says in its cells."""
        return {name: in_row(self.template, name) for name in self.rows}


@lru_cache(maxsize=256)
def expectations(template: ReviewTemplate | None, names: Names) -> Expectations:
    """Return what is asked of the reviews that were begun from a template, by the names of the settings."""
    return Expectations(template=template, names=names)
