"""junit.xml: the rules of level violation as tests, with a suite for each rule and a case for each subject.

A case's name holds project, number and rule: GitLab keeps only the first of several cases with one name, and counts
failures by name. If there are very many subjects, the first have a case each and the rest share one, so that
the file stays far below the 30 MB that GitLab reads. Advisories and infos are left out, since they are not failures.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Final

from audit import inert
from audit.contract.audit_file import TOOL
from audit.model import Level
from audit.phrases import shortened
from audit.report.formats.format import Format

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from audit.privacy.rows import FindingRow, GapRow
    from audit.report.figures.basis import RuleRow
    from audit.report.figures.conforming import WithoutFinding
    from audit.report.figures.view import View

MOST_TOLD: Final = 1_000
"""Most cases of a suite with a message: failed ones, and skipped ones."""
MOST_CONFORMING: Final = 10_000
"""Most cases of a suite without a message."""
_LONGEST: Final = 400
_UNTOLD: Final = "What was read does not tell."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    name: str
    kind: str = ""
    """failure, error or skipped; empty: it passed."""
    text: str = ""


def junit_xml(view: View) -> str:
    """Return the text. It has no times, since rules take next to none."""
    rows = {row.code: row for row in view.basis.rules}
    findings = _by_rule(view)
    suites = [
        _suite(f"{one.code} {rows[one.code].name}", _cases(view, one, rows[one.code], findings.get(one.code, [])))
        for one in view.without_finding
    ]
    if decisive := [gap for gap in view.gaps if gap.could_change_a_verdict]:
        suites.append(_suite("gaps", [_gap(place, gap) for place, gap in enumerate(decisive[:MOST_TOLD], 1)]))
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="{TOOL}">', *suites, "</testsuites>"]
    return "\n".join(lines) + "\n"


def _by_rule(view: View) -> dict[str, list[FindingRow]]:
    """Return the violations of each rule, those that can still be fixed first."""
    findings: dict[str, list[FindingRow]] = {}
    for row in sorted(view.findings, key=lambda row: not row.open):
        if row.level == Level.VIOLATION:
            findings.setdefault(row.code, []).append(row)
    return findings


def _cases(view: View, one: WithoutFinding, rule: RuleRow, findings: Sequence[FindingRow]) -> Iterator[_Case]:
    failed = [row for row in findings if row.outcome == "violates"]
    waived = [row for row in findings if row.outcome == "waived"]
    yield from (_failed(view, row, rule) for row in failed[:MOST_TOLD])
    yield from _others(len(failed) - MOST_TOLD, "failure", rule, "that violate it")
    yield from (_waived(row, rule) for row in waived[:MOST_TOLD])
    yield from _others(len(waived) - MOST_TOLD, "skipped", rule, "that are waived")
    yield from (_Case(name=_name(ref, rule), kind="skipped", text=_UNTOLD) for ref in one.unknown[:MOST_TOLD])
    yield from _others(len(one.unknown) - MOST_TOLD, "skipped", rule, "of which nobody can tell")
    yield from (_Case(name=_name(ref, rule)) for ref in one.conforming[:MOST_CONFORMING])
    yield from _others(len(one.conforming) - MOST_CONFORMING, "", rule, "that conform")


def _others(left: int, kind: str, rule: RuleRow, what: str) -> Iterator[_Case]:
    """Yield one case for all subjects that have none of their own."""
    if left > 0:
        text = f"{left} more, which have no line of their own here." if kind else ""
        yield _Case(name=f"all others {what}: {rule.name} ({rule.code})", kind=kind, text=text)


def _failed(view: View, row: FindingRow, rule: RuleRow) -> _Case:
    mended = "" if row.open else "It cannot be mended any more."
    lines = (_message(row), mended, rule.sentence, view.urls.get(row.subject, ""))
    return _Case(name=_name(row.subject, rule), kind="failure", text="\n".join(filter(None, lines)))


def _waived(row: FindingRow, rule: RuleRow) -> _Case:
    waiver = row.waiver or {}
    lines = (f"Waived until {waiver.get('expires')}.", waiver.get("reason", ""), _message(row))
    return _Case(
        name=_name(row.subject, rule), kind="skipped", text="\n".join(map(inert.one_line, filter(None, lines)))
    )


def _message(row: FindingRow) -> str:
    return inert.one_line(row.message) or "The record is confidential: only those who may read it can see why."


def _gap(place: int, gap: GapRow) -> _Case:
    why = inert.one_line(gap.why) or "The record is confidential."
    return _Case(name=f"{gap.ref}: {gap.what} (gap {place})", kind="error", text=f"It could not be read: {why}")


def _name(subject: str, rule: RuleRow) -> str:
    return f"{subject}: {rule.name} ({rule.code})"


def _suite(name: str, made: Iterable[_Case]) -> str:
    cases = list(_apart(made))
    counts = {kind: sum(case.kind == kind for case in cases) for kind in ("failure", "error", "skipped")}
    head = (
        f'  <testsuite name="{_xml(name)}" tests="{len(cases)}" failures="{counts["failure"]}"'
        f' errors="{counts["error"]}" skipped="{counts["skipped"]}">'
    )
    return "\n".join([head, *(_element(name, case) for case in cases), "  </testsuite>"])


def _apart(cases: Iterable[_Case]) -> Iterator[_Case]:
    """Add a number to the names of cases that would be equal on one line."""
    seen: Counter[str] = Counter()
    for case in cases:
        name = inert.one_line(case.name)
        seen[name] += 1
        yield replace(case, name=name if seen[name] == 1 else f"{name} ({seen[name]})")


def _element(suite: str, case: _Case) -> str:
    opening = f'    <testcase classname="{_xml(suite)}" name="{_xml(case.name)}"'
    if not case.kind:
        return f"{opening}/>"
    text = "\n".join(shortened(line, _LONGEST) for line in case.text.split("\n"))
    return f"{opening}><{case.kind}>{_xml(text)}</{case.kind}></testcase>"


def _xml(text: str) -> str:
    """Return a text escaped for XML, without unprintable characters, which XML cannot hold."""
    return escape(inert.printable(text))


FORMAT = Format(name="junit.xml", text=junit_xml)
