"""CA003 repeat-incident: a question about an incident whose service had an earlier one with a late action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.model import Level, Subject
from audit.rules.rule import Columns, Group, Mask, Rule, lengths, several, unknown_where

if TYPE_CHECKING:
    from collections.abc import Mapping


_NAMED = 3


def _in_scope(incidents: Columns) -> Mask:
    return incidents["scope_reason"] == ""


def _violated(incidents: Columns) -> Mask:
    repeats = lengths(incidents["earlier"]) > 0
    # it may share a service that could not be read
    return unknown_where(incidents["labels_hidden"] & ~repeats, repeats)


def _message(row: Mapping[str, Any]) -> str:
    actions, then = row["earlier_actions"], row["actions_then"]
    noun, verb, them = ("action", "is", "it") if len(actions) == 1 else ("actions", "are", "them")
    late = (
        f"In the 90 days before, {several(row['shared_services'])} had {_cut(row['earlier'])}, whose corrective {noun}"
        f" {_cut(actions)} {verb} late"
    )
    if not then:
        # what came later is no cause
        return f"{late}: will it happen again for want of {them}?"
    return f"{late}: did this happen for want of {them if len(then) == len(actions) else _cut(then)}?"


def _cut(refs: tuple[str, ...]) -> str:
    """Return a list in words, a long one cut."""
    return several((*refs[:_NAMED], "others") if len(refs) > _NAMED else refs)


RULE = Rule(
    code="CA003",
    name="repeat-incident",
    level=Level.INFO,
    subject=Subject.INCIDENT,
    group=Group.ACTIONS,
    sentence="No incident follows within 90 days on another one of its service whose corrective action is late.",
    why="It may be the same failure again, which the late action would have prevented.",
    lacks="an earlier incident of its service has a late corrective action",
    detailed=True,
    step="Decide whether the corrective action would have prevented it",
    in_scope=_in_scope,
    violated=_violated,
    message=_message,
    evidence=("shared_services", "earlier", "earlier_actions"),
)
