"""A team edition: the result is narrowed to one team before anything is computed, so every figure is that team's.

Services and owners of a confidential incident are not shown, so it is in no team edition (POLICY.md section 10).
"""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

import pandas as pd

from audit.catalog.ownership import named_in_catalog
from audit.contract.rates import FiguresEntry
from audit.engine import gaps
from audit.engine import judge as engine
from audit.errors import UsageError
from audit.model import Verdict
from audit.phrases import listed
from audit.privacy.redaction import Discretion
from audit.report.figures.compliance import DUE, OPEN_LATE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.contract.audit_file import AuditFile
    from audit.contract.entries import IncidentEntry
    from audit.contract.rates import ComplianceEntry
    from audit.engine.result import Result
    from audit.evidence.build import Evidence
    from audit.model import Ref
    from audit.reminders.plan import Plan
    from audit.settings.policy import Waiver


def team_named(name: str, evidence: Evidence) -> str:
    """Return a team of the service catalogue. Raises UsageError, with the nearest names, if there is none."""
    services, catalog = evidence.services, evidence.records.catalog
    teams = {*services.loc[services["owned"], "owner"], *(team.name for team in (catalog.teams if catalog else ()))}
    if name in teams:
        return name
    if (meant := named_in_catalog(name, catalog)) in teams:
        return meant
    if not teams:
        raise UsageError(f"there is no team {name!r}: no service catalogue names any", "Set `catalog`, or omit --team.")
    by_key = {team.casefold(): team for team in sorted(teams)}
    near = [by_key[key] for key in get_close_matches(name.casefold(), by_key, n=3)]
    advice = f"Did you mean {' or '.join(near)}?" if near else f"Its teams are: {listed(sorted(teams), len(teams))}."
    raise UsageError(f"the service catalogue has no team {name!r}", advice)


def of_team(result: Result, team: str) -> Result:
    """Return the result with only a team's rows; confidential ones are left out."""
    evidence = _evidence(result.evidence, team)
    theirs = result.evidence.incidents["ref"].isin(evidence.incidents["ref"])
    subjects = _subjects(evidence)
    verdicts = result.verdicts[theirs].reset_index(drop=True)
    outcomes = {code: series[series.index.isin(subjects)] for code, series in result.by_subject.items()}
    return replace(
        result,
        evidence=evidence,
        verdicts=verdicts,
        bare_verdicts=result.bare_verdicts[theirs].reset_index(drop=True),
        findings=tuple(one for one in result.findings if one.subject in subjects),
        by_subject=outcomes,
        outcomes=tuple(engine.count(one.code, outcomes[one.code]) for one in result.outcomes),
        # a page that failed, or the catalogue, concerns every team
        gaps=tuple(gap for gap in result.gaps if gap.ref in subjects or "#" not in gap.ref),
        sensitivity=tuple(
            replace(one, changes=tuple(change for change in one.changes if change.ref in subjects))
            for one in result.sensitivity
        ),
        lapsed_waivers=_waivers(result.lapsed_waivers, subjects),
        unused_waivers=_waivers(result.unused_waivers, subjects),
        withheld=gaps.judged(evidence, verdicts)[1],
    )


def plan_of(plan: Plan, result: Result) -> Plan:
    """Return the reminders about the incidents of a narrowed result, without status notes, which no report shows."""
    subjects = _subjects(result.evidence)

    def theirs(refs: Iterable[Ref]) -> tuple[Ref, ...]:
        return tuple(ref for ref in refs if str(ref) in subjects)

    return replace(
        plan,
        planned=tuple(one for one in plan.planned if str(one.incident) in subjects),
        withheld=tuple(one for one in plan.withheld if str(one.incident) in subjects),
        earlier=tuple(one for one in plan.earlier if str(one.incident) in subjects),
        proposals=tuple(one for one in plan.proposals if str(one.incident) in subjects),
        unreachable=theirs(plan.unreachable),
        unread=theirs(plan.unread),
    )


def previous_of(previous: AuditFile, result: Result, team: str) -> AuditFile:
    """Return an earlier audit with only a team's rows.

    A finding on a subject that belongs to the team today counts for it in the earlier audit too, so it is not new.
    """
    incidents = tuple(row for row in previous.incidents if team in row.owners)
    then = {row.ref for row in incidents} | {row.review.ref for row in incidents if row.review}
    then |= {row.name for row in previous.services if row.owner == team}
    subjects = then | _subjects(result.evidence)
    return previous.model_copy(
        update={
            "compliance": _compliance(previous.compliance, incidents),
            "figures": FiguresEntry(),
            "incidents": incidents,
            "findings": tuple(row for row in previous.findings if row.subject in subjects),
        }
    )


def _compliance(whole: ComplianceEntry, incidents: Iterable[IncidentEntry]) -> ComplianceEntry:
    rows = [(row.verdict, row.due_on) for row in incidents]
    first, last = whole.window.first, whole.window.last
    due = [verdict for verdict, day in rows if verdict in DUE and day and first <= day <= last]
    rate = due.count(Verdict.ON_TIME) / len(due) if due and whole.withheld is None else None
    return whole.model_copy(update={"rate": rate, "open_late": sum(verdict in OPEN_LATE for verdict, _ in rows)})


def _evidence(evidence: Evidence, team: str) -> Evidence:
    discretion = Discretion.of(evidence)
    frame = evidence.incidents
    incidents = _kept(
        frame,
        [
            team in owners and not discretion.hides(ref)
            for ref, owners in zip(frame["ref"], frame["owners"], strict=True)
        ],
    )
    refs = frozenset(incidents["ref"])
    return replace(
        evidence,
        incidents=incidents,
        reviews=_kept(evidence.reviews, _about(evidence.reviews, refs)),
        actions=_kept(evidence.actions, _about(evidence.actions, refs)),
        services=_kept(evidence.services, [owner == team for owner in evidence.services["owner"]]),
    )


def _about(frame: pd.DataFrame, refs: frozenset[str]) -> list[bool]:
    return [not refs.isdisjoint(incidents) for incidents in frame["incidents"]]


def _kept(frame: pd.DataFrame, which: list[bool]) -> pd.DataFrame:
    # positional access to the frames needs an index without holes
    return frame[pd.Series(which, index=frame.index, dtype=bool)].reset_index(drop=True)


def _subjects(evidence: Evidence) -> frozenset[str]:
    """Return the subjects of the result that a finding can be about."""
    frames = (evidence.incidents, evidence.reviews, evidence.actions, evidence.services)
    return frozenset(ref for frame in frames for ref in frame["ref"])


def _waivers(waivers: Iterable[Waiver], subjects: frozenset[str]) -> tuple[Waiver, ...]:
    known = {subject.casefold() for subject in subjects}
    return tuple(waiver for waiver in waivers if waiver.subject.casefold() in known)
