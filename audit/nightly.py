"""The run, in order, one line a stage: where the parts are put together."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol
from zoneinfo import ZoneInfo

from audit import __version__, labels
from audit.catalog import parse
from audit.engine import audit
from audit.errors import ReminderError, UsageError
from audit.evidence import build, end_of
from audit.gitlab.catalog_files import read_catalog_texts
from audit.gitlab.comments import comments
from audit.gitlab.notes import carry_out
from audit.gitlab.preflight import preflight
from audit.gitlab.pull import pull
from audit.model import Level
from audit.reminders.decide import plan, wanted
from audit.report.data import audit_json, serialised
from audit.report.files import write_all
from audit.report.markdown import report_md
from audit.report.plan import reminders_json
from audit.report.table import findings_csv
from audit.report.view import Run, View, build_view

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from audit.gitlab.client import Client
    from audit.gitlab.preflight import Preflight
    from audit.gitlab.progress import Progress
    from audit.model import Catalog, Finding, Records
    from audit.reminders.plan import Ledger, Plan
    from audit.result import Result
    from audit.settings.model import Settings

FailOn = Literal["open", "any", "never"]
DONE: Final = 0
GAPS: Final = 3
VIOLATIONS: Final = 10
_COMPARED: Final = {"schema_version", "as_of", "compliance", "figures", "findings"}


class Say(Protocol):
    """Tells the person who waits."""

    def __call__(self, message: str, *, warning: bool = False) -> None:
        """Tell one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked of one run."""

    settings: Settings
    as_of: date
    today: date
    folder: Path
    """Where the files go."""
    apply: bool = False
    """Carry the reminders out."""
    fail_on: FailOn = "open"
    run_url: str = ""
    previous: Path | None = None
    """The audit.json of an earlier day; None: the newest one that stands beside the folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of it."""

    view: View
    plan: Plan
    ledger: Ledger | None
    """None: nothing was carried out."""
    exit_status: int
    requests: int


def run(client: Client, order: Order, *, say: Say, progress: Progress) -> Done:
    """Audit, report, and remind if the order says so. Raises an AuditError where any of it cannot be completed."""
    previous = _previous(order)
    flight = _checked(client, order, say)
    records = read(client, order.settings, flight, order.as_of, progress)
    say(f"read {len(records.issues)} issues of {len(records.sources)} projects")
    for warning in _unmatched(records, order.settings):
        say(warning, warning=True)
    result = judge(records, order)
    say(f"judged {len(result.verdicts)} incidents as of {order.as_of}")
    result, reminders = _planned(client, result, flight.account.username)
    view = build_view(result, reminders, previous=previous, run=Run(version=__version__, url=order.run_url))
    write_all(order.folder, _files(view, reminders, order.settings))
    say(f"wrote the report to {order.folder}")
    ledger = _carried_out(client, order, reminders, flight, say) if order.apply else None
    return Done(
        view=view,
        plan=reminders,
        ledger=ledger,
        exit_status=exit_status(result, order.fail_on),
        requests=client.requests,
    )


def _checked(client: Client, order: Order, say: Say) -> Preflight:
    flight = preflight(client, order.settings, today=order.today, write=order.apply)
    for warning in flight.warnings:
        say(warning, warning=True)
    if order.settings.remind_from is None:
        say("no day is set from which reminders go out, so nobody is reminded: set reminders.remind_from", warning=True)
    return flight


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
        ahead = f"As of {order.as_of}, a day that lies ahead: everything is taken as it is now."
        return replace(result, notes=(*result.notes, ahead))
    past = (
        f"As of {order.as_of}, asked on another day: existence, state, labels, links and comments are taken as they"
        " were then; titles, texts, assignees and due dates are as they are now."
    )
    return replace(result, notes=(*result.notes, past))


def _planned(client: Client, result: Result, bot: str) -> tuple[Result, Plan]:
    """Read the comments of whoever might be reminded and decide; what could not be read is one more gap."""
    said = comments(client, wanted(result))
    gaps = tuple(sorted((*result.gaps, *said.gaps), key=lambda gap: (gap.ref, gap.what)))
    return replace(result, gaps=gaps), plan(result, said.by_ref, bot=bot)


def _previous(order: Order) -> dict[str, Any] | None:
    """Read the audit of an earlier day, by which changes are told."""
    place = order.previous or _newest_before(order)
    if place is None:
        return None
    try:
        told = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _no_audit(place, str(error)) from error
    if not (isinstance(told, dict) and told.keys() >= _COMPARED):
        raise _no_audit(place, "it is not what this program writes")
    return told


def _no_audit(place: Path, why: str) -> UsageError:
    return UsageError(
        f"{place} is no audit.json of an earlier run: {why}", "Name another one with --previous, or move it away."
    )


def _newest_before(order: Order) -> Path | None:
    days = sorted(place.parent.name for place in order.folder.parent.glob("????-??-??/audit.json"))
    earlier = [day for day in days if day < order.as_of.isoformat()]
    return order.folder.parent / earlier[-1] / "audit.json" if earlier else None


def _files(view: View, reminders: Plan, settings: Settings) -> dict[str, str]:
    return {
        "report.md": report_md(view),
        "audit.json": serialised(audit_json(view)),
        "findings.csv": findings_csv(view),
        "reminders.json": _reminders(reminders, None, settings),
    }


def _reminders(reminders: Plan, ledger: Ledger | None, settings: Settings) -> str:
    told = reminders_json(
        reminders,
        ledger.posted if ledger else (),
        confidential_destination=settings.report.confidential_destination,
    )
    return serialised(told)


def _carried_out(client: Client, order: Order, reminders: Plan, flight: Preflight, say: Say) -> Ledger:
    """Write to GitLab: the last act. Whatever it did is in reminders.json, also when some of it failed."""
    say(f"writing to GitLab: {len(reminders.planned)} reminders, {len(reminders.status_notes)} status notes")
    ledger = carry_out(client, reminders, bot=flight.account.username)
    write_all(order.folder, {"reminders.json": _reminders(reminders, ledger, order.settings)})
    if ledger.failures:
        lines = "; ".join(f"{one.what} on {one.issue}: {one.why}" for one in ledger.failures)
        raise ReminderError(
            f"the report is written, but {len(ledger.failures)} of the bot's notes could not be: {lines}",
            "Run again: what was posted is found and not posted twice.",
        )
    return ledger


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
