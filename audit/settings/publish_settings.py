"""The part of the settings that says where the report goes, besides the output folder."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from audit.settings.value_types import Flag, Folder, Labels, Model, PathOrNone, ProjectPath, Variables

_LONGEST_TITLE = 200


class IssueDestination(Model):
    """One issue a week, opened once and edited in place by every later run of the week."""

    project: ProjectPath = Field(description="Project in which the week's issue is opened.")
    labels: Labels = Field(
        default=(), description="Labels of the issue when it is opened; GitLab creates those that are missing."
    )
    confidential: Flag = Field(
        default=False,
        description="Open it as confidential: only members with the role Planner, Reporter or higher may read it.",
    )
    title: str = Field(
        default="Incident reviews, week {week} of {year}",
        min_length=1,
        max_length=_LONGEST_TITLE,
        description="Its title when it is opened; {week} and {year} are filled in.",
    )

    @field_validator("title")
    @classmethod
    def _known_words(cls, title: str) -> str:
        if set(title.replace("{week}", "").replace("{year}", "")) & set("{}"):
            raise ValueError("may hold {week} and {year} in braces and nothing else")
        return title

    def titled(self, *, week: int, year: int) -> str:
        """Return the title of a week's issue."""
        return self.title.replace("{week}", str(week)).replace("{year}", str(year))

    @property
    def place(self) -> str:
        """Path of the project."""
        return self.project


class WikiDestination(Model):
    """A wiki page; GitLab keeps all of its versions."""

    project: PathOrNone = Field(default="", description="Project whose wiki has the page.")
    group: PathOrNone = Field(
        default="", description="Group whose wiki has it instead; group wikis need GitLab Premium."
    )
    page: str = Field(
        default="Incident reviews",
        min_length=1,
        description="Title of the page; slashes make directories.",
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.project) == bool(self.group):
            raise ValueError("names a wiki by `project` or by `group`")
        return self

    @field_validator("page")
    @classmethod
    def _a_page(cls, page: str) -> str:
        parts = page.split("/")
        if any(not part.strip() or part.strip() in {".", ".."} for part in parts):
            raise ValueError("should be the title of a wiki page, like Reports/Incident reviews")
        return page

    @property
    def place(self) -> str:
        """Path of the project or group."""
        return self.group or self.project


class RepositoryDestination(Model):
    """A folder of a repository: one commit a run, none where nothing has changed."""

    project: ProjectPath = Field(description="Project whose repository gets the files.")
    branch: str = Field(default="", description="Branch. Default: the project's default branch.")
    folder: Folder = Field(
        default="reports",
        min_length=1,
        description="Folder; each day gets a folder in it, like reports/2026-11-23.",
    )

    @property
    def place(self) -> str:
        """Path of the project."""
        return self.project


class NotifyDestination(Model):
    """A digest of five lines by chat and mail, through apprise (the extra `notify`)."""

    urls_from: Variables = Field(
        default=("INCIDENT_AUDIT_NOTIFY",),
        min_length=1,
        description="Environment variables that hold the addresses in apprise's form, separated by spaces. They are"
        " secrets, so they are never written here.",
    )
    when: Literal["weekly", "always"] = Field(
        default="weekly", description="weekly: with the weekly edition only. always: with every run."
    )


class PublishSettings(Model):
    """Where the report goes besides the output folder. Nothing is published unless it is named here."""

    issue: IssueDestination | None = Field(
        default=None,
        description="An issue a week.",
        examples=[
            {
                "project": "example-group/reports",
                "labels": ["incident review report"],
                "confidential": True,
                "title": "Incident reviews, week {week} of {year}",
            }
        ],
    )
    wiki: WikiDestination | None = Field(
        default=None,
        description="A wiki page: of a project, or of a group.",
        examples=[{"project": "example-group/reports", "group": "", "page": "Incident reviews"}],
    )
    repository: RepositoryDestination | None = Field(
        default=None,
        description="Files in a repository, from which the next run also learns what the previous report said.",
        examples=[{"project": "example-group/reports", "branch": "main", "folder": "reports"}],
    )
    notify: NotifyDestination | None = Field(
        default=None,
        description="A digest by chat or mail.",
        examples=[{"urls_from": ["INCIDENT_AUDIT_NOTIFY"], "when": "weekly"}],
    )
    allow_public: Flag = Field(
        default=False,
        description="Publish where everybody can read it, although an audited project is not public.",
    )
