"""The summary that a run prints at its end: one screen of plain lines without control characters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from audit import inert
from audit.evidence.doubts import way_to_see
from audit.model import Verdict
from audit.phrases import SEVERITIES, listed, plural, shortened
from audit.report.formats.markdown import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from audit.publishing.published import Published
    from audit.reminders.plan import Ledger
    from audit.report.figures.late import LateRow
    from audit.report.figures.reminder_summary import Reminded, ReminderRow
    from audit.report.figures.view import View

MOST: Final = 12
"""Most lines of a list; the report has all of them."""
_TITLE: Final = 60
_BREAKS: Final = re.compile(r"[\t\r\n]+")
_HELD_BACK: Final = {
    "before_remind_from": "declared before reminders.remind_from",
    "ladder_exhausted": "reminded to the end",
    "already_posted": "already posted",
    "not_yet": "not due yet",
    "non_working_day": "on a day off",
    "snoozed": "snoozed",
    "recent_comment": "with a recent comment",
    "unreachable": "with nobody to ask",
    "cannot_post": "where nothing can be posted",
    "max_per_person": "since the person is asked about enough today",
    "max_reminders": "left for the next run",
}


def summary(
    view: View, ledger: Ledger | None, published: Sequence[Published] = (), *, reminders: Reminded | None = None
) -> str:
    """Return the text. ``ledger`` is what was written (None: a dry run), ``published`` where the report went.

    ``reminders``: those of the whole run, where the view is of one team: they go out for all.
    """
    team = f" of team {inert.one_line(view.run.team)}" if view.run.team else ""
    planned = reminders or view.reminders
    lines = [
        f"Incident reviews{team}, week {view.week} of {view.year}, as of {view.as_of} ({view.timezone})",
        _figure(view),
        *_late("No review", [row for row in view.late if row.incident.verdict == Verdict.MISSING]),
        *_late("Overdue", [row for row in view.late if row.incident.verdict == Verdict.OVERDUE]),
        *_no_owner(view),
        *(_reminders(planned, ledger, "Reminders of all teams" if team else "Reminders") if planned else ()),
        *_published(published),
        *_sum(view),
        *_gaps(view),
    ]
    # no name, of whatever kind, begins a line of its own
    return "".join(f"{inert.printable(_BREAKS.sub(' ', line))}\n" for line in lines)


def _figure(view: View) -> str:
    figure = view.compliance
    counts = f"{figure.on_time} of {figure.due} reviews due were on time"
    if figure.withheld:
        return f"The rate is withheld: {inert.one_line(figure.withheld)}. Of what could be read, {counts}."
    if figure.rate is None:
        return f"No review was due in the last {view.window} days."
    return f"{counts} ({percent(figure.rate)})."


def _late(head: str, rows: Sequence[LateRow]) -> Iterator[str]:
    if not rows:
        return
    yield from ("", f"{head} ({len(rows)})")
    for row in rows[:MOST]:
        incident = row.incident
        severity = SEVERITIES.get(incident.severity or 0, "no severity")
        late = f"due {row.due_on}, {plural(row.working_days_late, 'working day')} late"
        yield f"  {incident.ref}  {severity}, {late}: {shortened(inert.one_line(incident.title), _TITLE)}"
        review = f"review {incident.review.ref}, " if incident.review else ""
        yield f"      {review}{_ask(row)}"
    yield from _more(rows)


def _ask(row: LateRow) -> str:
    if row.addressees:
        return f"ask {_names(row.addressees)}"
    return "nobody to ask" if row.may_be_named else "whom to ask is not shown"


def _no_owner(view: View) -> Iterator[str]:
    queue = view.no_owner
    if not queue.blocked:
        return
    yield from ("", f"No owner: {plural(queue.blocked, 'incident')} without a review because nobody owns the service")
    for one in queue.services[:MOST]:
        weight = f", weight {one.weight:g} in the overall SLA" if one.weight else ""
        team = f"; team {inert.one_line(one.suggestion)} might take it" if one.suggestion else ""
        blocked = f"{plural(len(one.incidents), 'incident')}, the first {plural(one.days_blocked, 'day')} ago"
        yield f"  {inert.one_line(one.service)}: {blocked}{weight}{team}"
    yield from _more(queue.services)
    if queue.untold:
        yield f"  of services that are not shown: {plural(len(queue.untold), 'confidential incident')}"


def _reminders(reminders: Reminded, ledger: Ledger | None, title: str) -> Iterator[str]:
    yield from ("", title)
    fates = _fates(ledger) if ledger else {}
    for row in reminders.planned[:MOST]:
        fate = fates.get(row.issue, "not posted") if ledger else "would be posted"
        yield f"  {_step(row)} on {row.issue} to {_names(row.addressees) or 'somebody confidential'}: {fate}"
    yield from _more(reminders.planned)
    if not reminders.planned:
        yield "  none today"
    if reminders.withheld:
        reasons = ", ".join(f"{count} {_HELD_BACK[reason]}" for reason, count in reminders.withheld.items())
        yield f"  held back: {reasons}"
    if reminders.silent and ledger is None:
        silent = "; ".join(f"{what}: {number}" for what, number in reminders.silent.items())
        yield f"  besides, mentioning nobody: {silent}"
    if (reminders.held or reminders.upgraded) and ledger is None:
        why = "the first plan after an upgrade" if reminders.upgraded else "far above the usual"
        yield f"  {why}: to post them, incident-audit run --apply --confirm-plan {reminders.plan}"
    if ledger is None:
        yield "  This was a dry run: nothing was written to GitLab. With --apply they are posted."
    else:
        yield from _written(ledger)


def _written(ledger: Ledger) -> Iterator[str]:
    """Yield what was written besides the planned reminders."""
    if ledger.created or ledger.edited:
        yield f"  status notes: {len(ledger.created)} written, {len(ledger.edited)} edited in place"
    if ledger.answered:
        yield f"  answered: {plural(len(ledger.answered), 'comment')} in which the bot was spoken to"
    if ledger.reacted:
        yield f"  heeded: {plural(len(ledger.reacted), 'command')} in comments"
    if ledger.folded:
        yield f"  folded: {plural(len(ledger.folded), 'earlier reminder')}"


def _fates(ledger: Ledger) -> dict[str, str]:
    """Return issue -> what became of its planned reminder."""
    return {
        **{str(ref): "another run had posted it" for ref in ledger.already_there},
        **{str(ref): "not posted, the review is closed now" for ref in ledger.settled},
        **{str(ref): "not posted, it was moved in the meantime" for ref in ledger.moved},
        **{str(one.issue): "posted" for one in ledger.posted},
    }


def _step(row: ReminderRow) -> str:
    return "early reminder" if row.step == 0 else f"reminder {row.step}"


def _published(published: Sequence[Published]) -> Iterator[str]:
    if not published:
        return
    yield from ("", "Where the report goes")
    for one in published:
        url = f", {inert.one_line(one.url)}" if one.url else ""
        yield f"  {one.what} ({inert.one_line(one.where)}): {one.state}{url}"


def _sum(view: View) -> Iterator[str]:
    counts = " + ".join(f"{count} {verdict.replace('_', ' ')}" for verdict, count in view.verdicts.items() if count)
    yield from ("", f"{plural(view.total, 'incident')} = {counts or 'none'}")


def _gaps(view: View) -> Iterator[str]:
    decisive = [gap for gap in view.gaps if gap.could_change_a_verdict]
    if decisive:
        yield from ("", "Could not be read, and could change a verdict")
    for gap in decisive[:MOST]:
        yield f"  {inert.one_line(gap.ref)}: {inert.one_line(gap.why)}"
    yield from _more(decisive)
    if way := way_to_see(gap.what for gap in decisive):
        yield f"  {way}"


def _names(usernames: Sequence[str]) -> str:
    return listed((f"@{inert.one_line(name)}" for name in usernames), len(usernames))


def _more(rows: Sequence[Any]) -> Iterator[str]:
    if len(rows) > MOST:
        yield f"  and {len(rows) - MOST} more, in the report"
