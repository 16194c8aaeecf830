"""How many reminders a run sends, and how many of them to one person: the oldest due go first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from audit import markers
from audit.reminders.plan import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from audit.reminders.addressees import Addressees
    from audit.reminders.cases import Case, Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One reminder, and what holds it back; None: nothing."""

    case: Case
    step: int
    addressees: Addressees
    reason: Reason | None


def rationed(scene: Scene, decisions: Iterable[Decision]) -> tuple[list[Decision], Mapping[str, int]]:
    """Hold back what is too much for one night, or for one person in it.

    ``decisions``: oldest due first. Returns them, those who are full left out of the others; and name in small letters
    -> about how many reviews it is asked today. What was posted today counts, so that a run after one that was killed
    asks nobody about more than one run would have.
    """
    rules = scene.settings.reminders
    reviews_of: Counter[str] = Counter()
    kept: list[Decision] = []
    left = rules.max_reminders
    for one in decisions:
        full = {name for name in one.addressees.counted if reviews_of[name] >= rules.per_person}
        addressees = one.addressees.without(full)
        if one.reason is None:
            if not addressees.first:
                kept.append(replace(one, reason=Reason.MAX_PER_PERSON))
                continue
            if left <= 0:
                kept.append(replace(one, addressees=addressees, reason=Reason.MAX_REMINDERS))
                continue
            left -= 1
        if one.reason is None or _posted_today(scene, one.case):
            reviews_of.update(addressees.counted)
        kept.append(replace(one, addressees=addressees) if one.reason is None else one)
    return kept, reviews_of


def _posted_today(scene: Scene, case: Case) -> bool:
    reminders = markers.of_kind(scene.marked.get(case.issue, ()), markers.REMINDER)
    return any(scene.day_of(one.note.at) == scene.as_of for one in reminders)
