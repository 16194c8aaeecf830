"""What several outputs put the same way: a number with its noun, a text that is too long, a severity."""

from __future__ import annotations

from typing import Final

SEVERITIES: Final = {1: "S1 critical", 2: "S2 high", 3: "S3 medium", 4: "S4 low"}


def plural(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 note``, ``2 notes``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many characters; where something was left out it ends with an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
