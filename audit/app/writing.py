"""Writes to GitLab, chat and mail: the last step of a run, and only with ``--apply``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.app.delivery import check, deliver
from audit.errors import AuditError, ReminderError
from audit.gitlab.write.notes import carry_out
from audit.phrases import first_lines, plural
from audit.reminders import confirmation
from audit.report.formats.json_text import json_text
from audit.report.formats.reminders_json import reminders_json
from audit.report.history.output_folder import write_all

if TYPE_CHECKING:
    from audit.app.delivery import Goals
    from audit.app.order import Order
    from audit.gitlab.http.client import Client
    from audit.gitlab.read.progress import Say
    from audit.publishing.published import Published
    from audit.reminders.plan import Ledger, Plan
    from audit.report.figures.view import View
    from audit.settings.settings import Settings


def write(  # noqa: PLR0913 - what to write, where, and as whom
    client: Client, order: Order, *, view: View, plan: Plan, goals: Goals, bot: str, say: Say
) -> tuple[Ledger | None, tuple[Published, ...]]:
    """Post the reminders, then publish. A failure does not stop the rest; all are raised together at the end.

    ``bot`` is the username of the client's token. Raises ReminderError or PublishError.
    """
    # time that reading has waited in vain must not shorten the retries of writing
    client.retries.renew()
    ledger, failed = None, None
    try:
        ledger = _remind(client, order, plan, bot, say)
    except AuditError as error:
        failed = error
    delivered = deliver(client, goals, order.receivers, view, bot=bot, digest_faults=order.digest_faults)
    check(failed, delivered)
    return ledger, delivered.published


def _remind(client: Client, order: Order, plan: Plan, bot: str, say: Say) -> Ledger:
    """Carry out the plan. Whatever was posted is in reminders.json, even if the rest failed."""
    _stop_before_confirmation(order, plan)
    say(f"writing to GitLab: {plural(len(plan.planned), 'reminder')}, {plural(len(plan.status_notes), 'status note')}")

    def note_down(ledger: Ledger) -> None:
        write_all(order.folder, {"reminders.json": reminders_text(plan, ledger, order.settings)})

    ledger = carry_out(client, plan, bot=bot, note_down=note_down)
    note_down(ledger)
    if ledger.failures:
        raise ReminderError(
            f"the report is written, but {len(ledger.failures)} of the bot's notes could not be",
            "Run again: what was posted is found and not posted twice.",
            faults=first_lines([f"{failure.what} on {failure.issue}: {failure.why}" for failure in ledger.failures]),
        )
    return ledger


def reminders_text(plan: Plan, ledger: Ledger | None, settings: Settings) -> str:
    """Return the text of reminders.json; ``ledger`` is what was posted so far, None in a dry run."""
    document = reminders_json(
        plan, ledger.posted if ledger else (), confidential_destination=settings.report.confidential_destination
    )
    return json_text(document)


def _stop_before_confirmation(order: Order, plan: Plan) -> None:
    """Raise ReminderError if a person should look at the plan first."""
    fingerprint, count = confirmation.fingerprint(plan), len(plan.planned)
    if not (plan.held or plan.upgraded) or order.confirm_plan == fingerprint:
        return
    last = confirmation.usual(plan)
    usual = f"on the last day with any it was {last}" if last else "none was posted before"
    why = f"{count} reminders are far above the usual ({usual})"
    if plan.upgraded:
        why = "this program judges otherwise than the one that wrote the last report, so its first plan waits"
    other = f", and the plan is no longer {order.confirm_plan}" if order.confirm_plan else ""
    less = "" if plan.upgraded else "; or lower reminders.max_reminders, and they go out night by night"
    raise ReminderError(
        f"the report is written, but nobody was reminded: {why}{other}",
        "Look at reminders.json. If they are right, run incident-audit run --apply --confirm-plan"
        f" {fingerprint} with the other options as they are{less}.",
    )
