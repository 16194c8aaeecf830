"""Traps 9 and 10: what cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.sandbox.demo import texts
from tests.worlds.generated import vocabulary as words
from tests.worlds.generated.builder import DAY, HOUR
from tests.worlds.generated.traps.linking import row

if TYPE_CHECKING:
    from tests.worlds.generated.builder import Builder


def trap_09_what_the_token_cannot_see(builder: Builder) -> None:
    """Link a confidential issue of a project that the token cannot see, and refer to one."""
    hidden = builder.incident("Tokens were written to a log")
    twin = builder.other("What the log held", at=hidden.at + HOUR, path=words.VAULT)
    twin.confidential = True
    hidden.link(twin, at=hidden.at + 2 * HOUR, by=hidden.by)
    builder.example(hidden, "an unreadable link and no review: it cannot be told", twin)
    reviewed = builder.incident("Keys were rotated in a hurry")
    secret = builder.other("Which keys", at=reviewed.at + HOUR, path=words.VAULT)
    secret.confidential = True
    reviewed.link(secret, at=reviewed.at + 2 * HOUR, by=reviewed.by)
    review = builder.review("Incident Review: keys in a hurry", of=reviewed, linked=True)
    builder.example(reviewed, "an unreadable link beside a readable review", review)
    named = builder.incident("A backup was restored to the wrong place")
    pointing = builder.review(
        "Incident Review: restored backup",
        of=named,
        text=lambda: row(f"#{named.iid}") + f"\n\nDetails: {secret.ref}+\n",
    )
    builder.example(pointing, "refers to an issue whose title nobody may see", named)


def trap_10_internal_and_public_review(builder: Builder) -> None:
    """Review one incident twice: inside in full, and in public for everybody."""
    incident = builder.incident("The site is down", severity=1)
    inside = builder.review(
        "Incident Review: The site was down (internal)", of=incident, linked=True, confidential=True
    )
    public = builder.review(
        "Incident Review: The site was down",
        of=incident,
        opened=2 * DAY,
        done=6 * DAY,
        linked=True,
        text=texts.review_text({"Customers Affected": "everybody"}, summary="The site was down for an hour."),
    )
    builder.example(inside, "the internal one of two reviews", incident)
    builder.example(public, "the public one of two reviews", incident)


def trap_confidential_incident_and_review(builder: Builder) -> None:
    """Keep an incident, its review, and a review of a public incident confidential."""
    incident = builder.incident("A customer saw another's invoice", severity=1, confidential=True)
    review = builder.review("Incident Review: wrong invoice", of=incident, linked=True, confidential=True)
    builder.example(incident, "a confidential incident", review)
    public = builder.incident("Sign-ups were open to robots")
    kept = builder.review("Incident Review: robots", of=public, linked=True, confidential=True)
    builder.example(kept, "a confidential review of a public incident", public)
