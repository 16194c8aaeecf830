"""Reads everything from GitLab into records and gaps; defines what is read, and in which order."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from audit.gitlab.http import failures
from audit.gitlab.read import accounts, linked_issues, members, template_files
from audit.gitlab.read.action_visibility import with_confidential_actions
from audit.gitlab.read.activity import HistoryReader
from audit.gitlab.read.issue_lists import LINKS_SINCE, Lister, newest
from audit.gitlab.read.issue_queries import ListQueries, first_moment
from audit.gitlab.read.list_reader import ListReader
from audit.gitlab.read.progress import Tally
from audit.gitlab.read.project_labels import ARCHIVES_SINCE, read_labels_again, read_tables
from audit.gitlab.read.project_paths import audited_paths
from audit.gitlab.read.pull_shape import shape_of
from audit.gitlab.read.rest_links import with_links
from audit.model import UNSEEN_CONFIDENTIAL, Records, Source
from audit.pull_model import Pull
from audit.text import labels
from audit.text.descriptions import names_of
from audit.text.references import ANY_PORT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.issue_lists import IssueList, ReadIssue
    from audit.gitlab.read.linked_issues import LinkedIssues
    from audit.gitlab.read.preflight import AuditedProject, Preflight
    from audit.gitlab.read.progress import OnProgress
    from audit.gitlab.read.project_labels import LabelTable
    from audit.model import Catalog, Gap, Issue, Unasked, User
    from audit.settings.settings import Settings


@dataclass(frozen=True, kw_only=True)
class _Job:
    """Common inputs of all steps."""

    client: Client
    settings: Settings
    preflight: Preflight
    until: datetime
    progress: OnProgress
    lock: threading.Lock = field(default_factory=threading.Lock)

    def tally(self, step: str) -> Tally:
        return Tally(self.progress, step, self.lock)

    @property
    def archived(self) -> bool:
        """Whether labels may be archived on this server."""
        return self.preflight.release >= ARCHIVES_SINCE

    @property
    def hosts(self) -> frozenset[str]:
        """This GitLab's hosts: the client's, the server's own name, and those in the settings."""
        here = {urlsplit(project.url).netloc.lower() for project in self.preflight.projects}
        further = {host.lower() if ":" in host else f"{host.lower()}{ANY_PORT}" for host in self.settings.gitlab.hosts}
        return frozenset(here | further | self.client.hosts)


def pull(  # noqa: PLR0913 - what to read, from where, until when, and whom to inform
    client: Client,
    settings: Settings,
    preflight: Preflight,
    *,
    until: datetime,
    progress: OnProgress,
    catalog: Catalog | None = None,
    earlier: Pull | None = None,
) -> Pull:
    """Read everything that the audit needs, once. What cannot be read becomes a gap.

    Issues created at ``until`` or later are left out, and so are incidents before the first day to read.
    Raises RequestError if nothing more can be read: the token expired, or the server is lost.
    """
    del earlier
    job = _Job(client=client, settings=settings, preflight=preflight, until=until, progress=progress)
    started_at = client.server_time or until
    tables = _tables(job)
    records = _records(job, catalog, tables)
    return Pull(
        records=records,
        started_at=started_at,
        ended_at=client.server_time or started_at,
        until=until,
        release=preflight.release,
        account=preflight.account,
        full_at=started_at,
        key=shape_of(settings, preflight),
        labels={path: dict(table.titles) for path, table in tables.items()},
    )


