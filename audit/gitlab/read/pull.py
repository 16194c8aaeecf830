"""Reads everything from GitLab into records and gaps; defines what is read, and in which order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from audit.gitlab.read import accounts, linked_issues, members, template_files
from audit.gitlab.read.action_visibility import with_confidential_actions
from audit.gitlab.read.activity import HistoryReader
from audit.gitlab.read.change_reader import OVERLAP, ChangeReader, DoubtError, ReadLists
from audit.gitlab.read.issue_lists import LINKS_SINCE, Lister, newest
from audit.gitlab.read.issue_queries import ListQueries
from audit.gitlab.read.list_members import key_of
from audit.gitlab.read.list_reader import ListReader
from audit.gitlab.read.project_labels import read_labels_again, read_tables
from audit.gitlab.read.project_paths import audited_paths
from audit.gitlab.read.pull_doubts import compared, doubt
from audit.gitlab.read.pull_job import PullJob
from audit.gitlab.read.pull_parts import label_gaps, sources, unasked_places, unseen
from audit.gitlab.read.pull_shape import shape_of
from audit.gitlab.read.rest_links import with_links
from audit.gitlab.read.windows import month_of
from audit.model import Records
from audit.pull_model import WHOLE, Pull, PulledList
from audit.text import labels
from audit.text.descriptions import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.issue_lists import IssueList, ReadIssue
    from audit.gitlab.read.linked_issues import LinkedIssues
    from audit.gitlab.read.preflight import Preflight
    from audit.gitlab.read.progress import OnProgress
    from audit.gitlab.read.project_labels import LabelTable
    from audit.model import Catalog, Gap, Issue, User
    from audit.pull_model import PulledFile, Shard
    from audit.settings.settings import Settings


def pull(  # noqa: PLR0913 - what to read, from where, until when, and whom to inform
    client: Client,
    settings: Settings,
    preflight: Preflight,
    *,
    until: datetime,
    progress: OnProgress,
    catalog: Catalog | None = None,
    earlier: Pull | None = None,
    shard: Shard = WHOLE,
) -> Pull:
    """Read everything that the audit needs, once. What cannot be read becomes a gap.

    A ``shard`` reads its part of the lists, and what the issues in them lead to.
    Issues created at ``until`` or later are left out, and so are incidents before the first day to read.
    Raises RequestError if nothing more can be read: the token expired, or the server is lost.
    """
    job = PullJob(client=client, settings=settings, preflight=preflight, until=until, progress=progress, shard=shard)
    key = shape_of(settings, preflight) if client.server_time else ""
    reading = _Reading(job=job, catalog=catalog, started_at=client.server_time or until, key=key, tables=_tables(job))
    if earlier is None:
        return reading.full()
    if why := doubt(job, earlier, key, reading.tables):
        return reading.full(f"everything is read: {why}")
    try:
        made = reading.changes(earlier)
    except DoubtError as error:
        return reading.full(f"everything is read: {error}")
    if reading.started_at - earlier.full_at < timedelta(days=settings.snapshot.full_every_days):
        return made
    pulled = reading.full()
    return replace(pulled, notes=(compared(made.records, pulled.records, made.started_at - OVERLAP),))


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """One pull, in full or from an earlier one."""

    job: PullJob
    catalog: Catalog | None
    started_at: datetime
    key: str
    tables: dict[str, LabelTable]

    def full(self, *notes: str) -> Pull:
        """Read everything."""
        histories = self._histories()
        lists = _lists(self.job, self._lister, self._queries, histories)
        return self._pull(ReadLists(lists=lists), histories, self.started_at, notes)

    def changes(self, earlier: Pull) -> Pull:
        """Read what changed. Raises DoubtError where everything has to be read."""
        lists = self._queries
        before = {one.query for one in earlier.lists}
        # the lists of a group were read by project if the server refused them
        queries = [
            part
            for query in lists.all()
            for part in (lists.by_project(query) if query.group and key_of(query) not in before else [query])
        ]
        reader = ChangeReader(
            job=self.job,
            lister=self._lister,
            earlier=earlier,
            queries=queries,
            titles={path: frozenset(table.names) for path, table in self.tables.items()},
        )
        read = reader.read()
        return self._pull(read, self._histories(), earlier.full_at, ())

    @property
    def _lister(self) -> Lister:
        links = self.job.preflight.release >= LINKS_SINCE
        return Lister(client=self.job.client, size=self.job.settings.gitlab.page_size, with_links=links)

    @property
    def _queries(self) -> ListQueries:
        job = self.job
        return ListQueries(
            projects=job.preflight.projects,
            tables=self.tables,
            settings=job.settings,
            until=job.until,
            shard=job.shard,
        )

    def _histories(self) -> HistoryReader:
        titles = {number: title for table in self.tables.values() for number, title in table.titles.items()}
        groups = {project.path: project.group for project in self.job.preflight.projects if project.group}
        return HistoryReader(self.job.client, titles, self.job.tally("histories"), groups)

    def _pull(self, read: ReadLists, histories: HistoryReader, full_at: datetime, notes: tuple[str, ...]) -> Pull:
        records, left_out, files = _records(self.job, self.catalog, self.tables, self._lister, read, histories)
        return Pull(
            records=records,
            started_at=self.started_at,
            ended_at=self.job.client.server_time or self.started_at,
            until=self.job.until,
            release=self.job.preflight.release,
            account=self.job.preflight.account,
            full_at=full_at,
            key=self.key,
            lists=tuple(
                PulledList(query=key_of(one.query), members=_members(one)) for one in read.lists if not one.failure
            ),
            left_out=left_out,
            files=files,
            labels={path: dict(table.titles) for path, table in self.tables.items()},
            notes=notes,
        )


def _members(result: IssueList) -> dict[int, date]:
    return {read.issue.id: month_of(read.issue.created_at) for read in result.issues} | dict(result.passed_over)


def _records(  # noqa: PLR0913, PLR0917 - what was read so far, and what reads on
    job: PullJob,
    catalog: Catalog | None,
    tables: dict[str, LabelTable],
    lister: Lister,
    read: ReadLists,
    histories: HistoryReader,
) -> tuple[Records, tuple[Issue, ...], tuple[PulledFile, ...]]:
    """Read what is not in the lists; return all records, the issues of the lists outside of the period, and files."""
    client, settings, preflight = job.client, job.settings, job.preflight
    lists = read.lists
    listed, link_gaps = _with_links(job, newest(issue for result in lists for issue in result.issues), {})
    opened = _reviews_opened(job, lists, [one.issue for one in listed.values()])
    reading_templates = client.aside(
        lambda: template_files.read_templates(client, settings, opened, read.files, read.files_at)
    )
    linked = _follow(job, lister, read, listed)
    further = {number: one for number, one in newest(linked.issues).items() if number not in listed}
    further, further_gaps = _with_links(job, further, listed)

    everything = [*listed.values(), *further.values()]
    issues = [one.issue for one in everything if job.in_time(one.issue)]
    issues = with_confidential_actions(client, settings, preflight, issues)
    issues, history_gaps = _with_history(job, issues, histories, read.kept)
    reading_people = client.aside(lambda: _people(job, catalog, issues))
    read_now = [issue for issue in issues if issue.id not in read.kept]
    tables, deletion_gaps = read_labels_again(client, tables, lists, read_now, archived=job.archived)
    people, groups, people_gaps = reading_people.result()
    templates = reading_templates.result()

    gaps = [*label_gaps(job, tables), *unseen(job), *(gap for result in lists for gap in result.gaps), *linked.gaps]
    gaps += [*link_gaps, *further_gaps, *history_gaps, *people_gaps, *templates.gaps, *deletion_gaps]
    records = Records(
        sources=sources(job, tables, lists),
        issues=tuple(sorted(issues, key=lambda issue: issue.ref)),
        catalog=catalog,
        accounts=people,
        group_members=groups,
        former_paths=_former_paths(job, linked),
        gaps=tuple(sorted(dict.fromkeys(gaps), key=lambda gap: (gap.ref, gap.what, gap.why))),
        unasked=unasked_places(linked.unasked),
        hosts=tuple(sorted(job.hosts)),
        root=client.root,
        unreadable_links_shown=all(one.links_shown for one in everything),
        templates=templates.editions,
    )
    left_out = tuple(one.issue for one in listed.values() if not job.in_time(one.issue))
    return records, left_out, templates.pulled


def _tables(job: PullJob) -> dict[str, LabelTable]:
    """Return project path -> its labels."""
    tally = job.tally("labels")
    tally.expect(len(job.preflight.projects))
    tables = read_tables(job.client, [project.path for project in job.preflight.projects], archived=job.archived)
    tally.add(len(tables))
    return tables


def _lists(job: PullJob, lister: Lister, queries: ListQueries, histories: HistoryReader) -> list[IssueList]:
    """Read the lists of incidents and reviews, and meanwhile the histories of the issues in them."""
    audited = {project.path for project in job.preflight.projects}

    def listen(read: Iterable[ReadIssue]) -> None:
        issues = (one.issue for one in read if job.in_time(one.issue))
        histories.offer(issue for issue in issues if issue.ref.project in audited)

    reader = ListReader(
        lister=lister,
        tallies={what: job.tally(what) for what in ("incidents", "reviews")},
        now=job.client.server_time or job.until,
        listen=listen,
    )
    return reader.read(queries.all(), queries.by_project)


def _with_links(
    job: PullJob, read: Mapping[int, ReadIssue], known: Mapping[int, ReadIssue]
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


def _follow(job: PullJob, lister: Lister, read: ReadLists, listed: Mapping[int, ReadIssue]) -> LinkedIssues:
    """Read the issues that others lead to. With inline reviews, references in incidents' texts count too."""
    inline = job.settings.review.where != "issue"
    reviews = {one.issue.id for result in read.lists if result.query.what == "reviews" for one in result.issues}
    return linked_issues.follow(
        lister,
        [one.issue for one in listed.values()],
        [one.issue for number, one in listed.items() if inline or number in reviews],
        audited_paths(job.preflight),
        hosts=job.hosts,
        prefixes=job.settings.review.prefixes,
        names=names_of(job.settings),
        tally=job.tally("linked issues"),
        numbered=read.numbered,
        former=read.former_paths,
    )


