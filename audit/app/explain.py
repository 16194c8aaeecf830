"""Why one incident has its verdict: the facts in the order in which it was reached, then each rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from audit import inert
from audit.app.exit_status import GAPS, Printout
from audit.app.explain_rules import about, gaps_of, rules_on, waivers_on
from audit.engine.gaps import PAGES
from audit.engine.judge import plain
from audit.errors import UsageError
from audit.evidence.doubts import WORDS
from audit.evidence.working_days import weekend_on
from audit.model import Ref, Signal, Verdict
from audit.phrases import first_lines, listed, plural
from audit.report.figures.basis import policies_in_force
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    import pandas as pd

    from audit.engine.result import Result
    from audit.model import Issue, LabelEvent
    from audit.settings.calendar_settings import Calendar
    from audit.settings.policy import Policy

Row = dict[str, Any]
Reminded = Callable[[Ref], Iterable[str]]
"""Returns lines on who is reminded of an incident."""

_VERDICTS: Final = {
    Verdict.OUT_OF_SCOPE: "the policy does not cover it",
    Verdict.NOT_REQUIRED: "every criterion is known, and none holds",
    Verdict.INCONCLUSIVE: "it is unknown whether a review is required, or exists",
    Verdict.ON_TIME: "its review was completed on or before the due day",
    Verdict.LATE: "its review was completed after the due day",
    Verdict.WAIVED: "a valid waiver on the missing or late review names it",
    Verdict.EXEMPT_UNOWNED: "it has no review, every service of it is unowned, and the policy exempts them",
    Verdict.PENDING: "the due day has not passed",
    Verdict.OVERDUE: "its review is open, and the due day has passed",
    Verdict.MISSING: "it has no review, and the due day has passed",
}
_SIGNALS: Final = {
    Signal.INLINE: "the incident is its own review",
    Signal.ISSUE_LINK: "signal 1: an issue link",
    Signal.KEY_INFORMATION_ROW: "signal 2: the link row of its Key Information table",
    Signal.EXTERNAL_ID: "signal 3, a guess: the same external id in both",
    Signal.TITLE_REFERENCE: "signal 4, a guess: a reference in its title",
    Signal.DESCRIPTION_REFERENCE: "signal 5, a guess: its description names this incident alone",
    Signal.TITLE_MATCH: "signal 6, a guess: both have the same title",
}


def explained(result: Result, ref: Ref, reminded: Reminded | None = None) -> Printout:
    """Return the text for a terminal, or that the incident could not be read. Raises UsageError where there is none."""
    text = explain(result, ref, reminded)
    return Printout(text=text) if text is not None else unread(result, ref)


def unread(result: Result, ref: Ref) -> Printout:
    """Return that an incident could not be read, and why. Raises UsageError where nothing kept it from being read."""
    names = {str(ref).casefold(), ref.project.casefold()}
    lines = [
        f"  {gap.what} of {gap.ref}: {gap.why}"
        for gap in result.gaps
        if gap.ref.casefold() in names and (gap.what in PAGES or "#" in gap.ref)
    ]
    if not lines:
        raise UsageError(
            f"no incident {ref} was read",
            f"It may be no incident, be declared before {_first_day(result)}, or be one that the token may not see.",
        )
    text = "\n".join(inert.indented(line) for line in (f"{ref} could not be read", *first_lines(lines)))
    return Printout(text=f"{text}\n", exit_status=GAPS)


def _first_day(result: Result) -> str:
    first = result.evidence.settings.first_day
    return f"{first}, the first day that is read (`since`, or the first policy's `from`)" if first else "any incident"


def explain(result: Result, ref: Ref, reminded: Reminded | None = None) -> str | None:
    """Return a text for a terminal: of an incident, or of the incidents of a review; None where neither was read.

    ``reminded`` returns lines on who is reminded of an incident.
    """
    incident, review = row_of(result.evidence.incidents, str(ref)), row_of(result.evidence.reviews, str(ref))
    if incident is not None:
        return _of_incident(result, incident, reminded)
    return _of_review(result, review, reminded) if review is not None else None


def row_of(frame: pd.DataFrame, ref: str) -> int | None:
    """Return the position of the row with this reference, whatever its case."""
    return next(iter(frame.index[frame["ref"].str.casefold() == ref.casefold()]), None)


def _of_incident(result: Result, place: int, reminded: Reminded | None) -> str:
    row = {str(name): value for name, value in result.evidence.incidents.loc[place].items()}
    verdict, bare = Verdict(result.verdicts[place]), Verdict(result.bare_verdicts[place])
    return "".join(f"{inert.indented(line)}\n" for line in _lines(result, row, verdict, bare, reminded))


def _of_review(result: Result, place: int, reminded: Reminded | None) -> str:
    review = result.evidence.reviews.loc[place]
    rows = (row_of(result.evidence.incidents, incident) for incident in review["incidents"])
    texts = [_of_incident(result, place, reminded) for place in rows if place is not None]
    follows = f"that of its incident{'' if len(texts) == 1 else 's'} follows"
    known = f": {follows}" if texts else ", and no incident is known for it"
    return "\n".join([f"{review['ref']} is a review and has no verdict{known}\n", *texts])


def _lines(result: Result, row: Row, verdict: Verdict, bare: Verdict, reminded: Reminded | None) -> Iterator[str]:
    yield from (*_head(result, row, verdict), "")
    yield from _scope(result, row)
    if not row["scope_reason"]:
        yield from _required(result, row)
        yield from _due(result, row)
        yield from _review(result, row)
        yield from _services(row)
    yield from _verdict(result, verdict, bare)
    if not row["scope_reason"]:
        yield from _readings(result, row)
    if reminded:
        yield from ("", "Who is reminded, when and why?")
        yield from (f"  {line}" for line in reminded(Ref(row["project"], int(row["iid"]))))
    yield from ("", *_events(result, row), "", *rules_on(result, row))
    yield from waivers_on(result, row)
    yield from gaps_of(result, row)
    if result.notes:
        yield from ("", "How far this can be trusted", *(f"  {note}" for note in result.notes))


def _head(result: Result, row: Row, verdict: Verdict) -> Iterator[str]:
    yield f"{row['ref']}: {verdict}"
    # not at the beginning of a line, where a title could be taken for one of ours, or for a command of the job's log
    yield f"  {row['title']}"
    yield f"  {row['url']}"
    refs = set(about(result, row))
    secret = sorted(str(one.ref) for one in result.evidence.records.issues if one.confidential and str(one.ref) in refs)
    if secret:
        yield f"CONFIDENTIAL: {_listed(secret)}. Keep this text among those who may read it there."


def _scope(result: Result, row: Row) -> Iterator[str]:
    yield f"In scope? {'No: ' + row['scope_reason'] if row['scope_reason'] else 'Yes'}"
    yield f"  declared {_instant(result, row['declared_at'])}, a {row['declared_on']:%A}"
    policy = _policy(result, row)
    spans = policies_in_force(result.evidence.settings, result.as_of)
    days = next((span for span in spans if span.criteria is policy), None)
    if days and not row["scope_reason"]:
        first = f"from {days.first} " if days.first else ""
        last = f"to {days.last}" if days.last else "on" if days.first else "always"
        yield f"  policy in force that day: {policy.name or 'without a name'} ({first}{last})"


def _policy(result: Result, row: Row) -> Policy:
    return result.evidence.settings.policies[row["policy"]]


def _required(result: Result, row: Row) -> Iterator[str]:
    yield f"Is a review required? {_answer(row['required']).capitalize()}"
    policy, names = _policy(result, row), result.evidence.settings.labels
    has = next((one for one in _issue(result, row["ref"]).labels if _is_one_of(one, names.not_user_facing)), "")
    yield f"  user facing: no, by label {has}" if has else "  user facing: yes, as no label says otherwise"
    wanted = " or ".join(map(str, policy.severities)) or "none"
    which = "the worst that stood" if policy.severity_by == "peak" else "the one of today"
    yield f"  severity {wanted}, {which}: {_answer(row['by_severity'])}; {_severity(result, row)}"
    removed = plain(row["request_removed_at"])
    gone = f", the label was removed on {_instant(result, row['request_removed_at'])}" if removed else ""
    yield f"  requested by label ({', '.join(policy.request_labels) or 'none set'}): {_answer(row['by_request'])}{gone}"
    wanted = ", ".join(policy.more_information_labels)
    if wanted:
        yield f"  more information needed, by label ({wanted}): {_answer(row['by_information'])}"
    if row["history_gap"]:
        yield f"  cannot be told: {WORDS[row['history_gap']]}"


def _severity(result: Result, row: Row) -> str:
    now, peak = plain(row["severity"]), plain(row["peak_severity"])
    spelt = [label for label in _issue(result, row["ref"]).labels if _level(result, label)]
    source = f" by label {_listed(spelt)}" if spelt else " by GitLab's own field" if now else ""
    worse = f", at its worst {peak}" if peak != now else ""
    return f"it has {now or 'none'}{source}{worse}"


def _level(result: Result, label: str) -> int | None:
    return result.evidence.settings.labels.severity_of(label)


def _due(result: Result, row: Row) -> Iterator[str]:
    policy = _policy(result, row)
    if plain(row["anchor_on"]) is None:
        yield f"When is it due? No day yet: the clock starts when it is {row['anchor']}"
        return
    yield f"When is it due? {row['due_on']:%A %Y-%m-%d}, to midnight in {result.evidence.settings.timezone}"
    if row["due_hidden"]:
        yield f"  the day is in doubt: {WORDS[row['due_hidden']]}"
    begin = f"{row['anchor_on']:%A %Y-%m-%d}, {_began(row)}"
    yield f"  {row['due_in']} {policy.due_kind} days after {begin}"
    if len(policy.days_by_severity) > 1:
        yield f"  by severity: {policy.due_words}"
    if policy.due_kind == "working":
        yield f"  {days_off(result.evidence.calendars[row['calendar']].settings, result.as_of)}"


def _began(row: Row) -> str:
    """Return in words what the clock of an incident started at."""
    if row["anchor"] != "review_opened":
        return f"when it was {row['anchor']}"
    if row["anchor_on"] == row["declared_on"]:
        return "when it was declared, since no review was opened on a later day and in time"
    return "when its review was opened"


def days_off(calendar: Calendar, day: date) -> str:
    """Return a calendar's days off in words, with the weekend as it is on a day."""
    place = calendar.country + (f"-{calendar.subdivision}" if calendar.subdivision else "")
    off = f"public holidays of {place}" if place else "no public holidays"
    return f"days off: {', '.join(weekend_on(calendar, day))}; {off}; {plural(len(calendar.closures), 'closure')}"


