"""The threads in which requests are sent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

T = TypeVar("T")
R = TypeVar("R")


class Workers:
    """Threads for so many requests at a time, and some for what only waits for these."""

    def __init__(self, parallel: int) -> None:
        self._parallel = parallel

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=self._parallel, thread_name_prefix="gitlab")

    @cached_property
    def _asides(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=8, thread_name_prefix="gitlab-aside")

    def map(self, function: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """Return ``function`` of every item, in order, several in parallel."""
        return list(self._pool.map(function, items))

    def start(self, function: Callable[[], R]) -> Future[R]:
        """Begin to work on something, once a thread is free."""
        return self._pool.submit(function)

    def aside(self, function: Callable[[], R]) -> Future[R]:
        """Begin to work on something in a thread of its own."""
        return self._asides.submit(function)

    def close(self) -> None:
        """End the threads; what has not begun is not done."""
        pools = [self.__dict__.pop(name) for name in ("_pool", "_asides") if name in self.__dict__]
        for pool in pools:
            pool.shutdown(wait=False, cancel_futures=True)
        for pool in pools:
            pool.shutdown(wait=True)
