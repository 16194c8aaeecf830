"""The service catalogue's files: text -> Catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from audit.catalog import format_list
from audit.errors import CatalogError
from audit.model import Catalog
from audit.printable import encodable

if TYPE_CHECKING:
    from collections.abc import Hashable


def parse(services: tuple[str, str], teams: tuple[str, str] | None = None) -> Catalog:
    """Read a catalogue from (text, origin) pairs: in any of the forms of `format_list`.

    Teams may stand in the services' file or in one of their own. Raises CatalogError, naming the origin, where a text
    is no YAML or is no catalogue.
    """
    files = {
        origin: format_list.read(_documents(text, origin), origin) for text, origin in (services, teams or services)
    }
    if not files[services[1]].services_given:
        raise CatalogError(
            f"{services[1]} is no service catalogue: it has no list `services`, nor a service of {format_list.NAMES}",
            "Point catalog.services at the file that lists the services, each with a name and an owner.",
        )
    if teams and not (files[teams[1]].teams_given or files[teams[1]].teams):
        raise CatalogError(
            f"{teams[1]} is no list of teams: it has no list `teams`, nor a team of {format_list.NAMES}",
            "Point catalog.teams at the file that has it.",
        )
    return Catalog(
        services=files[services[1]].services,
        teams=tuple(team for file in files.values() for team in file.teams),
        teams_given=any(file.teams_given for file in files.values()),
        origin=", ".join(files),
    )


class _Texts(yaml.BaseLoader):
    """Every scalar stays the text it is: a service called `no` or `010` is no boolean and no number.

    PyYAML's BaseLoader does not carry out merges (`<<`), without which an owner that stands in one would be lost.
    """

    def construct_scalar(self, node: yaml.ScalarNode) -> str:
        return str(encodable(super().construct_scalar(node)))

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        merges = mapping.pop("<<", None)
        for merged in merges if isinstance(merges, list) else [merges]:
            if isinstance(merged, dict):
                mapping = {**merged, **mapping}
        return mapping


def _documents(text: str, origin: str) -> list[Any]:
    try:
        return list(yaml.load_all(text, Loader=_Texts))
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:  # "\UFFFFFFFF" is no character
        raise CatalogError(
            f"{origin} is no YAML: {_place(error)}", "Mend the file, or point `catalog` at another one."
        ) from error


def _place(error: Exception) -> str:
    """Say what is wrong, and in which line and column where that is known."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"line {error.problem_mark.line + 1}, column {error.problem_mark.column + 1}: {error.problem}"
    return " ".join(str(error).split())
