"""Why one incident has its verdict, in the order in which it was reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from audit import inert, labels
from audit.engine import plain
from audit.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.model import Finding, Issue, Ref
    from audit.result import Result
    from audit.settings.model import Policy

Row = dict[str, Any]


def explain(result: Result, ref: Ref) -> str | None:
    """Return a text for a terminal; None where no such incident was read."""
    incidents = result.evidence.incidents
    rows = incidents.index[incidents["ref"].str.casefold() == str(ref).casefold()]
    if not len(rows):
        return None
    row = {str(name): value for name, value in incidents.loc[rows[0]].items()}
    verdict = str(result.verdicts[rows[0]])
    lines = [
        *(f"{row['ref']}  {row['title']}", row["url"], "", f"Verdict as of {result.as_of}: {verdict}"),
        *("", "Scope", *_scope(row)),
        *("", "Is a review required?", *_required(result, row)),
        *("", "When is it due?", *_due(result, row)),
        *("", "Which review?", *_review(result, row)),
        *("", "Who owns the service?", *_services(row)),
        *("", "What happened to its labels and state", *_events(result, row)),
        *("", "Rules", *_rules(result, row)),
    ]
    return "".join(f"{_printable(line)}\n" for line in lines)


def _printable(line: str) -> str:
    """Keep the indent, and of the rest what a terminal may safely print."""
    text = line.lstrip(" ")
    return " " * (len(line) - len(text)) + inert.one_line(text)


def _policy(result: Result, row: Row) -> Policy:
    return result.evidence.settings.policies[row["policy"]]


def _scope(row: Row) -> Iterator[str]:
    yield f"  declared {row['declared_at']:%Y-%m-%d %H:%M} UTC, local day {row['declared_on']:%Y-%m-%d}"
    yield f"  out of scope: {row['scope_reason']}" if row["scope_reason"] else "  in scope"


def _required(result: Result, row: Row) -> Iterator[str]:
    policy = _policy(result, row)
    wanted = ", ".join(map(str, policy.severities)) or "none"
    yield f"  policy {policy.name or policy.key or 'without a first day'}: severity {wanted}, by {policy.severity_by}"
    yield f"  user facing: {_answer(row['user_facing'])} (assumed unless a label says otherwise)"
    yield f"  severity {_some(row['severity'])}, peak {_some(row['peak_severity'])}: {_answer(row['by_severity'])}"
    removed = row["request_removed_at"]
    gone = "" if pd.isna(removed) else f", the label was removed on {removed:%Y-%m-%d %H:%M} UTC"
    yield f"  requested by label ({', '.join(policy.request_labels) or 'none'}): {_answer(row['by_request'])}{gone}"
    yield f"  more information asked for by label: {_answer(row['by_information'])}"
    yield f"  required: {_answer(row['required'])}"
    if row["history_gap"]:
        yield "  cannot be told: a label that was added has been deleted since, or its history could not be read"


def _due(result: Result, row: Row) -> Iterator[str]:
    policy = _policy(result, row)
    if pd.isna(row["anchor_on"]):
        yield f"  the clock starts when the incident is {row['anchor']}, which it is not yet"
        return
    yield f"  the clock started on {row['anchor_on']:%Y-%m-%d} ({row['anchor']})"
    calendar = result.evidence.calendars[row["calendar"]].settings
    where = calendar.country + (f"-{calendar.subdivision}" if calendar.subdivision else "") or "no public holidays"
    counted = f"{policy.due_days} {policy.due_kind} days"
    yield f"  {counted} after it: {row['due_on']:%Y-%m-%d %A}, to midnight in {result.evidence.settings.timezone}"
    if policy.due_kind == "working":
        yield f"  calendar: {where}; weekend {', '.join(calendar.weekend)}; {len(calendar.closures)} closures"


def _review(result: Result, row: Row) -> Iterator[str]:
    if row["blind"]:
        words = {
            "links": "an issue link of it cannot be read",
            "target": "it was moved to an issue that is not read",
            "page": "a page of reviews could not be read",
        }
        yield f"  {words[row['blind']]}"
    if not row["review"]:
        yield "  none was found"
        return
    yield f"  {row['review']}, by {row['linked_by']}, opened {row['review_opened_on']:%Y-%m-%d}"
    done = row["review_completed_on"]
    yield "  still open" if pd.isna(done) else f"  completed {done:%Y-%m-%d}"
    others = row["reviews"][1:]
    if others:
        yield f"  also linked: {', '.join(others)} (the one completed first counts, else the one opened first)"
    reviews = result.evidence.reviews
    for name, all_of_it in zip(reviews["ref"], reviews["incidents"], strict=True):
        if name == row["review"] and len(all_of_it) > 1:
            yield f"  it covers {', '.join(all_of_it)}"


def _services(row: Row) -> Iterator[str]:
    yield f"  services: {', '.join(row['services']) or 'none named'}"
    yield f"  owners: {', '.join(row['owners']) or 'none'}"
    if row["all_unowned"]:
        yield "  nobody owns any of them" + (", which the policy exempts" if row["exempts_unowned"] else "")


def _events(result: Result, row: Row) -> Iterator[str]:
    issue = next(one for one in result.evidence.records.issues if str(one.ref) == row["ref"])
    told = [*_label_events(result, issue), *_state_events(result, issue)]
    yield from (line for _, line in sorted(told)) if told else ["  none that a rule looks at"]


def _label_events(result: Result, issue: Issue) -> Iterator[tuple[Any, str]]:
    settings = result.evidence.settings
    policy_labels = {name for policy in settings.policies for name in (*policy.request_labels,)}
    looked_at = labels.keys([*policy_labels, *settings.labels.resolved, *settings.labels.review_completed])
    scopes = (settings.labels.severity_scope, settings.labels.service_scope)
    for event in issue.label_events:
        name = event.label
        if name is None or labels.key(name) in looked_at or any(labels.value(name, scope) for scope in scopes):
            word = "added" if event.added else "removed"
            yield event.at, f"  {_instant(result, event.at)} {word} {name or 'a label that was deleted since'}"


def _state_events(result: Result, issue: Issue) -> Iterator[tuple[Any, str]]:
    for event in issue.state_events:
        yield event.at, f"  {_instant(result, event.at)} {'closed' if event.closed else 'reopened'}"


def _instant(result: Result, at: Any) -> str:
    return f"{at.astimezone(ZoneInfo(result.evidence.settings.timezone)):%Y-%m-%d %H:%M %Z}"


def _rules(result: Result, row: Row) -> Iterator[str]:
    """Each rule on the incident, its review and its services: what was found, and what it rests on."""
    subjects = {row["ref"], row["review"], *row["services"]} - {""}
    found = {(one.code, one.subject): one for one in result.findings if one.subject in subjects}
    for rule in RULES:
        mine = [finding for (code, _), finding in found.items() if code == rule.code]
        mark = "found" if mine else "-"
        yield f"  {rule.code} {rule.name} ({rule.level}): {mark}"
        for finding in mine:
            yield from _finding(finding)
            yield f"      it rests on: {rule.sentence}"


def _finding(finding: Finding) -> Iterator[str]:
    waived = f" [waived: {finding.waiver['reason']}]" if finding.waiver else ""
    yield f"    {finding.subject}: {finding.message}{waived}"
    yield "      " + ", ".join(f"{name}={value}" for name, value in finding.evidence.items())


def _answer(value: Any) -> str:
    value = plain(value)
    return "cannot be told" if value is None else "yes" if value else "no"


def _some(value: Any) -> str:
    return "none" if pd.isna(value) else str(value)
