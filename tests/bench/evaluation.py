"""Benchmark: from records to verdicts and findings, on trackers of two sizes, without the reading and the report.

``python -m tests.bench.evaluation [incidents] [incidents]`` (10000 and 100000 by default) prints processor seconds,
wall seconds and peak memory of each size, and how many times longer the last one takes than the first. Three of five
incidents have a review; each description is another text of some 2 kB, begun from the template and filled in more or
less. Each size runs in a process of its own, so that nothing is remembered from the one before. ``--profile N`` says
where time goes.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import random
import resource
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from audit.engine.judge import audit
from audit.engine.sensitivity import compared
from audit.evidence.build import build
from audit.model import Catalog, LabelEvent, Link, Records, Ref, Service, Team, User
from audit.sandbox.demo.texts import TEMPLATE, facts_of, incident_text, review_text
from tests import records

if TYPE_CHECKING:
    from audit.model import Issue

AS_OF = date(2026, 11, 23)
FIRST = datetime(2023, 1, 2, tzinfo=UTC)
SPAN_MINUTES = 3 * 365 * 24 * 60
SERVICES = 200
PEOPLE = tuple(User(username=f"user-{number}") for number in range(300))
WORDS = (
    *("pool", "connection", "queue", "replica", "failover", "latency", "dashboard", "alert", "deploy", "canary"),
    *("rollback", "memory", "shard", "index", "cache", "node", "proxy", "timeout", "backlog", "worker", "retry"),
    *("the", "a", "of", "and", "was", "were", "after", "before", "until", "because", "which", "then", "again", "at"),
)


def sentence(dice: random.Random, words: int) -> str:
    """Return a sentence that nobody else has."""
    return f"{' '.join(dice.choices(WORDS, k=words))} {dice.randrange(10**9)}.".capitalize()


def paragraph(dice: random.Random) -> str:
    """Return some lines of prose, with what people put in them."""
    lines = [sentence(dice, dice.randrange(8, 16)) for _ in range(dice.randrange(2, 5))]
    return "\n".join(
        [*lines, f"The graph of `node_{dice.randrange(999)}` is [here](https://dash.example/{dice.random()})."]
    )


def timeline(dice: random.Random, start: datetime) -> str:
    """Return a list of what happened when."""
    times = (start + timedelta(minutes=7 * step) for step in range(dice.randrange(4, 9)))
    return "\n".join(f"- {at:%H:%M} UTC - **{dice.choice(PEOPLE).username}** {sentence(dice, 9)}" for at in times)


def description(dice: random.Random, incident: Issue, outcome: str) -> str:
    """Return a review's text: one in eight is as the template was, one in four half written."""
    length = timedelta(minutes=dice.randrange(5, 600))
    said = facts_of(
        severity=f"~{incident.labels[0]}",
        start=incident.created_at,
        end=incident.created_at + length,
        link=f"#{incident.ref.iid}" if dice.random() < 0.8 else "",
        customers=str(dice.randrange(10**7)),
        requests=sentence(dice, 4),
    )
    match dice.randrange(8):
        case 0:
            return f"{TEMPLATE}\n\n/label ~IncidentReview\n<!-- {dice.random()} -->"
        case 1 | 2:
            return review_text(dict(list(said.items())[:3]), summary=paragraph(dice))
    details = f"{paragraph(dice)}\n\n### Timeline\n\n{timeline(dice, incident.created_at)}\n\n{paragraph(dice)}"
    items = "\n".join(f"1. {sentence(dice, 8)}" for _ in range(3))
    return review_text(
        said, summary=paragraph(dice), details=details, outcomes=outcome, went_well=items, was_hard=items
    )


