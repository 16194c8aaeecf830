"""What texts say, kept from one night to the next: a text is read once in its life, not once a night.

A reading is kept under a digest of the text and of all that decides how it is read, so one that is found is the one
that reading the text again would give. Nothing of a text's words is needed, or kept, to look it up.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def text_digest(text: str) -> bytes:
    """Return the digest of a text, which may hold half of a surrogate pair."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()


@dataclass(frozen=True, kw_only=True)
class Readings:
    """The readings of earlier nights, and those that this night used or made."""

    reader: str = ""
    """Fingerprint of the program that reads texts: another program reads them anew."""
    kept: Mapping[bytes, bytes] = field(default_factory=dict, repr=False)
    """Key of a reading -> the reading as bytes, of earlier nights."""
    _used: dict[bytes, bytes] = field(init=False, default_factory=dict, repr=False, compare=False)

    def context(self, kind: str, *facts: str) -> bytes:
        """Return the digest of what decides a reading but for the text: its kind, and facts in a fixed order."""
        return hashlib.sha256(json.dumps([self.reader, kind, *facts]).encode()).digest()

    def find(self, key: bytes) -> bytes | None:
        """Return a reading of this night or an earlier one; None: the text is still to be read."""
        found = self._used.get(key)
        if found is None and (found := self.kept.get(key)) is not None:
            self._used[key] = found
        return found

    def keep(self, key: bytes, reading: bytes) -> None:
        """Keep a reading for the nights to come, instead of one that may be there."""
        self._used[key] = reading

    def entries(self) -> Mapping[bytes, bytes]:
        """Return the readings that this night used or made; what no night uses is not kept for ever."""
        return self._used


def reading_key(context: bytes, digest: bytes) -> bytes:
    """Return the key of a reading: of its context, and of the text's digest."""
    return hashlib.sha256(context + digest).digest()
