"""GitLab -> records and gaps: what is read, and in which order."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from audit.gitlab.http import failures
from audit.gitlab.read import accounts, template_files
from audit.gitlab.read import linked_issues as following
from audit.gitlab.read import project_paths as places
from audit.gitlab.read.action_visibility import with_narrower
from audit.gitlab.read.activity import with_histories
from audit.gitlab.read.issue_lists import LINKS_SINCE, Lister, first_moment, newest, queries
from audit.gitlab.read.progress import Tally
from audit.gitlab.read.project_labels import read_labels
from audit.gitlab.read.rest_links import with_links
from audit.model import Records, Source
from audit.text import labels
from audit.text.references import ANY_PORT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.issue_lists import Found, Listed
    from audit.gitlab.read.linked_issues import Followed
    from audit.gitlab.read.preflight import AuditedProject, Preflight
    from audit.gitlab.read.progress import OnProgress
    from audit.gitlab.read.project_labels import LabelTable
    from audit.model import Catalog, Gap, Issue
    from audit.settings.settings import Settings


@dataclass(frozen=True, kw_only=True)
class _Job:
    """What every step needs."""

    client: Client
    settings: Settings
    preflight: Preflight
    until: datetime
    progress: OnProgress
    lock: threading.Lock = field(default_factory=threading.Lock)

    def tally(self, stage: str) -> Tally:
        return Tally(self.progress, stage, self.lock)

    @property
    def hosts(self) -> frozenset[str]:
        """This GitLab's hosts: as it was asked, as it calls itself, and as the settings add."""
        own = {urlsplit(project.url).netloc.lower() for project in self.preflight.projects}
        further = {host.lower() if ":" in host else f"{host.lower()}{ANY_PORT}" for host in self.settings.gitlab.hosts}
        return frozenset(own | further | self.client.hosts)


def pull(  # noqa: PLR0913 - what is read, of what, until when, and who is told
    client: Client,
    settings: Settings,
    preflight: Preflight,
    *,
    until: datetime,
    progress: OnProgress,
    catalog: Catalog | None = None,
) -> Records:
    """Read everything that the audit asks for, once. What cannot be read is a gap.

    Issues created at ``until`` or later are left out, and so are incidents of before the first day that is read.
    Raises RequestError where nothing more can be read: the token ends, or the server is lost.
    """
    job = _Job(client=client, settings=settings, preflight=preflight, until=until, progress=progress)
    tables = _tables(job)
    lister = Lister(client=client, size=settings.gitlab.page_size, with_links=preflight.release >= LINKS_SINCE)
    listed = _listed(job, lister, tables)
    found = newest(one for some in listed for one in some.found)
    followed = _followed(job, lister, listed, found)
    everything = newest([*found.values(), *followed.found]).values()
    issues, link_gaps = _linked(job, [one for one in everything if _in_time(one.issue, job)], found)
    issues, history_gaps = _with_history(job, with_narrower(client, settings, preflight, issues), tables)
    people, people_gaps = accounts.read_accounts(client, accounts.named(catalog, settings, issues))
    templates = template_files.read_templates(client, settings, _holding_reviews(job, issues))
    gaps = [*_label_gaps(job, tables), *(gap for some in listed for gap in some.gaps), *followed.gaps]
    return Records(
        sources=_sources(job, tables, listed),
        issues=tuple(sorted(issues, key=lambda issue: issue.ref)),
        catalog=catalog,
        accounts=people,
        former_paths=dict(sorted(followed.places.former.items())),
        gaps=_sorted([*gaps, *link_gaps, *history_gaps, *people_gaps, *templates.gaps]),
        hosts=tuple(sorted(job.hosts)),
        root=client.root,
        unreadable_links_shown=all(one.links_shown for one in everything),
        templates=templates.texts,
    )