def _review(result: Result, row: Row) -> Iterator[str]:
    yield f"Which review? {row['review'] or 'None was found'}"
    if row["blind"]:
        yield f"  something is out of sight: {WORDS[row['blind']]}"
    if not row["review"]:
        return
    reviews = result.evidence.reviews
    by_ref = {str(review["ref"]): review for review in reviews[reviews["ref"].isin(row["reviews"])].to_dict("records")}
    chosen = by_ref[row["review"]]
    yield f"  {chosen['title']}"
    yield f"  found by {row['linked_by']} ({_SIGNALS[row['linked_by']]})"
    done = plain(row["review_completed_on"])
    waits = f"closed, and waits for its approval by {row['approver']}" if row["awaits_approval"] else "still open"
    state = f"completed {done}" if done else waits
    who = _listed(chosen["assignees"]) or "nobody"
    yield f"  opened {plain(row['review_opened_on'])}, {state}, assigned to {who}"
    for other in row["reviews"][1:]:
        signal = dict(zip(by_ref[other]["incidents"], by_ref[other]["signals"], strict=True))[row["ref"]]
        yield f"  also {other} by {signal}: the one completed first counts, else the one opened first"
    more = [ref for ref in chosen["incidents"] if ref != row["ref"]]
    if more:
        yield f"  it covers {_listed(more)} as well"


