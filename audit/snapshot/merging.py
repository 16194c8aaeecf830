"""Puts the shards of one pull together. What a shard that is missing would hold is a gap, never a smaller tracker."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from audit.model import Gap, Records
from audit.pull_model import WHOLE, Pull
from audit.snapshot.masks import less_masked
from audit.snapshot.snapshot_file import SnapshotError
from audit.text import labels, titles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from audit.model import Issue, Source, TemplateEdition, Unasked
    from audit.snapshot.snapshot import Snapshot, StoredSnapshot

T = TypeVar("T")
K = TypeVar("K")


def merged(stored: Sequence[StoredSnapshot]) -> Snapshot:
    """Return one snapshot of all shards. Raises SnapshotError where they are not shards of one pull."""
    if len(stored) == 1 and stored[0].snapshot.shard == WHOLE:
        return stored[0].snapshot
    _check(stored)
    shards = [one.snapshot for one in sorted(stored, key=lambda one: one.snapshot.shard.number)]
    present = {shard.shard.number for shard in shards}
    missing = [number for number in range(1, shards[0].shard.total + 1) if number not in present]
    pull = _pull([shard.pull for shard in shards])
    records = _compared(pull.records, _union(shard.titles for shard in shards), shards[0].settings)
    return replace(
        shards[0],
        pull=replace(pull, records=_without(records, missing, shards[0].shard.total)),
        titles={},
        shard=WHOLE,
        texts={key: text for shard in shards for key, text in shard.texts.items()},
    )


def _check(stored: Sequence[StoredSnapshot]) -> None:
    """Raise SnapshotError unless all are shards of one division, of one pull."""
    first = stored[0]
    for other in stored[1:]:
        for what, value in _SAME.items():
            one, two = value(first.snapshot), value(other.snapshot)
            if one != two:
                shown = f": {one} and {two}" if isinstance(one, str) and what not in _UNTOLD else ""
                raise SnapshotError(
                    f"{first.path} and {other.path} are of two {what}{shown}", "Name the shards of one pull."
                )
    by_number: dict[int, StoredSnapshot] = {}
    for one in stored:
        number = one.snapshot.shard.number
        if number in by_number:
            raise SnapshotError(
                f"{by_number[number].path} and {one.path} are both shard {one.snapshot.shard}", "Name each once."
            )
        by_number[number] = one


def _spellings(shard: Snapshot) -> dict[str, list[str]]:
    """Return project -> its labels of incidents and reviews, by which the lists were divided among the shards."""
    wanted = labels.keys(name for role in ("incident", "review") for name in shard.settings["labels"][role])
    tables = shard.pull.labels.items()
    return {path: sorted(name for name in table.values() if labels.key(name) in wanted) for path, table in tables}


_SAME: Mapping[str, Callable[[Snapshot], Any]] = {
    "GitLabs": lambda one: one.gitlab,
    "divisions": lambda one: f"1/{one.shard.total}",
    "tokens": lambda one: one.signer,
    "accounts": lambda one: one.pull.account.username,
    "settings": lambda one: one.settings,
    "audited days": lambda one: one.pull.until.isoformat(),
    "pipelines": lambda one: one.pipeline,
    "editions of this program": lambda one: one.reader,
    "states of the projects, the token or the server": lambda one: one.pull.key,
    "states of the labels of incidents and reviews": _spellings,
}
"""What shards of one pull have in common, as the plural of a noun."""
_UNTOLD = frozenset({"tokens", "editions of this program", "states of the projects, the token or the server"})
"""Of which the values are hashes."""


def _pull(pulls: Sequence[Pull]) -> Pull:
    """Return all of what shards hold that is judged; the next night builds on each shard by itself."""
    return replace(
        pulls[0],
        records=_records([pull.records for pull in pulls]),
        started_at=min(pull.started_at for pull in pulls),
        ended_at=max(pull.ended_at for pull in pulls),
        full_at=min(pull.full_at for pull in pulls),
        lists=(),
        left_out=(),
        files=(),
        labels=_union(pull.labels for pull in pulls),
        notes=tuple(dict.fromkeys(note for pull in pulls for note in pull.notes)),
    )


def _records(every: Sequence[Records]) -> Records:
    gaps = dict.fromkeys(gap for records in every for gap in records.gaps)
    issues = tuple(sorted(_newest(every), key=lambda issue: issue.ref))
    read = {str(issue.ref) for issue in issues}
    commits = [records.page_commit for records in every if records.page_commit]
    return replace(
        every[0],
        sources=_sources(every),
        issues=issues,
        accounts=_sorted(_union(records.accounts for records in every)),
        group_members=_sorted(_union(records.group_members for records in every)),
        former_paths=_sorted(_union(records.former_paths for records in every)),
        gaps=tuple(sorted(gaps, key=lambda gap: (gap.ref, gap.what, gap.why))),
        # what one shard could not ask for, another may have in its lists
        unasked=_strongest(one for records in every for one in records.unasked if one.place not in read),
        hosts=tuple(sorted({host for records in every for host in records.hosts})),
        unreadable_links_shown=all(records.unreadable_links_shown for records in every),
        templates=_templates(every),
        page_commit=max(commits, default=None),
    )


def _newest(every: Sequence[Records]) -> Iterable[Issue]:
    """Return each issue once: as it was read last, if it changed between two shards."""
    by_id: dict[int, Issue] = {}
    for issue in (issue for records in every for issue in records.issues):
        known = by_id.get(issue.id)
        if known is None or _age(issue) > _age(known):
            by_id[issue.id] = issue
        elif _age(issue) == _age(known) and not issue.text_kept:
            by_id[issue.id] = replace(known, title=less_masked(known.title, issue.title))
    return by_id.values()


def _age(issue: Issue) -> tuple[float, int]:
    """Return when a record was changed last, and how much of it was read."""
    parts = (issue.text_kept, issue.history_read, issue.links_read, issue.labels_read, issue.assignees_read)
    return issue.updated_at.timestamp() if issue.updated_at else 0.0, sum(parts)


def _compared(records: Records, digests: Mapping[str, str], settings: Mapping[str, Any]) -> Records:
    """Take the masks off titles that a public one of another shard repeats, as they are within one shard."""
    prefixes = tuple(settings["review"]["prefixes"])
    public = {digests.get(str(issue.id), ""): issue.title for issue in records.issues if issue.text_kept}

    def compared(issue: Issue) -> Issue:
        title = public.get(digests.get(str(issue.id), "none"))
        if issue.text_kept or title is None:
            return issue
        bare = titles.without_prefix(issue.title, prefixes)
        prefix = issue.title[: len(issue.title) - len(bare)]
        return replace(issue, title=f"{prefix}{titles.without_prefix(title, prefixes)}")

    return replace(records, issues=tuple(map(compared, records.issues)))


def _sources(every: Sequence[Records]) -> tuple[Source, ...]:
    """Return the projects, each with all labels that a shard saw, and complete if it is in all of them."""
    sources: dict[str, Source] = {}
    for source in (source for records in every for source in records.sources):
        known = sources.setdefault(source.project, source)
        labels = tuple(dict.fromkeys((*known.labels, *source.labels)))
        sources[source.project] = replace(known, labels=labels, complete=known.complete and source.complete)
    return tuple(sources.values())


def _strongest(places: Iterable[Unasked]) -> tuple[Unasked, ...]:
    """Return one record for each issue and place, by its strongest mention."""
    order = sorted(places, key=lambda place: (place.issue, place.place, place.mention, place.why))
    first = {(place.issue, place.place): place for place in reversed(order)}
    return tuple(first[name] for name in sorted(first))


def _templates(every: Sequence[Records]) -> dict[str, tuple[TemplateEdition, ...]]:
    """Return the editions that any shard read: by origin, then by age."""
    projects = sorted({project for records in every for project in records.templates})

    def editions(project: str) -> tuple[TemplateEdition, ...]:
        found = dict.fromkeys(one for records in every for one in records.templates.get(project, ()))
        return tuple(sorted(found, key=lambda one: (one.origin, one.since.timestamp() if one.since else 0)))

    return {project: editions(project) for project in projects}


def _without(records: Records, missing: Sequence[int], total: int) -> Records:
    """Return the records with a gap for each project of which shards that are missing may hold a part."""
    if not missing:
        return records
    shards = f"shard{'' if len(missing) == 1 else 's'} {', '.join(map(str, missing))} of {total}"
    why = f"{shards} {'is' if len(missing) == 1 else 'are'} missing"
    gaps = {*records.gaps, *(Gap(ref=ref, what=what, why=why) for ref, what in _lists(records.sources))}
    return replace(
        records,
        sources=tuple(replace(source, complete=False) for source in records.sources),
        gaps=tuple(sorted(gaps, key=lambda gap: (gap.ref, gap.what, gap.why))),
    )


def _lists(sources: Iterable[Source]) -> Iterator[tuple[str, str]]:
    for source in sources:
        if source.incidents:
            yield source.project, "incidents"
        if source.reviews:
            yield source.project, "reviews"


def _union(maps: Iterable[Mapping[K, T]]) -> dict[K, T]:
    return {key: value for one in maps for key, value in one.items()}


def _sorted(one: dict[str, T]) -> dict[str, T]:
    return dict(sorted(one.items()))
