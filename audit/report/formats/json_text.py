"""Data as the text of a JSON file."""

from __future__ import annotations

import json
from typing import Any


def json_text(data: dict[str, Any] | list[Any]) -> str:
    """Return the text of a JSON file: always the same for the same data."""
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
