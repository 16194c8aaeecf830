"""The run, in order, one line a stage: where the parts are put together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from audit import __version__
from audit.app import previous_audit as before
from audit.app.delivery import check, deliver
from audit.catalog.ownership import parse
from audit.engine.judge import audit
from audit.errors import AuditError, ReminderError
from audit.evidence.build import build, end_of
from audit.gitlab.read.catalog_files import read_catalog_texts
from audit.gitlab.read.comments import comments
from audit.gitlab.read.members import read_roles
from audit.gitlab.read.preflight import preflight
from audit.gitlab.read.pull import pull
from audit.gitlab.write.destinations import destinations
from audit.gitlab.write.notes import carry_out
from audit.model import Level
from audit.program_text import Own
from audit.publishing.targets import publication
from audit.reminders import confirmation as brake
from audit.reminders.cases import Scene
from audit.reminders.comment_commands import projects_with_commands
from audit.reminders.custom_templates import read_wording
from audit.reminders.decide import plan, wanted
from audit.report.figures.team_edition import team_named
from audit.report.figures.view import Run, View, build_view
from audit.report.formats import texts
from audit.report.formats.json_text import json_text
from audit.report.formats.reminders_json import reminders_json
from audit.report.history.output_folder import write_all
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from audit.app.digest_sender import Receivers
    from audit.engine.result import Result
    from audit.gitlab.http.client import Client
    from audit.gitlab.read.preflight import Preflight
    from audit.gitlab.read.progress import Progress, Say
    from audit.model import Catalog, Finding, Records
    from audit.publishing.targets import Publication, Published
    from audit.reminders.note_templates import Wording
    from audit.reminders.plan import Ledger, Plan
    from audit.report.figures.view import Edition
    from audit.settings.publish_settings import PublishSettings
    from audit.settings.settings import Settings

FailOn = Literal["open", "any", "never"]
DONE: Final = 0
GAPS: Final = 3
VIOLATIONS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked of one run."""

    settings: Settings
    as_of: date
    today: date
    folder: Path
    """Where the files go."""
    apply: bool = False
    """Carry the reminders out, and publish the report."""
    receivers: Receivers | None = None
    """Who gets the digest; None: nobody."""
    confirm_plan: str = ""
    """The plan that somebody has looked at and confirms, though it is far above the usual."""
    fail_on: FailOn = "open"
    run_url: str = ""
    run_folder: str = ""
    """The folder from the root of the repository, as the run's artifacts have it; empty: elsewhere."""
    pages_url: str = ""
    """Address of the site on which the reports are published."""
    settings_file: str = "audit.yml"
    """From the root of the repository."""
    previous: Path | None = None
    """The audit.json of an earlier day; None: the newest one beside the folder, else in the repository of
    ``publish.repository``."""
    edition: Edition = "weekly"
    team: str = ""
    """The team whose rows the pages hold; empty: all. Data files are whole either way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of it."""

    view: View
    plan: Plan
    ledger: Ledger | None
    """None: nothing was carried out."""
    published: tuple[Published, ...]
    """What was written to the destinations, or would be."""
    exit_status: int
    requests: int


def run(client: Client, order: Order, *, say: Say, progress: Progress) -> Done:
    """Audit, report, and remind if the order says so. Raises an AuditError where any of it cannot be completed."""
    previous = before.in_folder(order.folder, order.as_of, say=say, named=order.previous)
    wording = read_wording(order.settings)
    flight, publish = _checked(client, order, say)
    if previous is None and publish.repository is not None:
        previous = before.published(client, publish.repository, order.as_of, say=say)
    records = read(client, order.settings, flight, order.as_of, progress)
    projects = len(records.sources)
    say(f"read {len(records.issues)} issues of {projects} project{'' if projects == 1 else 's'}")
    for warning in _unmatched(records, order.settings):
        say(warning, warning=True)
    result = judge(records, order)
    say(f"judged {len(result.verdicts)} incidents as of {order.as_of}")
    team = team_named(order.team, result.evidence) if order.team else ""
    result, reminders = _planned(client, result, flight.account.username, wording)
    view = build_view(result, reminders, previous=previous, run=_about(order))
    page = build_view(result, reminders, previous=previous, run=replace(view.run, team=team)) if team else view
    files = {**texts(view, page), "reminders.json": _reminders(reminders, None, order.settings)}
    write_all(order.folder, files)
    say(f"wrote the report to {order.folder}")
    told = publication(
        publish, files, as_of=order.as_of, edition=order.edition, team=team, projects=order.settings.projects
    )
    ledger, published = _written(client, order, view=view, reminders=reminders, told=told, flight=flight, say=say)
    return Done(
        view=view,
        plan=reminders,
        ledger=ledger,
        published=published,
        exit_status=exit_status(result, order.fail_on),
        requests=client.requests,
    )


def _about(order: Order) -> Run:
    return Run(
        version=__version__,
        url=order.run_url,
        folder=order.run_folder,
        pages_url=order.pages_url,
        settings_file=order.settings_file,
        edition=order.edition,
    )


def _checked(client: Client, order: Order, say: Say) -> tuple[Preflight, PublishSettings]:
    """Check token, server, projects and destinations; the latter come back as GitLab has them today."""
    flight = preflight(client, order.settings, today=order.today, write=order.apply)
    places = destinations(client, order.settings, flight, write=order.apply and not order.team)
    for warning in (*flight.warnings, *places.warnings):
        say(warning, warning=True)
    if order.settings.remind_from is None:
        say("no day is set from which reminders go out, so nobody is reminded: set reminders.remind_from", warning=True)
    return flight, places.publish


