"""CONTRIBUTING.md shows each kind of note as it renders: those texts are what the program writes."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from audit import markers
from audit.model import StateEvent
from tests.reminders.building import (
    FIRST,
    comment,
    incident,
    plan_of,
    posted,
    ref,
    review,
    settings,
    status_of,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.model import Issue, Note
    from audit.reminders.plan import Plan

PAGE = Path(__file__).parents[2] / "CONTRIBUTING.md"
BEGIN, END = "<!-- notes: begin -->", "<!-- notes: end -->"
LATER = [FIRST + timedelta(days=7 * number) for number in range(4)]
RULES = settings(reminders={"about": "https://example.com/reviews", "before_due": 2})


def after(*days: date, on: int = 11) -> tuple[Note, ...]:
    """The reminders of the ladder that were posted on these days, below a status note of before."""
    status = comment(FIRST, f"x\n\n{markers.write(markers.Marker(kind='status', hash='x'))}", posted(FIRST, 1).author)
    return (status, *(posted(day, step, on=on) for step, day in enumerate(days, 1)))


def plan(*issues: Issue, as_of: date = FIRST, notes: tuple[Note, ...] = (), inline: bool = False) -> Plan:
    rules = RULES if not inline else settings(review={"where": "inline"})
    return plan_of(*issues, as_of=as_of, comments={ref(11): notes}, settings=rules)


def words(*issues: Issue, as_of: date = FIRST, notes: tuple[Note, ...] = (), inline: bool = False) -> str:
    (reminder,) = plan(*issues, as_of=as_of, notes=notes, inline=inline).planned
    return words_of(reminder.body)


def kinds() -> Iterator[tuple[str, str]]:
    """Yield the title and the text of each kind."""
    both = (incident(), review())
    (first,) = plan(*both).planned
    yield "First reminder, which is the status note as well", markers.without(first.body)
    yield "Second, which names the manager", words(*both, as_of=LATER[1], notes=after(*LATER[:1]))
    yield "Last", words(*both, as_of=LATER[3], notes=after(*LATER[:3]))
    yield "No review yet", words(incident())
    yield "Inline review", words(incident(), inline=True)
    yield "Confidential", words(incident(confidential=True), review(assignees=()))
    yield "Early", words(*both, as_of=date(2026, 11, 5))
    done = review(closed_at=datetime(2026, 11, 11, 9, tzinfo=UTC))
    ended = plan(incident(), done, as_of=date(2026, 11, 12), notes=after(FIRST))
    yield "Done", markers.without(status_of(ended).body)
    opened = datetime(2026, 11, 11, 9, tzinfo=UTC)
    states = (StateEvent(at=opened, closed=True), StateEvent(at=opened + timedelta(days=1), closed=False))
    again = plan(incident(), review(state_events=states), as_of=date(2026, 11, 13), notes=after(FIRST))
    yield "Opened again", markers.without(status_of(again).body)


def gallery() -> str:
    parts = []
    for title, text in kinds():
        quoted = "\n".join(f"> {line}".rstrip() for line in text.splitlines())
        parts.append(f"*{title}:*\n\n{quoted}")
    return "\n\n".join(parts)


def test_the_page_shows_what_the_program_writes() -> None:
    """Renew it with ``UPDATE_GOLDEN=1``, and read each text aloud."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    shown, _, behind = rest.partition(END)
    if os.environ.get("UPDATE_GOLDEN"):  # noqa: TID251 - a switch of the tests, not of the program
        PAGE.write_text(f"{before}{BEGIN}\n\n{gallery()}\n\n{END}{behind}", encoding="utf-8")
        return
    assert shown.strip() == gallery()
