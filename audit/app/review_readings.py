"""How the texts of reviews are read: by which template, what is asked of them, and what decided that it is written."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from audit import inert
from audit.app.exit_status import GAPS, Printout
from audit.gitlab.read.review_texts import is_review, read_review
from audit.phrases import first_lines, shortened
from audit.text.descriptions import Descriptions, in_force, names_of
from audit.text.names import SUMMARY, key, keys
from audit.text.placeholders import State
from audit.text.review_reader import section_readings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.review_texts import ReviewTexts
    from audit.model import Issue, Ref, TemplateEdition
    from audit.settings.settings import Settings
    from audit.text.review_text import PartReading, ReviewText

_LONGEST: Final = 100
_STATES: Final = {State.WRITTEN: "written", State.PLACEHOLDER: "not written", State.ABSENT: "not there"}
_PLAIN: Final = re.compile(r"[^\W\d_](?:[\w '/-]*\w)?")
_LIKE_SUMMARY: Final = ("summary", "overview", "abstract", "synopsis", "tl;dr", "tldr", "in short")
_PROMISING: Final = 5
"""Most headings that a proposal names."""


def text_explained(client: Client, settings: Settings, ref: Ref) -> Printout:
    """Return how the text of an issue is read as a review, for a terminal."""
    texts = read_review(client, settings, ref)
    issue = texts.issues[0]
    text = _readings(texts, settings)[issue.ref]
    lines = [
        *_head(issue, settings),
        *_template(issue, text, texts),
        *_sections(text, _parts(issue, texts, settings)),
        *_rows(text),
        *_lacking(text),
        *(f"{gap.what} of {gap.ref}: {gap.why}" for gap in texts.gaps),
    ]
    shown = "".join(f"{inert.indented(line)}\n" for line in lines)
    return Printout(text=shown, exit_status=GAPS) if texts.gaps else Printout(text=shown)


def read_in_short(texts: ReviewTexts, settings: Settings) -> Iterator[str]:
    """Return lines on how the newest reviews are read, and settings to try where most of them lack something."""
    yield f"How the newest reviews are read: {len(texts.issues) or 'none were found'}"
    readings = _readings(texts, settings)
    for issue in texts.issues:
        text = readings[issue.ref]
        lacks = ", ".join(lacking(text)) or "nothing"
        yield f"  {issue.ref} by {_origin(text)}: lacks {lacks}"
    # a proposal repeats headings, and those of a confidential review are for its readers only
    public = [readings[issue.ref] for issue in texts.issues if not issue.confidential]
    yield from (f"  {line}" for line in proposals(public))
    if texts.issues:
        yield "  incident-audit explain --text REF shows the lines that decide"


def _readings(texts: ReviewTexts, settings: Settings) -> dict[Ref, ReviewText]:
    inline = [issue.ref for issue in texts.issues if issue.issue_type == "incident"]
    reader = Descriptions(templates=texts.templates.editions, names=names_of(settings), incidents=inline)
    return {issue.ref: reader.text(issue) for issue in texts.issues}


def _head(issue: Issue, settings: Settings) -> Iterator[str]:
    yield f"{issue.ref} as a review"
    # not at the beginning of a line, where a title could be taken for one of ours
    yield f"  {issue.title}"
    yield f"  {issue.url}"
    if issue.confidential:
        yield "CONFIDENTIAL. Keep this text among those who may read it there."
    if not is_review(issue, settings):
        yield "It is no review: none of `labels.review` is on it, and none of `review.prefixes` begins its title."


def _template(issue: Issue, text: ReviewText, texts: ReviewTexts) -> Iterator[str]:
    yield ""
    yield f"Template: {_origin(text)}"
    edition = _edition(issue, text, texts)
    if edition is not None and edition.since is not None:
        yield f"  as it stands since {edition.since:%Y-%m-%d}; the review was opened on {issue.created_at:%Y-%m-%d}"
    if text.template is None:
        yield "  it shares no heading or row with one: the policy's names count, or those of `review.sections`"


def _edition(issue: Issue, text: ReviewText, texts: ReviewTexts) -> TemplateEdition | None:
    editions = in_force(texts.templates.editions.get(issue.ref.project, ()), issue.created_at)
    origin = text.template.origin if text.template else None
    return next((edition for edition in editions if edition.origin == origin), None)


def _origin(text: ReviewText) -> str:
    return text.template.origin if text.template else "no template"


def _parts(issue: Issue, texts: ReviewTexts, settings: Settings) -> list[str]:
    """Return each section of a text with its state, asked for or not."""
    editions = in_force(texts.templates.editions.get(issue.ref.project, ()), issue.created_at)
    parts = section_readings(issue.description, editions, names=names_of(settings))
    return [f"{shortened(part.name, _LONGEST)} ({_STATES[part.state]})" for part in parts]


def _sections(text: ReviewText, parts: Sequence[str]) -> Iterator[str]:
    yield from ("", "Sections")
    for reading in (text.summary, text.narrative):
        yield f"  {reading.name}: {_state(reading)}{_decided(text, reading)}"
    spans = [f"from line {typed_line(text, span.start)}" for span in text.outcomes_lines if span]
    yield f"  outcomes: {', '.join(first_lines(spans)) or 'not there'}"
    yield f"  all of its sections: {'; '.join(first_lines(parts)) or 'none'}"


def _rows(text: ReviewText) -> Iterator[str]:
    wanted = "asked for" if text.expects_table else "not asked for"
    yield from ("", f"Key Information: {wanted}, {'there' if text.has_table else 'not there'}")
    for row in text.rows:
        yield f"  {row.name}: {_state(row)}{_decided(text, row)}"


def _state(reading: PartReading) -> str:
    return f"{'' if reading.expected else 'not asked for, '}{_STATES[reading.state]}"


def _decided(text: ReviewText, reading: PartReading) -> str:
    number = text.typed_line(reading)
    return "" if number is None else f"; line {number}: {shortened(reading.text, _LONGEST)}"


def typed_line(text: ReviewText, line: int) -> int:
    """Return the number, from 1, of a line in the description as it was typed."""
    return text.document.cut.source.line(line) + 1


def _lacking(text: ReviewText) -> Iterator[str]:
    lacks = lacking(text)
    yield from ("", f"It lacks {', '.join(lacks)}" if lacks else "It lacks nothing")
    if lacks:
        yield "  `review.template`, `review.sections` and `review.rows` say what is asked for, and by which names"


def lacking(text: ReviewText) -> tuple[str, ...]:
    """Return what is asked for and not written: kinds of sections, names of rows, or the whole table."""
    sections = [one.name for one in (text.summary, text.narrative) if one.expected and one.state is not State.WRITTEN]
    table = ["the Key Information table"] if text.expects_table and not text.has_table else []
    return (*sections, *table, *text.blank_rows)


def proposals(texts: Sequence[ReviewText]) -> Iterator[str]:
    """Return lines of settings to try: for each kind of section that most reviews do not have, and for the table."""
    common = _common_headings(texts)
    sections: list[str] = []
    for kind in ("summary", "narrative"):
        readings: list[PartReading] = [getattr(text, kind) for text in texts]
        if _most(one.expected and one.state is State.ABSENT for one in readings):
            names = [name for name in common if _looks_like_summary(name) == (kind == "summary")]
            if names:
                sections.append(f"    {kind}: [{', '.join(names[:_PROMISING])}]")
    no_table = _most(text.expects_table and not text.has_table for text in texts)
    if sections or no_table:
        yield "Most of them lack something that they may have by another name, or never. Settings to try:"
        yield "review:"
        yield from ("  sections:", *sections) if sections else ()
        yield from ("  rows: []  # asks for no table",) if no_table else ()


def _most(of: Iterable[bool]) -> bool:
    held = list(of)
    return sum(held) * 2 > len(held)


def _common_headings(texts: Sequence[ReviewText]) -> list[str]:
    """Return the names of headings that most of the texts have, as they are typed, in the order of the first."""
    seen: Counter[str] = Counter()
    typed: dict[str, str] = {}
    for text in texts:
        headings = [heading for heading in text.document.headings if heading.certain]
        deepest = max((heading.level for heading in headings), default=0)
        # the title of the whole is no section
        names = {key(one.name): one.name for one in headings if one.level > 1 or deepest == 1}
        seen.update(names.keys())
        typed |= {name: shown for name, shown in names.items() if name not in typed}
    return [_bare(shown) for name, shown in typed.items() if name and seen[name] * 2 > len(texts)]


def _bare(name: str) -> str:
    """Return a heading's name as a value of the settings, in quotes where YAML would read it otherwise."""
    bare = key(name).capitalize()
    return bare if _PLAIN.fullmatch(bare) else json.dumps(bare, ensure_ascii=False)


def _looks_like_summary(name: str) -> bool:
    known = key(name)
    return known in keys(SUMMARY) or any(word in known for word in _LIKE_SUMMARY)