def _sorted(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    return tuple(sorted(dict.fromkeys(gaps), key=lambda gap: (gap.ref, gap.what, gap.why)))


def _tables(job: _Job) -> dict[str, LabelTable]:
    """Read the labels of each project, by its path."""
    paths = [project.path for project in job.preflight.projects]
    tally = job.tally("labels")
    tally.expect(len(paths))

    def read(path: str) -> LabelTable:
        table = read_labels(job.client, path)
        tally.add(1)
        return table

    return dict(zip(paths, job.client.map(read, paths), strict=True))


def _label_gaps(job: _Job, tables: Mapping[str, LabelTable]) -> Iterator[Gap]:
    """Yield the gaps of the labels: without them, nobody knows by which spellings to look for incidents and reviews."""
    for project in job.preflight.projects:
        gap = tables[project.path].gap
        if gap is not None:
            yield gap
            roles = [what for what, held in (("incidents", project.incidents), ("reviews", project.reviews)) if held]
            yield from (
                failures.told(project.path, what, f"labelled ones may be missing ({gap.why})") for what in roles
            )


def _listed(job: _Job, lister: Lister, tables: Mapping[str, LabelTable]) -> list[Listed]:
    """Read the lists of incidents and reviews."""
    tallies = {what: job.tally(what) for what in ("incidents", "reviews")}
    asked = [
        query
        for project in job.preflight.projects
        for query in queries(project, tables[project.path], job.settings, job.until)
    ]
    return job.client.map(lambda query: lister.read(query, tallies[query.what]), asked)


def _followed(job: _Job, lister: Lister, listed: Iterable[Listed], found: Mapping[int, Found]) -> Followed:
    """Read what was pointed to. Where reviews are inline, the incidents' own texts name things too."""
    inline = job.settings.review.where != "issue"
    reviews = {one.issue.id for some in listed for one in some.found if some.query.what == "reviews"}
    return following.follow(
        lister,
        [one.issue for one in found.values()],
        [one.issue for number, one in found.items() if inline or number in reviews],
        places.known(job.preflight),
        hosts=job.hosts,
        prefixes=job.settings.review.prefixes,
        tally=job.tally("linked issues"),
    )


def _in_time(issue: Issue, job: _Job) -> bool:
    """Tell whether an issue is to be read: not from later, and no incident of before the first day."""
    if issue.created_at >= job.until:
        return False
    since = first_moment(job.settings)
    return since is None or issue.created_at >= since or not _is_incident(issue, job)


def _is_incident(issue: Issue, job: _Job) -> bool:
    if not any(project.incidents and project.path == issue.ref.project for project in job.preflight.projects):
        return False
    names = labels.keys(job.settings.labels.incident)
    return issue.issue_type == "incident" or any(labels.key(label) in names for label in issue.labels)


def _linked(job: _Job, kept: Iterable[Found], listed: Mapping[int, Found]) -> tuple[list[Issue], list[Gap]]:
    """Add the links that this server's lists do not have, of the incidents and reviews."""
    done = [one.issue for one in kept if one.links_shown]
    others = [one.issue for one in kept if not one.links_shown]
    asked = [issue for issue in others if issue.id in listed]
    done += [replace(issue, links_read=False) for issue in others if issue.id not in listed]
    if not asked:
        return done, []
    numbers = {project.id: project.path for project in job.preflight.projects}
    read, gaps = with_links(job.client, asked, numbers, job.tally("links"))
    return done + read, gaps


def _with_history(
    job: _Job, issues: Iterable[Issue], tables: Mapping[str, LabelTable]
) -> tuple[list[Issue], list[Gap]]:
    """Add the histories: of the audited projects' issues, and of the corrective actions elsewhere."""
    corrective = labels.keys(job.settings.labels.corrective_action)
    titles = {number: title for table in tables.values() for number, title in table.titles.items()}
    told: list[Issue] = []
    silent: list[Issue] = []
    for issue in issues:
        wanted = issue.ref.project in tables or any(labels.key(label) in corrective for label in issue.labels)
        (told if wanted else silent).append(issue)
    done, gaps = with_histories(job.client, told, titles, job.tally("histories"))
    return done + silent, gaps


def _holding_reviews(job: _Job, issues: Iterable[Issue]) -> list[str]:
    """Return the review projects of which something was read."""
    read = {issue.ref.project for issue in issues}
    return [path for path in template_files.holding_reviews(job.settings, job.preflight.projects) if path in read]


def _sources(job: _Job, tables: Mapping[str, LabelTable], listed: Iterable[Listed]) -> tuple[Source, ...]:
    cut = {some.query.path for some in listed if not some.complete}
    cut |= {path for path, table in tables.items() if table.gap}
    return tuple(
        _source(project, tables[project.path], complete=project.path not in cut) for project in job.preflight.projects
    )


def _source(project: AuditedProject, table: LabelTable, *, complete: bool) -> Source:
    return Source(
        project=project.path,
        incidents=project.incidents,
        reviews=project.reviews,
        visibility=project.visibility,
        url=project.url,
        labels=table.names,
        complete=complete,
    )
