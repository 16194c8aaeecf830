"""What fills a generated tracker between its traps: ordinary incidents, their reviews, and other issues."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from audit.sandbox.demo import service_files as words
from audit.sandbox.demo import texts
from tests.worlds.generated.stage import DAY, HOUR

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.sandbox.data.records import Account
    from audit.sandbox.demo.drafts import Draft
    from tests.worlds.generated.stage import Stage

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
class Happened:
    """An ordinary incident, and what its review will need to know."""

    draft: Draft
    title: str
    severity: int | None
    needs: bool
    """A review is to be expected."""
    end: dt.datetime
    number: int
    """Its number in the paging system."""


def happen(stage: Stage, number: int) -> Happened:
    """Declare one ordinary incident and let it run its course."""
    rng = stage.random
    at, title = stage.moment(), _title(stage)
    severity = rng.choices(_SEVERITIES, _SEVERITY_WEIGHTS)[0]
    mark = rng.choice(_MARKS) if rng.random() < 0.09 else ""
    end = at + stage.hours(0.2, 30 if severity in (1, 2) else 90)
    draft = stage.incident(
        title,
        at=at,
        severity=severity,
        service=None if rng.random() < 0.05 else rng.choice(_SERVICE_LABELS),
        labels=[mark] if mark else [],
        text=texts.incident_text(rng.choice(words.CAUSES), extra=f"Paged as INC-{number}." if number % 3 == 0 else ""),
        lasted=end - at if rng.random() < 0.93 else None,
        project=stage.place(words.EDGE) if rng.random() < 0.06 else None,
        confidential=rng.random() < 0.03,
        issue_type="incident" if rng.random() < 0.95 else "issue",
    )
    _spell(stage, draft, severity)
    _live(stage, draft, severity, end)
    needs = (severity in (1, 2) and not mark) or mark == "Review-Requested"
    return Happened(draft=draft, title=title, severity=severity, needs=needs, end=end, number=number)


def _title(stage: Stage) -> str:
    rng = stage.random
    what = f"{rng.choice(words.SYMPTOMS)} {rng.choice(words.PLACES)}".strip()
    named = what.format(s=rng.choice(words.SERVICES).name, n=rng.randint(1, 99))
    return f"{named[0].upper()}{named[1:]}"


def _spell(stage: Stage, draft: Draft, severity: int | None) -> None:
    """Let some severities stand in another spelling, or only in GitLab's own field."""
    chance = stage.random.random()
    usual = f"Severity::{severity}"
    if severity is None or chance > 0.12:
        return
    if chance > 0.04 and severity < 4 and draft.project is stage.production:
        draft.labels = tuple(f"severity::{severity}" if name == usual else name for name in draft.labels)
    else:
        draft.labels = tuple(name for name in draft.labels if name != usual)
        draft.severity = _FIELD[severity]


def _live(stage: Stage, draft: Draft, severity: int | None, end: dt.datetime) -> None:
    rng = stage.random
    middle = draft.at + (end - draft.at) / 2
    draft.comment(rng.choice(words.CHATTER), at=draft.at + 4 * MINUTE, by=draft.by)
    draft.comment("Linked the alert and the dashboards.", at=draft.at + 5 * MINUTE, by=stage.alerts)
    for _ in range(rng.randint(0, 2)):
        draft.comment(rng.choice(words.CHATTER), at=middle, by=stage.person())
    if rng.random() < 0.1 and severity is not None:
        other = min(4, severity + 1) if rng.random() < 0.5 else max(1, severity - 1)
        label = f"Severity::{other}"
        if label not in draft.labels:
            draft.label(label, at=draft.at + 10 * MINUTE, by=draft.by)
            draft.unlabel(label, at=draft.at + stage.hours(0.3, 3), by=draft.by)
    if rng.random() < 0.03:
        draft.reopen(at=end + HOUR, by=draft.by).close(at=end + 2 * HOUR, by=stage.closer)


