"""Traps 9 and 10: what cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.sandbox.demo import service_files as words
from audit.sandbox.demo import texts
from tests.worlds.generated.stage import DAY, HOUR
from tests.worlds.generated.traps.linking import row

if TYPE_CHECKING:
    from tests.worlds.generated.stage import Stage


def trap_09_what_the_token_cannot_see(stage: Stage) -> None:
    """Link a confidential issue of a project that the token cannot see, and refer to one."""
    hidden = stage.incident("Tokens were written to a log")
    twin = stage.other("What the log held", at=hidden.at + HOUR, place=words.VAULT)
    twin.confidential = True
    hidden.link(twin, at=hidden.at + 2 * HOUR, by=hidden.by)
    stage.example(hidden, "an unreadable link and no review: it cannot be told", twin)
    reviewed = stage.incident("Keys were rotated in a hurry")
    secret = stage.other("Which keys", at=reviewed.at + HOUR, place=words.VAULT)
    secret.confidential = True
    reviewed.link(secret, at=reviewed.at + 2 * HOUR, by=reviewed.by)
    review = stage.review("Incident Review: keys in a hurry", of=reviewed, linked=True)
    stage.example(reviewed, "an unreadable link beside a readable review", review)
    named = stage.incident("A backup was restored to the wrong place")
    pointing = stage.review(
        "Incident Review: restored backup",
        of=named,
        text=lambda: row(f"#{named.iid}") + f"\n\nDetails: {secret.ref}+\n",
    )
    stage.example(pointing, "refers to an issue whose title nobody may see", named)


def trap_10_internal_and_public_review(stage: Stage) -> None:
    """Review one incident twice: inside in full, and in public for everybody."""
    incident = stage.incident("The site is down", severity=1)
    inside = stage.review("Incident Review: The site was down (internal)", of=incident, linked=True, confidential=True)
    public = stage.review(
        "Incident Review: The site was down",
        of=incident,
        opened=2 * DAY,
        done=6 * DAY,
        linked=True,
        text=texts.review_text({"Customers Affected": "everybody"}, summary="The site was down for an hour."),
    )
    stage.example(inside, "the internal one of two reviews", incident)
    stage.example(public, "the public one of two reviews", incident)


def trap_confidential_incident_and_review(stage: Stage) -> None:
    """Keep an incident, its review, and a review of a public incident confidential."""
    incident = stage.incident("A customer saw another's invoice", severity=1, confidential=True)
    review = stage.review("Incident Review: wrong invoice", of=incident, linked=True, confidential=True)
    stage.example(incident, "a confidential incident", review)
    public = stage.incident("Sign-ups were open to robots")
    kept = stage.review("Incident Review: robots", of=public, linked=True, confidential=True)
    stage.example(kept, "a confidential review of a public incident", public)
