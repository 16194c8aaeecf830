"""The incidents as rows of the report, computed by whole columns and then one pass over the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from audit.model import Verdict
from audit.privacy.rows import IncidentRow, ReviewRow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from audit.engine.result import Result
    from audit.evidence.build import Evidence
    from audit.privacy.redaction import Discretion

_REVIEW = ("review", "linked_by", "review_opened_on", "review_completed_on")
_AS_THEY_ARE = (
    "ref",
    "url",
    "title",
    "confidential",
    "severity",
    "peak_severity",
    "services",
    "owners",
    "required_because",
    "anchor",
    "anchor_on",
    "declared_on",
)


def incident_rows(result: Result, discretion: Discretion) -> tuple[IncidentRow, ...]:
    """Return every incident that was read, with only what may be shown of it, sorted by project and number."""
    frame = result.evidence.incidents
    fields = {name: plain(frame[name]) for name in _AS_THEY_ARE}
    in_scope = result.verdicts.ne(Verdict.OUT_OF_SCOPE)
    fields["due_on"] = plain(frame["due_on"].where(in_scope))
    fields["verdict"] = result.verdicts.tolist()
    fields["review"] = list(_reviews(frame, result.evidence, in_scope))
    fields["policy"] = _policies(frame, result.evidence)
    names = tuple(fields)
    return tuple(
        discretion.incident(IncidentRow(**dict(zip(names, values, strict=True))))
        for values in zip(*fields.values(), strict=True)
    )


def plain(column: pd.Series) -> list[Any]:
    """Return a column as Python values: days as dates, missing values as None."""
    if column.dtype.kind == "M":
        days: list[date | None] = column.to_numpy().astype("datetime64[D]").astype(object).tolist()
        return days
    # what is missing is None, NA or NaN, which alone is not equal to itself
    return [None if value is None or value is pd.NA or value != value else value for value in column.tolist()]  # noqa: PLR0124


def _reviews(frame: pd.DataFrame, evidence: Evidence, in_scope: pd.Series) -> Iterator[ReviewRow | None]:
    """Return the review chosen for each incident; an inline one has the incident's address and people."""
    reviews = evidence.reviews
    known = dict(zip(reviews["ref"], zip(reviews["url"], reviews["assignees"], strict=True), strict=True))
    pages = zip(frame["url"], frame["assignees"], strict=True)
    columns = zip(*(plain(frame[name]) for name in _REVIEW), pages, in_scope, strict=True)
    for ref, linked_by, opened_on, completed_on, inline, shown in columns:
        if not ref or not shown:
            yield None
            continue
        url, assignees = known.get(ref, inline)
        yield ReviewRow(
            ref=ref,
            url=url,
            linked_by=linked_by,
            opened_on=opened_on,
            completed_on=completed_on,
            assignees=tuple(assignees),
        )


def _policies(frame: pd.DataFrame, evidence: Evidence) -> list[str | None]:
    """Return the first day of the policy that judged each incident; None if there is no policy or first day."""
    keys = [policy.key for policy in evidence.settings.policies]
    declared = frame["declared_on"].dt.strftime("%Y-%m-%d")
    return [
        key if (key := keys[index]) is None or key <= day else None
        for index, day in zip(frame["policy"], declared, strict=True)
    ]
