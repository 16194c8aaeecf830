"""How much a caller may ask: requests per minute, notes per minute, and the weight of a GraphQL query."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING

from audit.sandbox.wire import TEXT, Refusal, Reply, refuse

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

PERIOD = 60
TOO_MANY = "This endpoint has been requested too many times. Try again later."


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The settings of an instance; the defaults are gitlab.com's, but for the general limit, which is off."""

    notes_per_minute: int = 60
    comments_per_issue: int = 5000
    """System notes do not count."""
    requests_per_minute: int | None = None
    go_durations: bool = False
    """Send Retry-After as the proxy in front of GitLab does when it breaks the circuit: `1m0s`."""
    query_chars: int = 10_000
    complexity: int = 250
    complexity_anonymous: int = 200
    depth: int = 20
    depth_anonymous: int = 15
    page: int = 100
    counted_rows: int = 10_000
    """Above this many rows a list does not say how many there are."""
    offset_rows: int = 50_000


@dataclass(frozen=True, kw_only=True)
class Usage:
    """One caller's use of one allowance in the running minute."""

    limit: int
    seen: int
    seconds_left: int

    @property
    def exceeded(self) -> bool:
        """Whether this request is one too many."""
        return self.seen > self.limit


class Meter:
    """Counts per caller and minute, by a clock that tests may turn."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, object], tuple[int, int]] = {}

    def count(self, name: str, caller: object, limit: int) -> Usage:
        """Count one more, and say where that leaves the caller."""
        now = self._clock()
        minute = int(now // PERIOD)
        with self._lock:
            known, seen = self._seen.get((name, caller), (minute, 0))
            seen = seen + 1 if known == minute else 1
            self._seen[name, caller] = (minute, seen)
        return Usage(limit=limit, seen=seen, seconds_left=max(1, int((minute + 1) * PERIOD - now)))


def usage_headers(usage: Usage, now: dt.datetime) -> dict[str, str]:
    """Build the headers that tell a caller how much is left."""
    return {
        "RateLimit-Limit": str(usage.limit),
        "RateLimit-Name": "throttle_authenticated_api",
        "RateLimit-Observed": str(usage.seen),
        "RateLimit-Remaining": str(max(0, usage.limit - usage.seen)),
        "RateLimit-Reset": str(int(now.timestamp()) + usage.seconds_left),
    }


def throttled(usage: Usage, now: dt.datetime, *, go_durations: bool) -> Refusal:
    """Refuse as the throttle in front of the whole API does: plain text, with headers."""
    wait = usage.seconds_left
    after = f"{wait // 60}m{wait % 60}s" if go_durations else str(wait)
    reset = format_datetime(now.replace(microsecond=0), usegmt=True)
    headers = usage_headers(usage, now) | {"RateLimit-ResetTime": reset, "Retry-After": after}
    return Refusal(Reply(status=429, body=b"Retry later\n", content_type=TEXT, headers=headers))


def too_many_notes() -> Refusal:
    """Refuse as the limiter of a single endpoint does: JSON, without saying when to come back."""
    return refuse(429, {"error": TOO_MANY})
