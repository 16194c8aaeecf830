"""Issues that incidents and reviews point to: link targets, and what the texts of reviews name.

Corrective actions are among them, and issues that were moved since; they are read so that the core can tell what they
are. A reference in a text that leads nowhere is no gap.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.gitlab.read import project_paths as places
from audit.gitlab.read.issue_lists import Query
from audit.model import Ref
from audit.text.descriptions import named_issues
from audit.text.references import Naming

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audit.gitlab.read.issue_lists import Found, Lister
    from audit.gitlab.read.progress import Tally
    from audit.gitlab.read.project_paths import Places
    from audit.model import Gap, Issue

_BATCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What was found at the other end."""

    found: tuple[Found, ...]
    places: Places
    gaps: tuple[Gap, ...]


def follow(  # noqa: PLR0913 - two kinds of issues, and what is known beforehand
    lister: Lister,
    issues: Iterable[Issue],
    telling: Iterable[Issue],
    audited: Places,
    *,
    hosts: frozenset[str],
    prefixes: tuple[str, ...],
    tally: Tally,
) -> Followed:
    """Read what ``issues`` link to and what the texts of ``telling`` name, as far as it was not read yet."""
    read = list(issues)
    client = lister.client
    naming = Naming(hosts=hosts, projects=None, root=client.root)
    named = [ref for issue in telling for ref in dict.fromkeys(named_issues(issue, naming, prefixes))]
    known, gaps = places.ask(client, audited, named)
    wanted = {ref for issue in read for ref in _pointed(issue, audited)}
    wanted |= {Ref(today, ref.iid) for ref in named if (today := known.today(ref.project))}
    batches = list(_batches(wanted - {issue.ref for issue in read}))
    tally.expect(sum(len(batch.filters["iids"]) for batch in batches))
    listed = client.map(lambda batch: lister.read(batch, tally), batches)
    found = tuple(one for some in listed for one in some.found)
    return Followed(
        found=found,
        places=_kept(known, audited, found),
        gaps=(*gaps, *(gap for some in listed for gap in some.gaps)),
    )


def _pointed(issue: Issue, audited: Places) -> Iterator[Ref]:
    """Yield the targets of links, and where the issue or a target went as far as that is an audited project."""
    for link in issue.links:
        if link.target:
            yield link.target
    onward = [issue.moved_to, issue.duplicate_of, *(link.points_to for link in issue.links)]
    yield from (ref for ref in onward if ref and audited.today(ref.project))


def _batches(wanted: Iterable[Ref]) -> Iterator[Query]:
    by_project: dict[str, list[int]] = defaultdict(list)
    for ref in sorted(wanted):
        by_project[ref.project].append(ref.iid)
    for path, iids in by_project.items():
        for i in range(0, len(iids), _BATCH):
            some = [str(iid) for iid in iids[i : i + _BATCH]]
            yield Query(path=path, what="target", filters={"iids": some})


def _kept(known: Places, audited: Places, found: Iterable[Found]) -> Places:
    """Keep the paths that lead to a project of which something was read."""
    read = {one.issue.ref.project for one in found} | set(audited.paths.values())
    return places.Places(paths={path: today for path, today in known.paths.items() if today in read})
