"""What several outputs put the same way: a number with its noun, a text that is too long, a severity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SEVERITIES: Final = {1: "S1 critical", 2: "S2 high", 3: "S3 medium", 4: "S4 low"}
NOT_KEPT: Final = "(title not kept)"
"""What stands in the place of a title that a snapshot does not hold."""
MOST: Final = 20
"""Names that one record shows of a list whose length others choose: a label of 20,000 services is on 200 incidents."""


def plural(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 note``, ``2 notes``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many characters; where something was left out it ends with an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def first_lines(lines: Sequence[str], most: int = MOST) -> tuple[str, ...]:
    """Return at most so many lines, and one more that says how many were left out."""
    more = len(lines) - most
    return tuple(lines) if more <= 0 else (*lines[:most], f"and {more} more")


def listed(written: Iterable[str], total: int, *, most: int = MOST) -> str:
    """Return the first names of a list of ``total``, as they are written, and how many more there are."""
    shown = [text for text, _ in zip(written, range(most), strict=False)]
    more = f" and {total - len(shown):,} more" if total > len(shown) else ""
    return ", ".join(shown) + more
