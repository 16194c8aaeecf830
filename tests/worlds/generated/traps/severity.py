"""Traps 16 to 18: severity."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING

from audit.sandbox.demo import service_files as words
from audit.sandbox.demo import texts
from tests.worlds.generated.stage import DAY, HOUR

if TYPE_CHECKING:
    from audit.sandbox.demo.drafts import Draft
    from tests.worlds.generated.stage import Stage

MINUTE = dt.timedelta(minutes=1)


def move(draft: Draft, old: int, new: int, *, after: dt.timedelta) -> None:
    """Change the severity label some time after the declaration."""
    at = draft.at + after
    draft.unlabel(f"Severity::{old}", at=at, by=draft.by).label(f"Severity::{new}", at=at, by=draft.by)


def trap_16_severity_moves(stage: Stage) -> None:
    """Raise it late, lower it soon and late, move it to and fro, and raise it for ten minutes only."""
    raised = stage.incident("Packages install slowly", severity=3)
    move(raised, 3, 2, after=4 * DAY)
    stage.example(raised, "raised four days later")
    wandering = stage.incident("Chat commands time out", severity=3)
    move(wandering, 3, 2, after=2 * HOUR)
    move(wandering, 2, 4, after=20 * HOUR)
    stage.example(
        wandering, "rises to 2 and falls to 4, and is reviewed", stage.review("RCA: chat", of=wandering, linked=True)
    )
    mistaken = stage.incident("Badges are not drawn")
    move(mistaken, 2, 4, after=9 * MINUTE)
    stage.example(mistaken, "lowered after minutes: a mistake")
    escaped = stage.incident("Mirrors fall behind")
    move(escaped, 2, 3, after=7 * HOUR)
    stage.example(escaped, "lowered after hours and not reviewed: an escaped review")
    blocking = stage.incident("Raised to hold deployments", severity=3)
    blocking.label("Severity::1", at=blocking.at + HOUR, by=blocking.by)
    blocking.unlabel("Severity::1", at=blocking.at + HOUR + 10 * MINUTE, by=blocking.by)
    stage.example(blocking, "severity 1 for ten minutes beside its own")
    text = texts.review_text({"Incident Severity": "Severity 3 (Medium)", "Customers Affected": "0"}, summary="Told.")
    disagreeing = stage.review("Incident Review: Raised late", of=raised, opened=5 * DAY, linked=True, text=text)
    stage.example(disagreeing, "its text says another severity than its label", raised)


def trap_17_spellings_of_severity(stage: Stage) -> None:
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
        stage.example(stage.incident(f"Ticker stops: {what}", severity=None, labels=labels), what)
    field = stage.incident("Ticker stops: GitLab's own field", severity=None)
    field.then(field.at + MINUTE, partial(_set_field, "HIGH", field))
    stage.example(field, "severity in GitLab's own field only")
    worded = stage.incident(
        "Ticker stops: words", severity=None, text="**Severity 2 (High)**, ~Severity::4 is no label."
    )
    stage.example(worded, "severity in words only")


def _set_field(value: str, draft: Draft, _: object) -> None:
    draft.issue.set_severity(value, at=draft.at + MINUTE, by=draft.by)


def trap_18_not_user_facing(stage: Stage) -> None:
    """Break what no user sees, test the process, play a game day, and date a change request like an incident."""
    inner = stage.incident("Build host of the docs is down", labels=["backstage"])
    stage.example(inner, "severity 2 and not user facing")
    stage.example(stage.incident("Staging is slow", text="Only staging."), "staging, by its text only")
    stage.example(stage.incident("TEST of the paging", labels=["test incident"]), "a test incident")
    stage.example(stage.incident("Game day: lose a zone", labels=["Gameday"]), "a game day")
    stage.example(stage.incident("Almost out of disk", labels=["Near Miss"]), "a near miss")
    change = stage.other(f"{inner.at:%Y-%m-%d}: fail over the database", at=inner.at, labels=["change", "Severity::2"])
    stage.example(change, "a change whose title is like that of an incident")
    plain = stage.incident("An incident of type issue", issue_type="issue")
    stage.example(plain, "an incident by its label only")


def trap_second_incident_project(stage: Stage) -> None:
    """Declare in the second project, whose labels are the group's."""
    edge = stage.incident("Edge loses a provider", project=stage.place(words.EDGE), service="Service::CDN", severity=1)
    stage.example(edge, "an incident of the second project, without review")
