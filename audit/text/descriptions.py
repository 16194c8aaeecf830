"""Reads the descriptions of reviews, for links, rules and corrective actions (POLICY.md sections 3 and 8).

A description is parsed once, and little of it is kept, since a tracker has tens of thousands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from audit.model import Mention
from audit.text import titles, visible
from audit.text import values as facts
from audit.text.placeholders import NO_TEMPLATES, template_lines
from audit.text.references import MAY_NAME, MAY_NAME_WORK, references
from audit.text.review_text import DURATION, END, LINK, START, Names, ReviewText, review_text

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping
    from datetime import timedelta

    from audit.model import Issue, Records, Ref
    from audit.settings.settings import Settings
    from audit.text.placeholders import Boilerplate, State
    from audit.text.references import Naming


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """Durations stated in a review."""

    disagree: bool | None = None
    """Total Duration is not End minus Start in some value column; None if no column can be read."""
    stated: timedelta | None = None
    """Total Duration, in the first column that disagrees."""
    counted: timedelta | None = None
    """End minus Start, in the same column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What was read from a review's description."""

    link_cells: tuple[str, ...]
    """Of each cell of its link rows, the text that can name an issue."""
    naming: str
    """Of the whole description, the text that can name an issue."""
    outcomes: str
    """Of its Outcomes sections, the text that can name an issue or an epic."""
    cut: bool
    """It is longer than the budget: all of its references were read, but only the beginning of its structure."""
    has_table: bool
    """There is a Key Information table."""
    blank_rows: tuple[str, ...]
    """Rows of Key Information that are present and blank."""
    summary: State
    narrative: State
    untouched: bool
    """Neither Key Information nor summary nor narrative is written."""
    severities: frozenset[int]
    """The severities that the columns of the severity row name."""
    durations: Durations


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptions:
    """Reads each description once, by the section names of the settings and the tracker's own templates."""

    boilerplate: Mapping[str, Boilerplate]
    """Project -> the boilerplate lines of its templates."""
    names: Names
    incidents: Container[Ref]
    """Incidents with inline reviews: the review is part of their description, from its own heading on."""
    _read: dict[tuple[str, str, bool], Description] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, records: Records, settings: Settings, incidents: Container[Ref]) -> Descriptions:
        """Return the reader for the descriptions of these records."""
        review = settings.review
        return cls(
            boilerplate={
                project: template_lines(one.text for one in editions) for project, editions in records.templates.items()
            },
            names=Names(
                summary=review.sections.summary,
                narrative=review.sections.narrative,
                outcomes=review.sections.outcomes,
                key_information=review.sections.key_information,
                inline=review.sections.inline,
                fixed=frozenset(review.sections.model_fields_set),
                rows=review.named_rows,
            ),
            incidents=incidents,
        )

    def read(self, issue: Issue) -> Description:
        """Return what a review's description says."""
        wanted = self._key(issue)
        if wanted not in self._read:
            self._read[wanted] = self.parsed(*wanted)
        return self._read[wanted]

    def _key(self, issue: Issue) -> tuple[str, str, bool]:
        return issue.description, issue.ref.project, issue.ref in self.incidents

    def naming(self, issue: Issue) -> Description:
        """Return the parts of a description that name other work; blank, without parsing, if it cannot name any."""
        return self.read(issue) if self._key(issue) in self._read or MAY_NAME_WORK.search(issue.description) else BLANK

    def parsed(self, description: str, project: str, inline: bool) -> Description:
        """Parse the description of an issue in a project, or the inline review in it."""
        text = review_text(description, self.boilerplate.get(project, NO_TEMPLATES), names=self.names, inline=inline)
        content = visible.read(description)
        return Description(
            link_cells=content.cells(LINK),
            naming=content.where(MAY_NAME, naming=True),
            outcomes=content.where(MAY_NAME_WORK, naming=True, lines=text.outcomes_lines),
            cut=bool(content.rest),
            has_table=text.has_table,
            blank_rows=text.blank_rows,
            summary=text.summary,
            narrative=text.narrative,
            untouched=text.untouched,
            severities=frozenset(level for level in text.severities if level),
            durations=_durations(text),
        )


def named_issues(issue: Issue, naming: Naming, prefixes: tuple[str, ...]) -> Iterator[tuple[Mention, Ref]]:
    """Yield the issues that a review names: in its link row, then its title, then the rest of its description."""
    home = issue.ref.project
    content = visible.read(issue.description if MAY_NAME_WORK.search(issue.description) else "")
    row = references(" ".join(content.cells(LINK)), home, naming, comments=True)
    title = references(titles.without_prefix(issue.title, prefixes), home, naming)
    text = references(content.where(MAY_NAME_WORK, naming=True), home, naming)
    for mention, refs in ((Mention.ROW, row), (Mention.TITLE, title), (Mention.TEXT, text)):
        yield from ((mention, ref) for ref in refs)


def _durations(text: ReviewText) -> Durations:
    disagree = text.durations_disagree
    if not disagree:
        return Durations(disagree=disagree)
    columns = zip(*(text.row(name).cells for name in (START, END, DURATION)), strict=False)
    start, end, total = next(column for column in columns if facts.durations_disagree(*column))
    return Durations(disagree=True, stated=facts.duration(total), counted=facts.interval(start, end))


BLANK: Final = Descriptions(boilerplate={}, names=Names(), incidents=()).parsed("", "", inline=False)
"""Used for a description that is not read."""
