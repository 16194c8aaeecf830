"""The part of a description that a reader sees, as text that can name issues (POLICY.md sections 3 and 8).

Text in code and in HTML comments is not visible, whether or not the comment is closed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from audit.text.blocks import Blocks, Kind, blocks
from audit.text.html_comments import BREAK, without_comments
from audit.text.html_tables import OPENS_CODE, json_cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from audit.text.blocks import TextBlock

_CODE_ELEMENT = re.compile(r"<(code|pre|script|style|textarea)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)[^`]+\1(?!`)")
_CLOSES_CODE = re.compile(r"</(?:code|pre)\b", re.IGNORECASE)
_ANCHOR = re.compile(r"<a\b(?=[^<>]*>)[^<>]*?(?<![\w-])href\s*=\s*[\"']?(?P<href>[^\"'\s<>]++)[^<>]*>", re.IGNORECASE)
_ANCHOR_TEXT = re.compile(rf"(?P<open>{_ANCHOR.pattern})(?:(?!<a\b).)*?</a\s*>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_NUMBER = re.compile(r"#\d+(?:\+s?)?", re.ASCII)
_MARKUP = re.compile(r"[\\`*_\[\]<&!]")
_HEADING_ANCHOR = re.compile(r"\{#[^{}\s]*\}\s*$")
_DEFINITION = re.compile(r"^ {0,3}\[[^\[\]\n]+\]:[^\n]*$", re.MULTILINE)


def where(
    cut: Blocks,
    mark: re.Pattern[str],
    *,
    naming: bool = False,
    lines: Sequence[range] | None = None,
    among: Iterable[TextBlock] | None = None,
) -> str:
    """Return the visible text of the blocks whose source contains ``mark``, addresses of links included.

    With ``naming``, only the text that can name an issue: of a link its address, as in GitLab. With ``lines``, which
    are sorted and apart, only what is in them. ``among``: the only blocks that can contain the mark, as
    :func:`marked` found them by a mark that is in every text in which this one is.
    """
    if lines is not None and not lines:
        return ""
    texts = []
    for block in marked(cut, mark) if among is None else among:
        if lines is None:
            texts.append(_text(cut, block, naming=naming))
        elif _overlap(lines, block):
            texts.append(_within(_text(cut, block, naming=naming), block, lines))
    if cut.rest and (lines is None or _holds(lines, len(cut.lines) - 1)):
        texts.append(_CODE_SPAN.sub(" ", cut.rest))
    return "\n".join(texts)


def marked(cut: Blocks, mark: re.Pattern[str]) -> Iterator[TextBlock]:
    """Yield the blocks that may contain a mark, and all that do, in order."""
    if len(cut.raw) > len(cut.text):  # positions count bytes
        yield from (block for block in cut.blocks if mark.search(cut.source_of(block)))
        return
    starts = [block.start for block in cut.blocks]
    done = 0
    for found in mark.finditer(cut.text, 0, cut.blocks[-1].stop if starts else 0):
        first, end = bisect_right(starts, found.start()) - 1, bisect_right(starts, found.end())
        yield from (block for block in cut.blocks[max(first, done) : end] if block.stop > found.start())
        done = max(done, end)


def snippet(source: str, cut: Blocks, *, naming: bool = False) -> str:
    """Return the visible text of a cell, or of the lines of a value, of a description."""
    if not _MARKUP.search(source):
        return source
    definitions = _DEFINITION.findall(cut.text) if "[" in source and "]:" in cut.text else ()
    alone = blocks("\n\n".join([source, *definitions]))
    return "\n".join(_text(alone, block, naming=naming) for block in alone.blocks)


def _overlap(lines: Sequence[range], block: TextBlock) -> bool:
    number = bisect_right(lines, block.end - 1, key=lambda one: one.start) - 1
    return number >= 0 and lines[number].stop > block.first


def _holds(lines: Sequence[range], line: int) -> bool:
    number = bisect_right(lines, line, key=lambda one: one.start) - 1
    return number >= 0 and line in lines[number]


def _within(text: str, block: TextBlock, lines: Sequence[range]) -> str:
    """Return the lines of a block's text that are in these lines."""
    parts = text.split("\n")
    if len(parts) != block.end - block.first:
        return text
    return "\n".join(part for number, part in enumerate(parts, start=block.first) if _holds(lines, number))


def _text(cut: Blocks, block: TextBlock, *, naming: bool) -> str:
    match block.kind:
        case Kind.HTML:
            return _html(cut.source_of(block), naming=naming)
        case Kind.CODE:
            cells = (cell for row in json_cells(block, cut.source_of(block)) for cell in row)
            return _CODE_SPAN.sub(" ", " ".join(cells))
        case Kind.HEADING:
            return _HEADING_ANCHOR.sub("", "".join(_pieces(cut.raw, block.pieces, naming=naming)))
        case _:
            return "".join(_pieces(cut.raw, block.pieces, naming=naming))


def _pieces(raw: bytes, pieces: Iterable[tuple[Any, Any]], *, naming: bool) -> Iterator[str]:
    """Yield the visible text inside a block, with the addresses of links."""
    code = link = 0
    for event, span in pieces:
        if isinstance(event, str):
            yield "\n"
            continue
        ((kind, value),) = event.items()
        match kind:
            case "Text":
                if not code and not (naming and link):
                    yield _typed(raw, value, span["start"])
            case "Code":
                yield BREAK
            case "InlineHtml":
                code = max(0, code + bool(OPENS_CODE.match(value)) - bool(_CLOSES_CODE.match(value)))
                anchor = _ANCHOR.match(value)
                link = max(0, link + bool(anchor) - value.lower().startswith("</a"))
                yield f" {_address(anchor['href'])} " if anchor else " "
            case "Start" if isinstance(value, dict):
                link += 1
                yield f" {_address(value['Link']['dest_url'])} " if "Link" in value else BREAK
            case "End" if value in {"Link", "Image"}:
                link -= 1
                yield " " if value == "Link" else BREAK
            case "Start" | "End":
                yield BREAK  # a mark of emphasis


def _typed(raw: bytes, text: str, start: int) -> str:
    """Return a piece of text; a number sign that was escaped, or written as an entity, names no issue."""
    if text.startswith("#") and (raw[start - 1 : start] == b"\\" or raw[start : start + 1] == b"&"):
        return BREAK + text[1:]
    return text


def _address(href: str) -> str:
    """Return a link's address; empty for one within the page, unless it is just an issue's number."""
    return "" if href.startswith("#") and not _NUMBER.fullmatch(href) else href


def _html(source: str, *, naming: bool) -> str:
    """Return the visible text of a block of HTML."""
    text = _CODE_ELEMENT.sub(" ", without_comments(source))
    if naming:
        text = _ANCHOR_TEXT.sub(r"\g<open>", text)
    text = _ANCHOR.sub(lambda anchor: f" {_address(anchor['href'])} ", text)
    return _TAG.sub(" ", text)