def _unmatched(records: Records, settings: Settings) -> Iterator[str]:
    """Warn of the settings without which hardly anything can be judged, where no label of the tracker matches them."""
    names = [name for source in records.sources for name in source.labels]
    scope = settings.labels.severity_scope
    advice = "`incident-audit doctor` shows how the tracker spells its labels"
    if not settings.labels.plain_severity and not any(labels.value(name, scope) for name in names):
        yield f"no label of the tracker is of the scope {scope} (labels.severity_scope): {advice}"
    wanted = labels.keys(settings.labels.review)
    if settings.review.where == "issue" and wanted.isdisjoint(map(labels.key, names)):
        yield f"the tracker has no label {', '.join(settings.labels.review)} (labels.review): {advice}"


def read(client: Client, settings: Settings, flight: Preflight, as_of: date, progress: Progress) -> Records:
    """Read the catalogue and everything that existed at the end of ``as_of``."""
    until = end_of(as_of, ZoneInfo(settings.timezone))
    return pull(client, settings, flight, until=until, progress=progress, catalog=read_catalog(client, settings))


def read_catalog(client: Client, settings: Settings) -> Catalog | None:
    """Read the service catalogue; None where the settings name none. Raises CatalogError."""
    texts = read_catalog_texts(client, settings)
    return parse(texts.services, texts.teams) if texts.services else None


def judge(records: Records, order: Order) -> Result:
    """Hold the records against the rules on the day of the order."""
    result = audit(build(records, order.settings, order.as_of))
    if order.as_of == order.today:
        return result
    if order.as_of > order.today:
        ahead = Own(f"As of {order.as_of}, a day that lies ahead: everything is taken as it is now.")
        return replace(result, notes=(*result.notes, ahead))
    past = Own(
        f"As of {order.as_of}, asked on another day: existence, state, labels, links and comments are taken as they"
        " were then; titles, texts, assignees and due dates are as they are now."
    )
    return replace(result, notes=(*result.notes, past))


def _planned(client: Client, result: Result, bot: str, wording: Wording) -> tuple[Result, Plan]:
    """Read the comments of whoever might be reminded and decide; what could not be read is one more gap."""
    scene = Scene.of(result, bot=bot, wording=wording)
    said = comments(client, wanted(scene))
    scene = replace(scene, comments=said.by_ref)
    roles = read_roles(client, projects_with_commands(scene))
    gaps = tuple(sorted((*result.gaps, *said.gaps, *roles.gaps), key=lambda gap: (gap.ref, gap.what)))
    return replace(result, gaps=gaps), plan(replace(scene, roles=roles.by_project))


def _reminders(reminders: Plan, ledger: Ledger | None, settings: Settings) -> str:
    told = reminders_json(
        reminders,
        ledger.posted if ledger else (),
        confidential_destination=settings.report.confidential_destination,
    )
    return json_text(told)


def _written(  # noqa: PLR0913 - what is written, where to, and who tells of it
    client: Client, order: Order, *, view: View, reminders: Plan, told: Publication, flight: Preflight, say: Say
) -> tuple[Ledger | None, tuple[Published, ...]]:
    """Remind, then publish: the last act. A failure in one stops no other, and all are raised at the end."""
    if not order.apply:
        return None, tuple(told.planned())
    ledger, failed = None, None
    try:
        ledger = _carried_out(client, order, reminders, flight, say)
    except AuditError as error:
        failed = error
    delivered = deliver(client, told, order.receivers, view, bot=flight.account.username)
    check(failed, delivered)
    return ledger, delivered.published


def _carried_out(client: Client, order: Order, reminders: Plan, flight: Preflight, say: Say) -> Ledger:
    """Write to GitLab: the last act. Whatever it did is in reminders.json, also when some of it failed."""
    _hold_back(order, reminders)
    say(f"writing to GitLab: {len(reminders.planned)} reminders, {len(reminders.status_notes)} status notes")

    def note_down(ledger: Ledger) -> None:
        write_all(order.folder, {"reminders.json": _reminders(reminders, ledger, order.settings)})

    ledger = carry_out(client, reminders, bot=flight.account.username, note_down=note_down)
    note_down(ledger)
    if ledger.failures:
        lines = "; ".join(f"{one.what} on {one.issue}: {one.why}" for one in ledger.failures)
        raise ReminderError(
            f"the report is written, but {len(ledger.failures)} of the bot's notes could not be: {lines}",
            "Run again: what was posted is found and not posted twice.",
        )
    return ledger


def _hold_back(order: Order, reminders: Plan) -> None:
    """Stop where a person should look first: the report is written, and nobody is reminded."""
    found, count = brake.fingerprint(reminders), len(reminders.planned)
    if not reminders.held or order.confirm_plan == found:
        return
    last = brake.usual(reminders)
    usual = f"on the last day with any it was {last}" if last else "none was posted before"
    other = f", and the plan is no longer {order.confirm_plan}" if order.confirm_plan else ""
    raise ReminderError(
        f"the report is written, but nobody was reminded: {count} reminders are far above the usual ({usual}){other}",
        f"Look at reminders.json; if they are right: incident-audit run --apply --confirm-plan {found}, with the other"
        " options as they are. Or lower reminders.max_reminders, and they go out night by night.",
    )


def exit_status(result: Result, fail_on: FailOn) -> int:
    """Return the first that holds: gaps that could change a verdict, violations that count, done."""
    if any(gap.could_change_a_verdict for gap in result.gaps):
        return GAPS
    counts: dict[str, Callable[[Finding], bool]] = {
        "open": lambda finding: finding.open,
        "any": lambda _: True,
        "never": lambda _: False,
    }
    violations = (one for one in result.findings if one.level is Level.VIOLATION and not one.waived)
    return VIOLATIONS if any(map(counts[fail_on], violations)) else DONE
