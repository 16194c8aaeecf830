"""The text of a reminder: who, what, the one next step, the policy's sentence, and how to postpone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import Markup

from audit import markers
from audit.inert import handle, link, mention, reference, without_quick_actions
from audit.markers import Marker
from audit.text import titles

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from audit.model import Source
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
_TITLE_LIMIT = 255


def reminder_body(scene: Scene, case: Case, step: int, addressees: Addressees) -> str:
    """Return the body of a reminder, its marker last."""
    settings = scene.settings.reminders
    text = scene.wording.render(
        "reminder.md.j2",
        names=mentions(addressees.first, unpinged=addressees.unpinged),
        managers=mentions(addressees.managers),
        step=step,
        steps=settings.steps,
        **shared_values(scene, case),
        snooze_command=f"@{scene.bot} snooze 3d" if settings.commands else "",
        quiet_days=settings.quiet_days,
    )
    marker = Marker(kind=markers.REMINDER, issue=str(case.issue), incident=str(case.incident), step=step)
    return signed(text, marker)


def shared_values(scene: Scene, case: Case) -> dict[str, Any]:
    """Return the values that the templates of a reminder and of an open status note have in common, by name."""
    return {
        "incident": reference(str(case.incident)),
        "due": case.due,
        "kind": kind_of(case),
        "open_review": open_review(scene, case),
        "done_label": next(iter(scene.settings.labels.review_completed), ""),
        "sentence": sentence(case.policy, case.due_in),
        "snooze": snooze_example(scene, case),
    }


def kind_of(case: Case) -> str:
    """Return what a note is about: ``review``, an ``inline`` one, or ``none`` yet."""
    if case.reviewed:
        return "review"
    return "inline" if case.inline else "none"


def mentions(names: Iterable[str], *, unpinged: Collection[str] = ()) -> Markup:
    """Return live mentions, as a list in a sentence; those of ``unpinged`` are in code, which notifies nobody."""
    return Markup(", ").join(handle(name) if name in unpinged else mention(name) for name in names)


def sentence(policy: Policy, days: int) -> Markup:
    """Return what the policy says about the due day, in the handbook's words if it is the handbook's rule."""
    if (days, policy.due_kind) == (5, "working"):
        return _SENTENCE
    return Markup("A review is completed within {} {} days {}.").format(days, policy.due_kind, _SINCE[policy.anchor])


def snooze_example(scene: Scene, case: Case) -> str:
    """Return a snooze label that postpones by one step of the ladder."""
    until = case.calendar.day_after(scene.as_of, min(scene.settings.reminders.step_days, 20))
    return f"{scene.settings.labels.snooze_scope}::{until.isoformat()}"


def open_review(scene: Scene, case: Case) -> Markup:
    """Return a link to the form of a new review, or a phrase if its project is not known."""
    prefix = scene.settings.review.prefixes[0]
    home = _home(scene, case)
    if home is None or not home.url:
        return Markup("Open an issue whose title begins with “{}”").format(titles.with_prefix("", prefix).rstrip())
    issue = scene.issues.get(case.incident)
    named = str(case.incident) if case.confidential or issue is None else issue.title
    title = titles.with_prefix(named, prefix)
    query = f"issue[title]={quote(title[:_TITLE_LIMIT], safe='', errors='replace')}"
    if case.confidential:
        query += "&issue[confidential]=true"
    if home.project == case.incident.project:
        query += f"&add_related_issue={case.incident.iid}"
    return link("Open the review", f"{home.url.rstrip('/')}/-/issues/new?{query}")


def _home(scene: Scene, case: Case) -> Source | None:
    """Return the project of a new review: the incident's own, or the only one that holds reviews."""
    homes = [source for source in scene.result.evidence.records.sources if source.reviews]
    only = homes[0] if len(homes) == 1 else None
    return next((source for source in homes if source.project == case.incident.project), only)


def signed(text: str, marker: Marker) -> str:
    """Return a body with its marker. Raises ValueError where GitLab would take a line for a quick action."""
    return f"{without_quick_actions(text)}\n\n{markers.write(marker)}"
