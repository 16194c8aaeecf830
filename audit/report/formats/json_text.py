"""Writes data as the text of a JSON file."""

from __future__ import annotations

import json
from typing import Any

from audit import inert


def json_text(data: dict[str, Any] | list[Any]) -> str:
    """Return the text of a JSON file: the same for the same data, and without unprintable characters."""
    return json.dumps(printable(data), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def printable(data: Any) -> Any:
    """Return the data without unprintable characters, which JSON escapes would otherwise carry through."""
    if isinstance(data, str):
        return inert.printable(data)
    if isinstance(data, dict):
        return {inert.printable(key): printable(value) for key, value in data.items()}
    return [printable(value) for value in data] if isinstance(data, list | tuple) else data
