"""Due days that differ by severity, and the clock that starts with the review (POLICY.md section 6)."""

from __future__ import annotations

from typing import Any

import pytest

from audit.engine.sensitivity import compared
from audit.model import Verdict
from audit.settings.policy import Policy
from tests.records import added, audited, incident, review, row, settings, verdict, weighed

pytestmark = pytest.mark.together

BY_SEVERITY = {1: 3, 2: 5, "other": 10}
"""From Monday 2026-11-02: Thursday 2026-11-05, Monday 2026-11-09, Monday 2026-11-16."""
DAYS = settings(policies=[{"due_days": BY_SEVERITY}])
OPENED = settings(policies=[{"anchor": "review_opened"}])


def due(*issues: Any, **fields: Any) -> str:
    made = row(*issues, **fields)["due_on"]
    return f"{made:%Y-%m-%d}"


@pytest.mark.parametrize(
    ("labels", "day"),
    [
        (("Severity::1",), "2026-11-05"),
        (("Severity::2",), "2026-11-09"),
        (("Severity::3", "Review-Requested"), "2026-11-16"),
        (("Review-Requested",), "2026-11-16"),  # no severity
        (("Severity::1", "Severity::3"), "2026-11-05"),  # the worst counts
    ],
)
def test_each_severity_has_its_days(labels: tuple[str, ...], day: str) -> None:
    assert due(incident(1, labels=labels), settings=DAYS) == day


@pytest.mark.parametrize(("by", "day"), [("current", "2026-11-16"), ("peak", "2026-11-05")])
def test_the_severity_is_the_one_that_the_policy_judges_by(by: str, day: str) -> None:
    policy = settings(policies=[{"due_days": BY_SEVERITY, "severity_by": by, "severities": [1, 3]}])
    events = (added("Severity::1", "2026-11-02"), added("Severity::3", "2026-11-03"))
    one = incident(1, labels=("Severity::3",), label_events=events)
    assert due(one, settings=policy) == day


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [("2026-11-05", Verdict.PENDING), ("2026-11-06", Verdict.MISSING)],
)
def test_the_whole_due_day_counts(as_of: str, expected: Verdict) -> None:
    assert verdict(incident(1, labels=("Severity::1",)), settings=DAYS, as_of=as_of) == expected


@pytest.mark.parametrize(
    ("labels", "as_of", "expected"),
    [
        (("Severity::2",), "2026-11-05", Verdict.PENDING),
        (("Severity::2",), "2026-11-06", Verdict.INCONCLUSIVE),  # a worse label may be unread
        (("Severity::2",), "2026-11-10", Verdict.MISSING),
        (("Severity::1",), "2026-11-06", Verdict.MISSING),  # none is worse
    ],
)
def test_a_severity_that_could_not_be_read_may_bring_another_day(
    labels: tuple[str, ...], as_of: str, expected: Verdict
) -> None:
    # a catalogue would bring doubts about the service, and an unread label may say that it is not user facing
    policy = settings(policies=[{"due_days": BY_SEVERITY}], labels={"not_user_facing": []})
    one = incident(1, labels=(*labels, "Review-Requested"), labels_read=False)
    told = weighed(one, settings=policy, as_of=as_of, catalog=None).verdicts.tolist()
    # out_of_scope labels do not exist in this project, so they cannot be among the unread ones
    assert told == [expected]


@pytest.mark.parametrize(
    ("given", "days", "words"),
    [
        (7, {None: 7, 1: 7}, "7"),
        (BY_SEVERITY, {None: 10, 1: 3, 2: 5, 3: 10}, "3 (severity 1), 5 (severity 2), 10 (other)"),
        ({"OTHER": "5", "4": "20"}, {None: 5, 4: 20, 1: 5}, "20 (severity 4), 5 (other)"),
    ],
)
def test_a_policy_tells_its_days(given: Any, days: dict[int | None, int], words: str) -> None:
    policy = Policy(due_days=given)
    assert {severity: policy.due_in(severity) for severity in days} == days
    assert policy.due_words == words


