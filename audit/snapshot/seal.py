"""The seal of a snapshot: whoever holds the token that made it can tell that nobody else has changed it."""

from __future__ import annotations

import hmac
from typing import Final

_SEALS: Final = b"incident-review-audit: seal of a snapshot"
_MASKS: Final = b"incident-review-audit: masks of words"


def seal(digest: str, token: str) -> str:
    """Return the seal of a digest, in hex. The token cannot be told from it."""
    return hmac.new(_key(token, _SEALS), digest.encode(), "sha256").hexdigest()


def is_sealed(digest: str, found: str, token: str) -> bool:
    """Return whether a seal is that of a digest under a token."""
    return hmac.compare_digest(seal(digest, token).encode(), found.encode(errors="replace"))


def key_name(token: str) -> str:
    """Return a name of the key of a token's seals, which tells two tokens apart and none of them."""
    return hmac.new(_key(token, _SEALS), b"name", "sha256").hexdigest()[:16]


def mask_key(token: str) -> bytes:
    """Return the key by which words become masks; without it a guess cannot be confirmed."""
    return _key(token, _MASKS)


def _key(token: str, purpose: bytes) -> bytes:
    return hmac.digest(token.encode(), purpose, "sha256")
