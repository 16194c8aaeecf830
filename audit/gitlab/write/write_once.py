"""Writes that are wanted once, where what is missing is looked at before each try."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.gitlab.http.retry import WRITE_MISSING

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.gitlab.http.client import Client


def settle(client: Client, missing: Callable[[], Callable[[], object] | None]) -> None:
    """Write what is missing. ``missing`` looks at the server and returns the write, or None where there is none.

    A write that is refused may have come second to another run's, so what is missing is looked at anew. Raises
    RequestError.
    """
    write = missing()

    def written() -> bool | None:
        nonlocal write
        write = missing()
        return True if write is None else None

    def send() -> object:
        return write() if write is not None else None

    client.retries.send(send, WRITE_MISSING, stored=written)
