"""The texts of incidents and reviews: the template that people start from, and what they make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

TEMPLATE_PATH = ".gitlab/issue_templates/incident_review.md"
INCIDENT_TEMPLATE_PATH = ".gitlab/issue_templates/incident.md"
ROWS = (
    "Customers Affected",
    "Requests Affected",
    "Incident Severity",
    "Start Time",
    "End Time",
    "Total Duration",
    "Link to Incident Issue",
)
_GUIDE = """\
<!--
Customers Affected: how many, or who, in plain words.
Requests Affected: a number from the dashboards, or a guess that says so.
Link to Incident Issue: so that the audit finds its way.
-->
"""
EMPTY = "1. ..."


def table(filled: Mapping[str, str | tuple[str, ...]]) -> str:
    """Write the Key Information table; a tuple fills one column for each incident."""
    cells = [(row, _cells(filled.get(row, ""))) for row in ROWS]
    width = max(len(values) for _, values in cells)
    head = ["Metric", *(["Value"] if width == 1 else [f"Incident {n + 1}" for n in range(width)])]
    lines = [head, ["---"] * (width + 1)]
    lines += [[row, *values, *[""] * (width - len(values))] for row, values in cells]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cells(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def review_text(  # noqa: PLR0913 - a review has that many sections
    values: Mapping[str, str | tuple[str, ...]],
    *,
    summary: str = "",
    details: str = "",
    outcomes: str = EMPTY,
    went_well: str = EMPTY,
    was_hard: str = EMPTY,
) -> str:
    """Write a review from the template; what is not given stays as the template has it."""
    return "\n\n".join(
        [
            f"# Key Information\n\n{_GUIDE}\n{table(values)}",
            f"## Summary\n\n<!-- Three sentences for a reader from another team. -->\n\n{summary}".rstrip(),
            f"## Details\n\n<!-- What happened, in order, and why it could. -->\n\n{details}".rstrip(),
            f"## Outcomes/Corrective Actions\n\n{outcomes}",
            f"## Learning Opportunities\n\n### What went well?\n\n{went_well}\n\n### What was difficult?\n\n{was_hard}",
        ]
    )


TEMPLATE = review_text({})


def facts_of(  # noqa: PLR0913 - one for each row
    *, severity: str, start: dt.datetime, end: dt.datetime, link: str, customers: str, requests: str
) -> dict[str, str]:
    """Fill the rows so that they agree with each other."""
    minutes = round((end - start).total_seconds() / 60)
    values = (
        customers,
        requests,
        severity,
        f"{start:%Y-%m-%d %H:%M} UTC",
        f"{end:%Y-%m-%d %H:%M} UTC",
        f"{minutes} minutes",
        link,
    )
    return dict(zip(ROWS, values, strict=True))


def incident_text(what: str, *, extra: str = "") -> str:
    """Write an incident's description: it offers to open a review, as every incident does."""
    return (
        f"## Customer Impact\n\n{what}\n\n## Current Status\n\nThe on-call engineer updates this section.\n\n"
        "## Follow-up\n\n- [ ] Open an **Incident Review** if the policy asks for one\n"
        "- [ ] Collect corrective actions\n" + (f"\n{extra}\n" if extra else "")
    )


TEMPLATES = {TEMPLATE_PATH: TEMPLATE, INCIDENT_TEMPLATE_PATH: incident_text("<!-- Who notices what? -->")}
"""The files of a review project, by their paths."""
