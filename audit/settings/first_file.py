"""The short audit.yml that ``incident-audit init`` writes: what a tracker uses, and how each line was found.

Pure: audit.gitlab.read.tracker_sample reads the sample. Without one the same lines are written to be filled in.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from audit.phrases import listed, plural, shortened
from audit.printable import printable
from audit.settings.example_file import flow, head
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

_WEEKS: Final = 12
"""A first run reads so many weeks: those that compliance counts."""
_LONGEST: Final = 110
_CHANGE: Final = "CHANGE"
_REVIEW: Final = re.compile(
    r"incident[\s_-]*review|post[\s_-]*mortem|\brca\b|root[\s_-]*cause|retrospective", re.IGNORECASE
)
_INCIDENT: Final = re.compile(r"(?:production[\s_-]*)?incidents?|outages?", re.IGNORECASE)
_SERVICE_SCOPES: Final = ("service", "services", "component", "system", "application", "app")
_PLAIN: Final = re.compile(r"[Ss][1-4]")
_NUMBERED: Final = re.compile(r"(?:sev|severity|s|p|prio|priority)[\s:_-]*([1-4])", re.IGNORECASE)
_WORDED: Final = {"critical": 1, "high": 2, "medium": 3, "low": 4}
_BRACKETED: Final = re.compile(r"\s*(\[[^\]]{2,30}\])")
_BEFORE_COLON: Final = re.compile(r"\s*([^\W\d][^:\[\]#|]{1,38}?)\s*(?::|\s[-–—]\s)")
_ENOUGH: Final = 0.2
"""A prefix is proposed where at least this share of the reviews has it, and two of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledIssue:
    """What is known of one of the newest issues."""

    title: str
    labels: tuple[str, ...] = ()
    issue_type: str = "issue"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogCandidate:
    """A file that has the name of a service catalogue and could be read as one."""

    source: dict[str, str]
    """As it is written under ``catalog``."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerSample:
    """What a tracker uses, as far as a few requests show it."""

    path: str
    group: bool = False
    """``path`` is a group, whose projects hold the incidents."""
    labels: tuple[str, ...] = ()
    """Every label, sorted."""
    issues: tuple[SampledIssue, ...] = ()
    """The newest, and the newest with a label that looks like one of reviews."""
    templates: tuple[str, ...] = ()
    """Names of the issue templates."""
    review_templates: tuple[str, ...] = ()
    """Those that count as templates of reviews by their names."""
    services: CatalogCandidate | None = None
    teams: CatalogCandidate | None = None
    unread: tuple[str, ...] = ()
    """What could not be read, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What only a person knows."""

    today: date
    timezone: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A setting, in effect or as a comment, and why it is so."""

    section: str
    """Empty: at the top."""
    key: str
    value: Any
    why: str
    live: bool = True


def first_file(sample: TrackerSample | None, answers: Answers, schema: str) -> str:
    """Return the text of a short settings file; ``schema`` is where editors find the JSON Schema."""
    if sample is None:
        source = "# The shortest settings that audit a tracker: change the lines that say so."
    else:
        source = f"# What {_plain(sample.path)} used on {answers.today}, and how it was found."
    lines = [*_projects(sample), *_days(answers), *_labels(sample), *_reviews(sample), *_catalog(sample)]
    lines += _calendar(answers)
    first_day = "no incident of before is reminded of"
    lines.append(_Line(section="reminders", key="remind_from", value=str(answers.today), why=first_day))
    unread = [f"# not read: {_plain(one)}" for one in sample.unread] if sample else []
    text = [
        head(schema),
        source,
        "# Every other setting, with its default: incident-audit init --full.",
        *unread,
        *_text(lines),
    ]
    return "\n".join(text) + "\n"


def looks_like_review(label: str) -> bool:
    """Return whether a label may be that of reviews, by its words."""
    return bool(_REVIEW.search(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label)))


def _text(lines: Iterable[_Line]) -> Iterator[str]:
    """Yield the lines of the file, those of a section together; the reason stands behind a setting, or above it."""
    sections: dict[str, list[_Line]] = {}
    for line in lines:
        # a name with a line break in it could not be written on one line
        if "\n" not in flow(line.value):
            sections.setdefault(line.section, []).append(line)
    for section, inside in sections.items():
        indent = "  " if section else ""
        if section:
            yield f"{section}:" if any(line.live for line in inside) else f"#{section}:"
        for line in inside:
            setting = f"{indent}{'' if line.live else '#'}{line.key}: {flow(line.value)}"
            why = f"# {_plain(line.why)}"
            if len(setting) + len(why) < _LONGEST:
                yield f"{setting} {why}"
            else:
                yield from (f"{indent}{why}", setting)


