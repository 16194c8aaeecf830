"""What fills a generated tracker between its traps: ordinary incidents, their reviews, and other issues."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from audit.sandbox.demo import texts
from tests.worlds.generated import vocabulary as words
from tests.worlds.generated.builder import DAY, HOUR

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.sandbox.data.records import Account
    from audit.sandbox.demo.drafts import Draft
    from tests.worlds.generated.builder import Builder

_SEVERITIES = (1, 2, 3, 4, None)
_SEVERITY_WEIGHTS = (3, 17, 44, 34, 2)
_SERVICE_LABELS = (
    *("Service::API", "Service::Web", "Service:Web", "service::api", "Service::Git Storage", "Service::Postgres"),
    *("Service::Redis", "Service::CI Runners", "Service::Registry", "Service::CDN", "Service::Edge.Proxy"),
    *("Service::Search", "Service::Mail", "Service::Pages", "Service::Queue", "Service::Metrics"),
)
_MARKS = ("backstage", "Gameday", "test incident", "Near Miss", "Review-Requested")
_FIELD = {1: "CRITICAL", 2: "HIGH", 3: "MEDIUM", 4: "LOW"}
MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualIncident:
    """An ordinary incident, and what its review will need to know."""

    draft: Draft
    title: str
    severity: int | None
    needs: bool
    """A review is to be expected."""
    end: dt.datetime
    number: int
    """Its number in the paging system."""


def declare(builder: Builder, number: int) -> UsualIncident:
    """Declare one ordinary incident and let it run its course."""
    rng = builder.random
    at, title = builder.moment(), _title(builder)
    severity = rng.choices(_SEVERITIES, _SEVERITY_WEIGHTS)[0]
    mark = rng.choice(_MARKS) if rng.random() < 0.09 else ""
    end = at + builder.hours(0.2, 30 if severity in (1, 2) else 90)
    draft = builder.incident(
        title,
        at=at,
        severity=severity,
        service=None if rng.random() < 0.05 else rng.choice(_SERVICE_LABELS),
        labels=[mark] if mark else [],
        text=texts.incident_text(rng.choice(words.CAUSES), extra=f"Paged as INC-{number}." if number % 3 == 0 else ""),
        lasted=end - at if rng.random() < 0.93 else None,
        project=builder.project(words.EDGE) if rng.random() < 0.06 else None,
        confidential=rng.random() < 0.03,
        issue_type="incident" if rng.random() < 0.95 else "issue",
    )
    _spell(builder, draft, severity)
    _live(builder, draft, severity, end)
    needs = (severity in (1, 2) and not mark) or mark == "Review-Requested"
    return UsualIncident(draft=draft, title=title, severity=severity, needs=needs, end=end, number=number)


def _title(builder: Builder) -> str:
    rng = builder.random
    what = f"{rng.choice(words.SYMPTOMS)} {rng.choice(words.PLACES)}".strip()
    named = what.format(s=rng.choice(words.SERVICES).name, n=rng.randint(1, 99))
    return f"{named[0].upper()}{named[1:]}"


def _spell(builder: Builder, draft: Draft, severity: int | None) -> None:
    """Let some severities stand in another spelling, or only in GitLab's own field."""
    chance = builder.random.random()
    usual = f"Severity::{severity}"
    if severity is None or chance > 0.12:
        return
    if chance > 0.04 and severity < 4 and draft.project is builder.production:
        draft.labels = tuple(f"severity::{severity}" if name == usual else name for name in draft.labels)
    else:
        draft.labels = tuple(name for name in draft.labels if name != usual)
        draft.severity = _FIELD[severity]


def _live(builder: Builder, draft: Draft, severity: int | None, end: dt.datetime) -> None:
    rng = builder.random
    middle = draft.at + (end - draft.at) / 2
    draft.comment(rng.choice(words.CHATTER), at=draft.at + 4 * MINUTE, by=draft.by)
    draft.comment("Linked the alert and the dashboards.", at=draft.at + 5 * MINUTE, by=builder.alerts)
    for _ in range(rng.randint(0, 2)):
        draft.comment(rng.choice(words.CHATTER), at=middle, by=builder.person())
    if rng.random() < 0.1 and severity is not None:
        other = min(4, severity + 1) if rng.random() < 0.5 else max(1, severity - 1)
        label = f"Severity::{other}"
        if label not in draft.labels:
            draft.label(label, at=draft.at + 10 * MINUTE, by=draft.by)
            draft.unlabel(label, at=draft.at + builder.hours(0.3, 3), by=draft.by)
    if rng.random() < 0.03:
        draft.reopen(at=end + HOUR, by=draft.by).close(at=end + 2 * HOUR, by=builder.closer)


