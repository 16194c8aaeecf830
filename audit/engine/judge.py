"""Applies every rule to the evidence once: outcomes and findings."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from audit.engine import gaps
from audit.engine.next_steps import to_close
from audit.engine.result import Finding, Outcomes, Result
from audit.engine.rule_levels import is_off, levelled, switches
from audit.engine.subjects import Subjects
from audit.engine.verdicts import judge, with_waivers
from audit.errors import EvidenceError
from audit.evidence import waivers
from audit.evidence.overlooked import overlooked
from audit.model import UNSEEN_CONFIDENTIAL, Outcome, Subject, Verdict
from audit.phrases import first_lines
from audit.program_text import ProgramText
from audit.rules import RULES, Rule
from audit.rules.rule import known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from audit.evidence.build import Evidence
    from audit.settings.policy import Waiver

_AS_THEY_ARE: Final = {str, int, bool}
_TEXT: Final = pd.StringDtype(na_value=np.nan)


def audit(evidence: Evidence, rules: Sequence[Rule] = RULES) -> Result:
    """Apply every rule to the evidence, at the level that the settings give it. An exception in a rule is not caught.

    A rule that is off holds back those that require it, and finds nothing. Other readings of the policy are left to
    :func:`audit.engine.sensitivity.compared`.
    """
    levels = evidence.settings.rules
    bare = judge(evidence.incidents, evidence.as_of)
    verdicts = with_waivers(bare, evidence.incidents["waived"])
    of_kind = _subjects(evidence, verdicts, bare)
    holding = waivers.valid(evidence.settings.waivers, evidence.as_of)
    covering = _covering(evidence.incidents)
    violated: dict[str, np.ndarray] = {}
    findings: list[Finding] = []
    by_subject: dict[str, pd.Series] = {}
    for rule in _by_needs(levelled(rules, levels)):
        subjects = of_kind[rule.subject]
        scope, hit, unknown = _ask(rule, subjects, violated)
        violated[rule.code] = hit & scope
        waivable = [_waive(finding, covering, holding) for finding in _findings(rule, subjects, violated[rule.code])]
        findings += [] if is_off(rule, levels) else waivable
        waived = np.zeros(subjects.size, dtype=bool)
        waived[violated[rule.code]] = [finding.waived for finding in waivable]
        by_subject[rule.code] = _outcomes(subjects.refs, scope, hit, unknown, waived)
    unread, withheld = gaps.judged(evidence, verdicts)
    waived_incidents = (evidence.waivers[ref] for ref in evidence.incidents.loc[verdicts.eq(Verdict.WAIVED), "ref"])
    held = tuple(rule for rule in levelled(rules, levels) if not is_off(rule, levels))
    order = {rule.code: place for place, rule in enumerate(rules)}
    return Result(
        as_of=evidence.as_of,
        evidence=evidence,
        verdicts=verdicts,
        bare_verdicts=bare,
        findings=tuple(sorted(findings, key=lambda f: (order[f.code], subject_key(f.subject)))),
        rules=held,
        switches=switches(rules, levels),
        outcomes=tuple(count(rule.code, by_subject[rule.code]) for rule in held),
        by_subject=by_subject,
        to_close=to_close(of_kind[Subject.REVIEW], held, by_subject),
        gaps=unread,
        lapsed_waivers=waivers.lapsed(evidence.settings.waivers, evidence.as_of),
        unused_waivers=_unused(holding, findings, waived_incidents),
        withheld=withheld,
        notes=_notes(evidence),
    )


# a service's name can look like a reference, with digits that int() refuses
_NUMBER = re.compile("[0-9]{1,18}")


def subject_key(subject: str) -> tuple[str, int, str]:
    """Sort references by project path and number, services by name."""
    project, _, iid = subject.rpartition("#")
    return (project, int(iid), "") if project and _NUMBER.fullmatch(iid) else ("", 0, subject)


def _subjects(evidence: Evidence, verdicts: pd.Series, bare: pd.Series) -> Mapping[Subject, Subjects]:
    day = evidence.as_of
    return {
        Subject.INCIDENT: Subjects(evidence.incidents, day, verdict=verdicts, bare_verdict=bare),
        Subject.REVIEW: Subjects(evidence.reviews, day),
        Subject.SERVICE: Subjects(evidence.services, day),
        Subject.ACTION: Subjects(evidence.actions, day),
    }


def _by_needs(rules: Sequence[Rule]) -> Iterable[Rule]:
    """Yield the rules, each after the ones that it requires."""
    done: set[str] = set()
    waiting = list(rules)
    while waiting:
        ready = [rule for rule in waiting if rule.requires <= done]
        if not ready:
            raise EvidenceError(f"rule {waiting[0].code} requires a rule that is not there", "Please report this.")
        yield from ready
        done |= {rule.code for rule in ready}
        waiting = [rule for rule in waiting if rule.code not in done]


def _ask(
    rule: Rule, subjects: Subjects, violated: Mapping[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return three masks: in scope and not covered by a violated required rule, violating, and unknown."""
    nowhere = np.zeros(subjects.size, dtype=bool)
    if not subjects.size:
        return nowhere, nowhere, nowhere
    scope = known(rule.in_scope(subjects))
    for code in rule.requires:
        scope = scope & ~violated[code]
    if not scope.any():
        return scope, nowhere, nowhere
    hit = rule.violated(subjects)
    unknown: np.ndarray = np.asarray(pd.isna(hit))
    return scope, known(hit), unknown


