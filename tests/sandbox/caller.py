"""A client for the tests: it sends what it is told and hides nothing of the answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import requests

from audit.sandbox.data.world import World

if TYPE_CHECKING:
    from types import TracebackType

    from audit.sandbox.data.hosted_project import HostedProject
    from audit.sandbox.data.records import Account
    from audit.sandbox.data.work_items import WorkItem
    from tests.sandbox.server import Server

START = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
PRODUCTION = "acme/sre/production"
HOUR = dt.timedelta(hours=1)


class Caller:
    """One client with one token, or none."""

    def __init__(self, server: Server, token: str | None = None) -> None:
        self._server = server
        self._http = requests.Session()
        if token is not None:
            self._http.headers["PRIVATE-TOKEN"] = token

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def send(self, method: str, path: str, **given: Any) -> requests.Response:
        """Send a REST request."""
        options = {"timeout": 10, "allow_redirects": False} | given
        return self._http.request(method, f"{self._server.url}/api/v4/{path}", **options)

    def get(self, path: str, /, **params: Any) -> requests.Response:
        """Read by REST."""
        return self.send("GET", path, params=params)

    def post(self, path: str, **data: Any) -> requests.Response:
        """Create by REST."""
        return self.send("POST", path, json=data)

    def put(self, path: str, **data: Any) -> requests.Response:
        """Change by REST."""
        return self.send("PUT", path, json=data)

    def graphql(self, query: str, **variables: Any) -> requests.Response:
        """Send a GraphQL document."""
        body = {"query": query, "variables": variables}
        return self._http.post(f"{self._server.url}/api/graphql", json=body, timeout=10)

    def data(self, query: str, **variables: Any) -> Any:
        """Send a GraphQL document that is to succeed."""
        answer = self.graphql(query, **variables).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def walk(self, path: str, /, **params: Any) -> list[Any]:
        """Read a whole list by following rel=next."""
        answer = self.get(path, **params)
        rows = list(answer.json())
        while (following := answer.links.get("next")) is not None:
            answer = self._http.get(following["url"], timeout=10)
            rows += answer.json()
        return rows


@dataclass(kw_only=True)
class Small:
    """A small world: a tracker with two incidents and a review, a public project, and people of every kind."""

    world: World
    production: HostedProject
    hidden: HostedProject
    public: HostedProject
    people: dict[str, Account] = field(default_factory=dict)
    incident: WorkItem
    secret: WorkItem
    review: WorkItem


def small_world() -> Small:
    """Build it anew for each test."""
    world = World(now=NOW)
    production = world.project(PRODUCTION, former_paths=["acme/infra/production"])
    hidden = world.project("vault/secrets")
    public = world.project("acme/open", visibility="public")
    levels = {"guest": 10, "reporter": 20, "maintainer": 40, "author": 10}
    people = {name: world.user(name) for name in (*levels, "stranger", "bot")}
    for name, level in levels.items():
        world.member(production, people[name], level)
    for name, user in people.items():
        world.token(f"{name}-token", user=user, scopes=["api"])
    world.token("reader", user=people["reporter"], scopes=["read_api"])
    world.member(world.groups["acme"], people["bot"], 20)
    return _with_issues(world, production, hidden, public, people)


def _with_issues(
    world: World, production: HostedProject, hidden: HostedProject, public: HostedProject, people: dict[str, Account]
) -> Small:
    author, reporter = people["author"], people["reporter"]
    world.label(world.groups["acme"], "Severity::1")
    incident = production.issue(
        "2026-11-02: API is down",
        author=author,
        created_at=START,
        labels=["Severity::1", "Service::API"],
        description="- [x] one\n- [ ] two",
        severity="HIGH",
        assignees=[reporter],
    )
    secret = production.issue("Key leaked", author=reporter, created_at=START + HOUR, confidential=True)
    review = production.issue(
        "Incident Review: API is down", author=author, created_at=START + 2 * HOUR, issue_type="issue"
    )
    unseen = hidden.issue("Hidden follow-up", author=people["stranger"], created_at=START, issue_type="issue")
    world.link(incident, review, at=START + 3 * HOUR, by=reporter)
    world.link(incident, unseen, at=START + 4 * HOUR, by=reporter)
    incident.comment("First look", by=reporter, at=START + 5 * HOUR)
    incident.comment("For us only", by=reporter, at=START + 6 * HOUR, internal=True)
    incident.mentioned_in(unseen, by=reporter, at=START + 7 * HOUR)
    incident.close(at=START + 8 * HOUR, by=reporter)
    return Small(
        world=world,
        production=production,
        hidden=hidden,
        public=public,
        people=people,
        incident=incident,
        secret=secret,
        review=review,
    )
