"""The verdicts under other readings of the policy (POLICY.md section 6, sensitivity)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from audit.catalog.ownership import ownership
from audit.engine.result import Change, Sensitivity
from audit.engine.verdicts import judge, with_waivers
from audit.evidence.due_days import anchored, calendar_choices
from audit.program_text import ProgramText

if TYPE_CHECKING:
    import pandas as pd

    from audit.engine.result import Result
    from audit.evidence.build import Evidence


def compared(result: Result) -> Result:
    """Return the result with the verdicts that other readings would change."""
    return replace(result, sensitivity=_sensitivity(result.evidence, result.verdicts))


def _sensitivity(evidence: Evidence, verdicts: pd.Series) -> tuple[Sensitivity, ...]:
    """Return which verdicts change under the other anchor, and with calendar days instead of working days."""
    incidents = evidence.incidents
    declared = incidents["anchor"].eq("declared")
    other = incidents["anchor"].mask(declared, "resolved").where(declared, "declared")
    readings = (
        (_words(declared), other, None),
        (
            ProgramText("calendar days are counted instead of working days"),
            incidents["anchor"],
            "calendar",
        ),
    )
    settings, catalog = evidence.settings, evidence.records.catalog
    choices = calendar_choices(incidents, evidence.book, ownership(catalog, settings) if catalog else None)
    zone = ZoneInfo(settings.timezone)
    return tuple(
        Sensitivity(
            reading=words,
            changes=_changes(
                evidence, verdicts, anchored(incidents, anchor, choices, evidence.book, zone, kind=kind)["due_on"]
            ),
        )
        for words, anchor, kind in readings
    )


def _words(declared: pd.Series) -> ProgramText:
    if declared.all():
        return ProgramText("the clock starts when the incident is resolved")
    if not declared.any():
        return ProgramText("the clock starts when the incident is declared")
    return ProgramText("the clock starts at the resolution instead of the declaration, and the other way round")


def _changes(evidence: Evidence, verdicts: pd.Series, due_on: np.ndarray) -> tuple[Change, ...]:
    incidents = evidence.incidents
    other = with_waivers(judge(incidents, evidence.as_of, due_on=due_on), incidents["waived"])
    places = np.flatnonzero(np.asarray(other, dtype=object) != np.asarray(verdicts, dtype=object))
    if not places.size:
        return ()
    days = (np.asarray(incidents["due_on"]), due_on)
    columns = (
        *(column.array[places].tolist() for column in (incidents["ref"], verdicts, other)),
        *(column[places].astype("datetime64[D]").tolist() for column in days),
    )
    return tuple(
        Change(ref=ref, verdict=verdict, other=changed, due_on=due, other_due_on=other_due)
        for ref, verdict, changed, due, other_due in zip(*columns, strict=True)
    )
