"""SO001 unowned-service: an incident that requires a review is on a service that nobody owns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.model import Level, Subject
from audit.rules.rule import Columns, Group, Mask, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping


def _in_scope(services: Columns) -> Mask:
    return services["flagged"] > 0


def _violated(services: Columns) -> Mask:
    return ~services["owned"]


def _message(row: Mapping[str, Any]) -> str:
    many = f"{row['flagged']} incidents that require" if row["flagged"] > 1 else "An incident that requires"
    verb = "are" if row["flagged"] > 1 else "is"
    return f"{many} a review {verb} on this service, and nobody owns it."


RULE = Rule(
    code="SO001",
    name="unowned-service",
    level=Level.VIOLATION,
    subject=Subject.SERVICE,
    group=Group.NO_OWNER,
    sentence="We are currently not doing incident reviews for unowned services",
    quoted=True,
    why="Where nobody owns a service, nobody can be asked to review its incidents, and nobody mends it.",
    lacks="no owner",
    step="Name an owner of the service in the service catalogue",
    in_scope=_in_scope,
    violated=_violated,
    message=_message,
    evidence=("owner", "weight", "flagged_refs"),
)
