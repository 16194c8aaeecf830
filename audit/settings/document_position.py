"""Where something stands in a settings file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import yaml


@dataclass(frozen=True, order=True)
class Position:
    """Line and column in the file, both from 1."""

    line: int = 1
    column: int = 1

    @classmethod
    def of(cls, mark: yaml.Mark) -> Position:
        """Return the position of a mark of PyYAML, which counts from 0."""
        return cls(mark.line + 1, mark.column + 1)
