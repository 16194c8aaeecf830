"""One incident as the reminders see it, and the scene in which they are decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from audit import markers
from audit.evidence.machines import names_of
from audit.markers import Marked, ref_of
from audit.model import Issue, Ref, Verdict
from audit.privacy.redaction import Discretion
from audit.reminders.adopted import adopted, is_adopted
from audit.reminders.note_templates import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from audit.engine.result import Finding, Result
    from audit.evidence.working_days import WorkCalendar
    from audit.model import Note, Source
    from audit.reminders.comment_commands import CommentCommand
    from audit.settings.policy import Policy
    from audit.settings.settings import Settings

LATE = frozenset({Verdict.OVERDUE, Verdict.MISSING})
_COLUMNS = [
    *("project", "iid", "confidential", "declared_at", "declared_on", "resolved_at", "severity", "policy", "services"),
    *("due_in", "due_on", "calendar", "review", "review_opened_on", "review_completed_on", "inline", "approver"),
]
OPEN = LATE | {Verdict.PENDING}
COMPLETED = frozenset({Verdict.ON_TIME, Verdict.LATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An incident, its verdict, and the issue on which the bot writes about its review."""

    incident: Ref
    issue: Ref
    """The review; the incident itself if it is its own review, or has none."""
    inline: bool
    verdict: Verdict
    declared_on: date
    due_on: date | None
    opened_on: date | None
    completed_on: date | None
    calendar: WorkCalendar
    """The calendar by which the due day was counted."""
    policy: Policy
    due_in: int
    """Days from the anchor to the due day, by the policy and the severity."""
    confidential: bool
    """Whether the issue or the incident is."""
    approver: str
    """Who is to approve the review, which is closed; empty: it waits for nobody."""
    severity: int | None
    services: tuple[str, ...]
    declared_at: datetime
    resolved_at: datetime | None

    @property
    def due(self) -> date:
        """The due day. Every case that can be reminded of has one; ValueError for the others."""
        if self.due_on is None:
            raise ValueError(f"{self.incident} has no due day")
        return self.due_on

    @property
    def late(self) -> bool:
        """Whether the due day has passed without a review."""
        return self.verdict in LATE

    @property
    def reviewed(self) -> bool:
        """Whether it has a review issue of its own."""
        return self.issue != self.incident

    def working_days(self, start: date, end: date) -> int:
        """Count the working days after ``start`` up to ``end``, from at most a year before the incident."""
        return self.calendar.between(max(start, self.declared_on - timedelta(days=365)), end)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Everything that a decision about a reminder looks at; built once a run, and completed as more is read."""

    result: Result
    cases: tuple[Case, ...]
    """Every incident, sorted as the evidence is."""
    bot: str
    """Username of the account that posts; empty: none."""
    wording: Wording = field(default_factory=Wording)
    comments: Mapping[Ref, tuple[Note, ...]] = field(default_factory=dict)
    """All comments of the issues of ``decide.wanted``, by anybody, in any order. An issue that has comments and is not
    here could not be read: the bot posts nothing on it, since nobody knows what it posted before."""
    roles: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Project -> username in small letters -> access level, of the projects in which somebody speaks to the bot."""
    held_roles: Mapping[str, int] = field(default_factory=dict)
    """Project -> access level of the bot's account there, 0 for none, where the sources do not tell it."""
    today: date | None = None
    """The day on which it runs; None: as_of."""

    @classmethod
    def of(cls, result: Result, *, bot: str, wording: Wording | None = None, today: date | None = None) -> Scene:
        """Return the scene of a result, before any comment is read."""
        return cls(result=result, cases=cases(result), bot=bot, wording=wording or Wording(), today=today)

    @property
    def as_of(self) -> date:
        """The day that the audit speaks about."""
        return self.result.as_of

    @property
    def posting_on(self) -> date:
        """The day on which notes are posted: a run may speak about yesterday."""
        today = self.today
        return today if today is not None and today - self.as_of == timedelta(days=1) else self.as_of

    @property
    def open_cases(self) -> Iterator[Case]:
        """The cases about which people are, or will be, reminded."""
        return (case for case in self.cases if case.verdict in OPEN)

    @property
    def settings(self) -> Settings:
        """The settings."""
        return self.result.evidence.settings

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone in which days begin and end."""
        return ZoneInfo(self.settings.timezone)

    @cached_property
    def about(self) -> Mapping[Ref, list[Case]]:
        """Issue -> the cases that it is about; an incident also has the case that is reviewed elsewhere."""
        about: dict[Ref, list[Case]] = {}
        for case in self.cases:
            for issue in {case.issue, case.incident}:
                about.setdefault(issue, []).append(case)
        return about

    @cached_property
    def issues(self) -> Mapping[Ref, Issue]:
        """Every issue that was read."""
        return {issue.ref: issue for issue in self.result.evidence.records.issues}

    @cached_property
    def findings(self) -> Mapping[str, list[Finding]]:
        """Subject -> its findings, in the order of the rules."""
        by_subject: dict[str, list[Finding]] = {}
        for finding in self.result.findings:
            by_subject.setdefault(finding.subject, []).append(finding)
        return by_subject

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Project -> what is known of it."""
        return {source.project: source for source in self.result.evidence.records.sources}

    @cached_property
    def labels(self) -> Mapping[str, tuple[str, ...]]:
        """Project -> the labels that exist there; empty where they could not be read."""
        return {source.project: source.labels for source in self.result.evidence.records.sources}

    @cached_property
    def discretion(self) -> Discretion:
        """What a public note may tell."""
        return Discretion.of_issues(self.result.evidence)

    @cached_property
    def marked(self) -> Mapping[Ref, list[Marked]]:
        """Issue -> the bot's notes, oldest first, as they stood at the end of as_of."""
        return {ref: markers.by_bot(self.notes(ref), self.bot) for ref in self.comments}

    def notes(self, ref: Ref) -> list[Note]:
        """Return the notes of an issue up to the end of as_of."""
        end = datetime.combine(self.as_of + timedelta(days=1), time(), self.zone)
        return [note for note in self.comments.get(ref, ()) if note.at < end]

    @cached_property
    def adopted(self) -> Mapping[Ref, list[Note]]:
        """Issue -> the reminders of another bot that count as posted, oldest first."""
        rules = self.settings.reminders.adopted
        return {ref: adopted(self.notes(ref), rules, bot=self.bot) for ref in self.comments} if rules else {}

    def is_human(self, note: Note) -> bool:
        """Return whether a person wrote a comment: no system note, and no note of a present or former bot."""
        name = note.author.username
        if name.casefold() in self._machines:
            return False
        account = self.result.evidence.records.accounts.get(name.lower())
        bot = note.author.bot or (account is not None and account.bot)
        if note.system or bot or name.casefold() == self.bot.casefold():
            return False
        return not any(is_adopted(note, rule) for rule in self.settings.reminders.adopted)

    @cached_property
    def commands(self) -> dict[Ref, tuple[CommentCommand, ...]]:
        """Issue -> the commands of all people there, as far as they were looked for: each comment is parsed once."""
        return {}

    @cached_property
    def _machines(self) -> frozenset[str]:
        return names_of(self.settings.bots)

    def actions_of(self, case: Case) -> tuple[str, ...]:
        """Return the refs of a case's corrective actions that a public note may name, sorted."""
        return self._actions.get(str(case.incident), ()) if not case.confidential else ()

    @cached_property
    def _actions(self) -> Mapping[str, tuple[str, ...]]:
        frame = self.result.evidence.actions
        by_incident: dict[str, list[str]] = {}
        for ref, incidents, confidential in zip(frame["ref"], frame["incidents"], frame["confidential"], strict=True):
            for incident in () if confidential else incidents:
                by_incident.setdefault(incident, []).append(ref)
        return {incident: tuple(sorted(refs)) for incident, refs in by_incident.items()}

    def read(self, ref: Ref) -> bool:
        """Return whether the comments of an issue are known; an issue without comments need not be read."""
        issue = self.issues.get(ref)
        return ref in self.comments or issue is None or issue.comments == 0

    def knows(self, case: Case) -> bool:
        """Tell whether the comments of a case's issues are known: the incident may have reminders too."""
        return self.read(case.issue) and self.read(case.incident)

    def day_of(self, at: datetime) -> date:
        """Return the local day of an instant."""
        return at.astimezone(self.zone).date()

    def since(self, case: Case, day: date) -> int:
        """Count the working days after ``day`` up to as_of."""
        return case.working_days(day, self.as_of)


