"""Further traps: who is assigned, how a review lives, and what is asked for."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from audit.sandbox.demo import texts
from tests.worlds.generated.stage import DAY, HOUR

if TYPE_CHECKING:
    from tests.worlds.generated.stage import Stage

MINUTE = dt.timedelta(minutes=1)


def trap_assignees_who_cannot_act(stage: Stage) -> None:
    """Assign nobody, somebody who left, or a bot."""
    for what, who in (("a blocked account", stage.left[0]), ("a bot", stage.closer)):
        incident = stage.incident(f"Crawler is blocked, for {what}")
        review = stage.review(f"Incident Review: crawler, for {what}", of=incident, done=None, linked=True, dri=who)
        stage.example(review, f"assigned to {what}", incident)
    incident = stage.incident("Crawler is blocked, for nobody")
    review = stage.review("Incident Review: crawler, for nobody", of=incident, done=None, linked=True)
    review.assign(at=review.at + HOUR, by=review.by)
    stage.example(review, "unassigned", incident)


def trap_lives_of_a_review(stage: Stage) -> None:
    """Complete in time, late, never; open again after completion; be voluntary; belong to nothing."""
    for what, done in (("in time", 3 * DAY), ("late", 30 * DAY), ("never", None)):
        incident = stage.incident(f"Scheduler skips a beat, reviewed {what}")
        review = stage.review(f"Incident Review: scheduler, {what}", of=incident, done=done, linked=True)
        stage.example(review, f"completed {what}", incident)
    incident = stage.incident("Scheduler skips a beat, reviewed again")
    review = stage.review("Incident Review: scheduler, again", of=incident, linked=True)
    review.reopen(at=incident.at + 9 * DAY, by=review.by)
    stage.example(review, "re-opened and still open", incident)
    calm = stage.incident("Scheduler skips a beat, hardly seen", severity=4)
    stage.example(stage.review("Incident Review: scheduler, for interest", of=calm, linked=True), "voluntary", calm)
    stage.example(stage.incident("Scheduler skips a beat, nobody looked"), "a missing review")
    alone = stage.other(
        "Incident Review: what we think of paging", at=calm.at, text=texts.TEMPLATE, labels=["IncidentReview"]
    )
    stage.reviews.append(alone)
    stage.example(alone, "an orphan review")


def trap_requests_that_were_withdrawn(stage: Stage) -> None:
    """Ask for a review and take it back: after minutes, which is a mistake, and after days."""
    for what, stood in (("minutes", 9 * MINUTE), ("days", 3 * DAY)):
        incident = stage.incident(f"Emoji are reversed, asked for {what}", severity=3)
        incident.label("Review-Requested", at=incident.at + HOUR, by=incident.by)
        incident.unlabel("Review-Requested", at=incident.at + HOUR + stood, by=incident.by)
        stage.example(incident, f"a request withdrawn after {what}")


def trap_due_dates(stage: Stage) -> None:
    """Set due dates too late, not at all, and move one after it has passed."""
    for what, first, then in (("too late", 20, None), ("moved after it passed", 5, 25), ("absent", None, None)):
        incident = stage.incident(f"Thumbnails are grey, due date {what}")
        review = stage.review(f"Incident Review: thumbnails, {what}", of=incident, done=40 * DAY, linked=True)
        if first is not None:
            review.due((incident.at + first * DAY).date(), at=review.at + HOUR, by=review.by)
        if then is not None:
            review.due((incident.at + then * DAY).date(), at=incident.at + 8 * DAY, by=review.by)
        stage.example(review, f"due date {what}", incident)


def trap_long_thread(stage: Stage) -> None:
    """Write three hundred comments on one open review."""
    incident = stage.incident("Everybody has an opinion")
    review = stage.review("Incident Review: everybody's opinion", of=incident, done=None, linked=True)
    for n in range(300):
        by = stage.person() if n % 3 else stage.alerts
        review.comment(f"Opinion number {n + 1}.", at=review.at + n * 3 * MINUTE, by=by)
    stage.example(review, "300 comments", incident)
