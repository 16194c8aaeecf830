"""How long to wait before a reading request is sent again, and when to give up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from audit.gitlab.http.failures import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from audit.gitlab.http.failures import RequestError

_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often and how long a reading request is tried."""

    attempts: int = 5
    longest: float = 120
    """Seconds of one wait at most: a server that asks for more gets the request earlier, or a gap."""
    total: float = 300
    """Seconds of all waits of one request together."""
    budget: float = 1800
    """Seconds of all waits of all requests together; after that each is sent once."""
    silences: int = 8
    """So many requests in a row without any answer mean that the server is lost."""

    def wait(self, error: RequestError, *, tried: int, waited: float, spent: float) -> float | None:
        """Return the seconds to wait after a request's ``tried``-th failure; None gives up."""
        wait = min(self.longest, error.wait if error.wait is not None else 2.0 ** (tried - 1))
        # each silence has already cost a whole timeout
        attempts = min(2, self.attempts) if error.kind is Kind.NO_ANSWER else self.attempts
        if not error.passing or tried >= attempts:
            return None
        if waited + wait > self.total or spent + wait > self.budget:
            return None
        return wait


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
