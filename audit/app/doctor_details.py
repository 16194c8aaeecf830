"""The doctor's details: lines on what was read, below its table."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from audit import markers
from audit.app.delivery import planned
from audit.engine.rule_levels import switches
from audit.evidence.overlooked import no_severities
from audit.gitlab.write.destinations import targets
from audit.phrases import listed, plural
from audit.publishing.published import FinishedReport
from audit.reminders.template_trial import trial_notes
from audit.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from audit.gitlab.read.labels_in_use import Diagnosis
    from audit.gitlab.read.preflight import Preflight
    from audit.gitlab.write.destinations import CheckedDestinations
    from audit.reminders.note_templates import Wording
    from audit.settings.settings import Settings

_SHOWN: Final = 8
"""Most spellings listed for one setting."""


def projects(preflight: Preflight) -> Iterator[str]:
    """Return lines on the projects that are read, and who may read their issues."""
    yield from ("", "Projects")
    for project in preflight.projects:
        roles = [name for name, held in (("incidents", project.incidents), ("reviews", project.reviews)) if held]
        yield f"  {project.path}: {' and '.join(roles)}, {project.visibility}"


def destinations(checked: CheckedDestinations, settings: Settings, today: date) -> Iterator[str]:
    """Return lines on where the report would be published."""
    goals = targets(checked.publish, FinishedReport(texts={"report.md": ""}, as_of=today, today=today))
    digest = settings.publish.notify is not None
    lines = [f"  {goal.what} ({goal.where})" for goal in planned(goals, digest=digest)]
    yield from ("", "Where the report goes", *(lines or ["  into the output folder; `publish` names further places"]))


def rules(settings: Settings) -> Iterator[str]:
    """Return lines on the rules that the settings switch off, or give another level."""
    switched = switches(RULES, settings.rules)
    if switched:
        yield from ("", "Rules that the settings switch off or give another level")
    for switch in switched:
        yield f"  {switch.code} {switch.name}: {switch.level}, usually {switch.usual}"


def templates(diagnosis: Diagnosis, settings: Settings) -> Iterator[str]:
    """Return lines on the files from which reviews are begun."""
    folder, files = settings.review.templates, diagnosis.reviews.templates.files
    yield from ("", f"Templates of reviews, which say what is asked for: {len(files) or 'none'}")
    yield from (f"  {file}" for file in files)
    if not files:
        named = f"that `review.template` names, in {folder}" if settings.review.template else f"of reviews in {folder}"
        where = f"no file {named} of the review projects" if folder else "`review.templates` is empty"
        yield f"  {where}: GitLab's own of each year are known"


def labels(diagnosis: Diagnosis, settings: Settings) -> Iterator[str]:
    """Return lines on the spellings that were found, then on labels and defaults that match nothing."""
    yield from ("", "Labels: what the settings name, and how the tracker spells it")
    for use in diagnosis.uses:
        if use.spellings:
            more = f" and {len(use.spellings) - _SHOWN} more" if len(use.spellings) > _SHOWN else ""
            yield f"  {use.setting}: {use.configured} -> {', '.join(use.spellings[:_SHOWN])}{more}"
    if odd := no_severities(settings.labels, diagnosis.names):
        yield f"  no severities, by labels.severity_scope or labels.severities: {listed(odd[:_SHOWN], len(odd))}"
    names: dict[str, list[str]] = defaultdict(list)
    for use in diagnosis.unmatched:
        if not use.chosen:
            names[use.setting].append(use.configured)
    if names:
        parts = (f"{setting} ({', '.join(labels)})" for setting, labels in names.items())
        yield f"  defaults that match no label, which is no fault if nobody uses them: {', '.join(parts)}"


def custom_words(wording: Wording, settings: Settings) -> Iterator[str]:
    """Return lines with the first note that the custom templates write. Raises SettingsError with file and line."""
    if not wording.custom:
        return
    made = trial_notes(wording, settings.reminders)
    yield from ("", f"Custom templates of the reminders: {', '.join(sorted(wording.custom))}")
    yield f"  {plural(len(made), 'note')} of an invented tracker can be written by them; the first:"
    shown = markers.without(next(iter(made.values())))
    yield from (f"    {line}" for line in shown.splitlines())
