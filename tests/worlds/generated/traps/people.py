"""Further traps: who is assigned, how a review lives, and what is asked for."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from audit.sandbox.demo import texts
from tests.worlds.generated.builder import DAY, HOUR

if TYPE_CHECKING:
    from tests.worlds.generated.builder import Builder

MINUTE = dt.timedelta(minutes=1)


def trap_assignees_who_cannot_act(builder: Builder) -> None:
    """Assign nobody, somebody who left, or a bot."""
    for what, who in (("a blocked account", builder.left[0]), ("a bot", builder.closer)):
        incident = builder.incident(f"Crawler is blocked, for {what}")
        review = builder.review(f"Incident Review: crawler, for {what}", of=incident, done=None, linked=True, dri=who)
        builder.example(review, f"assigned to {what}", incident)
    incident = builder.incident("Crawler is blocked, for nobody")
    review = builder.review("Incident Review: crawler, for nobody", of=incident, done=None, linked=True)
    review.assign(at=review.at + HOUR, by=review.by)
    builder.example(review, "unassigned", incident)


def trap_lives_of_a_review(builder: Builder) -> None:
    """Complete in time, late, never; open again after completion; be voluntary; belong to nothing."""
    for what, done in (("in time", 3 * DAY), ("late", 30 * DAY), ("never", None)):
        incident = builder.incident(f"Scheduler skips a beat, reviewed {what}")
        review = builder.review(f"Incident Review: scheduler, {what}", of=incident, done=done, linked=True)
        builder.example(review, f"completed {what}", incident)
    incident = builder.incident("Scheduler skips a beat, reviewed again")
    review = builder.review("Incident Review: scheduler, again", of=incident, linked=True)
    review.reopen(at=incident.at + 9 * DAY, by=review.by)
    builder.example(review, "re-opened and still open", incident)
    calm = builder.incident("Scheduler skips a beat, hardly seen", severity=4)
    builder.example(builder.review("Incident Review: scheduler, for interest", of=calm, linked=True), "voluntary", calm)
    builder.example(builder.incident("Scheduler skips a beat, nobody looked"), "a missing review")
    alone = builder.other(
        "Incident Review: what we think of paging", at=calm.at, text=texts.TEMPLATE, labels=["IncidentReview"]
    )
    builder.reviews.append(alone)
    builder.example(alone, "an orphan review")


def trap_requests_that_were_withdrawn(builder: Builder) -> None:
    """Ask for a review and take it back: after minutes, which is a mistake, and after days."""
    for what, stood in (("minutes", 9 * MINUTE), ("days", 3 * DAY)):
        incident = builder.incident(f"Emoji are reversed, asked for {what}", severity=3)
        incident.label("Review-Requested", at=incident.at + HOUR, by=incident.by)
        incident.unlabel("Review-Requested", at=incident.at + HOUR + stood, by=incident.by)
        builder.example(incident, f"a request withdrawn after {what}")


def trap_due_dates(builder: Builder) -> None:
    """Set due dates too late, not at all, and move one after it has passed."""
    for what, first, then in (("too late", 20, None), ("moved after it passed", 5, 25), ("absent", None, None)):
        incident = builder.incident(f"Thumbnails are grey, due date {what}")
        review = builder.review(f"Incident Review: thumbnails, {what}", of=incident, done=40 * DAY, linked=True)
        if first is not None:
            review.due((incident.at + first * DAY).date(), at=review.at + HOUR, by=review.by)
        if then is not None:
            review.due((incident.at + then * DAY).date(), at=incident.at + 8 * DAY, by=review.by)
        builder.example(review, f"due date {what}", incident)


def trap_long_thread(builder: Builder) -> None:
    """Write three hundred comments on one open review."""
    incident = builder.incident("Everybody has an opinion")
    review = builder.review("Incident Review: everybody's opinion", of=incident, done=None, linked=True)
    for n in range(300):
        by = builder.person() if n % 3 else builder.alerts
        review.comment(f"Opinion number {n + 1}.", at=review.at + n * 3 * MINUTE, by=by)
    builder.example(review, "300 comments", incident)