def _plain(text: str) -> str:
    """Return a foreign text as one line of a comment."""
    return shortened(" ".join(printable(text).split()), 200)


def _projects(sample: TrackerSample | None) -> Iterator[_Line]:
    if sample is None:
        why = f"{_CHANGE}: full paths; a group goes under incident_groups"
        yield _Line(section="projects", key="incidents", value=["group/production"], why=why)
        return
    of_type = sum(issue.issue_type == "incident" for issue in sample.issues)
    newest = f"the {len(sample.issues)} issues that were looked at"
    if of_type:
        why = f"{of_type} of {newest} are of type incident"
    else:
        why = f"none of {newest} is of type incident: an incident is known by its label below"
    key = "incident_groups" if sample.group else "incidents"
    yield _Line(section="projects", key=key, value=[sample.path], why=why)


def _days(answers: Answers) -> Iterator[_Line]:
    why = "as answered" if answers.timezone else f"{_CHANGE}: days begin and end in this zone, like Europe/Berlin"
    yield _Line(section="", key="timezone", value=answers.timezone or "UTC", why=why)
    since = answers.today - timedelta(weeks=_WEEKS)
    yield _Line(section="", key="since", value=str(since), why=f"the {_WEEKS} weeks that compliance counts")


def _labels(sample: TrackerSample | None) -> Iterator[_Line]:
    if sample is None:
        yield _of_labels("severity_scope", "severity", f"{_CHANGE}: severity::1 to ::4; other spellings: severities")
        yield _of_labels("service_scope", "Service", f"{_CHANGE}: Service::API, by the names in the catalogue")
        yield _of_labels("review", ["IncidentReview"], f"{_CHANGE}: the label of reviews")
        return
    yield from _incident_label(sample)
    yield from _severities(sample.labels)
    yield from _service_scope(sample.labels)
    used = _review_labels(sample)
    if used:
        counts = ", ".join(f"{label} on {count}" for label, count in used.items())
        yield _of_labels("review", list(used), f"by name; {counts} of the issues that were looked at")
    else:
        why = f"{_CHANGE} if reviews have a label: none of the tracker's looks like it, so titles decide"
        yield _of_labels("review", ["IncidentReview"], why, live=False)


def _of_labels(key: str, value: Any, why: str, *, live: bool = True) -> _Line:
    return _Line(section="labels", key=key, value=value, why=why, live=live)


def _uses(sample: TrackerSample) -> Counter[str]:
    return Counter(label for issue in sample.issues for label in issue.labels)


def _incident_label(sample: TrackerSample) -> Iterator[_Line]:
    if any(issue.issue_type == "incident" for issue in sample.issues):
        return
    uses = _uses(sample)
    named = [label for label in sample.labels if _INCIDENT.fullmatch(label)]
    for label in sorted(named, key=lambda name: -uses[name])[:1]:
        yield _of_labels("incident", [label], f"by name; on {uses[label]} of the issues that were looked at")


