"""Keeps requests apart: a shard of a pull takes no more than its share of the server's rate limit."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(kw_only=True)
class Pace:
    """The starts of requests, of all threads."""

    seconds: float
    """From one start to the next, at least."""
    sleep: Callable[[float], None]
    clock: Callable[[], float]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _next: float = 0.0

    def wait(self) -> None:
        """Wait until the next request may start."""
        if not self.seconds:
            return
        with self._lock:
            now = self.clock()
            start = max(now, self._next)
            self._next = start + self.seconds
        if start > now:
            self.sleep(start - now)
