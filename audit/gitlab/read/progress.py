"""Progress messages of a long read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import threading


class OnProgress(Protocol):
    """Receives progress, from time to time and never from two threads at once."""

    def __call__(self, phase: str, done: int, total: int | None, /) -> None:
        """Report that ``done`` of ``total`` items of a phase are done; ``total`` None: unknown."""


class Say(Protocol):
    """Prints progress for the person who waits."""

    def __call__(self, message: str, *, warning: bool = False) -> None:
        """Print one line."""


class Tally:
    """Counts the items of one phase over several threads."""

    def __init__(self, progress: OnProgress, phase: str, lock: threading.Lock) -> None:
        self._progress, self._phase, self._lock = progress, phase, lock
        self._done = 0
        self._total: int | None = None

    def expect(self, total: int) -> None:
        """Set the expected total."""
        with self._lock:
            self._total = total
            self._progress(self._phase, self._done, total)

    def add(self, more: int) -> None:
        """Count more items as done."""
        with self._lock:
            self._done += more
            self._progress(self._phase, self._done, self._total)
