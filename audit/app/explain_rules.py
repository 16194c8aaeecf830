"""The outcomes of all rules for one incident, its reviews, its services and its corrective actions."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from audit.evidence import waivers
from audit.evidence.doubts import way_to_see
from audit.model import Outcome, Subject
from audit.phrases import MOST, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from audit.engine.result import Finding, Result
    from audit.rules import Rule

Row = dict[str, Any]

_WIDTH: Final = 120
_SHOWN_ABOVE: Final = frozenset({
    *("anchor", "anchor_on", "declared_on", "due_on", "linked_by", "owners", "peak_severity", "required_because"),
    *("review", "review_completed_on", "review_opened_on", "services", "severity"),
})  # fmt: skip
"""Columns of the incident that are already shown before the rules."""
_HEADINGS: Final = {
    Outcome.VIOLATES: "Rules that it violates, each with the sentence that it rests on",
    Outcome.WAIVED: "Rules that it would violate without a waiver",
    Outcome.UNKNOWN: "Rules whose outcome is unknown",
    Outcome.CONFORMS: "Rules that it conforms to",
}
_NOTHING: Final = {
    Subject.REVIEW: "no review",
    Subject.SERVICE: "no service of the catalogue",
    Subject.ACTION: "no corrective action",
}


def subjects(result: Result, row: Row) -> dict[Subject, tuple[str, ...]]:
    """Return the subjects of the rules that belong to an incident."""
    services = set(result.evidence.services["ref"])
    return {
        Subject.INCIDENT: (row["ref"],),
        Subject.REVIEW: row["reviews"],
        Subject.SERVICE: tuple(name for name in row["services"] if name in services),
        Subject.ACTION: _actions(result, row["ref"]),
    }


def _actions(result: Result, ref: str) -> tuple[str, ...]:
    actions = result.evidence.actions
    pairs = zip(actions["ref"], actions["incidents"], strict=True)
    return tuple(action for action, incidents in pairs if ref in incidents)


def about(result: Result, row: Row) -> tuple[str, ...]:
    """Return the refs and names of an incident and all subjects that belong to it, the incident first."""
    return tuple(name for names in subjects(result, row).values() for name in names)


def rules_on(result: Result, row: Row) -> Iterator[str]:
    """Return lines on the outcome of every rule, with the policy sentence of those that apply."""
    names_of = subjects(result, row)
    outcomes = {rule.code: _outcomes(result, rule, names_of[rule.subject]) for rule in result.rules}
    findings = {(finding.code, finding.subject): finding for finding in result.findings}
    for outcome, heading in _HEADINGS.items():
        hit = {rule: [name for name, other in outcomes[rule.code].items() if other is outcome] for rule in result.rules}
        if any(hit.values()):
            yield heading
        for rule, names in hit.items():
            if names:
                several = len(set(outcomes[rule.code].values()) - {Outcome.NOT_APPLICABLE}) > 1
                sentence = f'"{rule.sentence}"' if rule.quoted else rule.sentence
                yield from _wrapped(f"{rule.code} {rule.name}{_of(names) if several else ''}: {sentence}", 2)
            found = [finding for name in names if (finding := findings.get((rule.code, name)))]
            for finding in found[:MOST]:
                yield from _finding(finding, row["ref"])
            if len(found) > MOST:
                yield f"      and {len(found) - MOST:,} more"
    yield from _not_applied(result, outcomes)
    yield from _switched(result)


def _outcomes(result: Result, rule: Rule, names: Iterable[str]) -> dict[str, Outcome]:
    return {name: Outcome(result.by_subject[rule.code][name]) for name in names}


def _of(names: Sequence[str]) -> str:
    return f" ({listed(names, len(names))})"


def _not_applied(result: Result, by_rule: Mapping[str, Mapping[str, Outcome]]) -> Iterator[str]:
    """Return lines on the rules that do not apply, grouped by reason."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for rule in result.rules:
        outcomes = by_rule[rule.code]
        if not set(outcomes.values()) - {Outcome.NOT_APPLICABLE}:
            reasons[_why_not(result, rule, outcomes)].append(f"{rule.code} {rule.name}")
    if reasons:
        yield "Rules that do not apply"
    for why, names in sorted(reasons.items()):
        yield from _wrapped(why + ", ".join(names), 2)


def _why_not(result: Result, rule: Rule, outcomes: Iterable[str]) -> str:
    """Return why a rule does not apply: nothing to ask about, or another rule has found the cause already."""
    refs = list(outcomes)
    if not refs:
        return f"{_NOTHING[rule.subject]}: "
    hit = {Outcome.VIOLATES, Outcome.WAIVED}
    covering = [code for code in sorted(rule.requires) if any(result.by_subject[code][ref] in hit for ref in refs)]
    off = {switch.code for switch in result.switches if switch.off}
    named = (f"{code}, which is switched off" if code in off else code for code in covering)
    return f"because of {', '.join(named)}: " if covering else ""


def _switched(result: Result) -> Iterator[str]:
    """Return lines on the rules that the settings switch off, or give another level."""
    if result.switches:
        yield "Rules that the settings switch"
    for switch in result.switches:
        state = "off" if switch.off else f"{switch.level}, usually {switch.usual}"
        yield from _wrapped(f"{switch.code} {switch.name}: {state}", 2)


def _finding(finding: Finding, ref: str) -> Iterator[str]:
    of_another = "" if finding.subject == ref else f" of {finding.subject}"
    yield from _wrapped(f"{finding.level}{of_another}: {finding.message}", 6)
    above = _SHOWN_ABOVE if finding.subject_kind is Subject.INCIDENT else frozenset()
    shown = {name: _shown(value) for name, value in finding.evidence.items() if name not in above}
    yield from _wrapped("; ".join(f"{name.replace('_', ' ')} {text}" for name, text in shown.items() if text), 6)
    if finding.waiver:
        yield from _wrapped(f"waived by {finding.waiver.approved_by}: {finding.waiver.reason}", 6)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return listed(map(str, value), len(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _wrapped(text: str, indent: int) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 4),
        break_on_hyphens=False,
        break_long_words=False,
    )


def waivers_on(result: Result, row: Row) -> Iterator[str]:
    """Return lines on the waivers that name the incident or what belongs to it, lapsed ones included."""
    names = {name.casefold() for name in about(result, row)}
    waivers_of = [one for one in result.evidence.settings.waivers if one.subject.casefold() in names]
    if waivers_of:
        yield from ("", "Waivers")
    for one in waivers_of:
        state = "lapsed on" if one in result.lapsed_waivers else "valid through"
        idle = ", and changes nothing today" if one in result.unused_waivers else ""
        codes = ", ".join(sorted(waivers.covered_rules(one)))
        line = f"{codes} of {one.subject}: {state} {one.expires}{idle}, approved by {one.approved_by}: {one.reason}"
        yield from _wrapped(line, 2)


def gaps_of(result: Result, row: Row) -> Iterator[str]:
    """Return lines on what could not be read of these subjects or their projects."""
    names = set(about(result, row))
    names |= {name.rpartition("#")[0] for name in names}
    gaps = [gap for gap in result.gaps if gap.ref in names]
    if gaps:
        yield from ("", "What could not be read")
    for gap in gaps:
        weight = " (could change a verdict)" if gap.could_change_a_verdict else ""
        yield f"  {gap.what} of {gap.ref}: {gap.why}{weight}"
    if way := way_to_see(gap.what for gap in gaps):
        yield f"  {way}"
