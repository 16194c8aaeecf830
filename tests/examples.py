"""How many examples a property is held against: few and the same ones each time, unless somebody asks for many.

``make test ARGS=--hypothesis-profile=thorough`` tries thirty times as many, and others each time.
"""

from __future__ import annotations

from typing import Any, Final

from hypothesis import settings

THOROUGH: Final = "thorough"
MORE: Final = 30


def examples(number: int, **fields: Any) -> settings:
    """Return the decorator of a property that is usually held against this number of examples."""
    if is_thorough():
        return settings(max_examples=MORE * number, deadline=None, **fields)
    return settings(max_examples=number, deadline=None, derandomize=True, **fields)


def is_thorough() -> bool:
    return settings.get_current_profile_name() == THOROUGH
