"""The common form of the outputs: a file name, and a text made from a View."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from audit.report.figures.view import View


Text: TypeAlias = "str | Iterator[str]"
"""The text of a file, or its pieces, which are made one after the other and each end with a line."""


def _none(_: View) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One file of the output folder."""

    name: str
    """Name of the file, such as ``audit.json``."""
    text: Callable[[View], Text]
    """Returns the file's text, in pieces where it grows with the tracker; if it is empty, the file is not written."""
    others: Callable[[View], Mapping[str, str]] = _none
    """Returns file name -> text of further files of the same kind, like one for each team."""
    begins_with: str = ""
    """What stands before the text, though it is not printed: a byte order mark."""
    by_team: bool = False
    """In a team edition it holds only that team's rows; other formats hold all rows in every edition."""
