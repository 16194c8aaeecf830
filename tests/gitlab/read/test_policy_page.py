"""When the page on which the policy rests was last changed: one request, and a gap where it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.gitlab.read.policy_page import read_policy_page
from tests.gitlab.conftest import HERE, UNTIL, at, settings
from tests.sandbox.faults import html_status, json_status

if TYPE_CHECKING:
    from tests.gitlab.conftest import Open, Tracker
    from tests.sandbox.faults import Action

PAGED = settings(policy_page={"project": HERE, "path": "content/review.md"})


@pytest.mark.parametrize(
    ("until", "day"), [("2026-11-24", "2026-11-05"), ("2026-11-05", "2026-11-02"), ("2026-11-01", None)]
)
def test_the_newest_commit_of_the_page_until_then(
    tracker: Tracker, open_desk: Open, until: str, day: str | None
) -> None:
    for when, text in (("2026-11-02", "five days"), ("2026-11-05", "three days")):
        tracker.production.commit({"content/review.md": text}, message="Change it", by=tracker.anna, at=at(when))
    tracker.production.commit({"content/other.md": "x"}, message="Another", by=tracker.anna, at=at("2026-11-09"))
    desk = open_desk(tracker.world)
    commit, gaps = read_policy_page(desk.client, PAGED, at(until))
    assert desk.server.count(path="/repository/commits") == 1
    if day is None:
        assert commit is None
        assert len(gaps) == 1
    else:
        assert gaps == ()
        assert commit is not None
        assert commit[0] == at(day)
        assert len(commit[1]) == 40


@pytest.mark.parametrize("action", [json_status(403, {"message": "403 Forbidden"}), html_status(502, "Bad Gateway")])
def test_a_failure_is_a_gap_that_changes_nothing(tracker: Tracker, open_desk: Open, action: Action) -> None:
    desk = open_desk(tracker.world)
    desk.server.fault(action, path="/repository/commits", times=None)
    commit, gaps = read_policy_page(desk.client, PAGED, UNTIL)
    assert commit is None
    (gap,) = gaps
    assert (gap.ref, gap.what, gap.could_change_a_verdict) == (HERE, "policy page", False)


def test_a_page_that_nobody_committed_is_a_gap(tracker: Tracker, open_desk: Open) -> None:
    tracker.production.file("README.md", "hello")
    commit, gaps = read_policy_page(open_desk(tracker.world).client, PAGED, UNTIL)
    assert commit is None
    (gap,) = gaps
    assert gap.why == "no commit of its default branch holds content/review.md"


def test_without_the_setting_nothing_is_asked(tracker: Tracker, open_desk: Open) -> None:
    desk = open_desk(tracker.world)
    before = desk.client.requests
    assert read_policy_page(desk.client, settings(), UNTIL) == (None, ())
    assert desk.client.requests == before
