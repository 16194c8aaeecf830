"""IR017 dri-outside-team: the review is led by somebody of no team that owns a service of its incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.model import Level, Subject
from audit.rules.rule import Columns, Group, Mask, Rule, lengths, several

if TYPE_CHECKING:
    from collections.abc import Mapping


def _in_scope(reviews: Columns) -> Mask:
    led = (lengths(reviews["active_assignees"]) > 0) | reviews["unassigned"].isna()
    return reviews["linked"] & reviews["required"] & reviews["team_known"] & led


def _violated(reviews: Columns) -> Mask:
    return reviews["dri_outside"]


def _message(row: Mapping[str, Any]) -> str:
    who, teams = row["active_assignees"], row["owners"]
    be = "is no member" if len(who) == 1 else "are no members"
    team = "team that owns" if len(teams) == 1 else "teams that own"
    return f"{several(who)} {be} of the {team} a service of its incidents: {several(teams)}."


RULE = Rule(
    code="IR017",
    name="dri-outside-team",
    level=Level.ADVISORY,
    subject=Subject.REVIEW,
    group=Group.ADVICE,
    sentence="The DRI of a review is a member of a team that owns a service of its incidents.",
    why="Somebody of the owning team knows the service, and can see the corrective actions through.",
    lacks="a DRI who is in no owning team",
    detailed=True,
    step="Assign the review to somebody of the owning team, too",
    in_scope=_in_scope,
    violated=_violated,
    message=_message,
    evidence=("active_assignees", "owners", "in_scope_incidents"),
)
