"""Reads the descriptions of reviews, for links, rules and corrective actions (POLICY.md sections 3 and 8).

A description is parsed once, and little of it is kept, since a tracker has tens of thousands.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

from audit.codec import Codec, CodecError
from audit.model import Mention
from audit.text import titles, visible
from audit.text import values as facts
from audit.text.blocks import blocks
from audit.text.documents import document
from audit.text.names import DEFAULT_NAMES, DURATION, END, LINK, START, Names
from audit.text.placeholders import State
from audit.text.readings import Readings, reading_key, text_digest
from audit.text.references import (
    MAY_NAME,
    MAY_NAME_WORK,
    Mentions,
    external_id_marks,
    external_ids,
    may_hold_external_id,
    mentions,
    references,
)
from audit.text.review_reader import link_row, review_text

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from audit.model import Issue, Records, Ref, TemplateEdition
    from audit.settings.settings import Settings
    from audit.text.documents import Document
    from audit.text.references import Naming
    from audit.text.review_text import ReviewText

NO_IDS: Final[frozenset[str]] = frozenset()
_LINK_NAME = r"[ \t*_]+".join(LINK.split())
_LINK_ROW = re.compile(rf"^[ \t>|*_]*{_LINK_NAME}[ \t:*_]*\|(.*)$", re.MULTILINE | re.IGNORECASE)


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

    link_row: Mentions
    """What its link rows name."""
    naming: Mentions
    """What the whole description names."""
    outcomes: Mentions
    """What its Outcomes sections name."""
    cut: bool
    """It is longer than the budget: all of its references were read, but only the beginning of its structure."""
    expects_table: bool
    """A table of Key Information is asked for, by its template or the settings."""
    has_table: bool
    """There is one, in any form."""
    blank_rows: tuple[str, ...]
    """Rows of Key Information that are asked for, present and blank."""
    expects_summary: bool
    summary: State
    expects_narrative: bool
    narrative: State
    untouched: bool
    """Neither Key Information nor summary nor narrative is written."""
    severities: frozenset[int]
    """The severities that the columns of the severity row name."""
    durations: Durations


@dataclass(frozen=True, kw_only=True)
class Descriptions:
    """Reads each description once, by the names of the settings and the templates of the time."""

    templates: Mapping[str, tuple[TemplateEdition, ...]]
    """Project -> every edition of its own and of local templates."""
    names: Names
    incidents: Container[Ref]
    """Incidents with inline reviews: the review is part of their description, from its own heading on."""
    external_id: str = ""
    """The pattern of external ids; empty: none are asked for."""
    readings: Readings = field(default_factory=Readings)
    """What was read on earlier nights, and is to be kept for the next ones."""
    _read: dict[bytes, Description] = field(init=False, default_factory=dict, repr=False, compare=False)
    _keys: dict[tuple[str, str, int, bool], bytes] = field(init=False, default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(
        cls, records: Records, settings: Settings, incidents: Container[Ref], readings: Readings | None = None
    ) -> Descriptions:
        """Return the reader for the descriptions of these records."""
        return cls(
            templates=records.templates,
            names=names_of(settings),
            incidents=incidents,
            external_id=settings.review.external_id,
            readings=readings or Readings(),
        )

    def read(self, issue: Issue) -> Description:
        """Return what a review's description says; of one that was not kept and not read before, what it names."""
        key = self._key(issue)
        if key not in self._read:
            self._read[key] = self._looked_up(issue, key)
        return self._read[key]

    def lacks(self, issue: Issue) -> bool:
        """Return whether an issue's description was not kept, and not read before under these names and templates."""
        return not issue.text_kept and self.readings.find(self._key(issue)) is None

    def naming(self, issue: Issue) -> Description:
        """Return the parts of a description that name other work; blank, without parsing, if it cannot name any."""
        key = self._key(issue)
        known = key in self._read or self.readings.find(key) is not None or not issue.text_kept
        return self.read(issue) if known or MAY_NAME_WORK.search(issue.description) else BLANK

    def text(self, issue: Issue) -> ReviewText:
        """Read an issue's description, or the inline review in it, with all that decided how it is judged."""
        editions = in_force(self.templates.get(issue.ref.project, ()), issue.created_at)
        return review_text(issue.description, editions, names=self.names, inline=issue.ref in self.incidents)

    def external_ids(self, issue: Issue) -> frozenset[str]:
        """Return the external ids that a description shows."""
        if not any(mark.search(issue.description) for mark in self._id_marks):
            return NO_IDS
        key = reading_key(self._id_context, _digest(issue))
        if kept := self.readings.find(key):
            with suppress(ValueError, TypeError):
                return frozenset(map(str, json.loads(kept)))
        mark = may_hold_external_id(self.external_id)
        found = external_ids(visible.where(blocks(issue.description), mark), self.external_id)
        self.readings.keep(key, json.dumps(sorted(found)).encode())
        return found

    def _looked_up(self, issue: Issue, key: bytes) -> Description:
        if kept := self.readings.find(key):
            with suppress(CodecError):
                return stored().loads(kept.decode(errors="replace"))
        made = described(self.text(issue))
        if not issue.text_kept:  # what is there in its place names what it named, and says nothing
            return replace(BLANK, link_row=made.link_row, naming=made.naming)
        self.readings.keep(key, stored().dumps(made).encode())
        return made

    def _key(self, issue: Issue) -> bytes:
        """Return the key of a review's reading: its text, and all that decides how it is read."""
        project = issue.ref.project
        period = bisect_right(self._changes.get(project, ()), issue.created_at)
        place = (project, period, issue.ref in self.incidents)
        known = (issue.reading or issue.description, *place)
        if known not in self._keys:
            if place not in self._contexts:
                self._contexts[place] = self._context(issue)
            self._keys[known] = reading_key(self._contexts[place], _digest(issue))
        return self._keys[known]

    def _context(self, issue: Issue) -> bytes:
        """Return the digest of what decides how a review is read, but for its text: names, templates and its place."""
        editions = in_force(self.templates.get(issue.ref.project, ()), issue.created_at)
        kind = "inline review" if issue.ref in self.incidents else "review"
        return self.readings.context(kind, *self._told_names, *(edition.text for edition in editions))

    @cached_property
    def _contexts(self) -> dict[tuple[str, int, bool], bytes]:
        return {}

    @cached_property
    def _told_names(self) -> tuple[str, ...]:
        """The names in a fixed order."""
        names = self.names
        lists = (names.summary, names.narrative, names.outcomes, names.key_information, names.inline, names.rows)
        return (repr(lists), repr(sorted(names.fixed)))

    @cached_property
    def _changes(self) -> Mapping[str, Sequence[datetime]]:
        """Project -> the instants at which the template of a review that is opened becomes another."""
        return {
            project: sorted({one.since for one in editions if one.since})
            for project, editions in self.templates.items()
        }

    @cached_property
    def _id_marks(self) -> tuple[re.Pattern[str], ...]:
        """A text with an external id holds one of these; most descriptions hold none and need not be parsed."""
        return external_id_marks(self.external_id)

    @cached_property
    def _id_context(self) -> bytes:
        return self.readings.context("external ids", self.external_id)


