"""How labels compare (POLICY.md section 2): without regard to case, Unicode form, and the colons of their scope."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from unicodedata import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_COLONS = re.compile(r"\s*::?\s*")


@lru_cache(maxsize=65_536)
def key(label: str) -> str:
    """Return a label's key, which is equal for all of its spellings."""
    return _COLONS.sub("::", normalize("NFC", label.replace("\xa0", " ")).strip().casefold())


def keys(labels: Iterable[str]) -> frozenset[str]:
    """Return the keys of several labels."""
    return frozenset(map(key, labels))


@lru_cache(maxsize=65_536)
def value(label: str, scope: str) -> str | None:
    """Return the text after ``scope::``, as spelt, or None if the label is not of that scope."""
    if not key(label).startswith(key(scope) + "::"):
        return None
    # a scope may contain colons
    return _COLONS.split(label.strip(), maxsplit=key(scope).count("::") + 1)[-1]


def severity(label: str, *, scope: str, plain: bool, named: Mapping[str, int] | None = None) -> int | None:
    """Return 1 to 4 for a severity label, else None.

    ``plain`` also reads S1 to S4; ``named`` has further ones by their keys.
    """
    if named and (level := named.get(key(label))):
        return level
    text = value(label, scope)
    if text in {"1", "2", "3", "4"}:
        return int(text)
    if plain and re.fullmatch(r"[Ss][1-4]", label.strip()):
        return int(label.strip()[1])
    return None