def look_back(stage: Stage, one: Happened) -> Draft:
    """Open the review of an ordinary incident; most are completed in time."""
    rng = stage.random
    form = rng.choice(FORMS)
    took = stage.hours(24, 160) if rng.random() < 0.72 else stage.hours(170, 700)
    draft = stage.review(
        _review_title(stage, one, form),
        of=one.draft,
        opened=min(took - HOUR, (one.end - one.draft.at) + stage.hours(1, 20)) if took > DAY else HOUR,
        done=took if rng.random() < 0.9 else None,
        text=partial(_written, one, form, rng.random(), rng.choice(words.CAUSES), rng.choice(words.ACTIONS)),
        labels=[*([] if rng.random() < 0.08 else ["IncidentReview"]), *([f"Severity::{one.severity or 2}"])],
        linked=form == "link",
        dri=_dri(stage),
        project=stage.place(words.DELIVERY) if one.draft.project.path == words.EDGE else None,
    )
    _course(stage, draft, one)
    return draft


FORMS = ("link", "link", "link", "link", "row", "row", "external", "title", "description", "equal title")


def _review_title(stage: Stage, one: Happened, form: str) -> str | Callable[[], str]:
    if form == "title":
        return lambda: f"Incident Review for {one.title[:20]} {_near(one.draft)}"
    if form == "equal title":
        return f"Incident Review: {one.title}"
    return f"{stage.random.choice(('Incident Review:', 'Incident review -', 'RCA for'))} {one.title}"


def _near(draft: Draft) -> str:
    return f"#{draft.iid}" if draft.project.path == words.PRODUCTION else draft.ref


def _written(one: Happened, form: str, care: float, cause: str, action: str) -> str:
    """Write as much as the DRI cares for: nothing, the table, or all of it."""
    link = _near(one.draft) if form in ("row", "link") else ""
    extra = {"external": f"Paged as INC-{one.number}.", "description": f"It began with {_near(one.draft)}."}.get(form)
    if care < 0.12:
        return texts.TEMPLATE + (f"\n\n{extra}\n" if extra else "")
    values = texts.facts_of(
        severity=f'~"Severity::{one.severity or 2}"',
        start=one.draft.at,
        end=one.end,
        link=link,
        customers="a few hundred" if care > 0.3 else "",
        requests="2 % of all",
    )
    details = f"{cause} {extra or ''}".strip()
    return texts.review_text(values, summary=one.title, details=details, outcomes=f"1. {action}")


def _dri(stage: Stage) -> Account:
    chance = stage.random.random()
    if chance < 0.03:
        return stage.random.choice(stage.left)
    return stage.closer if chance < 0.04 else stage.person()


def _course(stage: Stage, draft: Draft, one: Happened) -> None:
    """Let the review have a due date, comments, an unassigned phase, a second life."""
    rng, dri = stage.random, draft.assignees[0]
    draft.due((one.draft.at + 7 * DAY).date(), at=draft.at + 2 * MINUTE, by=draft.by)
    for _ in range(rng.randint(0, 3)):
        draft.comment(rng.choice(words.CHATTER), at=draft.at + stage.hours(1, 60), by=stage.person())
    if rng.random() < 0.05:
        draft.assign(at=draft.at + 3 * MINUTE, by=dri)
    if rng.random() < 0.03:
        draft.reopen(at=draft.at + 30 * DAY, by=dri)


def orphan(stage: Stage) -> Draft:
    """Open a review that names no incident."""
    at = stage.moment()
    title = (
        f"Incident Review: {stage.random.choice(('what we learned', 'the spring', 'the night'))} {at:%B %d %H:%M:%S}"
    )
    draft = stage.other(title, at=at, text=texts.TEMPLATE, labels=["IncidentReview"])
    stage.reviews.append(draft)
    return draft


def surround(stage: Stage, count: int) -> None:
    """Open issues that are neither: change requests with dated titles, corrective actions, tasks."""
    rng = stage.random
    for n in range(count):
        at = stage.moment()
        kind = rng.choice(("change", "corrective action", "task"))
        title = f"{at:%Y-%m-%d}: resize pool {n}" if kind == "change" else f"{rng.choice(words.ACTIONS)} ({n})"
        draft = stage.other(title, at=at, labels=[] if kind == "task" else [kind])
        if rng.random() < 0.7:
            draft.close(at=at + stage.hours(5, 900), by=draft.by)
