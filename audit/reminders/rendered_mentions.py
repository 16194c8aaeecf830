"""Whom a text pings once GitLab has rendered it: names in code or behind a backslash ping nobody."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final

from audit.text.blocks import Kind, blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.text.blocks import Blocks

_TAG: Final = re.compile(r"<[^>]*>")
_MENTION: Final = re.compile(r"(?<![A-Za-z0-9_])@([A-Za-z0-9_.][A-Za-z0-9_./-]*)")
_APART: Final = "\ufdd0"


def pinged(text: str) -> set[str]:
    """Return the names that a note mentions, in small letters, whether such accounts exist or not."""
    cut = blocks(text)
    names = (name for part in (*_live(cut), cut.rest) for name in _MENTION.findall(part))
    return {name.rstrip("./-").casefold() for name in names}


def _live(cut: Blocks) -> Iterator[str]:
    """Yield the text in which GitLab looks for names, block by block."""
    for block in cut.blocks:
        if block.kind is Kind.HTML:
            yield unescape(_TAG.sub(_APART, cut.source_of(block)))
        elif block.kind is not Kind.CODE:
            yield "".join(_shown(cut.raw, event, span["start"]) for event, span in block.pieces)


def _shown(raw: bytes, event: object, start: int) -> str:
    """Return the text of an event in which GitLab looks for names; an entity, unlike a backslash, hides nothing."""
    if isinstance(event, dict) and "Text" in event:
        text = str(event["Text"])
        return _APART + text[1:] if raw[start - 1 : start] == b"\\" else text
    return "\n" if event == "SoftBreak" else _APART
