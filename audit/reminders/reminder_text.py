"""The text of a reminder: who, what, the one next step, why this person, when the next one comes, how to postpone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from audit import EDITION, markers
from audit.inert import handle, link, mention, reference, without_quick_actions
from audit.markers import SEAM, Marker, digest
from audit.phrases import MOST
from audit.reminders import ladder
from audit.reminders.asked_as import asked_as
from audit.reminders.comment_commands import LONGEST_SNOOZE
from audit.reminders.review_form import form
from audit.reminders.steps import steps_left

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from audit.reminders.addressees import Addressees
    from audit.reminders.cases import Case, Scene
    from audit.settings.policy import Policy

_SENTENCE = Markup("It is expected that the incident review will be completed within 5 working days of the incident.")
_SINCE = {
    "declared": "of the incident",
    "resolved": "of its resolution",
    "closed": "of its closing",
    "review_opened": "of the day on which it was opened",
}


def reminder_text(  # noqa: PLR0913 - what it says, about what and to whom
    scene: Scene, case: Case, step: int, addressees: Addressees, following: Addressees, *, with_status: bool
) -> str:
    """Return the words of a reminder. ``following``: whom the step after this one would name."""
    rules = scene.settings.reminders
    new = [name for name in following.managers if name not in addressees.managers]
    return scene.wording.render(
        "reminder.md.j2",
        names=mentions(addressees.first, unpinged=addressees.unpinged),
        managers=mentions(addressees.managers),
        step=step,
        steps=rules.steps,
        following=step + 1,
        next_on=ladder.next_on(scene, case, step),
        next_names=Markup(", ").join(map(handle, new if step else ())),
        **shared_values(scene, case, addressees, upcoming=ladder.next_on(scene, case, step)),
        quiet_days=rules.quiet_days,
        with_status=with_status,
    )


def reminder_body(case: Case, step: int, text: str, status: str | None) -> str:
    """Return the body of a reminder, its marker last; with a ``status`` it is the issue's status note as well."""
    marker = Marker(
        kind=markers.REMINDER, issue=str(case.issue), incident=str(case.incident), step=step, edition=EDITION
    )
    return signed(text, marker) if status is None else of_both(text, status, marker)[0]


def of_both(words: str, status: str, marker: Marker) -> tuple[str, str]:
    """Return body and hash of a note that is reminder and status note: without ``words`` the status alone is left."""
    fingerprint = digest(f"{status}\n\n{SEAM}" if words else status)
    text = f"{words}\n\n{SEAM}\n\n{status}" if words else status
    return signed(text, replace(marker, status=True, hash=fingerprint)), fingerprint


def shared_values(scene: Scene, case: Case, addressees: Addressees, *, upcoming: date | None) -> dict[str, Any]:
    """Return the values that the templates of a reminder and of an open status note have in common, by name.

    ``upcoming``: the day before which no next reminder comes.
    """
    rules = scene.settings.reminders
    snooze = ladder.snooze_day(scene, case, upcoming)
    return {
        "incident": reference(str(case.incident)),
        "due": case.due,
        "kind": kind_of(case),
        "open_review": form(scene, case, "Open the review"),
        "next_step": steps_left(scene, case)[0].text,
        "waits_for": case.approver,
        "asked_as": asked_as(case, addressees),
        "done_label": next(iter(scene.settings.labels.review_completed), ""),
        "sentence": sentence(case.policy, case.due_in),
        "snooze": f"{scene.settings.labels.snooze_scope}::{snooze.isoformat()}" if snooze else "",
        "snooze_command": _command(scene, upcoming),
        "about": link("About these reminders", rules.about) if rules.about else "",
    }


def _command(scene: Scene, upcoming: date | None) -> str:
    """Return a command that postpones the next reminder when it is given today; empty where none does."""
    last = scene.posting_on + timedelta(days=LONGEST_SNOOZE)
    works = scene.settings.reminders.commands and upcoming is not None and last >= upcoming
    return f"@{scene.bot} snooze 2w" if works else ""


def kind_of(case: Case) -> str:
    """Return what a note is about: ``review``, an ``inline`` one, or ``none`` yet."""
    if case.reviewed:
        return "review"
    return "inline" if case.inline else "none"


def mentions(names: Iterable[str], *, unpinged: Collection[str] = ()) -> Markup:
    """Return live mentions, as a list in a sentence; those of ``unpinged`` are in code, which notifies nobody.

    Of a long list the first are named.
    """
    every = tuple(names)
    shown = Markup(", ").join(handle(name) if name in unpinged else mention(name) for name in every[:MOST])
    return shown if len(every) <= MOST else Markup("{} and {} more").format(shown, len(every) - MOST)


def sentence(policy: Policy, days: int) -> Markup:
    """Return what the policy says about the due day, in the handbook's words if it is the handbook's rule."""
    if (days, policy.due_kind) == (5, "working"):
        return _SENTENCE
    return Markup("A review is completed within {} {} days {}.").format(days, policy.due_kind, _SINCE[policy.anchor])


def signed(text: str, marker: Marker) -> str:
    """Return a body with its marker. Raises ValueError where GitLab would take a line for a quick action."""
    return f"{without_quick_actions(text)}\n\n{markers.write(marker)}"
