"""Applies the rules to the records of a tracker as of a day."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from audit.app.collector import collector_paused
from audit.engine.judge import audit
from audit.engine.sensitivity import compared
from audit.evidence.build import build
from audit.program_text import ProgramText

if TYPE_CHECKING:
    from datetime import date

    from audit.engine.result import Result
    from audit.model import Records
    from audit.settings.settings import Settings
    from audit.text.readings import Readings


@collector_paused()
def judge(
    records: Records, settings: Settings, *, as_of: date, today: date, readings: Readings | None = None
) -> Result:
    """Return the verdicts and findings as of a day; if that is not ``today``, with a note on what it means.

    ``readings``: what texts said on earlier nights; what they say is added.
    """
    result = compared(audit(build(records, settings, as_of, readings)))
    if as_of == today:
        return result
    if as_of > today:
        note = ProgramText(f"As of {as_of}, a day that lies ahead: everything is taken as it is now.")
    else:
        note = ProgramText(
            f"As of {as_of}, asked on another day: existence, state, labels, links and comments are taken as they were"
            " then; titles, texts, assignees and due dates are as they are now."
        )
    return replace(result, notes=(*result.notes, note))
