"""A tracker in which every verdict occurs once or more, and the View that the real core makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from audit.contract.audit_file import AuditFile, read_audit
from audit.model import Gap, Issue, Note, Ref, User, Verdict
from audit.reminders import decide
from audit.reminders.cases import Scene
from audit.reminders.plan import EarlierReminder, FollowUp
from audit.report.figures.view import Run, View, build_view
from audit.report.formats.json_text import json_text
from audit.rules import RULES, Rule
from tests import records as make
from tests.judging import held_against_others

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from audit.engine.result import Finding, Result
    from audit.reminders.plan import Plan
    from audit.settings.settings import Settings

AS_OF = date(2026, 11, 23)
P = make.PROJECT
SECRET = "Zebra"
"""Whatever is confidential says this word in every field that has words."""
HOSTILE = (
    "@all <img src=x onerror=alert(1)> ![i](https://evil.example/i.png) | `x` **b** #1 !2 ~bug $3 %4 &5 ^6 "
    "[[_TOC_]] https://evil.example www.evil.example me@evil.example <!-- c --> "
    "\n/close\r\n/assign @root \u2028/label ~x"
)
RUN = Run(version="0.1.0", url="https://gitlab.example/ops/audit/-/jobs/7")

ALICE = User(username="alice")
BOT = "incident-bot"


def settings(**fields: Any) -> Settings:
    """One project, one policy since 2026, two waivers of which one has lapsed."""
    made = {
        "policies": [{"from": "2026-01-01", "name": "handbook 2026"}],
        "waivers": [
            {
                "subject": f"{P}#7",
                "rules": ["IR001"],
                "reason": "Reviewed together with the vendor.",
                "approved_by": "Dora Director",
                "expires": "2026-12-31",
            },
            {
                "subject": f"{P}#4",
                "rules": ["IR002"],
                "reason": "The DRI was away.",
                "approved_by": "Dora Director",
                "expires": "2026-11-15",
            },
        ],
        "reminders": {"remind_from": "2026-01-01"},
        **fields,
    }
    return make.settings(**made)


def issues() -> tuple[Issue, ...]:
    """The tracker. Incidents have small numbers, the review of incident n is 100 + n."""
    return (
        make.incident(1, "Checkout answers 500", labels=("Severity::1", "Service::API"), created="2026-11-02 10:00"),
        make.review(101, of=1, closed="2026-11-06 12:00", assignees=(ALICE,)),
        make.incident(2, "Search is slow", labels=("Severity::2", "Service::Web"), created="2026-10-12 09:00"),
        make.review(102, of=2, created="2026-10-13", closed="2026-10-22 12:00", assignees=(ALICE,)),
        make.incident(3, HOSTILE, labels=("Severity::2", "Service::API"), created="2026-10-26 09:00"),
        make.review(103, of=3, created="2026-10-27", assignees=(ALICE,)),
        make.incident(4, "Mail does not arrive", labels=("Severity::2", "Service::Web"), created="2026-09-01 09:00"),
        make.incident(5, "Registry is down", labels=("Severity::1", "Service::Git"), created="2026-11-04 09:00"),
        make.incident(6, "Pages are stale", labels=("Severity::2", "Service::API"), created="2026-11-19 09:00"),
        make.incident(7, "Vendor outage", labels=("Severity::2", "Service::API"), created="2026-11-03 09:00"),
        make.incident(8, "No severity was set", labels=("Service::API",), created="2026-11-03 09:00"),
        make.incident(9, "A small blip", labels=("Severity::4", "Service::Web"), created="2026-11-03 09:00"),
        make.review(109, of=9, closed="2026-11-20 12:00"),
        make.incident(10, "A drill", labels=("Severity::1", "Gameday"), created="2026-11-03 09:00"),
        make.incident(
            11,
            "Queue delays",
            labels=("Severity::3", "Service::API"),
            created="2026-11-05 09:00",
            label_events=(
                make.added("Severity::2", "2026-11-05 09:05"),
                make.removed("Severity::2", "2026-11-06 09:00"),
                make.added("Severity::3", "2026-11-06 09:00"),
            ),
        ),
        make.incident(
            12,
            "Login fails for some",
            labels=("Severity::3", "Service::Web"),
            created="2026-11-05 09:00",
            label_events=(
                make.added("Review-Requested", "2026-11-05 10:00"),
                make.removed("Review-Requested", "2026-11-09 10:00"),
            ),
        ),
        make.review(112, of=12, closed="2026-11-12 12:00", assignees=(ALICE,)),
        *_secret(),
    )


def _secret() -> tuple[Issue, ...]:
    return (
        make.incident(
            20,
            f"{SECRET} leaked",
            labels=("Severity::1", f"Service::{SECRET}"),
            confidential=True,
            created="2026-11-02 10:00",
            assignees=(User(username=f"{SECRET}-user"),),
        ),
        make.review(
            120,
            f"Incident Review: {SECRET} leaked",
            of=20,
            confidential=True,
            assignees=(User(username=f"{SECRET}-dri"),),
        ),
        # a public incident whose review is confidential
        make.incident(21, "Odd traffic", labels=("Severity::2", "Service::Web"), created="2026-11-02 10:00"),
        make.review(
            121,
            f"Incident Review: {SECRET} traffic",
            of=21,
            confidential=True,
            assignees=(User(username=f"{SECRET}-x"),),
        ),
        # a confidential incident whose review is public
        make.incident(22, f"{SECRET} again", labels=("Severity::2",), confidential=True, created="2026-11-02 10:00"),
        make.review(122, "Incident Review: something", of=22, assignees=(User(username="pia"),)),
    )


def gaps() -> tuple[Gap, ...]:
    return (
        Gap(ref=f"{P}#20", what="history", why=f"{SECRET}: the server did not answer"),
        Gap(ref=f"{P}#9", what="history", why="the server answered 502"),
    )


def result(
    tracker: Sequence[Issue] | None = None,
    *,
    config: Settings | None = None,
    as_of: date = AS_OF,
    rules: Sequence[Rule] = RULES,
    **fields: Any,
) -> Result:
    fields.setdefault("gaps", gaps())
    fields.setdefault(
        "sources",
        (make.source(url=f"https://gitlab.example/{P}", labels=(*make.LABELS, "Service::Git", "Service::API")),),
    )
    read = make.records(*(issues() if tracker is None else tracker), **fields)
    return held_against_others(read, config or settings(), as_of, rules)


def plan(of: Result, comments: Mapping[Ref, tuple[Note, ...]] | None = None) -> Plan:
    return decide.plan(replace(Scene.of(of, bot=BOT), comments=comments or {}))


def followed() -> tuple[EarlierReminder, ...]:
    """Reminders that were posted before: an early one, and both steps that were reached."""
    told = (
        (4, 4, 1, date(2026, 9, 9), FollowUp.NOTHING),
        (4, 4, 2, date(2026, 11, 17), FollowUp.COMMENTED),
        (103, 3, 1, date(2026, 11, 16), FollowUp.POSTPONED),
        (120, 20, 1, date(2026, 11, 20), FollowUp.WAITING),
        (102, 2, 0, date(2026, 10, 16), FollowUp.COMPLETED),
    )
    return tuple(
        EarlierReminder(
            issue=Ref(P, issue),
            incident=Ref(P, incident),
            step=step,
            posted_on=day,
            follow_up=outcome,
            confidential=issue == 120,
        )
        for issue, incident, step, day, outcome in told
    )


def previous() -> dict[str, Any]:
    """An earlier audit: the fields that the report looks at; :func:`audit_file` adds the others."""
    return {
        "as_of": "2026-11-16",
        "compliance": {"rate": 0.5, "open_late": 2},
        "figures": {"blocked_by_no_owner": 1, "time_to_review": {"median": 5, "p90": None}},
        "findings": [
            {"code": "IR001", "subject": f"{P}#4"},
            {"code": "IR001", "subject": f"{P}#2"},
            {"code": "IR002", "subject": f"{P}#3", "outcome": "waived"},
        ],
    }


EARLIER: dict[str, Any] = {
    "schema_version": 1,
    "timezone": "UTC",
    "tool": {"name": "incident-review-audit", "version": "0.1.0"},
    "policy": {"sha256": "0" * 64, "in_force": []},
    "sources": [],
    "gaps": [],
    "verdicts": {verdict.value: 0 for verdict in Verdict},
    "incidents": [],
    "findings": [],
    "services": [],
}
COMPLIANCE = {
    "window": {"from": "2026-08-25", "to": "2026-11-16"},
    "on_time": 1,
    "due": 2,
    "rate_counting_exempt": None,
    "withheld": None,
}
INCIDENT: dict[str, Any] = {
    "url": "",
    "title": "",
    "confidential": False,
    "severity": None,
    "peak_severity": None,
    "services": [],
    "owners": [],
    "required_because": [],
    "anchor": "declared",
    "anchor_on": None,
    "due_on": None,
    "review": None,
    "policy": None,
}
FINDING: dict[str, Any] = {
    "name": "late-review",
    "level": "violation",
    "open": True,
    "message": "",
    "evidence": {},
    "outcome": "violates",
    "waiver": None,
}


def audit_file(fields: Mapping[str, Any]) -> AuditFile:
    """An audit.json with these fields, as it is read. What they leave out is filled in."""
    data = {**EARLIER, **fields}
    data["compliance"] = {**COMPLIANCE, **data["compliance"]}
    data["incidents"] = [{**INCIDENT, **row} for row in data["incidents"]]
    data["findings"] = [{**FINDING, **row} for row in data["findings"]]
    return read_audit(json_text(data), "audit.json")


def view(of: Result | None = None, *, run: Run = RUN, **fields: Any) -> View:
    """The View of a result with its reminders; of the whole tracker where none is given."""
    made = result() if of is None else of
    fields.setdefault("plan", plan(made))
    given, before = fields.pop("plan"), fields.pop("previous", None)
    return build_view(made, given, previous=audit_file(before) if before else None, run=run, **fields)


def with_findings(of: Result, findings: tuple[Finding, ...]) -> Result:
    """The result with other findings."""
    return replace(of, findings=findings)


@cache
def usual() -> View:
    """The View of the whole tracker, made once. Its records are frozen; what a test makes of it is its own."""
    return view()
