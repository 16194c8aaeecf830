"""A tracker in which every field that others write holds a hostile string: of issues, comments, catalogue, settings."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from audit.app.explain import explain
from audit.inert import is_name, one_line
from audit.markers import Marker, write
from audit.model import Catalog, Gap, Issue, Note, Ref, Service, Team, User
from audit.printable import encodable
from audit.reminders import decide
from audit.reminders.cases import Scene
from audit.report.figures.view import Run, View, build_view
from tests import records as make
from tests.judging import judged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.engine.result import Result
    from audit.reminders.plan import Plan
    from audit.settings.settings import Settings
    from tests.attacks.planting import Planter

AS_OF = date(2026, 11, 23)
BOT = "incident-bot"
ALICE = User(username="alice")
DESCRIPTION = """## Key Information

| Metric | Value |
|---|---|
| Link to Incident Issue | #{number} |
| Incident Severity | {severity} |
| Start Time | 2026-11-02 10:00 |
| End Time | 2026-11-02 11:00 |
| Total Duration | 3 minutes {duration} |

## Summary

{summary}
"""


@dataclass(frozen=True, kw_only=True)
class HostileTracker:
    """For each row of strings an incident without a review, one with an open review, and an action."""

    planter: Planter

    @cached_property
    def result(self) -> Result:
        """What the audit makes of it."""
        rows = range(self.planter.rows)
        issues = [issue for row in rows for issue in self._issues(row)]
        # a path has neither spaces nor "#" nor ":", and begins with no slash
        paths = [one_line(self._at("path of a project", row)) for row in rows]
        places = [f"{re.sub(r'[# :]|^/+', '', path) or 'g'}/{row}" for row, path in enumerate(paths)]
        elsewhere = [
            replace(issue, ref=Ref(place, 1))
            for row, place in zip(rows, places, strict=True)
            for issue in self._issues(row)[:1]
        ]
        read = make.records(
            *issues,
            *elsewhere,
            catalog=self._catalog(),
            sources=(
                make.source(url=f"https://gitlab.example/{make.PROJECT}"),
                *(make.source(place, reviews=False) for place in places),
            ),
            gaps=tuple(
                Gap(ref=self._at("ref of a gap", row) or "g/p", what="history", why=self._at("why of a gap", row))
                for row in rows
            ),
        )
        return judged(read, self._settings(), AS_OF)

    @cached_property
    def plan(self) -> Plan:
        """What the bot would say."""
        comments = {issue.ref: tuple(self._comments(issue)) for issue in self.result.evidence.records.issues}
        names = {note.author.username.lower(): 30 for notes in comments.values() for note in notes}
        roles = {source.project: names for source in self.result.evidence.records.sources}
        return decide.plan(replace(Scene.of(self.result, bot=BOT), comments=comments, roles=roles))

    @cached_property
    def view(self) -> View:
        """What the report shows of it."""
        return build_view(self.result, self.plan, run=Run(version="0.1.0"))

    def notes(self) -> Iterator[tuple[str, str]]:
        """Yield each note that the bot would write, by its kind."""
        yield from (("reminder", one.body) for one in self.plan.planned)
        yield from (("status note", one.body) for one in self.plan.status_notes)
        yield from (("answer", one.body) for one in self.plan.answers)
        yield from (("folded reminder", one.body) for one in self.plan.folds)

    def explanations(self) -> Iterator[str]:
        """Yield what `explain` prints of each incident."""
        for ref in self.result.evidence.incidents["ref"]:
            project, _, number = ref.rpartition("#")
            yield explain(self.result, Ref(project, int(number))) or ""

    def names(self) -> frozenset[str]:
        """Return what a note may name: whom it asks, and the incident that it is about."""
        refs = self.result.evidence.incidents["ref"]
        hostile = {text for texts in self.planter.planted.values() for text in texts}
        return frozenset(
            {"@alice", "@anna", "@boss", *refs, *(f"@{text.strip('@ ')}" for text in hostile if is_name(text))}
        )

    def _at(self, place: str, row: int) -> str:
        return self.planter.at(place, row)

    def _issues(self, row: int) -> list[Issue]:
        number = 10 * row + 1
        unknown, known = f"Service::{self._at('label', row)}", f"Service::key{row}"
        plant = self._at
        missing = make.incident(
            number,
            plant("title of an incident", row),
            labels=("Severity::2", unknown, known, plant("another label", row)),
            label_events=(make.added(plant("label of an event", row), "2026-11-02 10:00"),),
            author=User(username=plant("author", row)),
            description=plant("text of an incident", row),
            comments=4,
        )
        overdue = make.incident(number + 1, f"Outage {plant('rest of a title', row)}", labels=("Severity::2", known))
        text = DESCRIPTION.format(
            number=number + 1,
            severity=plant("severity row", row),
            duration=plant("duration row", row),
            summary=plant("summary", row),
        )
        assignees = (ALICE, User(username=plant("assignee", row)))
        title = f"Incident Review: {plant('title of a review', row)}"
        review = make.review(number + 2, title, of=number + 1, description=text, assignees=assignees, comments=2)
        done = make.review(number + 3, title, of=number, description=text, assignees=(ALICE,), closed="2026-11-20")
        action = make.action(
            number + 4,
            plant("title of an action", row),
            of=number + 1,
            project=make.PROJECT,
            assignees=(User(username=plant("assignee of an action", row)),),
            created="2026-01-01",
        )
        kept = replace(missing, ref=Ref(make.PROJECT, number + 5), id=number + 5)
        return [kept, missing, overdue, review, replace(done, confidential=False), action]

    def _catalog(self) -> Catalog:
        rows, plant = range(self.planter.rows), self._at
        services = [
            Service(name=f"{plant('service', row)} {row}", label=f"key{row}", owner=f"{plant('owner', row)} {row}")
            for row in rows
        ]
        teams = [
            Team(
                name=service.owner,
                label=plant("label of a team", row),
                manager=plant("manager", row),
                handle=plant("handle", row),
                contact=plant("contact", row),
            )
            for row, service in enumerate(services)
            if row % 3
        ]
        return Catalog(
            services=tuple(services), teams=tuple(teams), teams_given=True, origin=plant("origin of the catalogue", 0)
        )

    def _settings(self) -> Settings:
        def plant(place: str, row: int) -> str:
            # settings with half of a surrogate pair are refused
            return str(encodable(self._at(place, row)))

        return make.settings(
            policies=[{"from": "2026-01-01", "name": plant("name of a policy", 0)}],
            reminders={
                "remind_from": "2026-01-01",
                "contact": "anna",
                "commands": True,
                "max_reminders": 500,
                "per_person": 100,
            },
            waivers=[
                make.waiver(f"{make.PROJECT}#{10 * row + 2}", "IR003", "IR007", expires=expires)
                | {
                    "reason": plant("reason of a waiver", row).strip() or "none",
                    "approved_by": plant("approver", row).strip() or "x",
                }
                for row, expires in zip(range(self.planter.rows), ("2026-12-31", "2026-11-01") * 100, strict=False)
            ],
        )

    def _comments(self, issue: Issue) -> Iterator[Note]:
        row = issue.ref.iid // 10
        if not issue.comments:
            return
        author = User(username=self._at("author of a comment", row))
        at = make.at("2026-11-12 10:00")
        marker = Marker(kind="reminder", issue=str(issue.ref), incident=str(issue.ref), step=1)
        reason, unknown = self._at("reason of a proposal", row), self._at("unknown command", row)
        # a proposal holds the reminders of its issue back, so that every other issue has none
        proposal = f"@{BOT} not needed: {reason}" if row % 2 else ""
        bodies = (*filter(None, (proposal,)), f"@{BOT} {unknown}", self._at("comment", row))
        for number, body in enumerate(bodies):
            yield Note(id=10 * issue.id + number, at=at, author=author, body=body, url="https://gitlab.example/x")
        sent = f"Hello.\n\n{write(marker)}"
        yield Note(id=10 * issue.id + 9, at=make.at("2026-11-10 10:00"), author=User(username=BOT, bot=True), body=sent)