def _services(row: Row) -> Iterator[str]:
    named = _listed(row["services"]) or "no service is named"
    yield f"Who owns the service? {_listed(row['owners']) or 'Nobody that is known'} ({named})"
    if row["unknown_keys"]:
        yield f"  in no entry of the catalogue: {_listed(row['unknown_keys'])}"
    if row["all_unowned"]:
        exempts = "exempts" if row["exempts_unowned"] else "does not exempt"
        yield f"  all of them are unowned, which the policy {exempts}"


def _verdict(result: Result, verdict: Verdict, bare: Verdict) -> Iterator[str]:
    yield f"Which verdict as of {result.as_of}? The first that holds"
    order = list(Verdict)
    before = order[: order.index(verdict)]
    if before:
        yield f"  {', '.join(before)}: no"
    yield f"  {verdict}: {_VERDICTS[verdict]}" + (f"; without it: {bare}" if bare is not verdict else "")


def _readings(result: Result, row: Row) -> Iterator[str]:
    """Return lines on the verdict under other readings: another anchor, or calendar days."""
    lines = [
        f"  if {reading.reading}: {change.other}, due {change.other_due_on or 'no day yet'}"
        for reading in result.sensitivity
        for change in reading.changes
        if change.ref == row["ref"]
    ]
    yield f"Would another reading of the policy change it? {'Yes' if lines else 'No'}"
    yield from lines


