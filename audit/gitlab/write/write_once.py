"""Writes that are wanted once: a write is sent again only after a look at whether it took effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from audit.gitlab.http.failures import Kind, RequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.gitlab.http.client import Client

R = TypeVar("R")

ATTEMPTS = 3
_LONGEST_WAIT = 120.0
"""Seconds of one wait, whatever the server asks for."""
_LIMIT_PERIOD = 60.0
"""Seconds after which a limit has passed that does not say how long to wait."""

_CONFLICT = 409
"""Another write to the same record was under way."""


def once(pause: Callable[[float], None], write: Callable[[], R], stored: Callable[[], R | None]) -> R:
    """Write and return the answer; where that is lost or a limit is met, what ``stored`` finds, else try again."""
    tried = 0
    while True:
        tried += 1
        try:
            return write()
        except RequestError as error:
            if not worth_another(error):
                raise
            pause(wait(error, tried))
            if (found := stored()) is not None:
                return found
            if tried >= ATTEMPTS:
                raise


def settle(client: Client, missing: Callable[[], Callable[[], object] | None]) -> None:
    """Write what is missing. ``missing`` looks at the server and returns the write, or None where there is none.

    A write that is refused may have come second to another run's, so what is missing is looked at anew.
    """
    tried, failed = 0, None
    while (write := missing()) is not None:
        if failed is not None and tried >= ATTEMPTS:
            raise failed
        tried += 1
        try:
            write()
        except RequestError as error:
            if not (worth_another(error) or error.kind is Kind.REFUSED):
                raise
            failed = error
            if error.kind is not Kind.REFUSED:
                client.sleep(wait(error, tried))
        else:
            return


def worth_another(error: RequestError) -> bool:
    """Tell whether the same write may go through later, or may have gone through already."""
    return error.unsure or error.kind is Kind.RATE_LIMITED or error.status == _CONFLICT


def wait(error: RequestError, tried: int) -> float:
    """Return how long to wait: what the server asks for, within reason."""
    if error.wait is not None:
        return min(error.wait, _LONGEST_WAIT)
    return _LIMIT_PERIOD if error.kind is Kind.RATE_LIMITED else 2.0**tried
