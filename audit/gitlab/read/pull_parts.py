"""Parts of the records of a pull that follow from what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.gitlab.http import failures
from audit.model import UNSEEN_CONFIDENTIAL, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from audit.gitlab.read.issue_lists import IssueList
    from audit.gitlab.read.preflight import AuditedProject
    from audit.gitlab.read.project_labels import LabelTable
    from audit.gitlab.read.pull_job import PullJob
    from audit.model import Gap, Unasked


def unasked_places(unasked: Iterable[Unasked]) -> tuple[Unasked, ...]:
    """Return one record for each issue and place, the one with the strongest mention."""
    first: dict[tuple[object, str], Unasked] = {}
    for place in unasked:
        first.setdefault((place.issue, place.place), place)
    return tuple(sorted(first.values(), key=lambda place: (place.issue, place.place, place.mention)))


def label_gaps(job: PullJob, tables: Mapping[str, LabelTable]) -> Iterator[Gap]:
    """Yield the gaps of labels: without them it is not known by which spellings to look for incidents and reviews."""
    for project in job.preflight.projects:
        gap = tables[project.path].gap
        if gap is not None:
            yield gap
            roles = [what for what, held in (("incidents", project.incidents), ("reviews", project.reviews)) if held]
            yield from (
                failures.noted(project.path, what, f"labelled ones may be missing ({gap.why})") for what in roles
            )


def unseen(job: PullJob) -> Iterator[Gap]:
    """Yield a gap for each project in which the token's account sees no confidential issues."""
    why = "the token's account has no role of Planner, Reporter or above here, so it sees no confidential issues"
    for project in job.preflight.projects:
        if not project.sees_confidential:
            yield failures.noted(project.path, UNSEEN_CONFIDENTIAL, why)


def sources(job: PullJob, tables: Mapping[str, LabelTable], lists: Iterable[IssueList]) -> tuple[Source, ...]:
    """Return the audited projects, each with its labels and whether its lists are complete."""
    cut = {path for result in lists if result.failure for path in result.query.covered}
    cut |= {path for path, table in tables.items() if table.gap}
    return tuple(
        _source(project, tables[project.path], complete=project.path not in cut) for project in job.preflight.projects
    )


def _source(project: AuditedProject, table: LabelTable, *, complete: bool) -> Source:
    return Source(
        project=project.path,
        incidents=project.incidents,
        reviews=project.reviews,
        visibility=project.visibility,
        url=project.url,
        labels=table.names,
        archived=project.archived,
        role=project.role,
        complete=complete,
    )
