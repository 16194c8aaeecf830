"""The part of the settings that says who owns what."""

from __future__ import annotations

from typing import Annotated, Any, Final, Self

from pydantic import BeforeValidator, Field, model_validator

from audit.settings.value_types import Flag, Labels, LocalPath, Model, PathOrNone

_WILD: Final = frozenset("*?")


class CatalogSource(Model):
    """Files: in a repository of this GitLab or in those of a group, at their default branches, or local ones."""

    project: PathOrNone = Field(default="", description="Project whose repository holds the file.")
    group: PathOrNone = Field(
        default="", description="Group instead: the file of each of its projects, and of its subgroups', that has one."
    )
    path: str = Field(
        default="",
        description="Path in the repository. `*` stands for any letters of a name, `**` for any folders:"
        " **/catalog-info.yaml.",
    )
    file: LocalPath = Field(default="", description="A local file instead, or a pattern of local files.")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        places = [self.project, self.group, self.file]
        if sum(map(bool, places)) != 1 or bool(self.file) == bool(self.path):
            raise ValueError("names files by `project` and `path`, by `group` and `path`, or by `file` alone")
        if ".." in self.path.split("/") or self.path.startswith("/"):
            raise ValueError("has a `path` that does not begin in the repository: write it without outer slash and ..")
        return self

    @property
    def is_pattern(self) -> bool:
        """Whether it finds files, rather than names one."""
        return bool(self.group) or not _WILD.isdisjoint(self.path + self.file)


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, dict | CatalogSource) else () if value is None else value


Sources = Annotated[
    tuple[CatalogSource, ...],
    BeforeValidator(_listed, json_schema_input_type=CatalogSource | tuple[CatalogSource, ...] | None),
]
"""A lone place is a list of one."""


class CatalogSettings(Model):
    """The service catalogue: who owns what."""

    services: Sources = Field(
        default=(),
        description="The file with `services`, or a list of such places.",
        examples=[{"project": "example-group/runbooks", "path": "services/service-catalog.yml"}],
    )
    teams: Sources = Field(
        default=(),
        description="The file with `teams`, or a list of places, where teams stand apart from the services: in a"
        " project or a group, or local ones, like {file: teams.yml}.",
        examples=[{"project": "example-group/runbooks", "path": "services/teams.yml"}],
    )
    unowned_owners: Labels = Field(
        default=("reliability_unowned",),
        description="Owners that stand for nobody, written as in the catalogue's own references.",
    )
    unowned_team_labels: Labels = Field(
        default=("team::Unowned",), description="A team with one of these labels owns nothing."
    )
    codeowners: Flag = Field(
        default=False,
        description="A service without an owner is owned by the first group or account that CODEOWNERS names for the"
        " whole of its project: the project that its entry names, else the one in which a pattern found its file.",
    )
