"""A View with a hostile string in every field that has words, found by walking through it: new fields are in it too."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from audit.report.figures.reminder_summary import ProposalRow
from tests.report import world
from tests.report.formats.test_markdown import _hostile_everywhere

if TYPE_CHECKING:
    from audit.report.figures.view import View
    from tests.attacks.planting import Planter

CHOSEN_BY_THE_PROGRAM = {
    *("code", "level", "kind", "outcome", "verdict", "other", "linked_by", "anchor", "next_step", "reason", "edition"),
    *("timezone", "whose", "policy_sha256", "evidence_sha256", "verdicts", "withheld_by", "severity_by", "due_kind"),
}
"""Fields whose values are words of the program, or checked when the settings are read."""
RULE_NAMES = {".advice.counts.name", ".basis.rules.name"}
WEB = re.compile(r"(?i)https?://")


def hostile_view(planter: Planter) -> View:
    """Return a View of the usual tracker, in which each list has a row for each string."""
    made: View = _filled(_usual(), planter, "")
    return made


def _usual() -> View:
    """Return a View in which every section of the report has rows."""
    full, usual = _hostile_everywhere(), world.view(plan=replace(world.plan(world.result()), earlier=world.followed()))
    empty = {one.name for one in fields(full) if getattr(full, one.name) in ((), None)}
    proposal = ProposalRow(incident="g/p#1", by=("a",), on=world.AS_OF, reason="x", url="")
    waiver = replace(full.decisions.lapsed[0], subject="g/p#1")
    return replace(
        full,
        **{name: getattr(usual, name) for name in empty},
        reminders=replace(usual.reminders, held=True, plan="x") if usual.reminders else None,
        decisions=replace(full.decisions, proposals=(proposal,)),
        unused_waivers=(waiver,),
        run=replace(full.run, team="x", folder="x", pages_url="https://gitlab.example/x"),
    )


def _filled(part: Any, planter: Planter, place: str) -> Any:
    """Return a part of the View, with as many rows as there are strings in each list of records or of texts."""
    if isinstance(part, tuple) and part and (is_dataclass(part[0]) or isinstance(part[0], str)):
        if place.rpartition(".")[2] in CHOSEN_BY_THE_PROGRAM or isinstance(part[0], Enum):
            return part
        if ".basis.rules" in place or ".without_finding" in place:
            return tuple(_hostile(one, planter, place, row) for row, one in enumerate(part))
        return tuple(_hostile(part[row % len(part)], planter, place, row) for row in range(planter.rows))
    if is_dataclass(part) and not isinstance(part, type):
        return replace(part, **_changed(part, lambda name, value: _filled(value, planter, f"{place}.{name}")))
    return _hostile(part, planter, place, 0)


def _changed(part: Any, change: Any) -> dict[str, Any]:
    given = {one.name: getattr(part, one.name) for one in fields(part)}
    return {name: change(name, value) for name, value in given.items() if name not in CHOSEN_BY_THE_PROGRAM}


def _hostile(value: Any, planter: Planter, place: str, row: int) -> Any:
    """Return a value with a string in each of its texts. An address of the web is GitLab's own, and stays."""
    if isinstance(value, str) and not isinstance(value, Enum) and place not in RULE_NAMES:
        text = planter.at(place, row)
        return value if place.endswith("url") and WEB.match(text) else type(value)(text)
    if isinstance(value, tuple | list):
        return type(value)(_hostile(one, planter, place, row + number) for number, one in enumerate(value))
    if isinstance(value, dict):
        return {key: _hostile(one, planter, f"{place}.{key}", row) for key, one in value.items()}
    if isinstance(value, BaseModel):
        texts = {name: _hostile(one, planter, f"{place}.{name}", row) for name, one in value if _is_free(name, one)}
        return value.model_copy(update=texts)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    return replace(value, **_changed(value, lambda name, one: _hostile(one, planter, f"{place}.{name}", row)))


def _is_free(name: str, value: Any) -> bool:
    return name not in CHOSEN_BY_THE_PROGRAM and isinstance(value, str | tuple) and not isinstance(value, Enum)
