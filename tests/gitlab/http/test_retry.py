from __future__ import annotations

import pytest

from audit.gitlab.http.failures import Kind, RequestError
from audit.gitlab.http.retry import Patience, asked_for

NOW = "Mon, 23 Nov 2026 06:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30.0),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "1m0s"}, 60.0),
        ({"Retry-After": "1h2m3.5s"}, 3723.5),
        ({"Retry-After": "250ms"}, 0.25),
        ({"Retry-After": "Mon, 23 Nov 2026 06:00:45 GMT", "Date": NOW}, 45.0),
        ({"Retry-After": "Mon, 23 Nov 2026 05:59:00 GMT", "Date": NOW}, 0.0),
        ({"Retry-After": "Mon, 23 Nov 2026 06:00:45 GMT"}, None),
        ({"RateLimit-Reset": "1795413620", "Date": NOW}, 20.0),
        ({"RateLimit-Reset": "soon", "Date": NOW}, None),
        ({"RateLimit-Reset": "²", "Date": NOW}, None),
        ({"Retry-After": "later", "Date": NOW}, None),
        ({"Retry-After": "30", "Date": "nonsense"}, 30.0),
        ({}, None),
    ],
)
def test_what_a_server_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_for(headers) == seconds


def error(kind: Kind, wait: float | None = None) -> RequestError:
    return RequestError(kind, "x", wait=wait)


def test_waits_double_and_end() -> None:
    waits = [Patience().wait(error(Kind.SERVER), tried=n, waited=0, spent=0) for n in range(1, 6)]

    assert waits == [1, 2, 4, 8, None]


def test_a_server_that_asks_for_an_hour_is_asked_again_earlier() -> None:
    assert Patience().wait(error(Kind.RATE_LIMITED, 3600), tried=1, waited=0, spent=0) == 120


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.SERVER, Kind.RATE_LIMITED, Kind.UNREACHABLE, Kind.NO_ANSWER}))
def test_what_will_not_change_is_not_waited_for(kind: Kind) -> None:
    assert Patience().wait(error(kind), tried=1, waited=0, spent=0) is None


def test_silence_is_waited_for_once() -> None:
    waits = [Patience().wait(error(Kind.NO_ANSWER), tried=n, waited=0, spent=0) for n in (1, 2)]

    assert waits == [1, None]


@pytest.mark.parametrize("given", [{"waited": 300, "spent": 0}, {"waited": 0, "spent": 1800}])
def test_patience_ends(given: dict[str, float]) -> None:
    assert Patience().wait(error(Kind.SERVER), tried=1, **given) is None
