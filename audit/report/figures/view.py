"""The View: everything that the report prints, with every number computed once, and nothing that must not be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from audit import EDITION
from audit.privacy.redaction import Discretion
from audit.privacy.rows import FindingRow, GapRow, IncidentRow, ServiceRow, SourceRow, WaiverRow
from audit.report.figures.advice import Advice, advice
from audit.report.figures.basis import Basis, basis
from audit.report.figures.changes import Changes, Figures, changes, without_rules
from audit.report.figures.compliance import Compliance, compliance, verdict_counts
from audit.report.figures.conforming import WithoutFinding, without_finding
from audit.report.figures.corrective import Actions, corrective
from audit.report.figures.decisions import Decisions, decisions
from audit.report.figures.direction import Direction, direction
from audit.report.figures.finding_subjects import FindingSubject, finding_subjects
from audit.report.figures.groups import Grouping, Groups
from audit.report.figures.incident_rows import incident_rows
from audit.report.figures.late import LateRow, late_rows
from audit.report.figures.no_owner import NoOwner, no_owner
from audit.report.figures.not_counted import NotCounted, not_counted
from audit.report.figures.priorities import Priority, priorities
from audit.report.figures.progress_since import Progress, progress
from audit.report.figures.reminder_effect import Effect, effect
from audit.report.figures.reminder_summary import Reminded, reminded
from audit.report.figures.searches import Search, of_services, of_teams, open_reviews
from audit.report.figures.team_edition import of_team, plan_of, previous_of
from audit.report.figures.time_to_review import TimeToReview, review_times, time_to_review
from audit.report.figures.trend import Trend, trend
from audit.report.figures.twelve_weeks import TwelveWeeks, twelve_weeks
from audit.report.figures.upcoming import Upcoming, upcoming
from audit.report.figures.whom_to_ask import WhomToAsk
from audit.report.figures.without_dri import WithoutDri, without_dri

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from audit.contract.audit_file import AuditFile
    from audit.engine.result import Change, Result
    from audit.evidence.build import Evidence
    from audit.reminders.plan import Plan
    from audit.report.figures.edition_change import EditionChange

Edition = Literal["weekly", "nightly"]
"""A nightly edition begins with what changed, and folds what hardly changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Facts about the run itself."""

    version: str
    """Of the program."""
    url: str = ""
    """Address of the run, such as a CI job; empty: none."""
    folder: str = ""
    """The output folder relative to the repository, as in the run's artifacts; empty: it is elsewhere."""
    pages_url: str = ""
    """Address of the site on which the reports are published; empty: none."""
    settings_file: str = "audit.yml"
    """The settings file, relative to the repository."""
    edition: Edition = "weekly"
    ahead: bool = False
    """The audited day is still to come."""
    confirmed_edition: int = EDITION
    """The edition of the program whose first plan needs no confirmation any more."""
    upgrade: EditionChange | None = None
    """What the program's edition changes by itself, where the earlier report is of an edition before."""
    team: str = ""
    """Of a team edition: the team whose rows it holds; empty: all."""


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
    """Length of the compliance window in days."""
    sources: tuple[SourceRow, ...]
    """By project path."""
    urls: Mapping[str, str]
    """Ref -> address of the incidents, reviews and corrective actions that may be shown."""
    gaps: tuple[GapRow, ...]
    notes: tuple[str, ...]
    """Sentences about the limits of this audit."""
    compliance: Compliance
    verdicts: dict[str, int]
    """All ten, in the policy's order."""
    target: float | None
    """The rate that the settings aim at; None: they name none."""
    time_to_review: TimeToReview
    twelve_weeks: TwelveWeeks
    """The four figures as they stood at the end of each of the weeks of ``trend``."""
    priorities: tuple[Priority, ...]
    """At most three: the one that would change the figures most first."""
    changes: Changes | None
    """None without an earlier audit."""
    incidents: tuple[IncidentRow, ...]
    """By project path and number."""
    findings: tuple[FindingRow, ...]
    """By rule and subject."""
    subjects: tuple[FindingSubject, ...]
    """What stands behind each of ``findings``, in their order."""
    without_finding: tuple[WithoutFinding, ...]
    """The subjects without a finding, of the rules of level violation."""
    services: tuple[ServiceRow, ...]
    """By name."""
    upcoming: Upcoming
    late: tuple[LateRow, ...]
    """The oldest due first."""
    without_dri: tuple[WithoutDri, ...]
    """The longest open first."""
    trend: Trend
    teams: Groups
    by_service: Groups
    no_owner: NoOwner
    not_counted: NotCounted
    advice: Advice
    actions: Actions
    decisions: Decisions
    reminders: Reminded | None
    """None where none were planned."""
    effect: Effect | None
    """None where no reminder was posted before."""
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
        """Projects that were read without a failed page."""
        return sum(source.complete for source in self.sources)

    @property
    def reviews_read(self) -> int:
        """Number of review issues, linked or not."""
        return sum(source.reviews for source in self.sources)

    @property
    def rule_names(self) -> dict[str, str]:
        """Code -> name of each rule that was asked."""
        return {rule.code: rule.name for rule in self.basis.rules}

    @property
    def direction(self) -> Direction:
        """Whether it gets better or worse."""
        return direction(self.trend)

    def progress_since(self, day: date) -> Progress:
        """Count what has happened since an earlier day."""
        return progress(self.incidents, day, self.as_of)

    @property
    def total(self) -> int:
        """Incidents that were read: the sum of the verdicts."""
        return len(self.incidents)


