"""The settings as they are once every fault is out: frozen, typed, each with its default and its meaning.

The descriptions are what ``incident-audit schema`` prints and ``incident-audit init`` writes beside each key,
with the default, or the first example where there is no default.
"""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from audit.settings.policy import Calendars, Policy, Waiver
from audit.settings.publish_settings import PublishSettings
from audit.settings.reminder_settings import ReminderSettings
from audit.settings.tracker_settings import LabelNames, Projects, ReviewSettings
from audit.settings.value_types import Day, Flag, Hosts, Labels, Model, Zone
from audit.text import labels, titles


class CatalogSource(Model):
    """A file: in a repository of this GitLab (project and path, at its default branch), or a local one."""

    project: str = Field(default="", description="Project whose repository holds the file.")
    path: str = Field(default="", description="Path in that repository.")
    file: str = Field(default="", description="A local file instead.")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.file) == bool(self.project or self.path) or bool(self.project) != bool(self.path):
            raise ValueError("names a file by `project` and `path`, or by `file` alone")
        return self


class CatalogSettings(Model):
    """The service catalogue: who owns what."""

    services: CatalogSource | None = Field(
        default=None,
        description="The file with `services`.",
        examples=[{"project": "example-group/runbooks", "path": "services/service-catalog.yml"}],
    )
    teams: CatalogSource | None = Field(
        default=None,
        description="The file with `teams`, if it is another one.",
        examples=[{"file": "teams.yml"}],
    )
    unowned_owners: Labels = Field(
        default=("reliability_unowned",), description="Owners that mean that nobody owns the service."
    )
    unowned_team_labels: Labels = Field(
        default=("team::Unowned",), description="A team with one of these labels owns nothing."
    )


class GitLabSettings(Model):
    """How to speak to the server. Address and token come from the environment only."""

    hosts: Hosts = Field(default=(), description="Further host names of this same GitLab.")
    timeout_seconds: float = Field(default=60, gt=0, le=600, description="How long one request may take.")
    page_size: int = Field(default=100, ge=1, le=100, description="Issues a request, halved when the server times out.")
    parallel: int = Field(default=4, ge=1, le=16, description="Requests under way at once.")


class ReportSettings(Model):
    """What the report may tell."""

    confidential_destination: Flag = Field(
        default=False,
        description="Only those may read the report who may read confidential issues: tell them everything.",
    )


class Settings(Model):
    """audit.yml."""

    projects: Projects = Field(
        description="Which issues are read.", examples=[{"incidents": ["example-group/production"]}]
    )
    timezone: Zone = Field(default="UTC", description="The zone in which days begin and end.")
    since: Day | None = Field(
        default=None,
        description="Read incidents declared from this day. Default: the first policy's `from`, else all.",
        examples=["2025-01-01"],
    )
    window: int = Field(
        default=84, ge=1, description="Compliance counts due days of this many days up to the audited one."
    )
    labels: LabelNames = Field(default_factory=LabelNames, description="What the tracker calls things.")
    review: ReviewSettings = Field(default_factory=ReviewSettings, description="Where reviews are.")
    policies: tuple[Policy, ...] = Field(
        default=(Policy(),),
        min_length=1,
        description="The criteria, each in force until the next one's `from`.",
    )
    catalog: CatalogSettings = Field(default_factory=CatalogSettings, description="Who owns what.")
    calendars: Calendars = Field(default_factory=Calendars, description="Which days are working days.")
    waivers: tuple[Waiver, ...] = Field(
        default=(),
        description="Approved, reasoned, expiring exceptions. They are shown, never silent.",
        examples=[
            [
                {
                    "subject": "example-group/production#12",
                    "rules": ["IR001"],
                    "reason": "Reviewed with the supplier, under its own number.",
                    "approved_by": "a.manager",
                    "expires": "2026-12-31",
                }
            ]
        ],
    )
    reminders: ReminderSettings = Field(default_factory=ReminderSettings, description="Whom the bot reminds.")
    report: ReportSettings = Field(default_factory=ReportSettings, description="What the report may tell.")
    publish: PublishSettings = Field(
        default_factory=PublishSettings, description="Where the report goes besides the output folder."
    )
    gitlab: GitLabSettings = Field(default_factory=GitLabSettings, description="How to speak to the server.")

    @field_validator("publish")
    @classmethod
    def _not_read_back(cls, publish: PublishSettings, info: ValidationInfo) -> PublishSettings:
        """Keep the week's issue from being taken for an incident or a review by the next run."""
        names, reviews = info.data.get("labels"), info.data.get("review")
        if publish.issue is None or names is None or reviews is None:
            return publish
        if not labels.keys(publish.issue.labels).isdisjoint(labels.keys((*names.incident, *names.review))):
            raise ValueError("gives the week's issue a label of incidents or reviews: it would be taken for one")
        if titles.has_prefix(publish.issue.titled(week=1, year=2026), reviews.prefixes):
            raise ValueError("begins the title of the week's issue like a review's: it would be taken for one")
        return publish

    @field_validator("policies")
    @classmethod
    def _in_order(cls, policies: tuple[Policy, ...]) -> tuple[Policy, ...]:
        undated = [p for p in policies if p.from_ is None]
        if len(policies) > 1 and undated:
            raise ValueError("several policies need a `from` each")
        days = [p.from_ for p in policies if p.from_]
        if len(set(days)) != len(days):
            raise ValueError("two policies begin on the same day")
        return tuple(sorted(policies, key=lambda p: p.from_ or date.min))

    @property
    def first_day(self) -> date | None:
        """The first day whose incidents are read; None: all are."""
        return self.since or self.policies[0].from_

    @property
    def remind_from(self) -> date | None:
        """The first day whose incidents are reminded of; None: none, or an old tracker would be flooded."""
        return self.reminders.remind_from or self.first_day