def by_issue(scene: Scene) -> Mapping[Ref, Case]:
    """Return for each review and incident the first case that it belongs to, a public one if there is any."""
    first: dict[Ref, Case] = {}
    for case in sorted(scene.cases, key=lambda case: case.confidential):
        first.setdefault(case.issue, case)
        first.setdefault(case.incident, case)
    return first


def cases(result: Result) -> tuple[Case, ...]:
    """Return every incident as a case, sorted as the evidence is."""
    evidence = result.evidence
    hidden = dict(zip(evidence.reviews["ref"], evidence.reviews["confidential"], strict=True))
    frame = evidence.incidents[_COLUMNS].assign(verdict=result.verdicts)
    return tuple(_case(row, result, hidden) for row in frame.itertuples(index=False))


def _case(row: Any, result: Result, hidden: Mapping[str, bool]) -> Case:
    evidence = result.evidence
    incident = Ref(row.project, int(row.iid))
    review = ref_of(row.review) if row.review and not row.inline else None
    return Case(
        incident=incident,
        issue=review or incident,
        inline=bool(row.inline),
        verdict=Verdict(row.verdict),
        declared_on=row.declared_on.date(),
        due_on=_day(row.due_on),
        opened_on=_day(row.review_opened_on),
        completed_on=_day(row.review_completed_on),
        calendar=evidence.calendars[row.calendar],
        policy=evidence.settings.policies[row.policy],
        due_in=int(row.due_in),
        confidential=bool(row.confidential) or bool(hidden.get(row.review, False)),
        approver=str(row.approver),
        severity=None if pd.isna(row.severity) else int(row.severity),
        services=tuple(row.services),
        declared_at=row.declared_at.to_pydatetime(warn=False),
        resolved_at=None if pd.isna(row.resolved_at) else row.resolved_at.to_pydatetime(warn=False),
    )


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else value.date()