def review(builder: Builder, incident: UsualIncident) -> Draft:
    """Open the review of an ordinary incident; most are completed in time."""
    rng = builder.random
    form = rng.choice(FORMS)
    took = builder.hours(24, 160) if rng.random() < 0.72 else builder.hours(170, 700)
    draft = builder.review(
        _review_title(builder, incident, form),
        of=incident.draft,
        opened=min(took - HOUR, (incident.end - incident.draft.at) + builder.hours(1, 20)) if took > DAY else HOUR,
        done=took if rng.random() < 0.9 else None,
        text=partial(_written, incident, form, rng.random(), rng.choice(words.CAUSES), rng.choice(words.ACTIONS)),
        labels=[*([] if rng.random() < 0.08 else ["IncidentReview"]), *([f"Severity::{incident.severity or 2}"])],
        linked=form == "link",
        dri=_dri(builder),
        project=builder.project(words.DELIVERY) if incident.draft.project.path == words.EDGE else None,
    )
    _course(builder, draft, incident)
    return draft


FORMS = ("link", "link", "link", "link", "row", "row", "external", "title", "description", "equal title")


def _review_title(builder: Builder, incident: UsualIncident, form: str) -> str | Callable[[], str]:
    if form == "title":
        return lambda: f"Incident Review for {incident.title[:20]} {_near(incident.draft)}"
    if form == "equal title":
        return f"Incident Review: {incident.title}"
    return f"{builder.random.choice(('Incident Review:', 'Incident review -', 'RCA for'))} {incident.title}"


def _near(draft: Draft) -> str:
    return f"#{draft.iid}" if draft.project.path == words.PRODUCTION else draft.ref


def _written(incident: UsualIncident, form: str, care: float, cause: str, action: str) -> str:
    """Write as much as the DRI cares for: nothing, the table, or all of it."""
    link = _near(incident.draft) if form in ("row", "link") else ""
    extra = {
        "external": f"Paged as INC-{incident.number}.",
        "description": f"It began with {_near(incident.draft)}.",
    }.get(form)
    if care < 0.12:
        return texts.TEMPLATE + (f"\n\n{extra}\n" if extra else "")
    values = texts.facts_of(
        severity=f'~"Severity::{incident.severity or 2}"',
        start=incident.draft.at,
        end=incident.end,
        link=link,
        customers="a few hundred" if care > 0.3 else "",
        requests="2 % of all",
    )
    details = f"{cause} {extra or ''}".strip()
    return texts.review_text(values, summary=incident.title, details=details, outcomes=f"1. {action}")


def _dri(builder: Builder) -> Account:
    chance = builder.random.random()
    if chance < 0.03:
        return builder.random.choice(builder.left)
    return builder.closer if chance < 0.04 else builder.person()


def _course(builder: Builder, draft: Draft, incident: UsualIncident) -> None:
    """Let the review have a due date, comments, an unassigned phase, a second life."""
    rng, dri = builder.random, draft.assignees[0]
    draft.due((incident.draft.at + 7 * DAY).date(), at=draft.at + 2 * MINUTE, by=draft.by)
    for _ in range(rng.randint(0, 3)):
        draft.comment(rng.choice(words.CHATTER), at=draft.at + builder.hours(1, 60), by=builder.person())
    if rng.random() < 0.05:
        draft.assign(at=draft.at + 3 * MINUTE, by=dri)
    if rng.random() < 0.03:
        draft.reopen(at=draft.at + 30 * DAY, by=dri)


def open_orphan(builder: Builder) -> Draft:
    """Open a review that names no incident."""
    at = builder.moment()
    title = (
        f"Incident Review: {builder.random.choice(('what we learned', 'the spring', 'the night'))} {at:%B %d %H:%M:%S}"
    )
    draft = builder.other(title, at=at, text=texts.TEMPLATE, labels=["IncidentReview"])
    builder.reviews.append(draft)
    return draft


def open_others(builder: Builder, count: int) -> None:
    """Open issues that are neither: change requests with dated titles, corrective actions, tasks."""
    rng = builder.random
    for n in range(count):
        at = builder.moment()
        kind = rng.choice(("change", "corrective action", "task"))
        title = f"{at:%Y-%m-%d}: resize pool {n}" if kind == "change" else f"{rng.choice(words.ACTIONS)} ({n})"
        draft = builder.other(title, at=at, labels=[] if kind == "task" else [kind])
        if rng.random() < 0.7:
            draft.close(at=at + builder.hours(5, 900), by=draft.by)