def _records(job: _Job, catalog: Catalog | None, tables: dict[str, LabelTable]) -> Records:
    """Read everything that is not known before the lists."""
    client, settings, preflight = job.client, job.settings, job.preflight
    lister = Lister(client=client, size=settings.gitlab.page_size, with_links=preflight.release >= LINKS_SINCE)
    titles = {number: title for table in tables.values() for number, title in table.titles.items()}
    histories = HistoryReader(client, titles, job.tally("histories"), _groups(job))

    lists = _lists(job, lister, tables, histories)
    listed, link_gaps = _with_links(job, newest(issue for result in lists for issue in result.issues), {})
    opened = _reviews_opened(job, lists, [read.issue for read in listed.values()])
    reading_templates = client.aside(lambda: template_files.read_templates(client, settings, opened))
    linked = _follow(job, lister, lists, listed)
    further = {number: read for number, read in newest(linked.issues).items() if number not in listed}
    further, further_gaps = _with_links(job, further, listed)

    everything = [*listed.values(), *further.values()]
    issues = [read.issue for read in everything if _in_time(read.issue, job)]
    issues = with_confidential_actions(client, settings, preflight, issues)
    issues, history_gaps = _with_history(job, issues, histories)
    reading_people = client.aside(lambda: _people(job, catalog, issues))
    tables, deletion_gaps = read_labels_again(client, tables, lists, issues, archived=job.archived)
    people, groups, people_gaps = reading_people.result()
    templates = reading_templates.result()

    gaps = [*_label_gaps(job, tables), *_unseen(job), *(gap for result in lists for gap in result.gaps), *linked.gaps]
    gaps += [*link_gaps, *further_gaps, *history_gaps, *people_gaps, *templates.gaps, *deletion_gaps]
    return Records(
        sources=_sources(job, tables, lists),
        issues=tuple(sorted(issues, key=lambda issue: issue.ref)),
        catalog=catalog,
        accounts=people,
        group_members=groups,
        former_paths=_former_paths(job, linked),
        gaps=tuple(sorted(dict.fromkeys(gaps), key=lambda gap: (gap.ref, gap.what, gap.why))),
        unasked=_sorted(linked.unasked),
        hosts=tuple(sorted(job.hosts)),
        root=client.root,
        unreadable_links_shown=all(read.links_shown for read in everything),
        templates=templates.editions,
    )


def _sorted(unasked: Iterable[Unasked]) -> tuple[Unasked, ...]:
    """Return one record for each issue and place, the one with the strongest mention."""
    first: dict[tuple[object, str], Unasked] = {}
    for place in unasked:
        first.setdefault((place.issue, place.place), place)
    return tuple(sorted(first.values(), key=lambda place: (place.issue, place.place, place.mention)))


def _tables(job: _Job) -> dict[str, LabelTable]:
    """Return project path -> its labels."""
    tally = job.tally("labels")
    tally.expect(len(job.preflight.projects))
    tables = read_tables(job.client, [project.path for project in job.preflight.projects], archived=job.archived)
    tally.add(len(tables))
    return tables


def _label_gaps(job: _Job, tables: Mapping[str, LabelTable]) -> Iterator[Gap]:
    """Yield the gaps of labels: without them it is not known by which spellings to look for incidents and reviews."""
    for project in job.preflight.projects:
        gap = tables[project.path].gap
        if gap is not None:
            yield gap
            roles = [what for what, held in (("incidents", project.incidents), ("reviews", project.reviews)) if held]
            yield from (
                failures.noted(project.path, what, f"labelled ones may be missing ({gap.why})") for what in roles
            )


def _unseen(job: _Job) -> Iterator[Gap]:
    """Yield a gap for each project in which the token's account sees no confidential issues."""
    why = "the token's account has no role of Planner, Reporter or above here, so it sees no confidential issues"
    for project in job.preflight.projects:
        if not project.sees_confidential:
            yield failures.noted(project.path, UNSEEN_CONFIDENTIAL, why)


def _lists(job: _Job, lister: Lister, tables: Mapping[str, LabelTable], histories: HistoryReader) -> list[IssueList]:
    """Read the lists of incidents and reviews, and meanwhile the histories of the issues in them."""

    def listen(read: Iterable[ReadIssue]) -> None:
        issues = (one.issue for one in read if _in_time(one.issue, job))
        histories.offer(issue for issue in issues if issue.ref.project in tables)

    reader = ListReader(
        lister=lister,
        tallies={what: job.tally(what) for what in ("incidents", "reviews")},
        now=job.client.server_time or job.until,
        listen=listen,
    )
    lists = ListQueries(projects=job.preflight.projects, tables=tables, settings=job.settings, until=job.until)
    return reader.read(lists.all(), lists.by_project)


def _groups(job: _Job) -> dict[str, str]:
    """Return project -> the group of the settings that it is in."""
    groups = {project.path: project.group for project in job.preflight.projects}
    return {path: group for path, group in groups.items() if group}


