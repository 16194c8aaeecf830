"""The stage of a generated world: its places, people and labels, and how an incident or a review is put on it."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from audit.model import Role
from audit.sandbox.data.world import World
from audit.sandbox.demo import service_files, texts
from audit.sandbox.demo.drafts import Draft, Story, Text
from tests.worlds.generated import vocabulary as words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.sandbox.data.hosted_project import HostedProject
    from audit.sandbox.data.namespaces import HostedGroup
    from audit.sandbox.data.records import Account

TOKEN = "sandbox-token"
OLD_TOKEN = "sandbox-token-that-expired"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
_GROUP_LABELS = (
    *(f"Severity::{n}" for n in range(1, 5)),
    *("IncidentReview", "incident", "Incident::Active", "Incident::Mitigated", "Incident::Resolved"),
    *("Incident::Review-Completed", "Review-Requested", "backstage", "Gameday", "test incident", "Near Miss"),
    *("corrective action", "infradev", "NoCorrectiveActionNeeded", "change", "Incident-Comms::Public"),
    *(f"Service::{name}" for name in ("API", "Web", "Git Storage", "Postgres", "Redis", "CI Runners", "Registry")),
    *(f"Service::{name}" for name in ("CDN", "Edge.Proxy", "Search", "Mail", "Pages", "Exporter", "Queue", "Metrics")),
)
_PRODUCTION_LABELS = (
    *("severity::1", "severity::2", "severity::3", "Service:Web", "service::api", "review-requested"),
    *("incidentreview", "Corrective Action", "Incident:Review In Progress"),
)


class Fact(NamedTuple):
    """What an issue is an example of."""

    ref: str
    trap: str
    """The function that made it."""
    what: str
    about: str = ""
    """Another issue that it concerns: a review's incident, a duplicate's target."""


@dataclass(eq=False, kw_only=True)
class Builder:
    """Builds a world, and counts the incidents, reviews and examples in it."""

    world: World
    story: Story
    random: random.Random
    start: dt.datetime
    turn: dt.datetime
    """The midnight on which the second policy begins."""
    now: dt.datetime
    incidents: list[Draft] = field(default_factory=list)
    reviews: list[Draft] = field(default_factory=list)
    examples: list[tuple[Draft, str, str, Draft | None]] = field(default_factory=list)
    trap: str = ""

    def __post_init__(self) -> None:
        self.people = [self.world.user(name) for name in words.PEOPLE]
        self.left = [self.world.user(name, state="blocked") for name in words.LEFT]
        self.bot, self.closer, self.alerts = (
            self.world.user(name, bot=True) for name in (words.BOT, words.CLOSER, words.ALERTS)
        )

    def project(self, path: str) -> HostedProject:
        """Return a project by its path."""
        return self.world.projects[path]

    @property
    def production(self) -> HostedProject:
        """The project with incidents and reviews."""
        return self.project(words.PRODUCTION)

    def person(self) -> Account:
        """Pick somebody."""
        return self.random.choice(self.people)

    def hours(self, least: float, most: float) -> dt.timedelta:
        """Pick a span in whole minutes."""
        return dt.timedelta(minutes=round(self.random.uniform(least, most) * 60))

    def moment(self, least: dt.datetime | None = None, most: dt.datetime | None = None) -> dt.datetime:
        """Pick an instant between two; most incidents happen by day."""
        least, most = least or self.start, most or self.now - HOUR
        at = least + (most - least) * self.random.random()
        if self.random.random() < 0.7:
            at = at.replace(hour=self.random.randint(7, 18))
        return max(least, min(at.replace(second=self.random.randint(0, 59), microsecond=0), most))

    def early(self) -> dt.datetime:
        """Pick a weekday's noon under the second policy, so long ago that everything about it has been settled."""
        at = self.moment(self.turn + 4 * DAY, self.now - 45 * DAY).replace(hour=12, minute=0, second=0)
        return at - max(0, at.weekday() - 4) * DAY

    def incident(
        self,
        title: Text,
        *,
        at: dt.datetime | None = None,
        severity: int | None = 2,
        service: str | None = "Service::Web",
        labels: Iterable[str] = (),
        text: Text = "",
        lasted: dt.timedelta | None = 2 * HOUR,
        project: HostedProject | None = None,
        confidential: bool = False,
        issue_type: str = "incident",
    ) -> Draft:
        """Declare an incident. One that did not last for ever is resolved, and closed by a bot."""
        at, by = at or self.early(), self.person()
        said = [f"Severity::{severity}"] if severity else []
        draft = self.story.open(
            project or self.production,
            title,
            at=at,
            by=by,
            description=text or texts.incident_text("A part of our users sees errors."),
            issue_type=issue_type,
            confidential=confidential,
            labels=("incident", "Incident::Active", *said, *([service] if service else []), *labels),
            assignees=(by,),
        )
        if lasted is not None:
            self.resolve(draft, at=at + lasted)
        self.incidents.append(draft)
        return draft

    def resolve(self, draft: Draft, *, at: dt.datetime) -> None:
        """Resolve an incident; the bot closes it a minute later."""
        draft.unlabel("Incident::Active", at=at, by=draft.by).label("Incident::Resolved", at=at, by=draft.by)
        draft.close(at=at + dt.timedelta(minutes=1), by=self.closer)

    def review(
        self,
        title: Text,
        *,
        of: Draft,
        opened: dt.timedelta = DAY,
        done: dt.timedelta | None = 3 * DAY,
        text: Text = "",
        labels: Iterable[str] = ("IncidentReview", "Severity::2"),
        project: HostedProject | None = None,
        linked: bool = False,
        dri: Account | None = None,
        confidential: bool = False,
    ) -> Draft:
        """Open a review some time after its incident; `done` counts from the incident as well."""
        dri = dri or self.person()
        draft = self.story.open(
            project or self.production,
            title,
            at=of.at + opened,
            by=of.by,
            description=text or texts.TEMPLATE,
            issue_type="issue",
            labels=tuple(labels),
            assignees=(dri,),
            confidential=confidential,
        )
        if linked:
            draft.link(of, at=of.at + opened + HOUR, by=of.by)
        if done is not None:
            draft.close(at=of.at + done, by=dri)
        self.reviews.append(draft)
        return draft

    def other(
        self, title: Text, *, at: dt.datetime, text: Text = "", labels: Iterable[str] = (), path: str = ""
    ) -> Draft:
        """Open an issue that is neither: a change request, a corrective action, a task."""
        project = self.project(path or words.PRODUCTION)
        return self.story.open(
            project, title, at=at, by=self.person(), description=text, issue_type="issue", labels=tuple(labels)
        )

    def example(self, draft: Draft, what: str, about: Draft | None = None) -> None:
        """Note what an issue is an example of."""
        self.examples.append((draft, self.trap, what, about))

    def facts(self) -> list[Fact]:
        """Return the notes, once the story was played."""
        told = [example for example in self.examples if example[0].opened]
        return [Fact(draft.ref, trap, what, about.ref if about else "") for draft, trap, what, about in told]


