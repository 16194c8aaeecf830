"""What a browser makes of an HTML page, as far as tests ask: its tags, attributes, words, and its policy."""

from __future__ import annotations

import base64
from hashlib import sha256
from html.parser import HTMLParser

_EMPTY = {"meta", "link", "input", "br", "rect", "line", "polyline", "circle"}


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        """Tag, name, value."""
        self.words = ""
        self.inlined: dict[str, list[str]] = {"style": [], "script": []}
        self.policy = ""
        self.stack: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.attributes += [(tag, name, value) for name, value in given.items()]
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]
        if tag in self.inlined:
            self.inlined[tag].append("")
        if tag not in _EMPTY:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _EMPTY:
            assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.stack and self.stack[-1] in self.inlined:
            self.inlined[self.stack[-1]][-1] += data
        else:
            self.words += data

    def values(self, name: str) -> list[str]:
        return [value for _, known, value in self.attributes if known == name]

    def hashes(self, tag: str) -> list[str]:
        """Return the hashes by which the policy would have to name what is inlined."""
        digests = (sha256(text.encode()).digest() for text in self.inlined[tag])
        return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]

    def allowed(self, directive: str) -> list[str]:
        rules = dict(rule.strip().partition(" ")[::2] for rule in self.policy.split(";"))
        return rules[directive].split()