def build_view(
    result: Result,
    plan: Plan | None,
    *,
    previous: AuditFile | None = None,
    run: Run,
) -> View:
    """Compute the View of a result, of one team alone where the run says so.

    ``previous`` is the audit of an earlier day.
    """
    if run.team:
        result = of_team(result, run.team)
        plan = plan_of(plan, result) if plan else None
        previous = previous_of(previous, result, run.team) if previous else None
    if previous:
        previous = without_rules(previous, {switch.code for switch in result.switches if switch.off})
    return _view(result, plan, previous, run)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What may be shown of incidents, findings and services, which most figures are made from."""

    discretion: Discretion
    incidents: tuple[IncidentRow, ...]
    findings: tuple[FindingRow, ...]
    services: tuple[ServiceRow, ...]
    whom: WhomToAsk

    @classmethod
    def of(cls, result: Result, plan: Plan | None) -> _Shown:
        discretion = Discretion.of(result.evidence)
        return cls(
            discretion=discretion,
            incidents=incident_rows(result, discretion),
            findings=tuple(sorted(map(discretion.finding, result.findings), key=_by_rule_and_subject)),
            services=_service_rows(result.evidence),
            whom=WhomToAsk(result=result, plan=plan, discretion=discretion),
        )


def _view(result: Result, plan: Plan | None, previous: AuditFile | None, run: Run) -> View:
    evidence, rows = result.evidence, _Shown.of(result, plan)
    discretion, incidents, findings, whom = rows.discretion, rows.incidents, rows.findings, rows.whom
    searches = of_services(evidence, sorted({name for row in incidents for name in row.services}))
    queue = no_owner(result, incidents, rows.services, searches)
    reminders = reminded(plan, discretion)
    figure, weeks, times = compliance(result), trend(result), review_times(result)
    time, grouping = time_to_review(times), Grouping.of(result, incidents, times, discretion)
    late, due = late_rows(incidents, whom), upcoming(incidents, whom)
    lapsed = tuple(map(discretion.waiver, result.lapsed_waivers))
    delta = changes(previous, result.as_of, _figures(figure, time, queue), findings, incidents)
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
        target=evidence.settings.report.target_rate,
        time_to_review=time,
        twelve_weeks=twelve_weeks(result, weeks),
        priorities=priorities(result, late, queue, due),
        changes=delta,
        incidents=incidents,
        findings=findings,
        subjects=finding_subjects(findings, incidents, rows.services, whom),
        without_finding=without_finding(result),
        services=rows.services,
        upcoming=due,
        late=late,
        without_dri=without_dri(findings, incidents, whom),
        trend=weeks,
        teams=grouping.by_team(of_teams(evidence), {run.team} if run.team else None),
        by_service=grouping.by_service(searches, set(evidence.services["ref"]) if run.team else None),
        no_owner=queue,
        not_counted=not_counted(result, incidents, findings, discretion),
        advice=advice(result, incidents, findings, discretion),
        actions=corrective(result, incidents, findings, discretion),
        decisions=decisions(queue, reminders, lapsed, findings, incidents),
        reminders=reminders,
        effect=effect(plan, delta.since if delta else None),
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
