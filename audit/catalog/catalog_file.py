"""The service catalogue's files: text -> Catalog."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from unicodedata import normalize

import yaml

from audit.catalog import format_list
from audit.catalog.entities import PlacedMapping, origin_of
from audit.catalog.pointers import pointers
from audit.errors import CatalogError
from audit.model import Catalog, CatalogPlace, Gap
from audit.phrases import listed, plural
from audit.printable import encodable
from audit.settings.syntax_messages import explained

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


_PLACEHOLDER = "${{"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogText:
    """The text of a file of the catalogue."""

    text: str
    origin: str
    """``g/p:path@commit``, or the file's name."""
    found: bool = False
    """It was found by a pattern: what is wrong with it is a gap, since nobody chose this file by its name."""


def parse(services: Sequence[CatalogText], teams: Sequence[CatalogText] = ()) -> Catalog:
    """Read a catalogue from files in any of the forms of `format_list`.

    Teams may stand in the services' files or in some of their own. Entities of one file may inherit from those of
    another. Raises CatalogError, naming the file, where a text is no YAML or is no catalogue; of files that were found
    by a pattern a gap says so.
    """
    files = list({file.origin: file for file in (*services, *teams)}.values())
    read = [_documents_or_gap(file) for file in files]
    documents = [document for one in read if not isinstance(one, Gap) for document in one]
    entities = format_list.read(documents)
    broken = [one for one in read if isinstance(one, Gap)]
    for file in services:
        if not file.found and file.origin not in entities.with_services:
            raise _no_services(file, documents)
    for file in teams:
        if not file.found and file.origin not in entities.with_teams:
            raise CatalogError(
                f"{file.origin} is no list of teams: it has no list `teams`, nor a team of {format_list.NAMES}",
                "Point catalog.teams at the file that has it.",
            )
    wanted = {file.origin for file in services}
    kept = tuple(one for one in entities.services if one.place is None or one.place.origin in wanted)
    if not kept and services and all(file.found for file in services):
        raise CatalogError(
            f"no service is in any of the {plural(len(services), 'file')} that `catalog.services` finds:"
            f" {listed(sorted(wanted), len(wanted))}",
            "Check the pattern: it should find files with services, in a form that `incident-audit` knows:"
            f" GitLab's own, or that of {format_list.NAMES}.",
        )
    return Catalog(
        services=kept,
        teams=entities.teams,
        teams_given=entities.teams_given,
        origin=listed((file.origin for file in files), len(files)),
        unread=tuple(broken),
        unfollowed=tuple(pointers(documents, {file.origin for file in files})),
    )


def _no_services(file: CatalogText, documents: Iterable[Any]) -> CatalogError:
    of_file = [one for one in documents if origin_of(one) == file.origin]
    if lists := pointers(of_file, set()):
        return CatalogError(
            f"{file.origin} names no service: {lists[0]}",
            "Point catalog.services at those files: it may be a list of them, and a `path` or `file` may be a pattern"
            " like **/catalog-info.yaml.",
        )
    return CatalogError(
        f"{file.origin} is no service catalogue: it has no list `services`, nor a service of {format_list.NAMES}",
        "Point catalog.services at the file that lists the services, each with a name and an owner.",
    )


def _documents_or_gap(file: CatalogText) -> list[Any] | Gap:
    if file.found and _PLACEHOLDER in file.text:
        return []  # the skeleton of a catalogue file, which a template of Backstage fills in
    try:
        documents = _documents(file.text, file.origin)
        if file.found:
            format_list.read(documents)
    except CatalogError as error:
        if not file.found:
            raise
        return Gap(ref=file.origin, what="catalogue", why=error.message.removeprefix(file.origin).lstrip(": "))
    return documents


_DEEPEST: Final = 100
"""Collections within each other. Libyaml's composer calls itself for each, until the process dies."""


class _Texts(yaml.BaseLoader):
    """Every scalar stays the text it is: a service called `no` or `010` is no boolean and no number.

    PyYAML's BaseLoader does not carry out merges (`<<`), without which an owner that stands in one would be lost.
    """

    origin = ""

    def construct_scalar(self, node: yaml.ScalarNode) -> str:
        return normalize("NFC", str(encodable(super().construct_scalar(node))))

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> PlacedMapping:  # type: ignore[override]
        place = CatalogPlace(origin=self.origin, line=node.start_mark.line + 1)
        mapping = PlacedMapping.of(super().construct_mapping(node, deep=deep), place)  # type: ignore[arg-type]
        merges = mapping.pop("<<", None)
        for merged in merges if isinstance(merges, list) else [merges]:
            for key, value in merged.items() if isinstance(merged, dict) else ():
                mapping.setdefault(key, value)
        return mapping


def _documents(text: str, origin: str) -> list[Any]:
    """Read with libyaml where it is there, four times as fast; what it refuses, PyYAML's own parser judges."""
    try:
        if yaml.__with_libyaml__:
            with suppress(yaml.YAMLError):
                return _composed(_nodes_of_libyaml(text), origin)
        return _composed(yaml.compose_all(text, Loader=yaml.BaseLoader), origin)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:  # "\UFFFFFFFF" is no character
        raise CatalogError(
            f"{origin} is no YAML: {_place(error, text)}", "Mend the file, or point `catalog` at another one."
        ) from error


def _nodes_of_libyaml(text: str) -> Iterator[yaml.Node]:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            raise RecursionError("this is nested too deeply")
    yield from yaml.compose_all(text, Loader=yaml.CBaseLoader)


def _composed(nodes: Iterable[yaml.Node], origin: str) -> list[Any]:
    """Construct each document of its node."""
    loader = _Texts("")
    loader.origin = origin
    return [loader.construct_document(node) for node in nodes]


def _place(error: Exception, text: str) -> str:
    """Say what is wrong, and in which line and column where that is known."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        position, what = explained(error, text)
        return f"line {position.line}, column {position.column}: {what}"
    return " ".join(str(error).split())
