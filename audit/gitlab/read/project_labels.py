"""Which labels a project has, and how it spells the configured ones: GitLab's label filters mind the case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audit.gitlab.http import failures
from audit.gitlab.http.failures import RequestError
from audit.gitlab.read.nodes import number
from audit.gitlab.read.paging import pages
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.gitlab.http.client import Client
    from audit.model import Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelTable:
    """The labels of a project and its groups today."""

    titles: dict[int, str] = field(default_factory=dict)
    """By their number."""
    gap: Gap | None = None
    """Why some may be missing."""

    @property
    def names(self) -> tuple[str, ...]:
        """All spellings, sorted."""
        return tuple(sorted(set(self.titles.values())))

    def spelt(self, configured: Iterable[str]) -> list[str]:
        """Return how this project spells the configured labels; where that is not known, how it is likely to."""
        wanted = list(configured)
        keys = labels.keys(wanted)
        found = {name for name in self.titles.values() if labels.key(name) in keys}
        if self.gap is not None:
            found |= {spelling for name in wanted for spelling in _likely(name)}
        return sorted(found)


def _likely(name: str) -> set[str]:
    single = name.replace("::", ":")
    return {name, single, single.replace(":", "::"), single.replace(":", "::").lower()}


def read_labels(client: Client, path: str) -> LabelTable:
    """Read every label of a project and of the groups above it."""
    titles: dict[int, str] = {}
    try:
        for page in pages(client, "labels", {"path": path}, at=("project", "labels")):
            titles.update((number(node["id"]), node["title"]) for node in page)
    except RequestError as error:
        return LabelTable(titles=titles, gap=failures.gap(error, path, "labels"))
    return LabelTable(titles=titles)
