"""Python's search for circles of garbage, which goes through all records again and again and finds next to nothing."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def collector_paused() -> Iterator[None]:
    """Carry out a block, or a decorated function, without the search: it took a sixth of an evaluation.

    What is no longer used goes all the same, but for circles, of which the evaluation makes few.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
