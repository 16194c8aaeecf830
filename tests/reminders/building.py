"""A tracker of two or three issues, and the plan that the real core makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from audit import markers
from audit.markers import Marker, write
from audit.model import Catalog, Issue, Link, Note, Records, Ref, Service, Source, Team, User
from audit.reminders import decide
from audit.reminders.cases import Scene
from audit.reminders.plan import StatusNote
from audit.settings.settings import Settings
from tests.judging import judged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from audit.engine.result import Result
    from audit.reminders.plan import Plan, Reminder, Withheld

BOT = "incident-bot"
PROJECT = "g/tracker"
DECLARED = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
"""A Monday; what is declared then is due on Monday the 9th."""
DUE = date(2026, 11, 9)
FIRST = date(2026, 11, 10)
"""The first working day after the due day."""

ALICE = User(username="alice")
BOB = User(username="bob")
ROBOT = User(username=BOT, bot=True)


def ref(iid: int, project: str = PROJECT) -> Ref:
    return Ref(project, iid)


def incident(iid: int = 1, **fields: Any) -> Issue:
    """A severity 2 incident of the service API."""
    made = Issue(
        ref=ref(iid),
        id=1000 + iid,
        url=f"https://gitlab.example.com/{PROJECT}/-/work_items/{iid}",
        title=f"Checkout fails for everybody ({iid})",
        issue_type="incident",
        created_at=DECLARED,
        labels=("incident", "severity::2", "Service::API"),
        author=BOB,
    )
    return replace(made, **fields)


def review(iid: int = 11, of: Iterable[int] = (1,), **fields: Any) -> Issue:
    """A review, opened the day after, assigned to Alice and linked to its incidents."""
    made = Issue(
        ref=ref(iid),
        id=1000 + iid,
        url=f"https://gitlab.example.com/{PROJECT}/-/work_items/{iid}",
        title=f"Incident Review: no checkout {iid}",
        created_at=DECLARED + timedelta(days=1),
        labels=("IncidentReview", "severity::2"),
        author=BOB,
        assignees=(ALICE,),
        links=tuple(Link(target=ref(other), at=DECLARED + timedelta(days=1)) for other in of),
    )
    return replace(made, **fields)


CATALOG = Catalog(
    services=(
        Service(name="api", label="API", owner="team-api"),
        Service(name="web", label="Web", owner="team-web"),
        Service(name="lost", label="Lost", owner="reliability_unowned"),
    ),
    teams=(
        Team(name="team-api", manager="maria", handle="g/api-team", contact="g/api-contact"),
        Team(name="team-web", manager="walter"),
    ),
    teams_given=True,
)
ACCOUNTS = {"maria": User(username="maria"), "walter": User(username="walter")}


def settings(**parts: Any) -> Settings:
    """Settings of one project, of which reminders are wanted since the first of October."""
    some = {
        "projects": {"incidents": [PROJECT]},
        "policies": [{"from": "2026-01-01"}],
        **parts,
    }
    some["reminders"] = {"remind_from": "2026-10-01", **some.get("reminders", {})}
    return Settings.model_validate(some)


def records(*issues: Issue, **fields: Any) -> Records:
    source = Source(project=PROJECT, incidents=True, reviews=True, url=f"https://gitlab.example.com/{PROJECT}")
    return Records(**{"sources": (source,), "issues": issues, "catalog": CATALOG, "accounts": ACCOUNTS, **fields})


def result_of(*issues: Issue, as_of: date, settings: Settings | None = None, **fields: Any) -> Result:
    return judged(records(*issues, **fields), settings or _DEFAULT, as_of)


def bare_result_of(*issues: Issue, as_of: date, settings: Settings | None = None, **fields: Any) -> Result:
    """The same without what the rules say, by which no reminder is decided: notes tell it as what is left to do."""
    return judged(records(*issues, **fields), settings or _DEFAULT, as_of, ())


def plan_of(
    *issues: Issue,
    as_of: date,
    comments: Mapping[Ref, tuple[Note, ...]] | None = None,
    settings: Settings | None = None,
    **fields: Any,
) -> Plan:
    """The plan of a day; issues without an entry in ``comments`` have none."""
    result = result_of(*issues, as_of=as_of, settings=settings, **fields)
    return decide.plan(scene_of(result, comments or {}))


def bare_plan_of(
    *issues: Issue,
    as_of: date,
    comments: Mapping[Ref, tuple[Note, ...]] | None = None,
    settings: Settings | None = None,
    **fields: Any,
) -> Plan:
    """The same without what the rules say."""
    result = bare_result_of(*issues, as_of=as_of, settings=settings, **fields)
    return decide.plan(scene_of(result, comments or {}))


def scene_of(
    result: Result,
    comments: Mapping[Ref, tuple[Note, ...]] | None = None,
    *,
    bot: str = BOT,
    roles: Mapping[str, Mapping[str, int]] | None = None,
) -> Scene:
    """The scene of a result once comments and roles are read."""
    return replace(Scene.of(result, bot=bot), comments=comments or {}, roles=roles or {})


def comment(at: datetime | date, body: str = "On it.", author: User = ALICE, **fields: Any) -> Note:
    moment = at if isinstance(at, datetime) else datetime(at.year, at.month, at.day, 9, 0, tzinfo=UTC)
    made = Note(id=int(moment.timestamp()), at=moment, author=author, body=body)
    return replace(made, **fields)


def posted(at: datetime | date, step: int, *, on: int = 11, of: int = 1, **fields: Any) -> Note:
    """A reminder that the bot posted earlier."""
    marker = Marker(kind="reminder", issue=str(ref(on)), incident=str(ref(of)), step=step)
    return comment(at, f"Hello.\n\n{write(marker)}", **{"author": ROBOT, **fields})


def status_of(plan: Plan) -> StatusNote:
    """The one status note of a plan: below the words of its reminder, or a note of its own."""
    below = [
        StatusNote(
            issue=one.issue,
            body=one.body.split(markers.SEAM)[1].strip(),
            hash=found.hash,
            internal=one.internal,
            create=True,
            new=True,
        )
        for one in plan.planned
        if one.with_status and (found := markers.read(one.body))
    ]
    (note,) = [*below, *plan.status_notes]
    return note


def words_of(body: str) -> str:
    """The words of a reminder, without the status below them."""
    return markers.without(body.split(markers.SEAM, maxsplit=1)[0])


def listed(plan: Plan) -> list[Reminder | Withheld]:
    """Every reminder that a plan speaks of, planned or withheld."""
    return [*plan.planned, *plan.withheld]


_DEFAULT = settings()
