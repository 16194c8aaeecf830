"""CODEOWNERS of GitLab: who owns the whole of a project.

The last entry that covers every file decides, in the first section that has one; an entry without owners of its own
has those of its section. Mail addresses and roles name nobody here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES: Final = ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where GitLab looks for the file; the first that is there counts."""
_SECTION = re.compile(r"\^?\[(?P<name>[^\]]+)\](?:\[\d+\])?(?P<owners>(?:\s.*)?)")
_EVERYTHING = {"*", "**", "/", "/*", "/**", "/**/*", "**/*"}
_NAME = re.compile(r"@(?!@)([\w.-]+(?:/[\w.-]+)*)", re.ASCII)


def owner_of_all(text: str) -> str:
    """Return the path of the first group or account that owns the whole project; empty: nobody does."""
    for default, entries in _sections(text):
        owners = [owners or default for pattern, owners in entries if pattern in _EVERYTHING]
        if owners and (names := _names(owners[-1])):
            return names[0]
    return ""


def _sections(text: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the default owners of each section, with its entries as (pattern, owners)."""
    default = ""
    entries: list[tuple[str, str]] = []
    for line in text.splitlines():
        written = line.strip()
        if not written or written.startswith("#"):
            continue
        if section := _SECTION.fullmatch(written):
            yield default, entries
            default, entries = section["owners"], []
        else:
            pattern, _, owners = written.partition(" ")
            entries.append((pattern, owners.strip()))
    yield default, entries


def _names(owners: str) -> list[str]:
    words = owners.partition(" #")[0].split()
    return [found[1] for word in words if (found := _NAME.fullmatch(word))]
