"""What the descriptions of reviews say, for links, rules and corrective actions alike (POLICY.md sections 3 and 8).

A description is parsed once; what is kept of it is small, since a tracker has tens of thousands.
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
    """What a review says of how long it took."""

    disagree: bool | None = None
    """Total Duration is not End minus Start in some value column; None where no column can be read."""
    stated: timedelta | None = None
    """Total Duration, in the first column that disagrees."""
    counted: timedelta | None = None
    """End minus Start, in the same column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a review's description says."""

    link_cells: tuple[str, ...]
    """What can name an issue in each cell of its link rows."""
    naming: str
    """The same of the whole description."""
    outcomes: str
    """What can name an issue or an epic in its Outcomes sections."""
    cut: bool
    """It goes beyond what is read of one: its references were all read, of its structure only the beginning."""
    has_table: bool
    """There is a Key Information table at all."""
    blank_rows: tuple[str, ...]
    """Rows of Key Information that are there and say nothing."""
    summary: State
    narrative: State
    untouched: bool
    """Nothing of Key Information, summary and narrative is written."""
    severities: frozenset[int]
    """Those that the columns of the severity row name."""
    durations: Durations


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptions:
    """Reads descriptions as the settings and the tracker's own templates have them, each once."""

    boilerplate: Mapping[str, Boilerplate]
    """Project -> the lines of its own templates."""
    names: Names
    incidents: Container[Ref]
    """A review that is one of these is part of its incident, and begins at its own heading in there."""
    _read: dict[tuple[str, str, bool], Description] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, records: Records, settings: Settings, incidents: Container[Ref]) -> Descriptions:
        """Return the reader of these records' descriptions."""
        review = settings.review
        return cls(
            boilerplate={project: template_lines(texts) for project, texts in records.templates.items()},
            names=Names(
                summary=review.summary_headings,
                narrative=review.narrative_headings,
                outcomes=review.outcomes_headings,
                key_information=review.key_information_headings,
                inline=review.inline_headings,
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
        """Return what a description says of other work; one that can name none is spared the parser, and is blank."""
        return self.read(issue) if self._key(issue) in self._read or MAY_NAME_WORK.search(issue.description) else BLANK

    def parsed(self, description: str, project: str, inline: bool) -> Description:
        """Read the description of an issue of a project, or the review that it holds."""
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
    """Yield what a review names: in its link row, then in its title, then in the rest of its description."""
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
"""Stands for a description that is not read."""
