"""The outputs, one module each. A new output is a module and a line in this list.

reminders.json is the only file of the output folder that is not in the list: it is made from the plan of reminders
and rewritten as they are posted.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Final

from audit import inert
from audit.report.formats import (
    audit_json,
    badge,
    codequality,
    details,
    due_calendar,
    findings_csv,
    html,
    job_annotations,
    junit,
    metrics,
    page_one,
)

if TYPE_CHECKING:
    from audit.report.figures.view import View
    from audit.report.formats.format import Format, Text

FORMATS: Final[tuple[Format, ...]] = (
    page_one.FORMAT,
    details.FORMAT,
    html.FORMAT,
    audit_json.FORMAT,
    findings_csv.FORMAT,
    due_calendar.FORMAT,
    badge.FORMAT,
    junit.FORMAT,
    metrics.FORMAT,
    codequality.FORMAT,
    job_annotations.FORMAT,
)


def outputs(view: View, page: View) -> dict[str, Text]:
    """Return file name -> text of each output, without unprintable characters.

    Of a file that grows with the tracker the text is made piece by piece as it is written, once. ``page`` is the View
    of the edition: only one team's rows if the run is for a team, else ``view``.
    """
    made: dict[str, Text] = {}
    for output in FORMATS:
        shown = page if output.by_team else view
        for name, text in {output.name: output.text(shown), **output.others(shown)}.items():
            if isinstance(text, Iterator):
                made[name] = chain([output.begins_with], map(inert.printable, text))
            elif text:
                made[name] = f"{output.begins_with}{inert.printable(text)}"
    return made


def texts(view: View, page: View) -> dict[str, str]:
    """Return file name -> whole text of each output, as :func:`outputs` does."""
    return {name: text if isinstance(text, str) else "".join(text) for name, text in outputs(view, page).items()}
