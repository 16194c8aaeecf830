"""Labels that postpone reminders through a day, ``Review-Snoozed::2026-12-01``, and those whose value is no day."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from audit.reminders.plan import OddSnooze
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.model import Ref
    from audit.reminders.cases import Case, Scene

_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)


def day_in(text: str) -> date | None:
    """Return the day that a text is, as in ``2026-12-01`` or ``2026-12-1``; None where it is no day of the calendar."""
    match = _DAY.fullmatch(text)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def labelled(scene: Scene, case: Case) -> Iterator[date]:
    """Yield the days through which labels of a case's issues postpone."""
    for ref in {case.issue, case.incident}:
        yield from (day for _, day in _values(scene, ref) if day)


def may_be_snoozed(scene: Scene, case: Case) -> bool:
    """Tell whether a label that postpones reminders may be among those that could not be read."""
    return any(_may_be_snoozed(scene, ref) for ref in {case.issue, case.incident})


def odd_snoozes(scene: Scene) -> tuple[OddSnooze, ...]:
    """Return the labels of the snooze scope whose value is no day, on issues about which people can be reminded."""
    hidden = {ref: case.confidential for case in scene.open_cases for ref in (case.issue, case.incident)}
    return tuple(
        OddSnooze(issue=ref, label="" if hidden[ref] else label)
        for ref in sorted(hidden)
        for label, day in _values(scene, ref)
        if day is None
    )


def _values(scene: Scene, ref: Ref) -> Iterator[tuple[str, date | None]]:
    """Yield each label of the snooze scope that is on an issue, and the day that it names."""
    issue = scene.issues.get(ref)
    for label in issue.labels if issue else ():
        value = labels.value(label, scene.settings.labels.snooze_scope)
        if value is not None:
            yield label, day_in(value.strip())


def _may_be_snoozed(scene: Scene, ref: Ref) -> bool:
    if ref not in scene.issues or scene.issues[ref].labels_read:
        return False
    scope, existing = scene.settings.labels.snooze_scope, scene.labels.get(ref.project)
    days = [day_in((labels.value(label, scope) or "").strip()) for label in existing or ()]
    return not existing or any(day >= scene.as_of for day in days if day)
