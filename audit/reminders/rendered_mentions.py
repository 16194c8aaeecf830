"""Whom a text pings once GitLab has rendered it: names in code or behind a backslash ping nobody."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markdown_it.token import Token

# an escaped character stays a token of its own
_MARKDOWN: Final = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table").disable("text_join")
_TAG: Final = re.compile(r"<[^>]*>")
_MENTION: Final = re.compile(r"(?<![A-Za-z0-9_])@([A-Za-z0-9_.][A-Za-z0-9_./-]*)")
_APART: Final = "\ufdd0"


def pinged(text: str) -> set[str]:
    """Return the names that a note mentions, in small letters, whether such accounts exist or not."""
    names = (name for part in _live(_MARKDOWN.parse(text)) for name in _MENTION.findall(part))
    return {name.rstrip("./-").casefold() for name in names}


def _live(tokens: Iterable[Token]) -> Iterator[str]:
    """Yield the text in which GitLab looks for names, block by block."""
    for token in tokens:
        if token.type == "inline":
            yield "".join(map(_shown, token.children or ()))
        elif token.type == "html_block":
            yield unescape(_TAG.sub(_APART, token.content))


def _shown(token: Token) -> str:
    """Return the text of a token in which GitLab looks for names; an entity, unlike a backslash, hides nothing."""
    if token.type == "text" or (token.type == "text_special" and token.info == "entity"):
        return token.content
    return "\n" if token.type == "softbreak" else _APART
