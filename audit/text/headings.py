"""What begins a section in a description, in every form (POLICY.md section 8, "A section")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from audit.text.html_tables import OPENS_CODE
from audit.text.names import LONGEST_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.text.blocks import Blocks, TextBlock

DISCLOSURE: Final = 7
"""Level of the summary of a ``<details>``: deeper than all headings."""
BARE: Final = 8
"""Level of a name that is no heading in Markdown or HTML: a bold line or label, or a line of its own."""
LONGEST_BARE: Final = 60
_ENTRY = re.compile(r"(?:(?:[-*+]|\d{1,9}[.)])\s+)?(?:\[[ xX~]\]\s+)?")
"""The mark of a list item, and its box."""
PLAIN_LABEL: Final = re.compile(r"(?P<name>[^\s:\uff1a*_#|>\[-][^:\uff1a\n]{0,58}+)[:\uff1a](?P<rest>\s.*|)", re.DOTALL)
_HTML_HEADING = re.compile(
    r"<(?P<tag>h[1-6]|summary)\b[^<>]*>(?P<name>.*?)(?:</(?P=tag)\s*>|\Z)|(?P<close></details\s*>)",
    re.IGNORECASE | re.DOTALL,
)
_BOLD = re.compile(
    r"(?P<mark>\*\*|__)(?P<name>[^*\n]{1,100}?)(?P=mark)(?P<rest>\s*[:\uff1a–—-]+\s*.*|\s+.*|)", re.DOTALL
)
_ASIDE = re.compile(r"\([^()]*\)[\s:\uff1a]*\Z")
_LISTED = re.compile(r"\s*(?:[-*+>]|\d+[.)])(?:\s|$)")
_AT_MARGIN = re.compile(r" {0,3}(?!\s|>|(?:[-*+]|\d+[.)])(?:\s|$))")
"""A line that is not code and does not begin a list item or a quotation."""
_FEWEST_OF_PROSE = 3
"""Words of a line that is prose with a rule under it, where it is nobody's name."""
_MOST_LOOKED_BACK = 200
"""Headings among which the one of a disclosure that ends is looked for."""


class Heading(NamedTuple):
    """What begins a section, or may begin one."""

    level: int
    name: str
    """As typed."""
    first: int
    end: int
    """The line after it."""
    rest: str = ""
    """Text behind it on its line."""
    stop: int = -1
    """The line where its section ends at the latest; -1: not known."""
    certain: bool = True
    """False: it is a heading only if its name is known."""
    bold: bool = False
    """It is a bold line or label."""
    label: bool = False
    """It is a label that is not bold."""


def entry_end(text: str) -> int:
    """Return the end of the mark with which a list item begins, and of its box; 0 without."""
    if text[:1].isalpha():
        return 0
    entry = _ENTRY.match(text)
    return entry.end() if entry else 0


def fact_label(line: str) -> str | None:
    """Return the name with which a line begins that is a bold label, has a colon or asks a question; None without."""
    bare = line[entry_end(line) :]
    label = _BOLD.fullmatch(bare) or PLAIN_LABEL.fullmatch(bare)
    if label:
        return label["name"]
    return bare if bare.endswith("?") and len(bare) <= LONGEST_BARE else None


def markdown_heading(cut: Blocks, block: TextBlock, silent: set[int]) -> list[Heading]:
    """Return the heading of a block; none in a quotation, which is somebody else's text."""
    name, first = cut.source_of(block), cut.lines[block.first]
    underlined = not first.lstrip().startswith("#")
    if underlined:
        silent.add(block.end - 1)
    if not name or block.quoted or not _AT_MARGIN.match(first):
        return []
    prose = underlined and _is_prose(cut, block)
    if prose is None:
        return []
    if not prose:
        silent.update(range(block.first, block.end))
    return [Heading(block.level, name, block.first, block.end - 1 if prose else block.end, certain=not prose)]


def _is_prose(cut: Blocks, block: TextBlock) -> bool | None:
    """Return whether a line with a rule under it is prose if it is nobody's name; None: it is prose in any case."""
    text = cut.lines[block.first].strip()
    if block.end - block.first > 2 or len(text) > LONGEST_NAME:
        return None
    return text[-1] in ".!" or (block.level == 2 and len(text.split()) >= _FEWEST_OF_PROSE)


def bare_headings(cut: Blocks, block: TextBlock) -> Iterator[Heading]:
    """Yield what is a heading if its name is known: bold lines and labels, and a line of its own."""
    for line in range(block.first, block.end):
        text = cut.lines[line].strip()
        bare = text[entry_end(text) :]
        if bare.startswith(("**", "__")) and (bold := _BOLD.fullmatch(bare)):
            rest = _ASIDE.sub("", bold["rest"].lstrip(" \t:\uff1a–—-"))
            yield Heading(BARE, bold["name"], line, line + 1, rest, certain=False, bold=True)
        elif not block.listed and _AT_MARGIN.match(cut.lines[line]):
            if label := PLAIN_LABEL.fullmatch(text):
                yield Heading(BARE, label["name"], line, line + 1, label["rest"].strip(), certain=False, label=True)
            elif (
                line == block.first
                and (block.end - block.first == 1 or _above_list(cut, line))
                and len(text) <= LONGEST_BARE
            ):
                yield Heading(BARE, text, line, line + 1, certain=False)


def _above_list(cut: Blocks, line: int) -> bool:
    return line + 1 < len(cut.lines) and _LISTED.match(cut.lines[line + 1]) is not None


def _html_headings(cut: Blocks, block: TextBlock, shown: list[str]) -> Iterator[Heading | int]:
    """Yield the headings in a block of HTML, and for each end of a disclosure its line; leave what else is there."""
    source = cut.source_of(block)
    marks = [] if OPENS_CODE.search(source) else list(_HTML_HEADING.finditer(source))
    line, done = block.first, 0
    for number, found in enumerate(marks):
        line += source.count("\n", done, found.start())
        done = found.start()
        if found["name"] is None:
            yield from (line,) if found["close"] else ()
            continue
        end = line + found[0].count("\n") + 1
        tag = found["tag"].lower()
        for hidden in range(line, min(end, len(shown))):
            shown[hidden] = ""
        following = marks[number + 1].start() if number + 1 < len(marks) else len(source)
        rest = source[found.end() : following].partition("\n")[0].strip()
        if name := found["name"].strip():
            yield Heading(DISCLOSURE if tag == "summary" else int(tag[1]), name, line, end, rest)


def add_html(headings: list[Heading], cut: Blocks, block: TextBlock, shown: list[str]) -> None:
    """Add the headings in a block of HTML; the end of a disclosure ends the last one that is still open.

    Of ``shown``, the lines of the description, those of the headings become blank.
    """
    for one in _html_headings(cut, block, shown):
        if isinstance(one, Heading):
            headings.append(one)
            continue
        for number in range(len(headings) - 1, max(-1, len(headings) - 1 - _MOST_LOOKED_BACK), -1):
            if headings[number].level == DISCLOSURE and headings[number].stop < 0:
                headings[number] = headings[number]._replace(stop=max(one, headings[number].end))
                break
