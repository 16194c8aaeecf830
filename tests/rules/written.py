"""A review's description as its form has it: what a test does not say is written."""

from __future__ import annotations

from audit.text.names import CUSTOMERS, DURATION, END, LINK, REQUESTS, SEVERITY, START

ROWS = {
    CUSTOMERS: "about 300",
    REQUESTS: "N/A",
    SEVERITY: "~severity::2",
    START: "2026-11-02 09:00 UTC",
    END: "2026-11-02 10:30 UTC",
    DURATION: "90 minutes",
    LINK: "#1",
}
SUMMARY = "A disk was full for an hour and a half."
DETAILS = "A job wrote without end, and its alert had been silenced."
BLANK = dict.fromkeys(ROWS, "")


def table(rows: dict[str, str], *, columns: int = 1) -> str:
    """Return the Key Information table; a cell may hold several columns: ``S1 | S2``."""
    head = f"| Metric |{' Value |' * columns}\n|---|{'---|' * columns}"
    return "\n".join([head, *(f"| {name} | {value} |" for name, value in rows.items())])


def text(
    rows: dict[str, str] | None = None,
    *,
    summary: str | None = SUMMARY,
    details: str | None = DETAILS,
    outcomes: str = "#9 limits the job.",
    columns: int = 1,
) -> str:
    """Return a description. ``rows`` are changes to ROWS; None as a section leaves its heading out."""
    parts = ["## Key Information", table(ROWS | (rows or {}), columns=columns)]
    parts += [] if summary is None else ["## Summary", summary]
    parts += [] if details is None else ["## Details", details]
    return "\n\n".join([*parts, "## Outcomes", outcomes])


EMPTY = text(BLANK, summary="<!-- Two sentences. -->", details="1. ...", outcomes="")
"""The form as it is opened."""