def _with_links(
    job: _Job, read: Mapping[int, ReadIssue], known: Mapping[int, ReadIssue]
) -> tuple[dict[int, ReadIssue], list[Gap]]:
    """Add the links, if this server's lists do not have them."""
    without = [shown.issue for shown in read.values() if not shown.links_shown]
    if not without:
        return dict(read), []
    projects = {project.id: project.path for project in job.preflight.projects}
    refs = {number: other.issue.ref for number, other in known.items()}
    issues, gaps = with_links(job.client, without, projects, refs, job.tally("links"))
    linked = {issue.id: replace(read[issue.id], issue=issue) for issue in issues}
    return dict(read) | linked, gaps


def _follow(job: _Job, lister: Lister, lists: Iterable[IssueList], listed: Mapping[int, ReadIssue]) -> LinkedIssues:
    """Read the issues that others lead to. With inline reviews, references in incidents' texts count too."""
    inline = job.settings.review.where != "issue"
    reviews = {read.issue.id for result in lists if result.query.what == "reviews" for read in result.issues}
    return linked_issues.follow(
        lister,
        [read.issue for read in listed.values()],
        [read.issue for number, read in listed.items() if inline or number in reviews],
        audited_paths(job.preflight),
        hosts=job.hosts,
        prefixes=job.settings.review.prefixes,
        names=names_of(job.settings),
        tally=job.tally("linked issues"),
    )


def _in_time(issue: Issue, job: _Job) -> bool:
    """Return whether an issue is in the period: not created later, and not an incident before the first day."""
    if issue.created_at >= job.until:
        return False
    since = first_moment(job.settings)
    return since is None or issue.created_at >= since or not _is_incident(issue, job)


def _is_incident(issue: Issue, job: _Job) -> bool:
    if not any(project.incidents and project.path == issue.ref.project for project in job.preflight.projects):
        return False
    names = labels.keys(job.settings.labels.incident)
    return issue.issue_type == "incident" or any(labels.key(label) in names for label in issue.labels)


def _with_history(job: _Job, issues: Iterable[Issue], histories: HistoryReader) -> tuple[list[Issue], list[Gap]]:
    """Add the histories of the audited projects' issues, and of corrective actions elsewhere."""
    corrective = labels.keys(job.settings.labels.corrective_action)
    audited = {project.path for project in job.preflight.projects}
    wanted: list[Issue] = []
    others: list[Issue] = []
    for issue in issues:
        matters = issue.ref.project in audited or any(labels.key(label) in corrective for label in issue.labels)
        (wanted if matters else others).append(issue)
    read, gaps = histories.read(wanted)
    return read + others, gaps


def _people(
    job: _Job, catalog: Catalog | None, issues: Sequence[Issue]
) -> tuple[dict[str, User], dict[str, tuple[str, ...]], list[Gap]]:
    """Return the accounts that the catalogue names, the members of groups that it names, and gaps."""
    named = accounts.named(catalog, job.settings, issues)
    people, gaps = accounts.read_accounts(job.client, named, issues)
    # a handle that could not be looked up may be an account
    known = {*people, *(gap.ref.removeprefix("@") for gap in gaps)}
    handles = accounts.groups_named(catalog, job.settings, issues, known)
    groups, group_gaps = members.read_groups(job.client, handles)
    return people, groups, [*gaps, *group_gaps]


def _reviews_opened(job: _Job, lists: Iterable[IssueList], issues: Iterable[Issue]) -> dict[str, set[datetime]]:
    """Return review project -> when its reviews were opened; with inline reviews, those of incidents count too."""
    what = {"reviews"} if job.settings.review.where == "issue" else {"reviews", "incidents"}
    listed = {read.issue.id for result in lists if result.query.what in what for read in result.issues}
    projects = template_files.holding_reviews(job.settings, job.preflight.projects)
    opened: dict[str, set[datetime]] = {}
    for issue in issues:
        if issue.id in listed and issue.ref.project in projects and _in_time(issue, job):
            opened.setdefault(issue.ref.project, set()).add(issue.created_at)
    return opened


def _former_paths(job: _Job, linked: LinkedIssues) -> dict[str, str]:
    """Return the former paths of the projects from which an issue was read."""
    read = {project.path for project in job.preflight.projects} | {read.issue.ref.project for read in linked.issues}
    return dict(sorted(linked.paths.former(read).items()))


def _sources(job: _Job, tables: Mapping[str, LabelTable], lists: Iterable[IssueList]) -> tuple[Source, ...]:
    cut = {path for result in lists if result.failure for path in result.query.covered}
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
        archived=project.archived,
        role=project.role,
        complete=complete,
    )
