"""Random trackers in which every field of a confidential record holds a word that no public text may ever show."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import random
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit import logs
from audit.commands.context import ProcessContext
from audit.commands.run import run
from audit.errors import AuditError
from audit.markers import STATUS, Marker, read, write
from audit.sandbox.data.world import World
from tests.sandbox.faults import json_status
from tests.sandbox.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.sandbox.data.records import Account
    from audit.sandbox.data.work_items import WorkItem

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TOKEN = "glpat-canaries-0123456789"
TRACKER, RUNBOOKS, REPORTS = "ops/production", "ops/runbooks", "ops/reports"
BOT = "auditor"
STEM = "kanari"
DAYS = (date(2031, 5, 17), date(2032, 3, 18))
"""A snooze, and a due date, of confidential records."""
TABLE = """## Key Information

| Metric | Value |
|---|---|
| Link to Incident Issue | {refs} |
| Start Time | {word} |
"""


@dataclass(kw_only=True)
class Aviary:
    """A world in the making; the same seed makes the same one."""

    random: random.Random
    world: World
    words: dict[str, str] = field(default_factory=dict)
    """Canary -> the field that holds it."""
    people: list[Account] = field(default_factory=list)
    """Those of whom everybody may know."""
    incidents: list[WorkItem] = field(default_factory=list)
    reviews: list[WorkItem] = field(default_factory=list)
    actions: list[WorkItem] = field(default_factory=list)
    turning: list[WorkItem] = field(default_factory=list)
    """Those that everybody could read on the first night, and that are confidential on the second."""

    def canary(self, place: str) -> str:
        """Return a word that is in no other field: letters alone, so that no escaping can hide it."""
        number = len(self.words)
        word = STEM + "".join("abcdefghij"[int(digit)] for digit in f"{number:03}")
        self.words[word] = place
        return word

    def person(self, place: str, *, secret: bool) -> Account:
        if not secret:
            return self.random.choice(self.people)
        account = self.world.user(self.canary(place), bot=False)
        if self.random.random() < 0.8:
            self.world.member(self.world.groups["ops"], account, 30)
        return account

    def words_of(self, place: str, *, secret: bool, otherwise: str) -> str:
        return f"{self.canary(place)} and {self.canary(place)}" if secret else otherwise

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def some(self, items: list[WorkItem], most: int) -> list[WorkItem]:
        return self.random.sample(items, min(len(items), self.random.randint(0, most)))

    def open(self, kind: str, title: str, labels: list[str], *, secret: bool, **fields: Any) -> WorkItem:
        """Open an issue; where it is confidential, all that people wrote on it is a canary."""
        created = NOW - timedelta(days=self.random.randint(2, 60), hours=self.random.randint(0, 20))
        issue = self.world.projects[TRACKER].issue(
            self.words_of(f"title of the {kind}", secret=secret, otherwise=title),
            author=self.person(f"author of the {kind}", secret=secret),
            created_at=created,
            confidential=secret,
            issue_type="incident" if kind == "incident" else "issue",
            labels=[*labels, *([self.canary(f"label of the {kind}")] if secret else ())],
            assignees=[self.person(f"assignee of the {kind}", secret=secret)] if self.chance(0.4) else (),
            **fields,
        )
        if secret and self.chance(0.4):
            issue.set_due(DAYS[1], at=created, by=issue.author)
        return issue


def aviary(seed: int) -> tuple[Aviary, dict[str, Any]]:
    """Return a tracker, and the settings that fit it."""
    made = Aviary(random=random.Random(seed), world=World(now=NOW))
    _accounts(made)
    _catalog(made)
    for number in range(made.random.randint(4, 9)):
        made.incidents.append(_incident(made, number))
    for number in range(made.random.randint(2, 5)):
        made.reviews.append(_review(made, number))
    for number in range(made.random.randint(0, 3)):
        made.actions.append(_action(made, number))
    for issue in (*made.incidents, *made.reviews):
        _comments(made, issue)
    for one, other in zip(made.incidents, made.some(made.incidents, 2), strict=False):
        if one is not other and made.chance(0.3):
            one.mark_duplicate(other, at=NOW - timedelta(days=1), by=one.author)
    if made.chance(0.5):
        issues = (*made.incidents, *made.reviews, *made.actions)
        made.turning = [issue for issue in issues if issue.confidential and made.chance(0.4)]
    return made, _settings(made)


def _accounts(made: Aviary) -> None:
    world = made.world
    group = world.group("ops")
    bot = world.user(BOT, bot=True)
    world.member(group, bot, 40)
    world.token(TOKEN, user=bot, scopes=("api",), kind="group")
    for path in (TRACKER, RUNBOOKS, REPORTS):
        world.project(path)
    made.people = [world.user(name) for name in ("anna", "ben", "cleo")]
    for user in made.people:
        world.member(group, user, 30)


def _catalog(made: Aviary) -> None:
    """Write services of which public incidents speak, and others of which confidential ones alone do."""
    services, teams = [], []
    for name in ("open0", "open1", "shut0", "shut1", "shut2"):
        secret = name.startswith("shut")
        services.append({"name": name, "label": name, "owner": f"team-{name}"})
        team = {"name": f"team-{name}"}
        for key in ("manager", "handle", "contact"):
            if made.chance(0.6):
                team[key] = made.person(f"{key} of {name}", secret=secret).username
        teams.append(team)
    services.append({"name": "lost", "label": "lost", "owner": "reliability_unowned"})
    runbooks = made.world.projects[RUNBOOKS]
    runbooks.file("services.yml", json.dumps({"services": services}))
    runbooks.file("teams.yml", json.dumps({"teams": teams}))


def _incident(made: Aviary, number: int) -> WorkItem:
    secret = made.chance(0.45)
    services = ["open0", "open1", "lost", *(["shut0", "shut1", "shut2"] * secret)]
    labels = [f"severity::{made.random.choice((1, 1, 2, 2, 3))}"]
    labels += [f"Service::{name}" for name in made.random.sample(services, made.random.randint(0, 2))]
    if secret and made.chance(0.4):
        labels.append(f"Service::{made.canary('service of the incident')}")
    if secret and made.chance(0.3):
        labels.append(f"Review-Snoozed::{made.random.choice((DAYS[0], made.canary('no day')))}")
    if made.chance(0.2):
        labels.append("Incident::Review-Completed")
    if made.chance(0.2):
        labels.append("Review-Requested")
    issue = made.open("incident", f"Outage {number}", labels, secret=secret)
    issue.description = made.words_of("text of the incident", secret=secret, otherwise="It was down.")
    if made.incidents and made.chance(0.3):
        issue.description += f" Like {made.random.choice(made.incidents).reference}."
    return issue


def _review(made: Aviary, number: int) -> WorkItem:
    secret = made.chance(0.3)
    issue = made.open("review", f"Incident Review: outage {number}", ["IncidentReview"], secret=secret)
    about = made.some(made.incidents, 3)
    word = made.words_of("text of the review", secret=secret, otherwise="10:00")
    if made.chance(0.3):
        issue.description = TABLE.format(refs=" ".join(one.reference for one in about), word=word)
    else:
        issue.description = word
        for one in about:
            made.world.link(issue, one, at=issue.created_at, by=issue.author)
    if made.chance(0.35):
        issue.close(at=min(NOW, issue.created_at + timedelta(days=made.random.randint(0, 12))), by=issue.author)
    return issue


def _action(made: Aviary, number: int) -> WorkItem:
    secret = made.chance(0.5)
    labels = ["corrective action", f"severity::{made.random.randint(1, 4)}"]
    issue = made.open("action", f"Mend it {number}", labels, secret=secret)
    for one in made.some([*made.incidents, *made.reviews], 2):
        made.world.link(issue, one, at=issue.created_at, by=issue.author)
    return issue


def _comments(made: Aviary, issue: WorkItem) -> None:
    """Let people and the bot have written on an issue: internal on a public one too."""
    bot = made.world.users[BOT]
    secret = issue.confidential
    at = NOW - timedelta(days=made.random.randint(1, 20))
    for text in ("on it", f"@{BOT} snooze 2d", f"@{BOT} not needed: ", f"@{BOT} what "):
        if made.chance(0.2):
            internal = made.chance(0.5)
            hidden = secret or internal
            end = made.canary("comment") if hidden and "snooze" not in text else "so be it"
            body = text if "snooze" in text else f"{text} {end}"
            issue.comment(body, by=made.person("author of a comment", secret=secret), at=at, internal=internal)
    for step in range(1, made.random.randint(1, 4)):
        incident = made.random.choice(made.incidents)
        internal = secret or incident.confidential
        word = made.canary("reminder") if internal else "you"
        marker = Marker(kind="reminder", issue=issue.reference, incident=incident.reference, step=step)
        day = NOW - timedelta(days=40 - 10 * step)
        issue.comment(f"Hello @{word}.\n\n{write(marker)}", by=bot, at=day, internal=internal)


def _settings(made: Aviary) -> dict[str, Any]:
    subjects = [*made.incidents, *made.reviews, *made.actions]
    waived = [(one.reference, one.confidential) for one in made.some(subjects, 3)]
    waived += [("ops/elsewhere#7", True), ("shut0", True)] if made.chance(0.5) else []
    waivers = [
        {
            "subject": subject,
            "rules": made.random.sample(["IR001", "IR002", "IR003", "IR010", "CA001"], 2),
            "reason": made.words_of("reason of a waiver", secret=secret, otherwise="It is known."),
            "approved_by": made.words_of("approver of a waiver", secret=secret, otherwise="Dora"),
            "expires": made.random.choice(["2026-11-01", "2026-12-31"]),
        }
        for subject, secret in waived
    ]
    report = {"project": REPORTS}
    return {
        "projects": {"incidents": [TRACKER]},
        "review": {"where": made.random.choice(["issue", "issue", "both", "inline"])},
        "policies": [{"from": "2026-01-01", "unowned": made.random.choice(["exempt", "flag", "require"])}],
        "catalog": {
            "services": {"project": RUNBOOKS, "path": "services.yml"},
            "teams": {"project": RUNBOOKS, "path": "teams.yml"},
        },
        "reminders": {"remind_from": "2026-01-01", "commands": True, "before_due": 2, "confirm_above": 100},
        "waivers": waivers,
        "publish": {"issue": report, "wiki": report, "repository": report},
    }


def leaks(seed: int) -> list[str]:
    """Return each canary of a world that somebody could read after a night, with its field and the place."""
    made, settings = aviary(seed)
    with tempfile.TemporaryDirectory() as name:
        texts = dict(_nights(made, settings, Path(name)))
    words = {**made.words, **{day.isoformat(): "day of a confidential record" for day in DAYS}}
    assert len(texts) > 10
    return [
        f"{seed}: {word} ({field}) in {place}"
        for place, text in texts.items()
        for word, field in words.items()
        if word in text.casefold()
    ]


def _nights(made: Aviary, settings: dict[str, Any], folder: Path) -> Iterator[tuple[str, str]]:
    """Yield by place each text that people who see no confidential issue can read after the last night."""
    (folder / "audit.yml").write_text(json.dumps(settings), encoding="utf-8")
    with Server(made.world) as server:
        if made.chance(0.2):
            server.fault(json_status(403, {"message": "403 Forbidden"}), path="/users")
        environ = {"GITLAB_URL": server.url, "GITLAB_TOKEN": TOKEN}
        before: dict[int, str] = {}
        if made.turning:
            for issue in made.turning:
                issue.set_confidential(False, at=NOW, by=issue.author)
            _night(folder, "before", environ)
            before = {note.id: note.body for issue in made.world.issues.values() for note in issue.comments}
            for issue in made.turning:
                issue.set_confidential(True, at=NOW, by=issue.author)
        yield from _night(folder, "now", environ, *(["--previous", str(folder / "before/audit.json")] * bool(before)))
    for file in sorted((folder / "now").iterdir()):
        yield file.name, file.read_text(encoding="utf-8")
    yield from _published(made.world, before)


def _night(folder: Path, name: str, environ: dict[str, str], *more: str) -> list[tuple[str, str]]:
    """Run with ``--apply`` and ``-v``, and return what is printed and logged."""
    out, log = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(log):
        logs.configure([TOKEN], verbose=True)
        words = ["--config", str(folder / "audit.yml"), "--output", str(folder / name), "--apply", *more]
        clock = ProcessContext(environ=environ, now=NOW.astimezone, sleep=lambda _: None)
        try:
            with contextlib.suppress(SystemExit):
                run.main(words, standalone_mode=False, obj=clock)
        except AuditError as error:
            logging.getLogger("audit").exception("%s %s %s", error.message, error.advice, error.faults)
    return [("the terminal", out.getvalue()), ("the log", log.getvalue())]


def _published(world: World, before: dict[int, str]) -> Iterator[tuple[str, str]]:
    """Yield what is published. ``before``: the notes of the first night, of which only a status note is kept up."""
    for issue in world.issues.values():
        if not issue.confidential:
            yield f"the text of {issue.reference}", issue.title + issue.description
            for note in issue.comments:
                mark = read(note.body)
                is_kept = before.get(note.id) == note.body and (mark is None or mark.kind != STATUS)
                if not note.internal and note.author.username == BOT and not is_kept:
                    yield f"note {note.id} on {issue.reference}", note.body
    reports = world.projects[REPORTS]
    for title, page in reports.wiki.items():
        yield f"the wiki page {title}", page.content
    for path, file in reports.files.items():
        yield f"the file {path}", file.text
