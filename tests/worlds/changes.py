"""Days in the life of a tracker: random changes of every kind, also those that leave no trace in an issue."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.worlds.generated import vocabulary as words

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from audit.sandbox.data.hosted_project import HostedProject
    from audit.sandbox.data.records import Account
    from audit.sandbox.data.work_items import WorkItem
    from audit.sandbox.data.world import World

LABELS = ("Severity::1", "Severity::2", "Service::API", "incident", "IncidentReview", "corrective action", "backstage")
AUDITED = (words.PRODUCTION, words.EDGE, words.DELIVERY)


@dataclass(kw_only=True)
class Day:
    """Makes random changes in a world, one after another."""

    world: World
    chance: random.Random
    at: dt.datetime

    def pass_by(self, changes: int) -> list[str]:
        """Make so many changes; return their names."""
        kinds: list[Callable[[], None]] = (
            [self.edit] * 6
            + [self.relate] * 3
            + [
                *(self.open_one, self.delete, self.move, self.duplicate, self.unlink, self.hide, self.retype),
                *(self.relabel_world, self.drop_label, self.make_label, self.block, self.rename_account),
                *(self.rename_project, self.let_in, self.show_project, self.drop_note, self.link_outside),
                *(self.change_role, self.transfer),
            ]
        )
        made = []
        for _ in range(changes):
            self.at += dt.timedelta(minutes=self.chance.randrange(1, 60))
            self.world.now = self.at
            kind = self.chance.choice(kinds)
            kind()
            made.append(kind.__name__)
        return made

    @property
    def anybody(self) -> Account:
        return self.chance.choice([user for user in self.world.users.values() if not user.bot])

    def any_issue(self, *, audited: bool = True) -> WorkItem:
        paths = {path for path in self.world.projects if not audited or self._is_audited(path)}
        return self.chance.choice([issue for issue in self.world.issues.values() if issue.project.path in paths])

    def _is_audited(self, path: str) -> bool:
        return path.rpartition("/")[2] in {known.rpartition("/")[2] for known in AUDITED}

    def _audited(self) -> HostedProject:
        return self.chance.choice([project for path, project in self.world.projects.items() if self._is_audited(path)])

    def outside(self) -> HostedProject:
        kept = words.RUNBOOKS  # without its catalogue there is no audit
        known = [one for path, one in self.world.projects.items() if not self._is_audited(path) and path != kept]
        return self.chance.choice(known)

    def edit(self) -> None:
        """Change something that an issue's page shows."""
        issue, by, at, chance = self.any_issue(audited=chance_of(self.chance, 0.8)), self.anybody, self.at, self.chance
        day = at.date() + dt.timedelta(days=chance.randrange(-5, 9))
        changes: list[Callable[[], object]] = [
            lambda: issue.add_label(chance.choice(LABELS), at=at, by=by),
            lambda: issue.remove_label(chance.choice(issue.labels).name, at=at, by=by) if issue.labels else None,
            lambda: issue.close(at=at, by=by) if issue.state == "opened" else issue.reopen(at=at, by=by),
            lambda: issue.edit(at=at, by=by, title=f"Incident Review: {issue.title}"),
            lambda: issue.edit(at=at, by=by, description=f"{issue.description}\n\nSee {self.any_issue().reference}."),
            lambda: issue.assign(self.anybody, at=at, by=by),
            lambda: issue.assign(at=at, by=by),
            lambda: issue.set_due(chance.choice([None, day]), at=at, by=by),
            lambda: issue.set_severity(chance.choice(["CRITICAL", "LOW", "UNKNOWN"]), at=at, by=by),
            lambda: issue.comment("A word.", at=at, by=by),
        ]
        chance.choice(changes)()

    def relate(self) -> None:
        one, other = self.any_issue(), self.any_issue(audited=False)
        if one is not other:
            one.link_to(other, at=self.at, by=self.anybody)

    def link_outside(self) -> None:
        """Link a corrective action that somebody opened elsewhere."""
        project = self.outside()
        made = project.issue(
            "Make it better", author=self.anybody, created_at=self.at, issue_type="issue", labels=("corrective action",)
        )
        self.any_issue().link_to(made, at=self.at, by=self.anybody)

    def open_one(self) -> None:
        project = self._audited()
        kind = self.chance.choice(["incident", "issue"])
        title = "It is down" if kind == "incident" else f"Incident Review: {self.any_issue().title}"
        labels = self.chance.sample(LABELS, 2)
        early = self.at - dt.timedelta(days=self.chance.choice([0, 0, 0, 40]))  # imported ones are older
        made = project.issue(title, author=self.anybody, created_at=early, issue_type=kind, labels=tuple(labels))
        made.updated_at = self.at if early == self.at else made.updated_at

    def delete(self) -> None:
        """Delete an issue: nothing of the issues linked with it is touched."""
        issue = self.any_issue(audited=chance_of(self.chance, 0.7))
        for link in list(issue.links):
            link.other(issue).links.remove(link)
        for other in self.world.issues.values():
            other.duplicate_of = None if other.duplicate_of is issue else other.duplicate_of
            other.moved_to = None if other.moved_to is issue else other.moved_to
        del self.world.projects[issue.project.path].issues[issue.iid]
        del self.world.issues[issue.id]

    def move(self) -> None:
        issue = self.any_issue()
        others = [project for project in self.world.projects.values() if project is not issue.project]
        if issue.moved_to is None:
            self.chance.choice(others).receive(issue, at=self.at, by=self.anybody)

    def duplicate(self) -> None:
        one, other = self.any_issue(), self.any_issue(audited=chance_of(self.chance, 0.6))
        if one is not other and one.state == "opened" and other.duplicate_of is not one:
            one.mark_duplicate(other, at=self.at, by=self.anybody)

    def unlink(self) -> None:
        if links := self.world.links:
            link = self.chance.choice(links)
            link.source.unlink(link, at=self.at, by=self.anybody)

    def hide(self) -> None:
        issue = self.any_issue(audited=False)
        issue.set_confidential(not issue.confidential, at=self.at, by=self.anybody)

    def retype(self) -> None:
        issue = self.any_issue()
        issue.issue_type = "issue" if issue.issue_type == "incident" else "incident"
        issue.touch(self.at)

    def relabel_world(self) -> None:
        space = self.chance.choice([space for space in self.world.namespaces() if space.labels])
        old = self.chance.choice(list(space.labels))
        self.world.rename_label(space, old, f"{old} {self.chance.randrange(1000)}")

    def drop_label(self) -> None:
        space = self.chance.choice([space for space in self.world.namespaces() if space.labels])
        self.world.delete_label(space, self.chance.choice(list(space.labels)))

    def make_label(self) -> None:
        space = self.chance.choice(list(self.world.namespaces()))
        self.world.label(space, self.chance.choice([*LABELS, "Incident", "incidentreview"]))

    def block(self) -> None:
        user = self.anybody
        user.state = "blocked" if user.state == "active" else "active"

    def rename_account(self) -> None:
        user = self.anybody
        new = f"{user.username.partition('-')[0]}-{self.chance.randrange(1000)}"
        if new not in self.world.users:
            del self.world.users[user.username]
            user.username = new
            self.world.users[new] = user

    def rename_project(self) -> None:
        """Move a project that is not audited to another place, and now and then one that is."""
        project = self.outside()
        self.world.rename_project(project, f"{project.path.rpartition('/')[0]}/renamed-{self.chance.randrange(10**6)}")

    def let_in(self) -> None:
        """Give or take the auditor's role in a project that is not audited."""
        project, bot = self.outside(), self.world.users[words.BOT]
        if bot.id in project.members:
            del project.members[bot.id]
        else:
            self.world.member(project, bot, self.chance.choice([10, 20]))

    def change_role(self) -> None:
        """Let the auditor see confidential issues of an audited project, or no longer."""
        project, bot = self._audited(), self.world.users[words.BOT]
        self.world.member(self.world.projects[words.RUNBOOKS], bot, 20)
        for space in project.lineage():
            if bot.id in space.members and space is not project:
                space.members[bot.id] = 10
        self.world.member(project, bot, self.chance.choice([10, 20]))

    def transfer(self) -> None:
        """Move an audited project to another group, and back on another day."""
        project = self._audited()
        self.world.member(project, self.world.users[words.BOT], 20)
        name = project.path.rpartition("/")[2]
        elsewhere = f"tanuki/elsewhere/{name}"
        self.world.rename_project(project, elsewhere if project.path in AUDITED else f"{words.GROUP}/{name}")

    def show_project(self) -> None:
        project = self.outside()
        project.visibility = self.chance.choice(["private", "internal", "public"])

    def drop_note(self) -> None:
        issue = self.any_issue()
        if issue.comments:
            issue.notes.remove(self.chance.choice(issue.comments))


def chance_of(chance: random.Random, share: float) -> bool:
    """Return true in this share of cases."""
    return chance.random() < share
