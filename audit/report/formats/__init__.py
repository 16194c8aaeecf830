"""The outputs, one file each. A new one is its file and its line in this list.

reminders.json is the one file of the output folder that is not among them: it is made from the plan of the reminders,
and written again as they go out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from audit import inert
from audit.report.formats import audit_json, codequality, findings_csv, html, job_annotations, junit, markdown, metrics

if TYPE_CHECKING:
    from audit.report.figures.view import View
    from audit.report.formats.format import Format

FORMATS: Final[tuple[Format, ...]] = (
    markdown.FORMAT,
    html.FORMAT,
    audit_json.FORMAT,
    findings_csv.FORMAT,
    junit.FORMAT,
    metrics.FORMAT,
    codequality.FORMAT,
    job_annotations.FORMAT,
)


def texts(view: View, page: View) -> dict[str, str]:
    """Return the text of each output by the name of its file, without what is not printed.

    ``page`` is the View of the edition: of one team's rows where the run is for a team, else ``view`` itself.
    """
    made = {output.name: inert.printable(output.text(page if output.by_team else view)) for output in FORMATS}
    return {name: text for name, text in made.items() if text}
