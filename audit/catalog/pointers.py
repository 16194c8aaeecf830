"""Backstage locations: entries that name no service but other files, which may or may not be read too."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from typing import TYPE_CHECKING, Any

from audit.catalog import backstage
from audit.catalog.entities import at, place_of, text_of, texts_of
from audit.model import CatalogPlace
from audit.phrases import listed, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audit.catalog.entities import Entity

_IN_REPOSITORY = re.compile(
    r"[a-z]+://[^/]+/(?P<project>.+?)/(?:-/)?(?:blob|raw|tree)/[^/]+/(?P<path>[^?#]+)", re.IGNORECASE
)


def pointers(documents: Iterable[Any], origins: Iterable[str]) -> list[str]:
    """Return a sentence for each location of the documents that lists files which were not read."""
    read = {CatalogPlace(origin=origin, line=0).file for origin in origins}
    found = []
    for entity in _locations(documents):
        place = place_of(entity)
        missing = [target for target in _targets(entity) if not _is_read(target, place.file if place else "", read)]
        if missing:
            number = plural(len(missing), "file")
            found.append(
                f"{place} lists {number} that `catalog.services` does not name: {listed(missing, len(missing))}"
            )
    return found


def _locations(documents: Iterable[Any]) -> Iterator[Entity]:
    for document in documents:
        for entity in document if isinstance(document, list) else [document]:
            is_entity = isinstance(entity, dict) and backstage.FORMAT.matches(entity)
            if is_entity and text_of(entity, "kind").casefold() == "location":
                yield entity


def _targets(entity: Entity) -> list[str]:
    spec = at(entity, "spec")
    return [*texts_of(at(spec, "target")), *texts_of(at(spec, "targets"))]


def _is_read(target: str, here: str, read: set[str]) -> bool:
    """Tell whether a target, an address or a path from the file ``here``, is a file that was read."""
    if address := _IN_REPOSITORY.match(target):
        name = f"{address['project']}:{address['path']}"
    elif "://" in target:
        return False
    else:
        project, colon, path = here.partition(":")
        project, path = (f"{project}:", path) if colon else ("", here)
        name = project + posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    return name in read or ("*" in name and any(fnmatch.fnmatchcase(one, name) for one in read))