def build(*, seed: int, start: dt.datetime, now: dt.datetime) -> Builder:
    """Set the builder: places, labels, files, members; the world's clock stands at the start."""
    world = World(start)
    group = world.group(words.GROUP)
    bot = world.user(words.BOT, bot=True)
    world.member(group, bot, Role.DEVELOPER)
    world.token(TOKEN, user=bot, scopes=("api",), expires_on=now.date() + 200 * DAY)
    world.token(OLD_TOKEN, user=bot, scopes=("api",), expires_on=start.date())
    _projects(world)
    _labels(world, group)
    turn = dt.datetime.combine((start + (now - start) / 3).date(), dt.time(), dt.UTC)
    story = Story(until=now)
    return Builder(world=world, story=story, random=random.Random(seed), start=start, turn=turn, now=now)


def _projects(world: World) -> None:
    world.project(words.PRODUCTION, former_paths=[words.FORMER_PRODUCTION])
    for path in (words.EDGE, words.DELIVERY, words.RUNBOOKS, words.VAULT):
        world.project(path)
    for path in (words.PRODUCTION, words.DELIVERY):
        for name, text in texts.TEMPLATES.items():
            world.projects[path].file(name, text)
    world.projects[words.RUNBOOKS].file(service_files.SERVICES_PATH, service_files.services_yaml(words.SERVICES))
    world.projects[words.RUNBOOKS].file(service_files.TEAMS_PATH, service_files.teams_yaml(words.TEAMS))


def _labels(world: World, group: HostedGroup) -> None:
    for name in _GROUP_LABELS:
        world.label(group, name)
    for name in _PRODUCTION_LABELS:
        world.label(world.projects[words.PRODUCTION], name)