@pytest.mark.parametrize(
    ("opened", "anchor_on", "day"),
    [
        (None, "2026-11-02", "2026-11-09"),  # without a review, the day of the declaration
        ("2026-11-01 10:00", "2026-11-02", "2026-11-09"),  # never before the declaration
        ("2026-11-02 23:00", "2026-11-02", "2026-11-09"),
        ("2026-11-03 00:00", "2026-11-03", "2026-11-10"),
        ("2026-11-07 12:00", "2026-11-07", "2026-11-13"),  # a Saturday
        ("2026-11-09 23:59", "2026-11-09", "2026-11-16"),  # on the due day that held until then
        ("2026-11-10 00:00", "2026-11-02", "2026-11-09"),  # after it: it does not move
    ],
)
def test_the_clock_may_start_when_the_review_is_opened(opened: str | None, anchor_on: str, day: str) -> None:
    issues = [incident(1), *([review(2, of=1, created=opened)] if opened else [])]
    made = row(*issues, settings=OPENED)
    assert (f"{made['anchor_on']:%Y-%m-%d}", f"{made['due_on']:%Y-%m-%d}") == (anchor_on, day)
    assert made["anchor"] == "review_opened"


@pytest.mark.parametrize(
    ("reviewed", "as_of", "expected"),
    [
        (None, "2026-11-10", Verdict.MISSING),
        ({"created": "2026-11-06"}, "2026-11-13", Verdict.PENDING),
        ({"created": "2026-11-06"}, "2026-11-14", Verdict.OVERDUE),
        ({"created": "2026-11-10"}, "2026-11-10", Verdict.OVERDUE),  # opened when it was late already
        ({"created": "2026-11-06", "closed": "2026-11-13 23:59"}, "2026-11-23", Verdict.ON_TIME),
        ({"created": "2026-11-06", "closed": "2026-11-14"}, "2026-11-23", Verdict.LATE),
        ({"created": "2026-11-10", "closed": "2026-11-11"}, "2026-11-23", Verdict.LATE),
        ({"created": "2026-11-06"}, "2026-11-05", Verdict.PENDING),  # not there yet
    ],
)
def test_the_verdict_follows_the_day_of_the_opening(
    reviewed: dict[str, Any] | None, as_of: str, expected: Verdict
) -> None:
    issues = [incident(1), *([review(2, of=1, **reviewed)] if reviewed else [])]
    assert verdict(*issues, settings=OPENED, as_of=as_of) == expected


def test_the_review_that_was_chosen_starts_the_clock() -> None:
    first = review(2, of=1, created="2026-11-03")
    done = review(3, of=1, created="2026-11-06", closed="2026-11-12")
    assert due(incident(1), first, settings=OPENED) == "2026-11-10"
    assert due(incident(1), first, done, settings=OPENED) == "2026-11-13"


def test_a_review_within_its_incident_was_opened_with_it() -> None:
    inline = settings(policies=[{"anchor": "review_opened"}], review={"where": "inline"})
    assert due(incident(1), settings=inline) == "2026-11-09"


def test_the_due_day_that_held_is_counted_by_the_incidents_calendar_and_severity() -> None:
    closed = {"teams": {"backend": {"closures": ["2026-11-05"]}}}
    policy = settings(policies=[{"anchor": "review_opened", "due_days": {1: 3, "other": 5}}], calendars=closed)
    one = incident(1, labels=("Severity::1", "Service::API"))  # due on 2026-11-06 until then
    assert due(one, review(2, of=1, created="2026-11-06"), settings=policy) == "2026-11-11"
    assert due(one, review(2, of=1, created="2026-11-07"), settings=policy) == "2026-11-06"


def test_the_other_anchor_is_the_declaration() -> None:
    told = audited(incident(1), review(2, of=1, created="2026-11-06", closed="2026-11-12"), settings=OPENED)
    first, second = compared(told).sensitivity
    assert first.reading == "the clock starts when the incident is declared"
    assert [(one.verdict, one.other, str(one.other_due_on)) for one in first.changes] == [
        ("on_time", "late", "2026-11-09")
    ]
    # by calendar days the review was still opened in time, and due on 2026-11-11
    assert [(one.verdict, one.other, str(one.other_due_on)) for one in second.changes] == [
        ("on_time", "late", "2026-11-11")
    ]