def _digest(issue: Issue) -> bytes:
    """Return the digest of a description, also of one that was not kept."""
    return issue.reading.encode() if issue.reading else text_digest(issue.description)


@cache
def stored() -> Codec[Description]:
    """Return the form in which a description's reading is kept."""
    return Codec(Description, names={"State": State})


def names_of(settings: Settings) -> Names:
    """Return the names of sections and rows by which the settings let reviews be read."""
    review = settings.review
    return Names(
        summary=review.sections.summary,
        narrative=review.sections.narrative,
        outcomes=review.sections.outcomes,
        key_information=review.sections.key_information,
        inline=review.sections.inline,
        fixed=frozenset(review.sections.model_fields_set),
        rows=review.named_rows,
    )


def in_force(editions: Iterable[TemplateEdition], at: datetime) -> tuple[TemplateEdition, ...]:
    """Return of each template the edition from which a review was begun at an instant, the project's own first.

    A review that was opened before a template's first edition was begun from that one, as far as can be known.
    """
    current: dict[str, TemplateEdition] = {}
    for edition in sorted(editions, key=_age):
        if edition.origin not in current or edition.since is None or edition.since <= at:
            current[edition.origin] = edition
    return tuple(sorted(current.values(), key=lambda one: (one.project is None, one.origin)))


def _age(edition: TemplateEdition) -> tuple[bool, float]:
    return edition.since is not None, edition.since.timestamp() if edition.since else 0


def described(text: ReviewText) -> Description:
    """Return what is kept of a description."""
    cut = text.document.cut
    marked = list(visible.marked(cut, MAY_NAME_WORK))
    issues = [block for block in marked if MAY_NAME.search(cut.source_of(block))]
    return Description(
        link_row=mentions(" ".join(link_cells(text.document, text.link_cells))),
        naming=mentions(visible.where(cut, MAY_NAME, naming=True, among=issues)),
        outcomes=mentions(visible.where(cut, MAY_NAME_WORK, naming=True, lines=text.outcomes_lines, among=marked)),
        cut=bool(cut.rest),
        expects_table=text.expects_table,
        has_table=text.has_table,
        blank_rows=text.blank_rows,
        expects_summary=text.summary.expected,
        summary=text.summary.state,
        expects_narrative=text.narrative.expected,
        narrative=text.narrative.state,
        untouched=text.untouched,
        severities=frozenset(level for level in text.severities if level),
        durations=_durations(text),
    )


def link_cells(read: Document, cells: Iterable[str]) -> tuple[str, ...]:
    """Return the text that can name an issue in the cells of the link row, and in such rows beyond the bound."""
    beyond = _LINK_ROW.finditer(read.cut.rest) if read.cut.rest else ()
    return (
        *(visible.snippet(cell, read.cut, naming=True) for cell in cells),
        *(cell for row in beyond for cell in row[1].split("|")),
    )


def named_issues(
    issue: Issue, naming: Naming, prefixes: tuple[str, ...], names: Names = DEFAULT_NAMES
) -> Iterator[tuple[Mention, Ref]]:
    """Yield the issues that a review names: in its link row, then its title, then the rest of its description."""
    home = issue.ref.project
    read = document(issue.description if MAY_NAME_WORK.search(issue.description) else "")
    row = references(" ".join(link_cells(read, link_row(read, names))), home, naming, comments=True)
    title = references(titles.without_prefix(issue.title, prefixes), home, naming)
    text = references(visible.where(read.cut, MAY_NAME_WORK, naming=True), home, naming)
    for mention, refs in ((Mention.ROW, row), (Mention.TITLE, title), (Mention.TEXT, text)):
        yield from ((mention, ref) for ref in refs)


def _durations(text: ReviewText) -> Durations:
    disagree = text.durations_disagree
    if not disagree:
        return Durations(disagree=disagree)
    columns = zip(*(text.row(name).cells for name in (START, END, DURATION)), strict=False)
    start, end, total = next(column for column in columns if facts.durations_disagree(*column))
    return Durations(disagree=True, stated=facts.duration(total), counted=facts.interval(start, end))


BLANK: Final = described(review_text(""))
"""Used for a description that is not read."""