def _scopes(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return scope -> value -> label, for labels with two colons or one."""
    scopes: dict[str, dict[str, str]] = defaultdict(dict)
    for name in names:
        scope, separator, value = name.rpartition("::" if "::" in name else ":")
        if separator and scope.strip() and value.strip():
            scopes[scope.strip()].setdefault(value.strip(), name)
    return scopes


def _severities(names: tuple[str, ...]) -> Iterator[_Line]:
    scopes = _scopes(names)
    levels = {scope: sorted(set(values) & {"1", "2", "3", "4"}) for scope, values in scopes.items()}
    numbered = [scope for scope, numbers in levels.items() if len(numbers) >= 2]
    if numbered:
        scope = max(numbered, key=lambda one: ("sev" in one.casefold(), len(levels[one]), one))
        spelt = [scopes[scope][level] for level in levels[scope]]
        yield _of_labels("severity_scope", scope, f"the tracker has {listed(spelt, len(spelt))}")
    elif sum(bool(_PLAIN.fullmatch(name)) for name in names) >= 2:
        yield _of_labels("plain_severity", "true", f"the tracker has {', '.join(filter(_PLAIN.fullmatch, names))}")
    elif guessed := _guessed(names, scopes):
        yield _of_labels("severities", guessed, "guessed from their names: check which is which")
    else:
        why = f"{_CHANGE} if labels tell it: none does, so GitLab's own field of severity is read"
        yield _of_labels("severity_scope", "severity", why, live=False)


def _guessed(names: tuple[str, ...], scopes: dict[str, dict[str, str]]) -> dict[int, list[str]]:
    """Return labels like sev1, P2 or severity::high by the level that their name says."""
    by_level: dict[int, list[str]] = defaultdict(list)
    for name in names:
        if number := _NUMBERED.fullmatch(name):
            by_level[int(number[1])].append(name)
    for scope, values in scopes.items():
        if "sev" in scope.casefold():
            for value, name in values.items():
                number, level = _NUMBERED.fullmatch(value), _WORDED.get(value.casefold())
                if number or level:
                    by_level[int(number[1]) if number else int(level or 0)].append(name)
    distinct = {level: list(dict.fromkeys(found)) for level, found in sorted(by_level.items())}
    return distinct if len(distinct) >= 2 else {}


def _service_scope(names: tuple[str, ...]) -> Iterator[_Line]:
    scopes = _scopes(names)
    for key in _SERVICE_SCOPES:
        # the labels match in any case: the scope is written as most of them are
        if alike := [scope for scope in scopes if labels.key(scope) == key]:
            scope = max(alike, key=lambda one: len(scopes[one]))
            spelt = list(scopes[scope].values())
            yield _of_labels("service_scope", scope, f"the tracker has {listed(spelt[:3], len(spelt))}")
            return
    why = f"{_CHANGE} if labels name services: no scope of the tracker is called so"
    yield _of_labels("service_scope", "Service", why, live=False)


def _review_labels(sample: TrackerSample) -> dict[str, int]:
    """Return the labels of reviews by their uses, the most used first; where none is used the first by name."""
    uses = _uses(sample)
    named = [label for label in sample.labels if looks_like_review(label) and "::" not in label]
    used = sorted((label for label in named if uses[label]), key=lambda name: (-uses[name], name))
    return {label: uses[label] for label in used or named[:1]}


def _reviews(sample: TrackerSample | None) -> Iterator[_Line]:
    if sample is None:
        why = f"{_CHANGE}: how the titles of reviews begin"
        yield _Line(section="review", key="prefixes", value=["Incident Review"], why=why)
        return
    yield from _prefixes(sample)
    if sample.review_templates:
        names = list(sample.review_templates)
        yield _Line(section="review", key="template", value=names, why="in .gitlab/issue_templates/, by name")
    elif sample.templates:
        why = f"{_CHANGE} if one of these is that of reviews: {listed(sample.templates, len(sample.templates))}"
        yield _Line(section="review", key="template", value=list(sample.templates[:1]), why=why, live=False)


def _prefixes(sample: TrackerSample) -> Iterator[_Line]:
    names = set(_review_labels(sample))
    reviews = [issue.title for issue in sample.issues if names & set(issue.labels) and issue.issue_type != "incident"]
    if not reviews:
        reviews = [issue.title for issue in sample.issues if looks_like_review(issue.title)]
    begins = Counter(begin for title in reviews if (begin := _begin(title)))
    common = [begin for begin, count in begins.most_common(4) if count >= max(2, _ENOUGH * len(reviews))]
    if common:
        why = f"so begin {sum(begins[begin] for begin in common)} of {plural(len(reviews), 'title')} of reviews"
        yield _Line(section="review", key="prefixes", value=common, why=why)
    else:
        why = f"{_CHANGE}: how the titles of reviews begin; too few were found to tell"
        yield _Line(section="review", key="prefixes", value=["Incident Review"], why=why, live=False)


def _begin(title: str) -> str:
    begin = _BRACKETED.match(title) or _BEFORE_COLON.match(title)
    return " ".join(begin[1].split()) if begin else ""


def _catalog(sample: TrackerSample | None) -> Iterator[_Line]:
    if sample is not None and sample.services is not None:
        yield _Line(section="catalog", key="services", value=sample.services.source, why=sample.services.why)
        if sample.teams is not None:
            yield _Line(section="catalog", key="teams", value=sample.teams.source, why=sample.teams.why)
        return
    places = {"project": "group/runbooks", "path": "services/service-catalog.yml"}
    why = f"{_CHANGE}: who owns what" if sample is None else f"{_CHANGE}: none was found by its usual names"
    yield _Line(section="catalog", key="services", value=places, why=why, live=False)


def _calendar(answers: Answers) -> Iterator[_Line]:
    why = "as answered: its holidays and its weekend" if answers.country else f"{_CHANGE}: whose holidays count"
    value = {"country": answers.country or "GB"}
    yield _Line(section="calendars", key="default", value=value, why=why, live=bool(answers.country))
