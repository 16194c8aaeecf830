"""What GitLab makes of a body: its Markdown engine with its options, and what its filters would then find in the text.

The options and patterns are those of GitLab's source (lib/banzai), a little wider where they ask the database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

import comrak

if TYPE_CHECKING:
    from collections.abc import Collection

FENCED: Final = frozenset("$%#&@!~^:")
"""Characters that GitLab fences off in a span where a backslash stands before them; others are plain text again."""
_UNREAD: Final = {"pre", "code", "a", "style"}
_CODE: Final = {"pre", "code", "tt"}
_MENTION: Final = re.compile(r"(?<![\w.])@([A-Za-z0-9_][A-Za-z0-9_./-]*)")
_REFERENCE: Final = re.compile(r"(?:[\w./-]+)?#\d+|(?<!\w)[~!$%&][\w\"]")
REFERENCES: Final = {
    "account": r"(?<!\w)@[A-Za-z0-9_.]",
    "issue": r"#\d|GL-\d",
    "key of another tracker": r"\b[A-Z][A-Z0-9_]*-\d",
    "merge request": r"!\d",
    "snippet": r"\$\d",
    "commit": r"\b(?=[0-9]*[a-fA-F])[0-9a-fA-F]{7,40}\b",
    "label": r"~[^\s~]",
    "milestone": r"%(?:\"[^\"]+\"|[^\"\s<]+\b)",
    "placeholder": r"%\{\w+\}",
    "in brackets": r"\[[a-z_]+:[^\s\]]",
    "epic": r"&\d",
    "iteration": r"\*iteration:\S",
    "project": r"[A-Za-z0-9_.][A-Za-z0-9_.-]*>",
}
AFTER_MARKDOWN: Final = {
    "emoji": r"(?<![A-Za-z0-9:]):(?!\d\d:)[\w+-]+:(?![A-Za-z0-9:])",
    "inline diff": r"\[-.*?-\]|\{-.*?-\}|\[\+.*?\+\]|\{\+.*?\+\}",
    "wiki link": r"\[\[.+?\]\]",
    "link with spaces": r"\[.+?\]\(.+?\)",
    "address": r"[a-z][a-z0-9+.-]+://[^\s>]",
    "table of contents": r"(?i)\A\s*\[toc\]\s*\Z",
}


@dataclass(kw_only=True)
class Node:
    """A text node of a page, as the filters see it."""

    text: str
    within: tuple[str, ...]


@dataclass(kw_only=True)
class _Nodes(HTMLParser):
    """Cuts a page into text nodes: at every tag but the spans that GitLab takes away again."""

    nodes: list[Node] = field(default_factory=list)
    _within: list[str] = field(default_factory=list)
    _apart: bool = True

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"br", "hr", "img", "input"}:
            self._apart = True
            return
        escaped = tag == "span" and ("data-escaped-char", None) in attrs
        self._within.append("escaped" if escaped else tag)
        self._apart |= not escaped

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - of the base class
        escaped = self._within[-1:] == ["escaped"]
        del self._within[-1:]
        self._apart |= not escaped

    def handle_data(self, data: str) -> None:
        within = tuple(tag for tag in self._within if tag != "escaped")
        if self._within[-1:] == ["escaped"] and data in FENCED:
            self._apart = True
        elif self._apart or not self.nodes:
            self.nodes.append(Node(text=data, within=within))
            self._apart = False
        else:
            self.nodes[-1].text += data


@lru_cache(maxsize=8)
def html(body: str) -> str:
    """Render as GitLab does; escaped characters are in spans."""
    extensions = comrak.ExtensionOptions()
    extensions.alerts = extensions.autolink = extensions.cjk_friendly_emphasis = extensions.description_lists = True
    extensions.footnotes = extensions.math_code = extensions.math_dollars = extensions.multiline_block_quotes = True
    extensions.strikethrough = extensions.table = extensions.tasklist = extensions.wikilinks_title_before_pipe = True
    parsing = comrak.ParseOptions()
    parsing.relaxed_autolinks = parsing.relaxed_tasklist_matching = parsing.tasklist_in_table = True
    options = comrak.RenderOptions()
    options.unsafe_ = options.escaped_char_spans = options.github_pre_lang = options.full_info_string = True
    return comrak.render_markdown(body, extension_options=extensions, parse_options=parsing, render_options=options)


def text_nodes(body: str) -> list[Node]:
    """Return the text nodes of a rendered body, without comments."""
    page = _Nodes()
    page.feed(html(body))
    page.close()
    return page.nodes


def live_text(body: str) -> str:
    """Return the text in which GitLab looks for references: no code, no link, no escaped character, no comment."""
    return "\ufdd0".join(node.text for node in text_nodes(body) if _UNREAD.isdisjoint(node.within))


def mentioned(body: str) -> set[str]:
    """Return whom a body notifies."""
    return set(_MENTION.findall(live_text(body)))


def referred_to(body: str) -> set[str]:
    """Return the references that GitLab would make links of."""
    return set(_REFERENCE.findall(live_text(body)))


def filtered(body: str, named: Collection[str] = ()) -> list[str]:
    """Return what GitLab's filters would find in a rendered body, apart from what is ``named``."""
    found = []
    wanted = re.compile("|".join(map(re.escape, sorted(named, key=len, reverse=True))) or r"(?!)")
    for node in text_nodes(body):
        text = wanted.sub("\ufdd0", node.text)
        patterns = {} if not _CODE.isdisjoint(node.within) else AFTER_MARKDOWN
        patterns = patterns if not _UNREAD.isdisjoint(node.within) else patterns | REFERENCES
        found += [f"{kind}: {hit[0]}" for kind, one in patterns.items() if (hit := re.search(one, text))]
    return found


def shown(body: str) -> str:
    """Return what a reader sees."""
    return "".join(_shown(html(body))).strip()


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _shown(page: str) -> list[str]:
    text = _Text()
    text.feed(page)
    text.close()
    return text.parts
