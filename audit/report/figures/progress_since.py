"""What has happened since an earlier day, counted from the rows of one report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.report.figures.compliance import OPEN_LATE
from audit.report.figures.time_to_review import EXPECTED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from audit.privacy.rows import IncidentRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Counts of incidents that require a review."""

    since: date
    """The day after which it happened."""
    done: int
    """Their review was completed."""
    new: int
    """Their clock started."""
    newly_late: int
    """Their due day passed, and the review is not completed."""


def progress(incidents: Iterable[IncidentRow], since: date, as_of: date) -> Progress:
    """Count what happened after ``since``, up to and including ``as_of``."""
    required = [row for row in incidents if row.verdict in EXPECTED]
    completed = [row.review.completed_on for row in required if row.review and row.review.completed_on]
    late = [row for row in required if row.verdict in OPEN_LATE]
    return Progress(
        since=since,
        done=sum(since < day <= as_of for day in completed),
        new=sum(row.anchor_on is not None and since < row.anchor_on <= as_of for row in required),
        newly_late=sum(row.due_on is not None and since <= row.due_on < as_of for row in late),
    )