def _outcomes(refs: pd.Index, scope: np.ndarray, hit: np.ndarray, unknown: np.ndarray, waived: np.ndarray) -> pd.Series:
    """Return the outcome of a rule for each subject, by its ref."""
    chosen = np.full(len(scope), Outcome.VIOLATES.value, dtype=object)
    # of several that hold the last one counts
    for outcome, held in (
        (Outcome.WAIVED, waived),
        (Outcome.CONFORMS, ~hit),
        (Outcome.UNKNOWN, unknown),
        (Outcome.NOT_APPLICABLE, ~scope),
    ):
        chosen[held] = outcome.value
    return pd.Series(pd.array(chosen, dtype=_TEXT, copy=False), index=refs, copy=False)


def count(code: str, outcomes: pd.Series) -> Outcomes:
    """Count the outcomes of a rule, which ``outcomes`` holds by subject."""
    counts = Counter(outcomes.tolist())
    return Outcomes(
        code=code,
        conforms=counts[Outcome.CONFORMS],
        violates=counts[Outcome.VIOLATES],
        waived=counts[Outcome.WAIVED],
        not_applicable=counts[Outcome.NOT_APPLICABLE],
        unknown=counts[Outcome.UNKNOWN],
    )


def _findings(rule: Rule, subjects: Subjects, violated: np.ndarray) -> list[Finding]:
    if not violated.any():
        return []
    mendable = known(rule.mendable(subjects))[violated].tolist()
    evidence = zip(*(map(plain, subjects.listed(name, violated)) for name in rule.evidence), strict=True)
    return [
        Finding(
            code=rule.code,
            name=rule.name,
            level=rule.level,
            subject_kind=rule.subject,
            subject=row["ref"],
            open=can_mend,
            message=rule.message(row),
            evidence=dict(zip(rule.evidence, shown, strict=True)),
        )
        for row, can_mend, shown in zip(subjects.rows(violated), mendable, evidence, strict=True)
    ]


@lru_cache(maxsize=8_192)
def _iso_day(day: date) -> str:
    """Return a day as text, the same text for all findings of that day."""
    return day.isoformat()


def plain(value: Any) -> Any:
    """Return a frame's value as JSON has it: ISO days and instants, lists (long ones cut), None for NA."""
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, tuple):
        return list(first_lines(value))
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return _iso_day(value.date()) if value.tz is None else value.isoformat()
    return value.item() if hasattr(value, "item") else value


def _covering(incidents: pd.DataFrame) -> Mapping[str, list[str]]:
    """Return review -> the incidents for which it was chosen; their waivers cover its findings too."""
    chosen: dict[str, list[str]] = defaultdict(list)
    for ref, review in zip(incidents["ref"], incidents["review"], strict=True):
        if review:
            chosen[review].append(ref)
    return chosen


def _waive(finding: Finding, covering: Mapping[str, list[str]], holding: Sequence[Waiver]) -> Finding:
    of_review = covering.get(finding.subject, []) if finding.subject_kind is Subject.REVIEW else []
    waiver = waivers.find(holding, [finding.subject, *of_review], finding.code)
    return replace(finding, waiver=waiver) if waiver else finding


def _unused(holding: Sequence[Waiver], findings: Iterable[Finding], waived: Iterable[Waiver]) -> tuple[Waiver, ...]:
    """Return the valid waivers that change neither a verdict nor a finding today."""
    used = [*waived, *(finding.waiver for finding in findings)]
    return tuple(waiver for waiver in holding if waiver not in used)


def _notes(evidence: Evidence) -> tuple[str, ...]:
    records = evidence.records
    notes: list[str] = []
    if not records.unreadable_links_shown:
        notes.append(
            ProgramText(
                "This server does not show links whose other end cannot be read, so a review behind one looks missing."
            )
        )
    if any(gap.what == UNSEEN_CONFIDENTIAL for gap in records.gaps):
        notes.append(
            ProgramText(
                "The token cannot see confidential issues in every project, so incidents and reviews may be missing"
                " from all figures; the gaps name the projects. The role Planner or Reporter there mends it."
            )
        )
    return (*notes, *overlooked(records, evidence.settings, evidence.as_of))
