"""The one loop in which a request waits to be sent again, and the budget that ends the waiting."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar

from audit.gitlab.http.failures import Cause, RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

R = TypeVar("R")

_LONGEST_WAIT = 120.0
"""Seconds of one wait at most: a server that asks for more gets the request earlier, or gives a gap."""
_LIMIT_PERIOD = 60.0
"""Seconds after which a limit has passed that does not say how long to wait."""
_CONFLICT = 409
"""Another write to the same record was under way."""
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")


def _read_may_pass(error: RequestError) -> bool:
    return error.passing


def _write_may_pass(error: RequestError) -> bool:
    """Tell whether the same write may go through later, or may have gone through already."""
    return error.unsure or error.cause is Cause.RATE_LIMITED or error.status == _CONFLICT


def _write_may_be_moot(error: RequestError) -> bool:
    """Tell the same of a write that is looked at anew each time: a refused one may have come second to another run."""
    return _write_may_pass(error) or error.cause is Cause.REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Which failed requests are sent again, how often, and after how many seconds."""

    repeats: Callable[[RequestError], bool]
    attempts: int
    first_wait: float
    """Doubled from try to try, where the server does not say how long to wait."""

    def is_last(self, error: RequestError, tried: int) -> bool:
        """Tell whether a request is given up after its ``tried``-th failure."""
        # each silence has already cost a whole timeout
        return tried >= (min(2, self.attempts) if error.cause is Cause.NO_ANSWER else self.attempts)

    def wait(self, error: RequestError, tried: int) -> float:
        """Return the seconds to wait after a request's ``tried``-th failure."""
        if error.wait is not None:
            return min(_LONGEST_WAIT, max(error.wait, tried - 1.0))
        if error.cause is Cause.RATE_LIMITED:
            return _LIMIT_PERIOD
        if error.cause is Cause.REFUSED and error.status != _CONFLICT:
            return 0.0
        return self.first_wait * 2.0 ** (tried - 1)


READ = Policy(repeats=_read_may_pass, attempts=5, first_wait=1.0)
WRITE = Policy(repeats=_write_may_pass, attempts=3, first_wait=2.0)
WRITE_MISSING = Policy(repeats=_write_may_be_moot, attempts=3, first_wait=2.0)


class Retries:
    """Sends requests until they are answered. All threads share one budget of seconds that are waited in vain."""

    def __init__(
        self, *, budget: float, sleep: Callable[[float], None], notice: Callable[[RequestError, float], None]
    ) -> None:
        self._budget = budget
        self._sleep = sleep
        self._notice = notice
        self._lock = threading.Lock()
        self._spent = 0.0

    def send(self, request: Callable[[], R], policy: Policy, stored: Callable[[], R | None] | None = None) -> R:
        """Send a request until it succeeds or the policy gives up; raises its last RequestError.

        ``stored`` looks before each further try, and after the last one, whether a write took effect although it was
        not answered; what it returns is then the answer.
        """
        tried = 0
        while True:
            try:
                return request()
            except RequestError as error:
                tried += 1
                wait = policy.wait(error, tried)
                last = policy.is_last(error, tried)
                if not policy.repeats(error) or (last and stored is None) or not self._affords(wait):
                    raise
                self._notice(error, wait)
                self._sleep(wait)
                if stored is not None and (answer := stored()) is not None:
                    return answer
                if last:
                    raise

    def _affords(self, wait: float) -> bool:
        with self._lock:
            self._spent += wait
            return self._spent <= self._budget


def asked_for(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a server asks to wait: a number, Go's ``1m0s``, an HTTP date, or the limit's reset.

    Dates are held against the answer's own Date, so that neither clock has to be right.
    """
    asked = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", asked):
        return float(asked)
    if asked and not _PART.sub("", asked):
        return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(asked))
    sent = _date(headers.get("Date", ""))
    if sent is None:
        return None
    if until := _date(asked):
        return max(0.0, (until - sent).total_seconds())
    reset = headers.get("RateLimit-Reset", "")
    return max(0.0, float(reset) - sent.timestamp()) if reset.isdecimal() else None


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None