def tracker(incidents: int) -> Records:
    """Return the records of a tracker that has been kept for three years."""
    dice = random.Random(1)  # noqa: S311 - its randomness is a seed, not a secret
    issues: list[Issue] = []
    for number in range(incidents):
        declared = FIRST + timedelta(minutes=SPAN_MINUTES * number // incidents)
        issues.append(_incident(dice, 4 * number + 1, declared))
        if number % 5 < 3:
            issues.append(_review(dice, 4 * number + 2, issues[-1]))
        if number % 4 == 0:
            issues.append(_action(dice, 4 * number + 3, declared, issues[-1].ref.iid))
    services = tuple(
        Service(name=f"s{number}", label=f"Service::S{number}", owner=f"team-{number % 40}")
        for number in range(SERVICES)
    )
    teams = tuple(Team(name=f"team-{number}", manager=f"user-{number}") for number in range(39))
    return records.records(
        *issues,
        catalog=Catalog(services=services, teams=teams, teams_given=True),
        accounts={user.username: user for user in PEOPLE},
        templates={records.PROJECT: (records.template(TEMPLATE),)},
    )


def _incident(dice: random.Random, iid: int, declared: datetime) -> Issue:
    severity = f"Severity::{dice.randrange(1, 5)}"
    mitigated = declared + timedelta(minutes=dice.randrange(10, 3000))
    names = (severity, f"Service::S{dice.randrange(SERVICES)}", "Incident::Resolved")
    events = [LabelEvent(at=declared, label=name, added=True) for name in names[:2]]
    return records.incident(
        iid,
        sentence(dice, 6),
        description=incident_text(paragraph(dice), extra=f"INC-{iid}" if dice.random() < 0.1 else ""),
        created=f"{declared:%Y-%m-%d %H:%M}",
        closed=f"{mitigated:%Y-%m-%d %H:%M}",
        labels=names,
        label_events=(*events, LabelEvent(at=mitigated, label=names[2], added=True)),
        assignees=(dice.choice(PEOPLE),),
    )


def _review(dice: random.Random, iid: int, incident: Issue) -> Issue:
    opened = incident.created_at + timedelta(hours=dice.randrange(1, 60))
    fields: dict[str, Any] = {"of": incident.ref.iid} if dice.random() < 0.7 else {}
    if dice.random() < 0.8:
        fields["closed"] = f"{opened + timedelta(days=dice.randrange(1, 15)):%Y-%m-%d %H:%M}"
    title = incident.title if dice.random() < 0.6 else sentence(dice, 6)
    outcome = f"1. {sentence(dice, 8)} {records.TOOLS}#{iid + 1}"
    return records.review(
        iid,
        f"Incident Review: {title}",
        description=description(dice, incident, outcome),
        created=f"{opened:%Y-%m-%d %H:%M}",
        assignees=(dice.choice(PEOPLE),),
        due_on=(opened + timedelta(days=6)).date(),
        **fields,
    )


def _action(dice: random.Random, iid: int, opened: datetime, holder: int) -> Issue:
    fields: dict[str, Any] = {"links": (Link(target=Ref(records.PROJECT, holder)),)} if dice.random() < 0.7 else {}
    if dice.random() < 0.7:
        fields["closed"] = f"{opened + timedelta(days=dice.randrange(1, 90)):%Y-%m-%d %H:%M}"
    return records.action(iid, sentence(dice, 6), created=f"{opened:%Y-%m-%d %H:%M}", **fields)


def measured(incidents: int) -> dict[str, Any]:
    """Evaluate a tracker of this size."""
    read = tracker(incidents)
    settings = records.settings(policies=[{"from": "2023-01-01"}])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cpu, wall = time.process_time(), time.perf_counter()
    evidence = build(read, settings, AS_OF)
    built = time.process_time() - cpu
    result = compared(audit(evidence))
    return {
        "incidents": incidents,
        "reviews": len(evidence.reviews),
        "findings": len(result.findings),
        "cpu_build": round(built, 2),
        "cpu_audit": round(time.process_time() - cpu - built, 2),
        "cpu": round(time.process_time() - cpu, 2),
        "wall": round(time.perf_counter() - wall, 2),
        "records_mib": before // 1024,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def profiled(incidents: int) -> None:
    """Print the functions that take the most time, by their own and with what they call."""
    profile = cProfile.Profile()
    profile.runcall(measured, incidents)
    for order in ("tottime", "cumtime"):
        pstats.Stats(profile).strip_dirs().sort_stats(order).print_stats(45)


def main(sizes: tuple[int, ...] = (10_000, 100_000)) -> None:
    """Measure each size in a process of its own."""
    told = []
    for size in sizes:
        words = [sys.executable, "-m", "tests.bench.evaluation", "--one", str(size)]
        said = subprocess.run(words, check=True, capture_output=True, text=True).stdout  # noqa: S603
        print(said.strip(), flush=True)  # noqa: T201
        told.append(json.loads(said))
    print(f"times longer: {told[-1]['cpu'] / told[0]['cpu']:.1f} in processor seconds")  # noqa: T201


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--one", size]:
            print(json.dumps(measured(int(size))))  # noqa: T201
        case ["--profile", size]:
            profiled(int(size))
        case sizes:
            main(tuple(map(int, sizes)) or (10_000, 100_000))
