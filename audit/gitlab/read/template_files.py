"""Reads the issue templates of reviews, each in the editions that matter: files of review projects, and local ones."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from audit.gitlab.http import failures
from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.http.retry import read_part
from audit.gitlab.read.graphql_nodes import FolderProject, Nodes
from audit.gitlab.read.paging import within
from audit.gitlab.read.rest_rows import CommitRow, FileRow, TreeRow
from audit.model import Gap, TemplateEdition
from audit.pull_model import PulledFile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.preflight import AuditedProject
    from audit.settings.settings import Settings

_WHAT = "templates"
_BATCH = 50
"""Most paths of projects that GitLab takes in one query."""
_FEW = 2
_POINTER = "version https://git-lfs"
_NO_REPOSITORY = "set `review.templates` to an empty text if the project has no repository"
_DEFAULT_NAMES: Final = (
    *({"incident", "review"}, {"rca"}, {"postmortem"}, {"post", "mortem"}),
    *({"retro"}, {"retrospective"}),
)
"""A file is a template of reviews if its name holds all words of one of these."""
_WORDS = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """The templates of reviews, and gaps."""

    editions: dict[str, tuple[TemplateEdition, ...]] = field(default_factory=dict, repr=False)
    """Project -> its own and the local templates, sorted by origin and age; only projects that have any."""
    files: tuple[str, ...] = ()
    """Their origins, sorted: ``g/p:.gitlab/issue_templates/name.md``, or a local file's name."""
    gaps: tuple[Gap, ...] = ()
    pulled: tuple[PulledFile, ...] = field(default=(), repr=False)
    """What was read of each file of a repository, for the next time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _RepositoryFile:
    """A file of a repository; the same content has the same blob in every repository."""

    project: str
    path: str
    blob: str

    @property
    def origin(self) -> str:
        return f"{self.project}:{self.path}"

    @property
    def key(self) -> tuple[str, str, str]:
        return self.project, self.path, self.blob


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edition:
    """A file as it stood from one commit to the next."""

    file: _RepositoryFile
    since: datetime | None
    """None: its commits were not asked for."""
    commit: str = ""
    """Empty: the newest edition, which is read from the default branch."""

    @property
    def content(self) -> str:
        """A name of its content, which is the same in all projects that have this blob or commit."""
        return f"{self.commit}:{self.file.path}" if self.commit else self.file.blob


def holding_reviews(settings: Settings, projects: Iterable[AuditedProject]) -> list[str]:
    """Return the paths of the projects with reviews, and with inline reviews also those of the incidents."""
    inline = settings.review.where != "issue"
    return [project.path for project in projects if project.reviews or (inline and project.incidents)]


def is_review_template(file: str, names: Collection[str]) -> bool:
    """Return whether a file is one of these names (in any case, with or without .md), or by default one of reviews."""
    stem = file.removesuffix(".md")
    if names:
        return stem.casefold() in {name.rpartition("/")[2].casefold().removesuffix(".md") for name in names}
    words = {word.casefold() for text in (stem, _CAMEL.sub(" ", stem)) for word in _WORDS.findall(text)}
    return any(wanted <= words for wanted in _DEFAULT_NAMES)


def read_templates(
    client: Client,
    settings: Settings,
    opened: Mapping[str, Collection[datetime]],
    known: Iterable[PulledFile] = (),
    known_at: datetime | None = None,
) -> Templates:
    """Read each template's edition of today, and those in force when a review of ``opened`` (by project) was opened.

    It takes one request for fifty projects, or one for each where GitLab does not answer that, one for each file and
    one for each different edition; of the files that are ``known`` and have not changed since ``known_at`` only for
    editions that were not read yet. Failures become gaps. Projects without the folder, or with an empty repository,
    have no templates.
    """
    before = {(file.project, file.path, file.blob): file for file in known}
    folder, names = settings.review.templates.strip("/"), settings.review.template
    paths = sorted(opened)
    listed = _all_listed(client, paths, folder, names) if folder else []
    files = [entry for entries in listed for entry in entries if isinstance(entry, _RepositoryFile)]

    def commits_of(file: _RepositoryFile) -> list[tuple[datetime, str]] | Gap:
        return _commits(
            client, file, opened[file.project], _still(before.get(file.key), opened[file.project], known_at)
        )

    commits = client.map(commits_of, files)
    read = [
        found if isinstance(found, Gap) else _history(file, found, opened[file.project])
        for file, found in zip(files, commits, strict=True)
    ]
    histories = [history for history in read if not isinstance(history, Gap)]
    texts = {name: text for file in before.values() for name, text in file.texts.items()}
    contents = _contents(client, [edition for history in histories for edition in history], texts)
    local = {name: _local(name) for name in sorted(set(settings.review.template_files))}
    editions = [edition for history in histories for edition in _editions(history, contents)]
    editions += [
        TemplateEdition(origin=name, project=None, since=None, text=text)
        for name, text in local.items()
        if isinstance(text, str)
    ]
    by_project = {path: tuple(one for one in editions if one.project in (None, path)) for path in paths}
    everything = (*(entry for entries in listed for entry in entries), *read, *contents.values(), *local.values())
    found = {file: rows for file, rows in zip(files, commits, strict=True) if not isinstance(rows, Gap)}
    return Templates(
        editions={path: editions for path, editions in by_project.items() if editions},
        files=tuple(sorted({edition.origin for edition in editions})),
        gaps=tuple(dict.fromkeys(part for part in everything if isinstance(part, Gap))),
        pulled=_pulled(histories, found, contents),
    )


def _still(known: PulledFile | None, opened: Collection[datetime], known_at: datetime | None) -> PulledFile | None:
    """Return a file whose commits can stand for today's.

    One that was changed and changed back has the content that it had: that matters to a review opened in between.
    """
    return known if known_at is not None and all(moment <= known_at for moment in opened) else None


def _commits(
    client: Client, file: _RepositoryFile, opened: Collection[datetime], known: PulledFile | None
) -> list[tuple[datetime, str]] | Gap:
    """Return the instants and ids of a file's commits, the newest first; none are asked for without reviews.

    The first parents are followed, since a change is in force from the merge that brought it to the default branch.
    """
    if not opened:
        return []
    if known is not None and known.commits:
        return list(known.commits)
    try:
        where = f"{project_path(file.project)}/repository/commits"
        rows = client.get_list(where, CommitRow, path=file.path, first_parent="true")
    except RequestError as error:
        return failures.gap(error, file.project, _WHAT)
    return [(row.committed_date, row.id) for row in rows]


def _history(
    file: _RepositoryFile, commits: Sequence[tuple[datetime, str]], opened: Collection[datetime]
) -> list[_Edition]:
    """Return the editions of a file that are needed, the newest first."""
    if not commits:
        return [_Edition(file=file, since=None)]
    days = [day for day, _ in commits]
    # of a review that is older than the file, as after a move of the repository, the first edition is the nearest
    in_force = {next((n for n, day in enumerate(days) if day <= moment), len(days) - 1) for moment in opened}
    return [
        _Edition(file=file, since=day, commit=commit if number else "")
        for number, (day, commit) in enumerate(commits)
        if number == 0 or number in in_force
    ]


def _pulled(
    histories: Iterable[Sequence[_Edition]],
    commits: Mapping[_RepositoryFile, Sequence[tuple[datetime, str]]],
    contents: Mapping[str, str | Gap | None],
) -> tuple[PulledFile, ...]:
    pulled = []
    for history in histories:
        file = history[0].file
        texts = {edition.content: contents[edition.content] for edition in history}
        kept = {name: text for name, text in texts.items() if isinstance(text, str)}
        pulled.append(
            PulledFile(project=file.project, path=file.path, blob=file.blob, commits=tuple(commits[file]), texts=kept)
        )
    return tuple(pulled)


def _contents(client: Client, needed: Iterable[_Edition], known: Mapping[str, str]) -> dict[str, str | Gap | None]:
    """Read each different content once, from the first project that has it, unless it is known."""
    first: dict[str, _Edition] = {}
    for edition in needed:
        if edition.content not in known:
            first.setdefault(edition.content, edition)
    read = dict(zip(first, client.map(lambda edition: _content(client, edition), first.values()), strict=True))
    return {**known, **read}


def _editions(history: Iterable[_Edition], contents: Mapping[str, str | Gap | None]) -> list[TemplateEdition]:
    """Return the editions of a file that were read, the oldest first.

    A commit in which there is no file of this name is one before it was renamed: the edition after it counts for it.
    """
    editions: list[TemplateEdition] = []
    text: str | Gap | None = None
    for edition in history:
        content = contents[edition.content]
        text = text if content is None else content
        if isinstance(text, str):
            file = edition.file
            editions.append(TemplateEdition(origin=file.origin, project=file.project, since=edition.since, text=text))
    return editions[::-1]


def _all_listed(
    client: Client, projects: Sequence[str], folder: str, names: Collection[str]
) -> list[list[_RepositoryFile | Gap]]:
    """List the folder in each project: of fifty with a request, and one by one where GitLab does not show it whole."""
    batches = [projects[at : at + _BATCH] for at in range(0, len(projects), _BATCH)]
    together = client.map(lambda batch: _together(client, batch, folder, names), batches)
    known = {project: files for batch in together for project, files in batch.items()}
    rest = [project for project in projects if project not in known]
    known |= dict(zip(rest, client.map(lambda project: _listed(client, project, folder, names), rest), strict=True))
    return [known[project] for project in projects]


def _together(
    client: Client, projects: Sequence[str], folder: str, names: Collection[str]
) -> dict[str, list[_RepositoryFile | Gap]]:
    if len(projects) < _FEW:
        return {}
    try:
        answer = client.query(
            "folders",
            lambda data: within(data, ("projects",), "folders", Nodes[FolderProject]),
            read_part(len(projects)),
            paths=projects,
            folder=folder,
        )
    except RequestError as error:
        failures.check(error)
        return {}
    return {
        project.full_path: [
            _RepositoryFile(project=project.full_path, path=node.path, blob=node.sha)
            for node in project.files.nodes
            if node.name.endswith(".md") and is_review_template(node.name, names)
        ]
        for project in answer.nodes
        if project.files is not None and not project.files.page_info.has_next_page
    }


def _listed(client: Client, project: str, folder: str, names: Collection[str]) -> list[_RepositoryFile | Gap]:
    try:
        rows = client.get_list(f"{project_path(project)}/repository/tree", TreeRow, path=folder)
        return [
            _RepositoryFile(project=project, path=row.path, blob=row.id)
            for row in rows
            if row.type == "blob" and row.name.endswith(".md") and is_review_template(row.name, names)
        ]
    except RequestError as error:
        if error.cause is Cause.NOT_FOUND:
            return []
        gap = failures.gap(error, project, _WHAT)
        return [
            failures.noted(project, _WHAT, f"{gap.why}; {_NO_REPOSITORY}") if error.cause is Cause.FORBIDDEN else gap
        ]


def _content(client: Client, edition: _Edition) -> str | Gap | None:
    """Return the text of an edition, or why it cannot be read; None if there is no file of this name in its commit."""
    file = edition.file
    try:
        path = f"{project_path(file.project)}/repository/files/{quote(file.path, safe='')}"
        content = client.get(path, FileRow, ref=edition.commit or "HEAD").content
    except RequestError as error:
        return None if error.cause is Cause.NOT_FOUND else failures.gap(error, file.project, _WHAT)
    return _decoded(content, file.project, file.path)


def _local(name: str) -> str | Gap:
    try:
        return _decoded(Path(name).read_bytes(), name, "it")
    except OSError as error:
        return failures.noted(name, _WHAT, f"the file cannot be read: {error.strerror}")


def _decoded(content: bytes, about: str, called: str) -> str | Gap:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return failures.noted(about, _WHAT, f"{called} is not UTF-8 text")
    return failures.noted(about, _WHAT, f"{called} is kept in Git LFS") if text.startswith(_POINTER) else text
