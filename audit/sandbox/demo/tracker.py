"""The demo: a small tracker whose story one can read, on a Monday morning before Thanksgiving."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audit import markers
from audit.model import Role
from audit.sandbox.data.saved_state import SealedWorld
from audit.sandbox.demo import service_files, texts
from audit.sandbox.demo.drafts import Draft, Story
from audit.sandbox.demo.settings_text import GROUP, PRODUCTION, RUNBOOKS, WORK, settings_text
from audit.sandbox.demo.story import (
    ACTED_ON,
    ACTIONS,
    FORGOTTEN,
    LEFT,
    PEOPLE,
    RETITLED,
    SERVICES,
    TALES,
    TEAMS,
    UNLABELLED,
    Action,
    Look,
    Tale,
)

if TYPE_CHECKING:
    from audit.sandbox.data.records import Account
    from audit.sandbox.data.work_items import WorkItem

AS_OF = dt.date(2026, 11, 23)
PUBLIC_URL = "https://gitlab.tanuki.example"
BOT = "review-audit-bot"
TOKEN = "demo-token"
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
_LABELS = (
    *(f"Severity::{n}" for n in range(1, 5)),
    *(f"Service::{entry.label}" for entry in SERVICES),
    *("IncidentReview", "Incident::Active", "Incident::Resolved", "Review-Requested", "backstage", "Gameday"),
    *("corrective action", "NoCorrectiveActionNeeded", "Review-Snoozed::2026-11-27"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The demo's tracker, and what one needs to audit it."""

    world: SealedWorld
    settings_text: str
    """A whole audit.yml."""
    token: str
    bot: str
    """The username behind the token."""
    as_of: dt.date
    public_url: str = PUBLIC_URL
    """What the tracker's web addresses begin with: the same in each process, whatever port the server gets."""


def demo_world(as_of: dt.date = AS_OF) -> Demo:
    """Build the tracker. Before its own day it holds what had happened by then; after it, nothing more happens."""
    now = dt.datetime.combine(as_of, dt.time(7, 30), dt.UTC)
    builder = _Builder(world=SealedWorld(_time("08-03 06:00")), story=Story(until=now))
    builder.make_places()
    builder.plan()
    builder.story.play()
    builder.world.now = now
    builder.world.seal()
    refs = {key: draft.ref for key, draft in builder.incidents.items() if draft.opened}
    return Demo(world=builder.world, settings_text=settings_text(refs), token=TOKEN, bot=BOT, as_of=as_of)


def _time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2026-{text}").replace(tzinfo=dt.UTC)


def _working_week_after(day: dt.date) -> dt.date:
    """Return the due date as people set it: five working days on, holidays ignored."""
    return day + (7 - max(0, day.weekday() - 4)) * dt.timedelta(days=1)


