"""reminders.json: which reminders are planned, which are withheld and why, and what this run posted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.phrases import MOST
from audit.reminders.confirmation import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.reminders.plan import Plan, Posted, Reminder, Withheld

SCHEMA_VERSION = 1


def reminders_json(
    plan: Plan, posted: Iterable[Posted] = (), *, confidential_destination: bool = False
) -> dict[str, Any]:
    """Return the object of POLICY.md section 11, the oldest due day first, and whatever else would be written.

    The people asked about a confidential record are named only if the destination is confidential too.
    """
    order = {reminder.issue: place for place, reminder in enumerate(plan.planned)}
    return {
        "schema_version": SCHEMA_VERSION,
        "as_of": plan.as_of.isoformat(),
        "plan": fingerprint(plan),
        "planned": [
            {**_entry(one, confidential_destination), "why": one.why, "with_status": one.with_status}
            for one in plan.planned
        ],
        "withheld": [{**_entry(one, confidential_destination), "reason": one.reason.value} for one in plan.withheld],
        **_besides(plan),
        "posted": [
            {"issue": str(one.issue), "step": one.step, "note_id": one.note_id}
            for one in sorted(posted, key=lambda one: order.get(one.issue, len(order)))
        ],
    }


def _besides(plan: Plan) -> dict[str, Any]:
    """Return the other planned writes, which mention nobody, and the incidents that get no reminder."""
    return {
        "status_notes": [
            {"issue": str(one.issue), "internal": one.internal, "new": one.new} for one in plan.status_notes
        ],
        "answers": [{"issue": str(one.issue), "to": one.to, "internal": one.internal} for one in plan.answers],
        "reactions": [{"issue": str(one.issue), "to": one.to} for one in plan.reactions],
        "odd_snoozes": [{"issue": str(one.issue), "label": one.label} for one in plan.odd_snoozes],
        "folds": [{"issue": str(one.issue), "note_id": one.note_id} for one in plan.folds],
        "duplicates": [{"issue": str(one.issue), "note_id": one.note_id} for one in plan.heal],
        "not_reminded": {verdict.value: list(map(str, refs)) for verdict, refs in plan.not_reminded},
        "unread": list(map(str, plan.unread)),
    }


def _entry(one: Reminder | Withheld, everything: bool) -> dict[str, Any]:
    named = one.addressees if everything or not one.internal else ()
    return {
        "issue": str(one.issue),
        "incident": str(one.incident),
        "step": one.step,
        "addressees": list(named[:MOST]),
        **({"addressees_in_all": len(named)} if len(named) > MOST else {}),
        "internal": one.internal,
        "due_on": one.due_on.isoformat(),
    }