def _events(result: Result, row: Row) -> Iterator[str]:
    """Return the events of the incident and its review, oldest first, with one line for each minute."""
    issue = _issue(result, row["ref"])
    events = [(issue.created_at, "declared"), *_of_issue(result, issue)]
    if row["review"] not in {"", row["ref"]}:
        review = _issue(result, row["review"])
        states = [(event.at, "closed" if event.closed else "reopened") for event in review.state_events]
        events += [(at, f"review {row['review']} {what}") for at, what in [(review.created_at, "opened"), *states]]
    yield "Events"
    minutes: dict[str, list[str]] = {}
    for at, what in sorted(events, key=lambda event: event[0]):
        minutes.setdefault(_instant(result, at), []).append(what)
    yield from (f"  {minute}: {_listed(words)}" for minute, words in minutes.items())


def _of_issue(result: Result, issue: Issue) -> Iterator[tuple[datetime, str]]:
    for event in issue.label_events:
        if _matters(result, event):
            word = "added" if event.added else "removed"
            yield event.at, f"{word} {event.label or 'a label that was deleted since'}"
    for change in issue.state_events:
        yield change.at, "closed" if change.closed else "reopened"


def _matters(result: Result, event: LabelEvent) -> bool:
    """Return whether a verdict or a rule may depend on the event."""
    if event.label is None:
        return True
    names = result.evidence.settings.labels
    scope = (*names.incident, *names.out_of_scope, *names.not_user_facing, *names.resolved, *names.review_completed)
    requests = [
        name
        for policy in result.evidence.settings.policies
        for name in (*policy.request_labels, *policy.more_information_labels)
    ]
    scoped = labels.value(event.label, names.service_scope) or _level(result, event.label)
    return bool(scoped) or _is_one_of(event.label, (*scope, *requests))


def _is_one_of(label: str, names: tuple[str, ...]) -> bool:
    return labels.key(label) in labels.keys(names)


def _issue(result: Result, ref: str) -> Issue:
    return next(one for one in result.evidence.records.issues if str(one.ref) == ref)


def _listed(names: Sequence[str]) -> str:
    return listed(names, len(names))


def _instant(result: Result, at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(result.evidence.settings.timezone)):%Y-%m-%d %H:%M %Z}"


def _answer(value: Any) -> str:
    value = plain(value)
    return "cannot be told" if value is None else "yes" if value else "no"
