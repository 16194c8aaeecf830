"""Data as the text of a JSON file."""

from __future__ import annotations

import json
from typing import Any

from audit import inert


def json_text(data: dict[str, Any] | list[Any]) -> str:
    """Return the text of a JSON file: always the same for the same data, and without what is not printed."""
    return json.dumps(printable(data), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def printable(data: Any) -> Any:
    """Return data whose texts hold only what is printed; as JSON they could hide it behind an escape."""
    if isinstance(data, str):
        return inert.printable(data)
    if isinstance(data, dict):
        return {inert.printable(key): printable(value) for key, value in data.items()}
    return [printable(value) for value in data] if isinstance(data, list | tuple) else data
