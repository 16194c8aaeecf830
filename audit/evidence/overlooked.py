"""What the audit passes over, once each: labels that are no severities, waivers on what is unknown, a newer page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from audit.evidence import waivers
from audit.phrases import listed, plural
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from audit.model import Records
    from audit.settings.policy import Waiver
    from audit.settings.settings import Settings
    from audit.settings.tracker_settings import LabelNames

_NAMED: Final = 6
"""Labels or waivers named in a sentence at most."""
_DIGIT: Final = re.compile(r"\D*([1-4])\D*")
_WORDS: Final = {"critical": 1, "high": 2, "medium": 3, "low": 4}
"""As GitLab calls its own severities."""


def no_severities(names: LabelNames, existing: Iterable[str]) -> tuple[str, ...]:
    """Return the labels of the severity scope that are no severity, sorted; ``existing`` are those of the tracker."""
    of_scope = (label for label in existing if labels.value(label, names.severity_scope) is not None)
    return tuple(sorted({label for label in of_scope if names.severity_of(label) is None}))


def unread_severities(names: LabelNames, existing: Iterable[str]) -> str:
    """Return in a sentence that no label of the tracker is a severity though there are such labels; empty: all is well.

    It tells the setting that would read them, with the values that can be guessed.
    """
    every = set(existing)
    unread = no_severities(names, every)
    if not unread or any(names.severity_of(label) for label in every):
        return ""
    guessed = _guessed(names, unread)
    example = f", like {{{guessed}}}" if guessed else ", which says which label is which severity"
    return (
        f"no label of the tracker is a severity: the value of {_few(unread)} is not 1 to 4 (labels.severity_scope);"
        f" set labels.severities{example}"
    )


def unread_on_incidents(records: Records, settings: Settings) -> str:
    """Return in a sentence that public incidents have no severity but a label meant for one; empty: none has."""
    names, wanted = settings.labels, labels.keys(settings.labels.incident)
    of_incidents = (
        issue.labels
        for issue in records.issues
        if not issue.confidential
        and issue.severity is None
        and (issue.issue_type == "incident" or not wanted.isdisjoint(labels.keys(issue.labels)))
        and not any(map(names.severity_of, issue.labels))
    )
    lacking = [odd for carried in of_incidents if (odd := no_severities(names, carried))]
    if not lacking:
        return ""
    shown = _few(sorted({label for odd in lacking for label in odd}))
    have = "has" if len(lacking) == 1 else "have"
    return (
        f"{plural(len(lacking), 'incident')} {have} no severity by label or field, but a label of the scope"
        f" {names.severity_scope} that is none: {shown}; labels.severities says which severity such a label is"
    )


def no_incident(records: Records, settings: Settings, as_of: date) -> str:
    """Return in a sentence that no issue that was read is an incident; empty: one is, or a gap may hide it.

    A wrong project, label or day would else look like a tracker in which all is well.
    """
    wanted = labels.keys(settings.labels.incident)
    if settings.first_day and settings.first_day > as_of:
        key = "`since`" if settings.since else "the first policy's `from`"
        return f"no incident is audited: {key} is {settings.first_day}, later than {as_of}, the day that is audited"
    if any(gap.could_change_a_verdict for gap in records.gaps) or any(
        issue.issue_type == "incident" or not wanted.isdisjoint(labels.keys(issue.labels)) for issue in records.issues
    ):
        return ""
    return (
        f"no incident was found among {plural(len(records.issues), 'issue')}, by type or by a label"
        f" {_few(settings.labels.incident)}: check `projects`, `labels.incident` and `since`"
    )


def severity_labels(records: Records, settings: Settings) -> str:
    """Return in a sentence which labels are meant for severities and are none; empty: all are read, or none matters."""
    return unread_severities(settings.labels, _existing(records)) or unread_on_incidents(records, settings)


def _few(names: Sequence[str]) -> str:
    return listed(names[:_NAMED], len(names))


def _guessed(names: LabelNames, unread: Iterable[str]) -> str:
    """Return the setting for labels whose value has one digit of 1 to 4, or is a name of GitLab's own severities."""
    by_level: dict[int, str] = {}
    for label in unread:
        text = (labels.value(label, names.severity_scope) or "").strip()
        digit = _DIGIT.fullmatch(text)
        level = int(digit[1]) if digit else _WORDS.get(text.casefold())
        if level and "'" not in label:
            by_level.setdefault(level, label)
    return ", ".join(f"{level}: '{by_level[level]}'" for level in sorted(by_level))


def unknown_waivers(holding: Iterable[Waiver], known: Iterable[str]) -> tuple[str, ...]:
    """Return the subjects of waivers that are none of ``known``: issues that were read, and services. Sorted."""
    names = {name.casefold() for name in known}
    return tuple(sorted({waiver.subject for waiver in holding if waiver.subject.casefold() not in names}))


def overlooked(records: Records, settings: Settings, as_of: date) -> Iterator[str]:
    """Yield a sentence for each kind of thing in settings or tracker that the audit passes over."""
    if nothing := no_incident(records, settings, as_of):
        yield f"{nothing[:1].upper()}{nothing[1:]}."
    if severities := severity_labels(records, settings):
        yield f"{severities[:1].upper()}{severities[1:]}."
    services = records.catalog.services if records.catalog else ()
    known = (*(str(issue.ref) for issue in records.issues), *(service.name for service in services))
    if unknown := unknown_waivers(waivers.valid(settings.waivers, as_of), known):
        verb = "names" if len(unknown) == 1 else "name"
        count = plural(len(unknown), "waiver")
        yield f"{count} {verb} neither an issue that was read nor a service: {_few(unknown)}."
    yield from _changed_page(records, settings)


def _changed_page(records: Records, settings: Settings) -> Iterator[str]:
    """Yield whether the page on which the policy rests was changed after the newest policy began."""
    if records.page_commit is not None and (words := page_drift(settings, *records.page_commit)):
        yield words


def page_drift(settings: Settings, at: datetime, commit: str) -> str:
    """Return in a sentence that the policy page was changed after the newest policy began; empty: it was not."""
    newest = max((policy.from_ for policy in settings.policies if policy.from_), default=None)
    day = at.astimezone(ZoneInfo(settings.timezone)).date()
    if settings.policy_page is None or newest is None or day <= newest:
        return ""
    page = f"{settings.policy_page.path} of {settings.policy_page.project}"
    return (
        f"The page on which the policy rests, {page}, was changed on {day} (commit {commit[:8]});"
        f" the newest policy is of {newest}: does it still hold?"
    )


def _existing(records: Records) -> Iterable[str]:
    return (label for source in records.sources for label in source.labels)
