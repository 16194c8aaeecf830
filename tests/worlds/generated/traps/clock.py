"""Traps 11 to 15: the clock."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from audit.sandbox.demo import texts
from tests.worlds.generated import vocabulary as words
from tests.worlds.generated.builder import DAY, HOUR

if TYPE_CHECKING:
    from audit.sandbox.demo.drafts import Draft
    from tests.worlds.generated.builder import Builder

MINUTE = dt.timedelta(minutes=1)


def trap_11_the_rule_changed(builder: Builder) -> None:
    """Declare one incident in the last hour of the first policy, and its like in the first of the second."""
    before = builder.incident("Merge trains stop before the change", at=builder.turn - HOUR)
    after = builder.incident("Merge trains stop after the change", at=builder.turn)
    builder.example(before, "severity 2 on the last day of the first policy")
    builder.example(after, "severity 2 on the first day of the second policy")


def trap_12_closed_is_not_the_end(builder: Builder) -> None:
    """Close, reopen, fight over a label, stay open though resolved; and re-open for minutes while duplicates merge."""
    again = builder.incident("Runner pool shrinks by itself")
    again.reopen(at=again.at + 5 * HOUR, by=again.by)
    again.unlabel("Incident::Resolved", at=again.at + 5 * HOUR, by=again.by)
    builder.resolve(again, at=again.at + 9 * HOUR)
    builder.example(again, "resolved twice")
    fight = builder.incident("Label bots disagree")
    for n in range(6):
        at = fight.at + 3 * HOUR + n * MINUTE
        fight.unlabel("Incident::Resolved", at=at, by=builder.alerts)
        fight.label("Incident::Resolved", at=at + 20 * dt.timedelta(seconds=1), by=builder.closer)
    builder.example(fight, "two bots fight over the resolved label")
    kept = builder.incident("Kept open to watch", lasted=None)
    kept.unlabel("Incident::Active", at=kept.at + HOUR, by=kept.by)
    kept.label("Incident::Resolved", at=kept.at + HOUR, by=kept.by)
    builder.example(kept, "resolved and kept open")
    active = builder.incident("Active again on a closed issue")
    active.label("Incident::Active", at=active.at + 6 * HOUR, by=builder.alerts)
    builder.example(active, "active and closed")
    blink = builder.review("Incident Review: Active again on a closed issue", of=active, linked=True)
    blink.reopen(at=active.at + 8 * DAY, by=builder.closer).close(
        at=active.at + 8 * DAY + 3 * MINUTE, by=builder.closer
    )
    builder.example(blink, "re-opened for three minutes long after its completion", active)


def trap_13_impact_and_declaration(builder: Builder) -> None:
    """Date a title otherwise than the declaration, and begin long before or after it."""
    late = builder.incident(lambda: f"{late.at - 23 * DAY:%Y-%m-%d}: exports lack rows")
    _timed(builder, late, -23 * DAY, "users felt it 23 days earlier")
    hours = builder.incident("Sitemap is empty")
    _timed(builder, hours, -10 * HOUR, "users felt it ten hours earlier")
    soon = builder.incident("Planned failover will interrupt writes")
    _timed(builder, soon, 2 * HOUR, "declared before the impact")


def _timed(builder: Builder, incident: Draft, shift: dt.timedelta, what: str) -> None:
    start = incident.at + shift
    review = builder.review(
        f"Incident Review: {what}",
        of=incident,
        linked=True,
        text=lambda: texts.review_text(
            texts.facts_of(
                severity='~"Severity::2"',
                start=start,
                end=incident.at + 4 * HOUR,
                link=f"#{incident.iid}",
                customers="few",
                requests="few",
            ),
            summary="It is told below.",
        ),
    )
    builder.example(review, what, incident)


def trap_14_times_as_people_write_them(builder: Builder) -> None:
    """Write times without date, year or colon, on a 12-hour clock, over midnight, and durations that do not add up."""
    spans = (
        ("without date", "11:20 UTC", "12:05 UTC", "45 minutes"),
        ("without year", "3 March 11:20", "3 March 12:05", "45m"),
        ("on a 12-hour clock", "11:20 PM", "12:05 AM + 1", "45 min"),
        ("without a colon", "1120 UTC", "1205 UTC", "0h45"),
        ("an end before the start", "2026-03-03 11:20", "2024-03-03 12:05", "45 minutes"),
        ("a duration that is not end minus start", "2026-03-03 11:20 UTC", "2026-03-03 12:05 UTC", "2 hours"),
    )
    for what, start, end, took in spans:
        incident = builder.incident(f"Clock skew, told {what}")
        values = {"Start Time": start, "End Time": end, "Total Duration": took, "Customers Affected": "N/A"}
        text = texts.review_text(values, summary="Told below.")
        review = builder.review(f"Incident Review: clock skew, told {what}", of=incident, linked=True, text=text)
        builder.example(review, f"times {what}", incident)


def trap_15_days_off(builder: Builder) -> None:
    """Declare on a weekend, at midnight, and before a holiday that only some have."""
    saturday = builder.early()
    saturday += ((5 - saturday.weekday()) % 7) * DAY
    weekend = builder.incident("Saturday: exports fail", at=saturday)
    sunday = builder.incident("Sunday night: imports fail", at=(saturday + DAY).replace(hour=23, minute=59, second=59))
    builder.example(weekend, "declared on a Saturday")
    builder.example(sunday, "declared in the last second of a Sunday")
    eve = builder.now.replace(month=11, day=17, hour=9)  # the day before a holiday of Saxony
    eve = eve if eve < builder.now - DAY else eve.replace(year=eve.year - 1)
    if eve < builder.start + DAY:
        eve = builder.early()
    for service, what in (("Service::Git Storage", "a holiday of its team"), ("Service::API", "no holiday elsewhere")):
        builder.example(
            builder.incident(f"Writes are slow on {words.PRODUCTION}, {what}", at=eve, service=service), what
        )
