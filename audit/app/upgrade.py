"""The first run after an upgrade that changes verdicts: what the edition changes by itself, and its confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit import EDITION
from audit.app.judging import judge
from audit.contract.audit_file import read_audit
from audit.report.figures.edition_change import EditionChange, edition_change
from audit.report.figures.view import build_view
from audit.report.formats.audit_json import audit_json
from audit.report.formats.json_text import json_text

if TYPE_CHECKING:
    from audit.contract.audit_file import AuditFile
    from audit.model import Records
    from audit.reminders.plan import Plan
    from audit.report.figures.view import Run
    from audit.settings.settings import Settings
    from audit.text.readings import Readings


def restated(
    previous: AuditFile | None, records: Records, settings: Settings, run: Run, readings: Readings | None = None
) -> tuple[AuditFile | None, EditionChange | None]:
    """Return the earlier audit as this edition judges that day, and what differs.

    So what the edition changes by itself is no change since the last report. One of this edition stays as it is.
    """
    if previous is None or previous.tool.edition >= EDITION:
        return previous, None
    again = judge(records, settings, as_of=previous.as_of, today=previous.as_of, readings=readings)
    text = json_text(audit_json(build_view(again, None, run=run)))
    anew = read_audit(text, "the earlier day")
    every = (settings.calendars.default, *settings.calendars.teams.values(), *settings.calendars.services.values())
    countries = any(one.country and "weekend" not in one.model_fields_set for one in every)
    return anew, edition_change(previous, anew, country_weekend=countries)


def confirmed_edition(previous: AuditFile | None, plan: Plan | None) -> int:
    """Return the edition whose first plan needs no confirmation any more.

    It is this one where there is no earlier report, or where a reminder of this edition is on the server: it was
    posted from a plan that somebody had confirmed.
    """
    if previous is None or (plan is not None and plan.newest_edition >= EDITION):
        return EDITION
    return min(previous.tool.confirmed_edition, EDITION)
