"""The View: everything that the report prints, every number computed once, nothing in it that may not be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from audit.report.changes import Changes, Figures, changes
from audit.report.compliance import Compliance, compliance, verdict_counts
from audit.report.criteria import Basis, basis
from audit.report.decisions import Decisions, decisions
from audit.report.incidents import incident_rows
from audit.report.late import LateRow, late_rows
from audit.report.outside import Outside, outside
from audit.report.owners import NoOwner, no_owner
from audit.report.redaction import Discretion
from audit.report.reminded import Reminded, reminded
from audit.report.rows import FindingRow, GapRow, IncidentRow, ServiceRow, SourceRow, WaiverRow
from audit.report.searches import Search, of_services, open_reviews
from audit.report.times import TimeToReview, time_to_review

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from audit.evidence import Evidence
    from audit.reminders.plan import Plan
    from audit.result import Change, Result

TOOL = "incident-review-audit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is known of the run itself."""

    version: str
    """Of the program."""
    url: str = ""
    """Address of the run, such as a CI job; empty: none."""
    edition: Literal["weekly", "nightly"] = "weekly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Another reading of the policy, and the verdicts that it would change."""

    words: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything that the renderers print."""

    run: Run
    as_of: date
    timezone: str
    window: int
    """Days whose due days count."""
    sources: tuple[SourceRow, ...]
    """By project path."""
    urls: Mapping[str, str]
    """Ref -> address, of the incidents, reviews and corrective actions that may be told."""
    gaps: tuple[GapRow, ...]
    notes: tuple[str, ...]
    """How far this audit can be trusted."""
    compliance: Compliance
    verdicts: dict[str, int]
    """All ten, in the policy's order."""
    time_to_review: TimeToReview
    changes: Changes | None
    """None without an earlier audit."""
    incidents: tuple[IncidentRow, ...]
    """By project path and number."""
    findings: tuple[FindingRow, ...]
    """By rule and subject."""
    services: tuple[ServiceRow, ...]
    """By name."""
    late: tuple[LateRow, ...]
    """The oldest due first."""
    no_owner: NoOwner
    outside: Outside
    decisions: Decisions
    reminders: Reminded | None
    """None where none were planned."""
    unused_waivers: tuple[WaiverRow, ...]
    open_reviews: tuple[Search, ...]
    basis: Basis
    sensitivity: tuple[Reading, ...]

    @property
    def year(self) -> int:
        """Of the ISO week."""
        return self.as_of.isocalendar().year

    @property
    def week(self) -> int:
        """The ISO week."""
        return self.as_of.isocalendar().week

    @property
    def complete_sources(self) -> int:
        """Projects of which no page failed."""
        return sum(source.complete for source in self.sources)

    @property
    def reviews_read(self) -> int:
        """Review issues, linked or not."""
        return sum(source.reviews for source in self.sources)

    @property
    def total(self) -> int:
        """Incidents that were read: the sum of the verdicts."""
        return len(self.incidents)


def build_view(
    result: Result,
    plan: Plan | None,
    *,
    previous: Mapping[str, Any] | None = None,
    run: Run,
) -> View:
    """Compute the View of a result. ``previous`` is the audit.json of an earlier day."""
    evidence = result.evidence
    discretion = Discretion.of(evidence)
    incidents = incident_rows(result, discretion)
    findings = tuple(sorted(map(discretion.finding, result.findings), key=_by_rule_and_subject))
    services = _service_rows(evidence)
    queue = no_owner(result, incidents, services, of_services(evidence))
    told = reminded(plan, discretion)
    figure, time = compliance(result), time_to_review(result)
    lapsed = tuple(map(discretion.waiver, result.lapsed_waivers))
    return View(
        run=run,
        as_of=result.as_of,
        timezone=evidence.settings.timezone,
        window=evidence.settings.window,
        sources=_source_rows(evidence),
        urls=discretion.urls(evidence),
        gaps=tuple(map(discretion.gap, result.gaps)),
        notes=result.notes,
        compliance=figure,
        verdicts=verdict_counts(result.verdicts),
        time_to_review=time,
        changes=changes(previous, result.as_of, _figures(figure, time, queue), findings),
        incidents=incidents,
        findings=findings,
        services=services,
        late=late_rows(result, incidents, plan, discretion),
        no_owner=queue,
        outside=outside(result, incidents, findings, discretion),
        decisions=decisions(queue, told, lapsed, findings, incidents),
        reminders=told,
        unused_waivers=tuple(map(discretion.waiver, result.unused_waivers)),
        open_reviews=open_reviews(evidence),
        basis=basis(result),
        sensitivity=tuple(Reading(words=one.reading, changes=one.changes) for one in result.sensitivity),
    )


def _figures(figure: Compliance, time: TimeToReview, queue: NoOwner) -> Figures:
    return Figures(
        rate=figure.rate,
        open_late=figure.open_late,
        blocked=queue.blocked,
        median=time.median,
        p90=time.p90,
    )


def _by_rule_and_subject(finding: FindingRow) -> tuple[str, str, int]:
    """Sort by code, then by project path and number, or by the name of a service, which has no number."""
    project, _, number = finding.subject.rpartition("#")
    if finding.kind == "service" or not number.isdecimal():
        return finding.code, finding.subject, 0
    return finding.code, project, int(number)


def _source_rows(evidence: Evidence) -> tuple[SourceRow, ...]:
    incidents = evidence.incidents["project"].value_counts()
    reviews = evidence.reviews.loc[~evidence.reviews["inline"], "project"].value_counts()
    return tuple(
        SourceRow(
            project=source.project,
            url=source.url,
            incidents=int(incidents.get(source.project, 0)),
            reviews=int(reviews.get(source.project, 0)),
            complete=source.complete,
        )
        for source in sorted(evidence.records.sources, key=lambda source: source.project)
    )


def _service_rows(evidence: Evidence) -> tuple[ServiceRow, ...]:
    frame = evidence.services
    columns = (frame[name].tolist() for name in ("ref", "owner", "owned", "incidents", "weight"))
    return tuple(
        ServiceRow(name=name, owner=owner, owned=owned, incidents=incidents, weight=weight)
        for name, owner, owned, incidents, weight in sorted(zip(*columns, strict=True))
    )
