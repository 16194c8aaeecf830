"""The texts of the GraphQL queries, each with the fragments that it uses."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_SPREAD = re.compile(r"\.\.\.(\w+)")
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


@cache
def text_of(document: str) -> str:
    """Return the text of ``queries/<document>.graphql``, and behind it that of its fragments."""
    texts = [_read(document)]
    seen: set[str] = set()
    for text in texts:  # it grows
        for name in _SPREAD.findall(text):
            if name != "on" and name not in seen:
                seen.add(name)
                texts.append(_read(f"fragments/{_WORD.sub('_', name).lower()}"))
    return "".join(texts)


def _read(name: str) -> str:
    folder, _, file = name.rpartition("/")
    place = files("audit.gitlab.http") / "queries" / folder
    return (place / f"{file}.graphql").read_text(encoding="utf-8")
