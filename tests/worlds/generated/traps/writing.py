"""Traps 23 to 31: what is written and what is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audit.sandbox.demo import texts
from tests.worlds.generated.builder import DAY, HOUR

if TYPE_CHECKING:
    from audit.sandbox.demo.drafts import Draft
    from tests.worlds.generated.builder import Builder

_FILLED = dict.fromkeys(texts.ROWS[:6], "N/A")


def written(builder: Builder, what: str, text: str) -> tuple[Draft, Draft]:
    """Put a linked and completed review with this text on the builder."""
    incident = builder.incident(f"Printer queue, {what}")
    review = builder.review(f"Incident Review: printer queue, {what}", of=incident, linked=True, text=text)
    builder.example(review, what, incident)
    return incident, review


def trap_23_placeholders(builder: Builder) -> None:
    """Leave placeholders of every kind, and the template as it is."""
    written(builder, "the template untouched", texts.TEMPLATE)
    for what, mark in (
        ("dots after the number", "1. ..."),
        ("two dots", "1. .."),
        ("a blank after the number", "1. "),
        ("a bullet with dots", "- ..."),
        ("TBD", "tbd"),
        ("TBD in braces", "{+ TBD +}"),
        ("a comment", "<!-- later -->"),
        ("bold words", "**Why:**\n\n**How:**"),
    ):
        values = dict.fromkeys(texts.ROWS, mark.partition("\n")[0])
        written(builder, f"placeholder: {what}", texts.review_text(values, summary=mark, details=mark))
    half = texts.review_text(
        {"Start Time": "start time UTC", "Total Duration": "40 ( duration in minutes )"}, summary="It was short."
    )
    written(builder, "template words half replaced", half)


def trap_24_no_placeholders(builder: Builder) -> None:
    """Answer shortly, and use dots and angle brackets that mean something."""
    for answer in ("No", "None", "Unknown", "0", "-", "we do not measure that"):
        values = dict.fromkeys(texts.ROWS[:6], answer)
        written(builder, f"the answer {answer!r}", texts.review_text(values, summary=answer, details=answer))
    prose = "Compare v1.2...v1.3; it waited ... and waited. Put <yourproject> into the address. Aaargh."
    written(builder, "dots and angle brackets in prose", texts.review_text(_FILLED, summary=prose, details=prose))


def trap_25_machine_made_prose(builder: Builder) -> None:
    """Let a machine write the sections, while the rows that a person must fill are blank."""
    prose = "At 10:02 the alert fired. At 10:09 the rollout was stopped. At 10:31 the metrics were normal again."
    values = {"Start Time": "10:02", "End Time": "10:31", "Customers Affected": "", "Requests Affected": ""}
    hints = "1. A lesson is something that another team can use.\n   - *Example:* the runbook lacked the second step."
    text = texts.review_text(values, summary=prose, details=prose, went_well=hints, was_hard=hints)
    written(builder, "machine-made prose over blank rows", text)


def trap_26_corrective_actions(builder: Builder) -> None:
    """Take action in prose, elsewhere, as an epic, in a comment, before the incident, and in a renamed project."""
    for what, outcome in (
        ("prose without a reference", "1. We will look at the retries."),
        ("another project", "1. tanuki/elsewhere/tools#15"),
        ("an epic", "1. &12 and https://gitlab.tanuki.example/groups/tanuki/-/epics/12"),
        ("a renamed project", "1. tanuki/platform/production#1"),
        ("the opt-out label", "None."),
    ):
        text = texts.review_text(_FILLED, summary="Short.", details="Long.", outcomes=outcome)
        _, review = written(builder, f"corrective action: {what}", text)
        if "label" in what:
            review.label("NoCorrectiveActionNeeded", at=review.at + HOUR, by=review.by)
    incident, review = written(builder, "corrective action: older than the incident", texts.TEMPLATE)
    old = builder.other("Jitter for the retries", at=incident.at - 5 * DAY, labels=["corrective action", "Severity::4"])
    review.link(old, at=review.at + HOUR, by=review.by)
    review.comment(lambda: f"Done by #{old.iid}.", at=review.at + HOUR, by=review.by)
    builder.example(old, "a corrective action that is open, unassigned and late", incident)


def trap_27_duplicates(builder: Builder) -> None:
    """Let three alerts declare at once; one stays open, the others are its duplicates."""
    noon = builder.early()
    first, *others = (builder.incident(f"Alert {n}: disk is full", at=noon, lasted=None) for n in range(3))
    for draft in others:
        draft.duplicate_of(first, at=noon + HOUR, by=builder.closer)
        builder.example(draft, "closed as a duplicate", first)
    review = builder.review("Incident Review: disk is full", of=first, linked=True)
    second = builder.review("Incident Review: disk is full, once more", of=first, done=None)
    second.duplicate_of(review, at=second.at + HOUR, by=second.by)
    builder.reviews.remove(second)  # what is a duplicate is no review
    builder.example(second, "a review closed as a duplicate of another", review)


def trap_28_comments_in_texts(builder: Builder) -> None:
    """Hide rows in a comment, open comments with three dashes, and never close one."""
    hidden = f"<!---\n{texts.table(_FILLED)}\n--->\n\n## Summary\n\nThe table above is no table.\n"
    written(builder, "rows inside a comment", hidden)
    swallowed = f"{texts.table({})}\n\n## Summary\n\n<!-- never closed\n\nNobody reads this.\n\n## Details\n\nNor this."
    written(builder, "a comment that is never closed", swallowed)


def trap_29_headings_and_lists(builder: Builder) -> None:
    """Use a row's name as a heading, a heading without a space, and answers as the next item."""
    text = (
        f"{texts.table(_FILLED)}\n\n## Customers Affected\n\nMany.\n\n###Example\n\n## Details\n\n1. Why?\n1. Because."
    )
    written(builder, "row names as headings", text)


def trap_30_one_item_is_enough(builder: Builder) -> None:
    """Write one item and leave the dots after it."""
    items = "1. The pool was too small.\n2. ..."
    written(builder, "one written item before dots", texts.review_text(_FILLED, summary=items, details=items))


def trap_31_markdown_lost(builder: Builder) -> None:
    """Paste what was rendered: bare headings, and a table without bars."""
    bare = re.sub(r"[#|]|-{3,}|<!--.*?-->", "", texts.review_text(_FILLED, summary="Short."), flags=re.DOTALL)
    written(builder, "a text that lost its Markdown", bare)
