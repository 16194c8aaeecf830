from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.http.retry import READ, WRITE, Retries, read_part, read_rows, requested_wait

if TYPE_CHECKING:
    from audit.gitlab.http.retry import RetryPolicy

PASSING = {
    Cause.SERVER,
    Cause.RATE_LIMITED,
    Cause.UNREACHABLE,
    Cause.NO_ANSWER,
    Cause.NOT_JSON,
    Cause.MALFORMED,
}
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
        ({"Retry-After": "Mon, 23 Nov 2026 06:00:45 -0000", "Date": NOW}, 45.0),
        ({"Retry-After": "Mon, 23 Nov 2026 06:00:45 GMT", "Date": "Mon, 23 Nov 2026 06:00:00"}, 45.0),
        ({"RateLimit-Reset": "1795413620", "Date": NOW}, 20.0),
        ({"RateLimit-Reset": "soon", "Date": NOW}, None),
        ({"RateLimit-Reset": "²", "Date": NOW}, None),
        ({"Retry-After": "later", "Date": NOW}, None),
        ({"Retry-After": "30", "Date": "nonsense"}, 30.0),
        ({}, None),
    ],
)
def test_what_a_server_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert requested_wait(headers) == seconds


def error(kind: Cause, wait: float | None = None) -> RequestError:
    return RequestError(kind, "x", wait=wait)


class Request:
    """Fails so often with an error, and then answers."""

    def __init__(self, failure: RequestError, times: int) -> None:
        self.failure = failure
        self.left = times

    def __call__(self) -> str:
        if self.left:
            self.left -= 1
            raise self.failure
        return "answer"


def retries(waits: list[float], budget: float = 600) -> Retries:
    return Retries(budget=budget, sleep=waits.append, clock=lambda: sum(waits), notice=lambda _error, _wait: None)


def test_waits_double_and_end() -> None:
    waits: list[float] = []

    with pytest.raises(RequestError):
        retries(waits).send(Request(error(Cause.SERVER), 9), READ)

    assert waits == [1, 2, 4, 8]


def test_a_server_that_asks_for_an_hour_is_asked_again_earlier() -> None:
    waits: list[float] = []

    assert retries(waits).send(Request(error(Cause.RATE_LIMITED, 3600), 1), READ) == "answer"
    assert waits == [120]


@pytest.mark.parametrize("kind", sorted(set(Cause) - PASSING - {Cause.TOO_HEAVY}))
def test_what_will_not_change_is_not_waited_for(kind: Cause) -> None:
    with pytest.raises(RequestError):
        retries([]).send(Request(error(kind), 1), READ)


@pytest.mark.parametrize("policy", [read_rows(2), read_part(2)])
def test_what_was_too_much_is_made_smaller_at_once(policy: RetryPolicy) -> None:
    with pytest.raises(RequestError):
        retries([]).send(Request(error(Cause.TOO_HEAVY), 1), policy)


@pytest.mark.parametrize("policy", [READ, read_rows(1), read_part(1)])
def test_what_cannot_be_made_smaller_is_asked_for_again(policy: RetryPolicy) -> None:
    assert retries([]).send(Request(error(Cause.TOO_HEAVY), 1), policy) == "answer"


@pytest.mark.parametrize("kind", [Cause.NO_ANSWER, Cause.TOO_HEAVY])
def test_silence_is_waited_for_once(kind: Cause) -> None:
    waits: list[float] = []

    with pytest.raises(RequestError):
        retries(waits).send(Request(error(kind), 2), READ)

    assert waits == [1]


def test_all_requests_share_one_budget() -> None:
    waits: list[float] = []
    shared = retries(waits, budget=16)

    for _ in range(3):
        with pytest.raises(RequestError):
            shared.send(Request(error(Cause.SERVER), 9), READ)

    assert waits == [1, 2, 4, 8, 1]


def test_a_write_that_took_effect_is_not_sent_again() -> None:
    waits: list[float] = []
    looks = iter([None, "stored"])

    assert retries(waits).send(Request(error(Cause.NO_ANSWER), 9), WRITE, stored=lambda: next(looks)) == "stored"
    assert waits == [2, 4]


def test_a_write_is_looked_for_after_its_last_try_too() -> None:
    looks = iter([None, None, "stored"])
    write = Request(error(Cause.SERVER), 3)

    assert retries([]).send(write, WRITE, stored=lambda: next(looks)) == "stored"
    assert write.left == 0
