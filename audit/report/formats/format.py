"""What every output file has in common: a name, and a text made from a View."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.report.figures.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One file of the output folder."""

    name: str
    """Of the file, such as ``audit.json``."""
    text: Callable[[View], str]
    """Return what the file holds; an empty text: the file is not written."""
    by_team: bool = False
    """In the edition of a team it holds that team's rows only. The others are whole in every edition."""
