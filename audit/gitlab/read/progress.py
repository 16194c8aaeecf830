"""What a long read tells whoever waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import threading


class OnProgress(Protocol):
    """Called now and then, never by two threads at once."""

    def __call__(self, phase: str, done: int, total: int | None, /) -> None:
        """Tell that ``done`` of ``total`` things of a phase are done; None is not known."""


class Say(Protocol):
    """Tells the person who waits."""

    def __call__(self, message: str, *, warning: bool = False) -> None:
        """Tell one line."""


class Tally:
    """Counts one phase over several threads."""

    def __init__(self, progress: OnProgress, phase: str, lock: threading.Lock) -> None:
        self._progress, self._phase, self._lock = progress, phase, lock
        self._done = 0
        self._total: int | None = None

    def expect(self, total: int) -> None:
        """Tell how many there will be."""
        with self._lock:
            self._total = total
            self._progress(self._phase, self._done, total)

    def add(self, more: int) -> None:
        """Tell that so many more are done."""
        with self._lock:
            self._done += more
            self._progress(self._phase, self._done, self._total)
