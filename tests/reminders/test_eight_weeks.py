"""Eight weeks of nights for five people, each of whom does something else with the reminders that come."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from audit import markers
from audit.model import User
from audit.reminders import decide
from tests.reminders.building import BOT, PROJECT, ROBOT, comment, incident, ref, result_of, review, scene_of, settings

if TYPE_CHECKING:
    from audit.engine.result import Result
    from audit.model import Note, Ref

PEOPLE = {"silent": 11, "label": 12, "command": 13, "comment": 14, "proposal": 15}
"""What each person does -> the review that is theirs."""
FIRST, WEEKS = date(2026, 11, 10), 8


@dataclass
class Tracker:
    """Who got which mail when, and what stands on the issues."""

    labels: dict[Ref, tuple[str, ...]] = field(default_factory=dict)
    comments: dict[Ref, tuple[Note, ...]] = field(default_factory=lambda: defaultdict(tuple))
    mails: dict[Ref, list[tuple[date, int]]] = field(default_factory=lambda: defaultdict(list))
    number: int = 100

    def night(self, day: date, result: Result) -> None:
        """Plan, and carry out what the plan says."""
        roles = {PROJECT: dict.fromkeys(PEOPLE, 30)}
        plan = decide.plan(scene_of(replace(result, as_of=day), self.comments, roles=roles))
        for one in plan.planned:
            self.number += 1
            self.comments[one.issue] += (comment(day, one.body, ROBOT, id=self.number),)
            self.mails[one.issue].append((day, one.step))
        edits = [(one.issue, one.body) for one in plan.status_notes] + [(one.issue, one.body) for one in plan.folds]
        for issue, body in edits:
            self._edit(issue, body)

    def _edit(self, issue: Ref, body: str) -> None:
        wanted = markers.read(body)
        assert wanted is not None
        notes = list(self.comments[issue])
        for place, note in enumerate(notes):
            there = markers.read(note.body)
            if there and (there.kind, there.step, there.status) == (wanted.kind, wanted.step, wanted.status):
                notes[place] = replace(note, body=body)
        self.comments[issue] = tuple(notes)

    def writes(self, who: str, day: date, text: str) -> None:
        self.number += 1
        morning = datetime(day.year, day.month, day.day, 10, tzinfo=ZoneInfo("UTC"))
        self.comments[ref(PEOPLE[who])] += (comment(morning, text, User(username=who), id=self.number),)


def judged(labels: dict[Ref, tuple[str, ...]]) -> Result:
    issues = [incident(number - 10) for number in PEOPLE.values()]
    for who, number in PEOPLE.items():
        made = review(number, of=(number - 10,), assignees=(User(username=who),))
        issues.append(replace(made, labels=(*made.labels, *labels.get(made.ref, ()))))
    return result_of(*issues, as_of=FIRST, settings=settings())


def test_each_is_reminded_as_the_offers_say() -> None:
    tracker, result = Tracker(), judged({})
    for number in range(7 * WEEKS):
        day = FIRST + timedelta(days=number)
        tracker.night(day, result)
        got = {who: tracker.mails[ref(iid)][-1:] == [(day, 1)] for who, iid in PEOPLE.items()}
        if got["label"]:
            tracker.labels[ref(PEOPLE["label"])] = ("Review-Snoozed::2026-11-23",)
            result = judged(tracker.labels)
        if got["command"]:
            tracker.writes("command", day, f"@{BOT} snooze 2w")
        if got["proposal"]:
            tracker.writes("proposal", day, f"@{BOT} not needed: the supplier reviews it")
        if day in (FIRST + timedelta(days=3), FIRST + timedelta(days=8)):
            tracker.writes("comment", day, "Half of it is written.")
    days = {who: [day.isoformat()[5:] for day, _ in tracker.mails[ref(iid)]] for who, iid in PEOPLE.items()}
    assert days == {
        "silent": ["11-10", "11-17", "11-24", "12-01"],
        "label": ["11-10", "11-24", "12-01", "12-08"],
        "command": ["11-10", "11-25", "12-02", "12-09"],
        "comment": ["11-10", "11-25", "12-02", "12-09"],
        "proposal": ["11-10", "11-25", "12-02", "12-09"],
    }
    assert all([step for _, step in mails] == [1, 2, 3, 4] for mails in tracker.mails.values())
    for iid in PEOPLE.values():
        bodies = [note.body for note in tracker.comments[ref(iid)] if note.author is ROBOT]
        assert len(bodies) == 4, "and no further mail: the first note is the status note"
        assert bodies[0].startswith("**Incident review: open**")
        assert [body.startswith("<details>") for body in bodies[1:]] == [True, True, False]
