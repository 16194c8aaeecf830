"""The settings once they are free of faults: frozen, typed, each with its default and its meaning.

``incident-audit schema`` prints the descriptions, and ``incident-audit init`` writes them above each key, with the
default, or the first example where there is no default.
"""

from __future__ import annotations

from datetime import date

from pydantic import Field, ValidationInfo, field_validator

from audit.settings.calendar_settings import Calendars
from audit.settings.catalog_settings import CatalogSettings
from audit.settings.policy import Policy, PolicyPage, Waiver
from audit.settings.publish_settings import PublishSettings
from audit.settings.reminder_settings import ReminderSettings
from audit.settings.snapshot_settings import SnapshotSettings
from audit.settings.tracker_settings import LabelNames, Projects, ReviewSettings
from audit.settings.value_types import Accounts, Day, Flag, Hosts, Model, RuleCode, RuleLevel, Zone
from audit.text import labels, titles


class GitLabSettings(Model):
    """How to reach the server. Address and token come from the environment only."""

    hosts: Hosts = Field(default=(), description="Further host names of this same GitLab.")
    timeout_seconds: float = Field(default=60, gt=0, le=600, description="Seconds that a whole request may take.")
    patience_seconds: float = Field(
        default=600,
        ge=0,
        le=86400,
        description="Seconds that failing requests may take in all, with the waits between them, until what is missing "
        "is a gap. Writing has as long again.",
    )
    page_size: int = Field(default=100, ge=1, le=100, description="Issues a request, halved when the server times out.")
    parallel: int = Field(default=4, ge=1, le=16, description="Requests at the same time, at most.")
    requests_per_minute: int = Field(
        default=1_800,
        ge=1,
        description="Requests a minute that all shards of a pull make together; GitLab.com allows 2,000.",
    )


class ReportSettings(Model):
    """What the report may tell."""

    confidential_destination: Flag = Field(
        default=False,
        description="Everybody who can read the report may read confidential issues, so it shows them in full.",
    )
    target: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="Percent of the reviews due that shall be on time: the report names it beside the rate.",
        examples=[90],
    )

    @property
    def target_rate(self) -> float | None:
        """The target as a share of 1."""
        return None if self.target is None else self.target / 100


class Settings(Model):
    """audit.yml."""

    projects: Projects = Field(
        description="Which issues are read.", examples=[{"incidents": ["example-group/production"]}]
    )
    timezone: Zone = Field(default="UTC", description="Time zone in which days begin and end.")
    since: Day | None = Field(
        default=None,
        description="Read incidents declared on or after this day. Default: the first policy's `from`, else all.",
        examples=["2025-01-01"],
    )
    window: int = Field(
        default=84,
        ge=1,
        le=3_660,
        description="Compliance counts the incidents whose due day is one of this many days, up to the audited day.",
    )
    labels: LabelNames = Field(default_factory=LabelNames, description="What the tracker calls things.")
    review: ReviewSettings = Field(default_factory=ReviewSettings, description="Where reviews are.")
    policies: tuple[Policy, ...] = Field(
        default=(Policy(),),
        min_length=1,
        description="The criteria, each in force until the next one's `from`. Those of GitLab's handbook since 2020"
        " stand at the end.",
    )
    policy_page: PolicyPage | None = Field(
        default=None,
        description="The page on which the policies rest. Where it was changed after the newest policy's `from`, report"
        " and doctor say so.",
        examples=[{"project": "example-group/handbook", "path": "content/incident-review.md"}],
    )
    rules: dict[RuleCode, RuleLevel] = Field(
        default_factory=dict,
        description="Rules that are switched off, or given another level (violation, advisory, info) than their usual"
        " one, like {IR007: off, IR010: violation}. The report names them.",
    )
    catalog: CatalogSettings = Field(default_factory=CatalogSettings, description="Who owns what.")
    calendars: Calendars = Field(default_factory=Calendars, description="Which days are working days.")
    waivers: tuple[Waiver, ...] = Field(
        default=(),
        description="Approved exceptions, each with a reason and a last day. The report lists them.",
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
    bots: Accounts = Field(
        default=(),
        description="Further accounts that are machines, where GitLab does not say so: their comments postpone no"
        " reminder, they are no DRI, and nobody asks them.",
        examples=[["review-pager"]],
    )
    reminders: ReminderSettings = Field(default_factory=ReminderSettings, description="Whom the bot reminds.")
    report: ReportSettings = Field(default_factory=ReportSettings, description="What the report may tell.")
    publish: PublishSettings = Field(
        default_factory=PublishSettings,
        description="Where the report goes besides the output folder. Two audits that publish in one"
        " project need different titles, pages and folders, by which each knows its own.",
    )
    snapshot: SnapshotSettings = Field(
        default_factory=SnapshotSettings, description="The records of the last pull, for the next one and for later."
    )
    gitlab: GitLabSettings = Field(default_factory=GitLabSettings, description="How to reach the server.")

    @field_validator("publish")
    @classmethod
    def _not_read_back(cls, publish: PublishSettings, info: ValidationInfo) -> PublishSettings:
        """Keep the week's issue from being taken for an incident or a review by the next run."""
        names, reviews = info.data.get("labels"), info.data.get("review")
        if publish.issue is None or names is None or reviews is None:
            return publish
        if not labels.keys(publish.issue.labels).isdisjoint(labels.keys((*names.incident, *names.review))):
            raise ValueError(
                "gives the week's issue a label of incidents or reviews, so the next run would take it for one"
            )
        if titles.has_prefix(publish.issue.titled(week=1, year=2026), reviews.prefixes):
            raise ValueError(
                "begins the title of the week's issue like that of a review, so the next run would take it for one"
            )
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
        """The first day whose incidents get reminders; None: none do, since an old tracker would be flooded."""
        return self.reminders.remind_from or self.first_day