def _with_history(
    job: PullJob, issues: Iterable[Issue], histories: HistoryReader, kept: Mapping[int, Issue]
) -> tuple[list[Issue], list[Gap]]:
    """Add the histories of the audited projects' issues, and of corrective actions elsewhere."""
    corrective = labels.keys(job.settings.labels.corrective_action)
    audited = {project.path for project in job.preflight.projects}
    wanted: list[Issue] = []
    others: list[Issue] = []
    for issue in issues:
        matters = issue.ref.project in audited or any(labels.key(label) in corrective for label in issue.labels)
        (wanted if matters else others).append(issue)
    read, gaps = histories.read(wanted, kept)
    return read + others, gaps


def _people(
    job: PullJob, catalog: Catalog | None, issues: Sequence[Issue]
) -> tuple[dict[str, User], dict[str, tuple[str, ...]], list[Gap]]:
    """Return the accounts that the catalogue names, the members of groups that it names, and gaps."""
    named = accounts.named(catalog, job.settings, issues)
    people, gaps = accounts.read_accounts(job.client, named, issues)
    # a handle that could not be looked up may be an account
    known = {*people, *(gap.ref.removeprefix("@") for gap in gaps)}
    handles = accounts.groups_named(catalog, job.settings, issues, known)
    groups, group_gaps = members.read_groups(job.client, handles)
    return people, groups, [*gaps, *group_gaps]


def _reviews_opened(job: PullJob, lists: Iterable[IssueList], issues: Iterable[Issue]) -> dict[str, set[datetime]]:
    """Return review project -> when its reviews were opened; with inline reviews, those of incidents count too."""
    what = {"reviews"} if job.settings.review.where == "issue" else {"reviews", "incidents"}
    listed = {read.issue.id for result in lists if result.query.what in what for read in result.issues}
    projects = template_files.holding_reviews(job.settings, job.preflight.projects)
    opened: dict[str, set[datetime]] = {}
    for issue in issues:
        if issue.id in listed and issue.ref.project in projects and job.in_time(issue):
            opened.setdefault(issue.ref.project, set()).add(issue.created_at)
    return opened


def _former_paths(job: PullJob, linked: LinkedIssues) -> dict[str, str]:
    """Return the former paths of the projects from which an issue was read."""
    read = {project.path for project in job.preflight.projects} | {read.issue.ref.project for read in linked.issues}
    return dict(sorted(linked.paths.former(read).items()))
