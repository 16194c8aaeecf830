"""Fits the records of a snapshot to settings that may be others than those it was pulled by.

What they ask for and the snapshot does not hold becomes a gap; an error where that concerns all incidents.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from audit.model import Gap
from audit.snapshot.snapshot_file import SnapshotError
from audit.text import labels
from audit.text.references import host_of_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from audit.model import Issue, Records, Source
    from audit.settings.settings import Settings

_ADVICE: Final = "Pull again with these settings, or judge by those of the pull."
_SECTIONS: Final = ("projects", "labels", "review", "catalog", "policy_page")
_MIDNIGHT: Final = "T00:00:00+00:00"
_AUDIENCE: Final = "allow_public"
_TEMPLATES: Final = ("template", "templates", "template_files")


def shaping(settings: Settings) -> dict[str, Any]:
    """Return the settings that decide what is pulled, as plain values."""
    document = settings.model_dump(mode="json", by_alias=True)
    first = _first_moment(settings)
    return {name: document[name] for name in _SECTIONS} | {
        "first_moment": first.isoformat() if first else None,
        "hosts": sorted(map(str.lower, settings.gitlab.hosts)),
        _AUDIENCE: settings.publish.allow_public,
    }


def _first_moment(settings: Settings) -> datetime | None:
    """Return the start of the first day to read, in UTC; None: all days are read."""
    first = settings.first_day
    return datetime.combine(first, time(), ZoneInfo(settings.timezone)).astimezone(UTC) if first else None


def fitted(records: Records, then: Mapping[str, Any], settings: Settings) -> Records:
    """Return the records as these settings want them; ``then`` is what shaped the pull.

    Raises SnapshotError where what is lacking concerns all incidents.
    """
    now = shaping(settings)
    if now == then:
        return records
    if now.keys() != then.keys():
        raise SnapshotError("the snapshot tells other settings than this version of the program asks for", _ADVICE)
    if now["catalog"] != then["catalog"]:
        raise SnapshotError("the snapshot holds the service catalogue of other settings (catalog)", _ADVICE)
    if now[_AUDIENCE] and not then[_AUDIENCE]:
        # in a public report, corrective actions of projects that are not public would be confidential
        raise SnapshotError("the snapshot was not made for a public report (publish.allow_public)", _ADVICE)
    fit = _Fit(records=records, then=then, now=now, settings=settings)
    sources = fit.sources()
    gaps = {*records.gaps, *fit.lacking(sources)}
    issues = records.issues
    if (start := _first_moment(settings)) is not None:
        projects = {source.project for source in sources if source.incidents}
        issues = tuple(one for one in issues if one.created_at >= start or not fit.is_incident(one, projects))
    return replace(
        records,
        sources=sources,
        issues=issues,
        gaps=tuple(sorted(gaps, key=lambda gap: (gap.ref, gap.what, gap.why))),
        hosts=fit.hosts(),
        page_commit=records.page_commit if now["policy_page"] == then["policy_page"] else None,
    )


@dataclass(frozen=True, kw_only=True)
class _Fit:
    """What is compared: the settings of the pull, and those of today."""

    records: Records
    then: Mapping[str, Any]
    now: Mapping[str, Any]
    settings: Settings

    def sources(self) -> tuple[Source, ...]:
        """Return the projects that today's settings ask for. Raises SnapshotError if none holds incidents."""
        if self.now["projects"] == self.then["projects"]:
            return self.records.sources
        incidents, reviews = self._named("incident"), self._named("review") or self._named("incident")
        held = (
            replace(one, incidents=incidents.holds(one.project), reviews=reviews.holds(one.project))
            for one in self.records.sources
        )
        kept = tuple(one for one in held if one.incidents or one.reviews)
        if not any(one.incidents for one in kept):
            raise SnapshotError("the snapshot holds none of the incident projects of these settings", _ADVICE)
        return kept

    def hosts(self) -> tuple[str, ...]:
        """Return this GitLab's hosts: those that the pull knew, with those of today's settings instead of its own."""
        before, today = (set(map(host_of_settings, shape["hosts"])) for shape in (self.then, self.now))
        before -= {urlsplit(source.url).netloc.lower() for source in self.records.sources}
        return tuple(sorted(set(self.records.hosts) - (before - today) | today))

    def _named(self, kind: str) -> _Named:
        projects = self.now["projects"]
        former = self.records.former_paths
        paths = (path.lower() for path in projects[f"{kind}s"])
        return _Named(
            paths=frozenset(former.get(path, path).lower() for path in paths),
            groups=tuple(f"{path.lower()}/" for path in projects[f"{kind}_groups"]),
        )

    def lacking(self, sources: tuple[Source, ...]) -> Iterator[Gap]:
        """Yield a gap for each project and kind of record that today's settings ask for and the pull did not."""
        before = {source.project: source for source in self.records.sources}
        for source in sources:
            if source.incidents and not before[source.project].incidents:
                yield self._gap(source.project, "incidents", "only its reviews were pulled")
            if source.reviews and not before[source.project].reviews:
                yield self._gap(source.project, "reviews", "only its incidents were pulled")
            yield from (self._gap(source.project, what, why) for what, why in self._of_project(source))
        known = {source.project.lower() for source in sources}
        for kind in ("incident", "review"):
            named = self._named(kind)
            yield from (self._gap(path, f"{kind}s", "it was not pulled") for path in sorted(named.paths - known))
            for group in named.groups:
                if not any(path.startswith(group) for path in known):
                    yield self._gap(group.rstrip("/"), f"{kind}s", "no project of this group was pulled")
        if self.now["policy_page"] is not None and self.now["policy_page"] != self.then["policy_page"]:
            yield self._gap(self.now["policy_page"]["project"], "policy page", "another page was looked at")

    def _of_project(self, source: Source) -> Iterator[tuple[str, str]]:
        first = self.then["first_moment"]
        if source.incidents and first is not None and (self.now["first_moment"] or "") < first:
            yield "incidents", f"those declared before {first.removesuffix(_MIDNIGHT)} were not pulled"
        if source.incidents and (further := self._further("labels", "incident")):
            yield "incidents", f"those labelled {further} were not pulled"
        if not source.reviews:
            return
        if further := self._further("labels", "review"):
            yield "reviews", f"those labelled {further} were not pulled"
        if further := self._further("review", "prefixes"):
            yield "reviews", f"those whose title begins with {further} were not pulled"
        if further := self._further("labels", "corrective_action"):
            yield "corrective actions", f"histories of those labelled {further} were not pulled"
        if hosts := [host for host in self.now["hosts"] if host not in self.then["hosts"]]:
            yield "reviews", f"what addresses of {', '.join(hosts)} name was not pulled"
        if self.then["review"]["where"] == "issue" != self.now["review"]["where"]:
            yield "reviews", "what texts of incidents name was not pulled (review.where)"
        if any(self.now["review"][name] != self.then["review"][name] for name in _TEMPLATES):
            yield "templates", "those of other settings were pulled"

    def _further(self, section: str, name: str) -> str:
        """Return what today's settings list and those of the pull did not, as words."""
        known = labels.keys(self.then[section][name])
        return ", ".join(one for one in self.now[section][name] if labels.key(one) not in known)

    def _gap(self, ref: str, what: str, why: str) -> Gap:
        return Gap(ref=ref, what=what, why=f"the snapshot was made by other settings: {why}")

    def is_incident(self, issue: Issue, projects: set[str]) -> bool:
        """Return whether an issue is an incident of one of these projects."""
        names = labels.keys(self.settings.labels.incident)
        return issue.ref.project in projects and (
            issue.issue_type == "incident" or not names.isdisjoint(map(labels.key, issue.labels))
        )


@dataclass(frozen=True, kw_only=True)
class _Named:
    """Paths of projects and of groups, in small letters; those of groups end with a slash."""

    paths: frozenset[str]
    groups: tuple[str, ...]

    def __bool__(self) -> bool:
        """Return whether anything is named."""
        return bool(self.paths or self.groups)

    def holds(self, project: str) -> bool:
        """Return whether a project is named, or lies in a group that is."""
        return project.lower() in self.paths or project.lower().startswith(self.groups)
