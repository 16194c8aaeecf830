"""SO002 unknown-service: the catalogue does not know what an incident happened to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.model import Level, Subject
from audit.rules.rule import Columns, Group, Mask, Rule, several

if TYPE_CHECKING:
    from collections.abc import Mapping


def _in_scope(incidents: Columns) -> Mask:
    return incidents["scope_reason"] == ""


def _violated(incidents: Columns) -> Mask:
    return incidents["unknown_service"]


def _message(row: Mapping[str, Any]) -> str:
    if not row["service_keys"]:
        return "This incident has no service label."
    return f"The service catalogue does not know what this incident is labelled with: {several(row['unknown_keys'])}."


RULE = Rule(
    code="SO002",
    name="unknown-service",
    level=Level.ADVISORY,
    subject=Subject.INCIDENT,
    group=Group.ADVICE,
    sentence="An incident names its service by a label that is in the service catalogue.",
    why="The service leads to its owner, its calendar and its figures; an unknown one leads nowhere.",
    lacks="a service that the catalogue does not know, or none",
    detailed=True,
    step="Give the incident the label of a service in the service catalogue",
    in_scope=_in_scope,
    violated=_violated,
    message=_message,
    evidence=("service_keys", "unknown_keys"),
)
