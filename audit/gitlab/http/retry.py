"""The one retry loop, and the budget of time that ends it."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar

from audit.gitlab.http.failures import Cause, RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

R = TypeVar("R")

_LONGEST_WAIT = 120.0
"""Longest single wait in seconds, even if the server asks for more."""
_LIMIT_PERIOD = 60.0
"""Seconds to wait at a rate limit that does not say how long."""
_LEAST_WAIT = 1.0
"""Shortest wait in seconds; with less left, the budget counts as spent."""
_CONFLICT = 409
"""Another write to the same record was under way."""
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")


def _page_may_pass(error: RequestError) -> bool:
    return error.passing


def _read_may_pass(error: RequestError) -> bool:
    """Return whether the same request may succeed later; what was too much for a busy server may not be then."""
    return error.passing or error.cause is Cause.TOO_HEAVY


def _write_may_pass(error: RequestError) -> bool:
    """Return whether the same write may succeed later, or may have taken effect already."""
    return error.unsure or error.cause is Cause.RATE_LIMITED or error.status == _CONFLICT


def _write_may_be_moot(error: RequestError) -> bool:
    """Return the same for a write that is checked before each try: another run may have written it first."""
    return _write_may_pass(error) or error.cause is Cause.REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Which failed requests are sent again, how often, and after how many seconds."""

    repeats: Callable[[RequestError], bool]
    attempts: int
    first_wait: float
    """Seconds before the second try, doubled each time; used if the server does not say how long to wait."""
    waits_for_limits: bool = False
    """Retry at a rate limit without counting tries, until the budget ends."""

    def is_last(self, error: RequestError, tried: int) -> bool:
        """Return whether a request is given up after its ``tried``-th failure."""
        if self.waits_for_limits and error.cause is Cause.RATE_LIMITED:
            return False
        # each of these has already cost a whole timeout, here or on the server
        slow = error.cause in (Cause.NO_ANSWER, Cause.TOO_HEAVY)
        return tried >= (min(2, self.attempts) if slow else self.attempts)

    def wait(self, error: RequestError, tried: int) -> float:
        """Return the seconds to wait after a request's ``tried``-th failure."""
        if error.wait is not None:
            return min(_LONGEST_WAIT, max(error.wait, tried - 1.0))
        if error.cause is Cause.RATE_LIMITED:
            return _LIMIT_PERIOD
        if error.cause is Cause.REFUSED and error.status != _CONFLICT:
            return 0.0
        return self.first_wait * 2.0 ** (tried - 1)


READ = RetryPolicy(repeats=_read_may_pass, attempts=5, first_wait=1.0, waits_for_limits=True)
"""For requests that cannot be made smaller."""
_READ_PAGE = RetryPolicy(repeats=_page_may_pass, attempts=5, first_wait=1.0, waits_for_limits=True)
"""For requests that can: what is too much for the server is asked for in smaller parts at once."""
_READ_SMALLER = RetryPolicy(repeats=_page_may_pass, attempts=2, first_wait=1.0, waits_for_limits=True)
"""For smaller parts of a request that was given up: fewer tries, only to find the parts that can be read."""
_READ_SMALLEST = RetryPolicy(repeats=_read_may_pass, attempts=2, first_wait=1.0, waits_for_limits=True)
"""For the smallest parts."""


def read_rows(rows: int) -> RetryPolicy:
    """Return the policy of a request for so many rows."""
    return _READ_PAGE if rows > 1 else READ


def read_part(rows: int) -> RetryPolicy:
    """Return the policy of a request for so many rows of a larger one that was given up."""
    return _READ_SMALLER if rows > 1 else _READ_SMALLEST


WRITE = RetryPolicy(repeats=_write_may_pass, attempts=3, first_wait=2.0)
WRITE_MISSING = RetryPolicy(repeats=_write_may_be_moot, attempts=3, first_wait=2.0)


class Retries:
    """Sends requests until they are answered. All threads share one budget of seconds spent in vain.

    Only time spent on requests that are given up counts, waits included: a wait that ends in an answer is progress.
    Once the budget is spent, nothing waits any more, and an operation that was given up is not sent again.
    """

    def __init__(
        self,
        *,
        budget: float,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
        notice: Callable[[RequestError, float], None],
    ) -> None:
        self._budget = budget
        self._sleep = sleep
        self._clock = clock
        self._notice = notice
        self._lock = threading.Lock()
        self.renew()

    def renew(self) -> None:
        """Start a new budget."""
        with self._lock:
            self._spent = 0.0
            self._counted_until = 0.0
            self._given_up: dict[str, RequestError] = {}

    def send(
        self,
        request: Callable[[], R],
        policy: RetryPolicy,
        *,
        operation: str = "",
        stored: Callable[[], R | None] | None = None,
    ) -> R:
        """Send a request until it succeeds or the policy gives up; raises its last RequestError.

        ``operation`` names the kind of request: others of that kind are likely to fail too. ``stored`` checks before
        each further try, and after the last one, whether a write took effect although no answer came; what it
        returns is then the answer.
        """
        if operation in self._given_up:
            raise self._given_up[operation].again()
        begun, tried, waited = self._clock(), 0, 0.0
        while True:
            try:
                return request()
            except RequestError as error:
                tried += 1
                wait = policy.wait(error, tried)
                last = policy.is_last(error, tried)
                if not policy.repeats(error) or (last and stored is None) or not self._affords(begun, waited, wait):
                    self._give_up(error, policy, operation, begun)
                    raise
                self._notice(error, wait)
                self._sleep(wait)
                waited += wait
                if stored is not None and (answer := stored()) is not None:
                    return answer
                if last:
                    self._give_up(error, policy, operation, begun)
                    raise

    def _affords(self, begun: float, waited: float, wait: float) -> bool:
        with self._lock:
            took = max(waited, self._clock() - max(begun, self._counted_until))
            return self._spent + took + wait <= self._budget

    def _give_up(self, error: RequestError, policy: RetryPolicy, operation: str, begun: float) -> None:
        """Charge the time since ``begun`` to the budget; time that threads spend in parallel counts once."""
        if not policy.repeats(error):
            return
        now = self._clock()
        with self._lock:
            self._spent += max(0.0, now - max(begun, self._counted_until))
            self._counted_until = max(self._counted_until, now)
            if self._spent + _LEAST_WAIT > self._budget:
                error.final = True
                if operation:
                    self._given_up[operation] = error


def requested_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a server asks to wait: a number, Go's ``1m0s``, an HTTP date, or the limit's reset.

    Dates are compared with the answer's own Date, so neither clock has to be right.
    """
    after = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", after):
        return float(after)
    if after and not _PART.sub("", after):
        return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(after))
    sent = http_date(headers.get("Date", ""))
    if sent is None:
        return None
    if until := http_date(after):
        return max(0.0, (until - sent).total_seconds())
    reset = headers.get("RateLimit-Reset", "")
    return max(0.0, float(reset) - sent.timestamp()) if reset.isdecimal() else None


def http_date(text: str) -> datetime | None:
    """Return the instant of an HTTP date in UTC; None if the text is none."""
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    # without a zone, or with one that says nothing (-0000), it is in UTC
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