@dataclass(eq=False, kw_only=True)
class _Builder:
    world: SealedWorld
    story: Story
    incidents: dict[str, Draft] = field(default_factory=dict)
    reviews: dict[str, Draft] = field(default_factory=dict)

    def make_places(self) -> None:
        group, bot = self.world.group(GROUP), self.world.user(BOT, name="Review audit", bot=True)
        self.world.member(group, bot, Role.DEVELOPER)
        self.world.token(TOKEN, user=bot, scopes=("api",), expires_on=dt.date(2027, 6, 30))
        for name in PEOPLE:
            self.world.user(name)
        for name in LEFT:
            self.world.user(name, state="blocked")
        for name in _LABELS:
            self.world.label(group, name)
        for path in (PRODUCTION, WORK, RUNBOOKS):
            self.world.project(path)
        for path, text in texts.TEMPLATES.items():
            self.world.projects[PRODUCTION].file(path, text)
        self.world.projects[RUNBOOKS].file(service_files.SERVICES_PATH, service_files.services_yaml(SERVICES))
        self.world.projects[RUNBOOKS].file(service_files.TEAMS_PATH, service_files.teams_yaml(TEAMS))

    def plan(self) -> None:
        for tale in TALES:
            self._plan_incident(tale)
            if tale.look is not None:
                self._plan_review(tale, tale.look)
        for action in ACTIONS:
            self._plan_action(action)
        self._plan_orphan()
        self._plan_recent_days()

    def _user(self, name: str) -> Account:
        return self.world.user(name)

    @property
    def _closer(self) -> Account:
        return self.world.user("incident-closer-bot", bot=True)

    def _plan_incident(self, tale: Tale) -> None:
        at, by = _time(tale.at), self._user(tale.eoc)
        end = at + tale.minutes * MINUTE
        severity = [f"Severity::{tale.severity}"] if tale.severity else []
        marks = [mark for mark in tale.marks if mark in _LABELS]
        draft = self.story.open(
            self.world.projects[PRODUCTION],
            tale.title,
            at=at,
            by=by,
            description=texts.incident_text(f"Service: {tale.service}. {tale.cause}"),
            confidential=tale.secret,
            labels=("Incident::Active", *severity, f"Service::{tale.service}", *marks),
            assignees=() if "unassigned" in tale.marks else (by,),
        )
        draft.comment("Looking at it, the dashboards are linked above.", at=at + 3 * MINUTE, by=by)
        self._end(draft, tale, end)
        self.incidents[tale.key] = draft

    def _end(self, draft: Draft, tale: Tale, end: dt.datetime) -> None:
        by = draft.by
        if "lowered" in tale.marks:
            draft.unlabel("Severity::2", at=end, by=by).label("Severity::3", at=end, by=by)
        other = next((mark.partition(":")[2] for mark in tale.marks if mark.startswith("duplicate:")), "")
        if other:
            draft.duplicate_of(self.incidents[other], at=end, by=by)
            return
        draft.unlabel("Incident::Active", at=end, by=by).label("Incident::Resolved", at=end, by=by)
        draft.close(at=end + MINUTE, by=self._closer)

    def _plan_review(self, tale: Tale, look: Look) -> None:
        incident = self.incidents[tale.key]
        if look.via == "with":
            review = self.reviews[look.dri]
            review.link(incident, at=review.at + HOUR, by=review.by)
            return
        at = max(_time(f"{look.opened} 10:00"), incident.at + HOUR)
        dri = [self._user(look.dri)] if look.dri else []
        severity = [] if tale.key in UNLABELLED else [f"Severity::{tale.severity}"]
        review = self.story.open(
            self.world.projects[PRODUCTION],
            f"Incident Review: {RETITLED.get(tale.key, tale.title)}",
            at=at,
            by=incident.by,
            description=lambda: _written(tale, look, f"#{incident.iid}"),
            issue_type="issue",
            confidential=tale.secret,
            labels=("IncidentReview", *severity, f"Service::{tale.service}"),
            assignees=tuple(dri),
            due_on=None if look.care == "none" else _working_week_after(incident.at.date()),
        )
        if look.via == "link":
            review.link(incident, at=at + HOUR, by=incident.by)
        if look.dri:
            review.comment("I will write this one.", at=at + 2 * HOUR, by=dri[0])
        if look.done:
            review.close(at=_time(f"{look.done} 15:00"), by=dri[0])
            if tale.key not in ACTED_ON | FORGOTTEN:
                review.label("NoCorrectiveActionNeeded", at=_time(f"{look.done} 14:55"), by=dri[0])
        self.reviews[tale.key] = review

    def _plan_action(self, action: Action) -> None:
        review, at = self.reviews[action.of], _time(f"{action.opened} 14:00")
        draft = self.story.open(
            self.world.projects[WORK],
            action.title,
            at=at,
            by=review.by,
            issue_type="issue",
            labels=("corrective action", f"Severity::{action.severity}"),
            assignees=(self._user(action.assignee),) if action.assignee else (),
        )
        draft.link(review, at=at + 5 * MINUTE, by=review.by)
        if action.done:
            draft.close(at=_time(f"{action.done} 11:00"), by=review.by)

    def _plan_orphan(self) -> None:
        self.story.open(
            self.world.projects[PRODUCTION],
            "Incident Review: certificate rotation on the bastion hosts",
            at=_time("10-02 09:00"),
            by=self._user("nadia.rahman"),
            description=texts.review_text(
                {"Customers Affected": "None"}, summary="It was nearly an incident, and never declared as one."
            ),
            issue_type="issue",
            labels=("IncidentReview", "Severity::4"),
            assignees=(self._user("nadia.rahman"),),
        ).close(at=_time("10-09 16:00"), by=self._user("nadia.rahman"))

    def _plan_recent_days(self) -> None:
        """Plan what holds back reminders today, and what the bot posted a week ago."""
        leila = self._user("leila.haddad")
        self.reviews["graphql"].label("Review-Snoozed::2026-11-27", at=_time("11-18 09:30"), by=leila)
        waiting = "The vendor's log is here, I write it down on Tuesday."
        self.reviews["markdown"].comment(waiting, at=_time("11-20 16:20"), by=leila)
        moved = dt.date(2026, 11, 30)
        self.reviews["batch"].due(moved, at=_time("11-02 10:12"), by=self._user("marcus.oyelaran"))
        self.reviews["queue"].then(_time("11-16 07:30"), self._reminded)

    def _reminded(self, issue: WorkItem) -> None:
        """Post what the bot posted a week ago, when only the runners' team tried it."""
        incident, at, bot = self.incidents["queue"].ref, _time("11-16 07:30"), self._user(BOT)
        reminder = f"Hello @sofia.lindgren, this review of {incident} was due on 2026-11-13 and is still open."
        texts_by_kind = {
            markers.REMINDER: reminder,
            markers.STATUS: f"**Status:** the review of {incident} is open. Still to be written: the details.",
        }
        for kind, text in texts_by_kind.items():
            marker = markers.Marker(kind=kind, issue=issue.reference, incident=incident, step=1, hash="0")
            issue.comment(f"{text}\n\n{markers.write(marker)}", by=bot, at=at)


def _written(tale: Tale, look: Look, link: str) -> str:
    """Write the review as far as its DRI has come; one that only shares its title names no incident."""
    named = "" if look.via == "title" else link
    start = _time(tale.at)
    values = texts.facts_of(
        severity=f'~"Severity::{tale.severity}"',
        start=start,
        end=start + tale.minutes * MINUTE,
        link=named,
        customers=f"about {tale.minutes * 7}",
        requests=f"{tale.minutes % 9 + 1} % while it lasted",
    )
    if look.care == "none":
        return texts.TEMPLATE
    if look.care == "half":
        return texts.review_text(values | {"Customers Affected": "TBD"}, summary=f"{tale.title}.")
    if look.care == "wrong":
        values["Total Duration"] = "2 hours"
    return texts.review_text(
        values,
        summary=f"{tale.title}. It lasted {tale.minutes} minutes.",
        details=f"{tale.cause}\n\nThe on-call engineer took the change back, and the metrics recovered.",
        outcomes="1. See the linked issue." if tale.key in ACTED_ON else "None needed.",
        went_well="1. The alert named the right service.",
        was_hard="1. The runbook did not know this case.",
    )
