"""Traps 16 to 18: severity."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING

from audit.sandbox.demo import texts
from tests.worlds.generated import vocabulary as words
from tests.worlds.generated.builder import DAY, HOUR

if TYPE_CHECKING:
    from audit.sandbox.demo.drafts import Draft
    from tests.worlds.generated.builder import Builder

MINUTE = dt.timedelta(minutes=1)


def move(draft: Draft, old: int, new: int, *, after: dt.timedelta) -> None:
    """Change the severity label some time after the declaration."""
    at = draft.at + after
    draft.unlabel(f"Severity::{old}", at=at, by=draft.by).label(f"Severity::{new}", at=at, by=draft.by)


def trap_16_severity_moves(builder: Builder) -> None:
    """Raise it late, lower it soon and late, move it to and fro, and raise it for ten minutes only."""
    raised = builder.incident("Packages install slowly", severity=3)
    move(raised, 3, 2, after=4 * DAY)
    builder.example(raised, "raised four days later")
    wandering = builder.incident("Chat commands time out", severity=3)
    move(wandering, 3, 2, after=2 * HOUR)
    move(wandering, 2, 4, after=20 * HOUR)
    builder.example(
        wandering, "rises to 2 and falls to 4, and is reviewed", builder.review("RCA: chat", of=wandering, linked=True)
    )
    mistaken = builder.incident("Badges are not drawn")
    move(mistaken, 2, 4, after=9 * MINUTE)
    builder.example(mistaken, "lowered after minutes: a mistake")
    escaped = builder.incident("Mirrors fall behind")
    move(escaped, 2, 3, after=7 * HOUR)
    builder.example(escaped, "lowered after hours and not reviewed: an escaped review")
    blocking = builder.incident("Raised to hold deployments", severity=3)
    blocking.label("Severity::1", at=blocking.at + HOUR, by=blocking.by)
    blocking.unlabel("Severity::1", at=blocking.at + HOUR + 10 * MINUTE, by=blocking.by)
    builder.example(blocking, "severity 1 for ten minutes beside its own")
    text = texts.review_text({"Incident Severity": "Severity 3 (Medium)", "Customers Affected": "0"}, summary="Told.")
    disagreeing = builder.review("Incident Review: Raised late", of=raised, opened=5 * DAY, linked=True, text=text)
    builder.example(disagreeing, "its text says another severity than its label", raised)


def trap_17_spellings_of_severity(builder: Builder) -> None:
    """Spell it in lower case, with one colon, twice, in words, as S3, only in GitLab's field, or not at all."""
    spelt: dict[str, tuple[str, ...]] = {
        "severity::1 in lower case": ("severity::1",),
        "Severity:2 with one colon": ("Severity:2",),
        "two spellings of one severity": ("Severity::2", "severity::2"),
        "two different severities": ("Severity::2", "Severity::4"),
        "S3, which is no label of severity": ("S3",),
        "no severity at all": (),
    }
    for what, labels in spelt.items():
        builder.example(builder.incident(f"Ticker stops: {what}", severity=None, labels=labels), what)
    field = builder.incident("Ticker stops: GitLab's own field", severity=None)
    field.then(field.at + MINUTE, partial(_set_field, "HIGH", field))
    builder.example(field, "severity in GitLab's own field only")
    worded = builder.incident(
        "Ticker stops: words", severity=None, text="**Severity 2 (High)**, ~Severity::4 is no label."
    )
    builder.example(worded, "severity in words only")


def _set_field(value: str, draft: Draft, _: object) -> None:
    draft.issue.set_severity(value, at=draft.at + MINUTE, by=draft.by)


def trap_18_not_user_facing(builder: Builder) -> None:
    """Break what no user sees, test the process, play a game day, and date a change request like an incident."""
    inner = builder.incident("Build host of the docs is down", labels=["backstage"])
    builder.example(inner, "severity 2 and not user facing")
    builder.example(builder.incident("Staging is slow", text="Only staging."), "staging, by its text only")
    builder.example(builder.incident("TEST of the paging", labels=["test incident"]), "a test incident")
    builder.example(builder.incident("Game day: lose a zone", labels=["Gameday"]), "a game day")
    builder.example(builder.incident("Almost out of disk", labels=["Near Miss"]), "a near miss")
    change = builder.other(
        f"{inner.at:%Y-%m-%d}: fail over the database", at=inner.at, labels=["change", "Severity::2"]
    )
    builder.example(change, "a change whose title is like that of an incident")
    plain = builder.incident("An incident of type issue", issue_type="issue")
    builder.example(plain, "an incident by its label only")


def trap_second_incident_project(builder: Builder) -> None:
    """Declare in the second project, whose labels are the group's."""
    edge = builder.incident(
        "Edge loses a provider", project=builder.project(words.EDGE), service="Service::CDN", severity=1
    )
    builder.example(edge, "an incident of the second project, without review")
