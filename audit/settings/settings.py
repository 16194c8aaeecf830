"""The settings as they are once every fault is out: frozen, typed, each with its default and its meaning.

The descriptions are what ``incident-audit schema`` prints and ``incident-audit init`` writes beside each key,
with the default, or the first example where there is no default.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import (
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from audit.settings.kinds import (
    AccountOrGroup,
    Day,
    Files,
    Flag,
    Folder,
    Hosts,
    IssueRef,
    Labels,
    LinePattern,
    Model,
    Paths,
    Pattern,
    Scope,
    Zone,
)
from audit.settings.policy import Calendars, Policy, Waiver
from audit.settings.publish_settings import PublishSettings
from audit.text import labels, sections, titles


class Projects(Model):
    """Which issues are read."""

    incidents: Paths = Field(
        default=(), description="Projects whose issues can be incidents: full paths, or numbers as text."
    )
    reviews: Paths = Field(
        default=(),
        description="Projects whose issues can be reviews. Default: the incident projects and groups.",
    )
    incident_groups: Paths = Field(
        default=(),
        description="Groups whose projects, with those of their subgroups, are incident projects too.",
    )
    review_groups: Paths = Field(
        default=(),
        description="Groups whose projects, with those of their subgroups, are review projects too.",
    )

    @model_validator(mode="after")
    def _something_to_read(self) -> Self:
        if not self.incidents and not self.incident_groups:
            raise ValueError("names no incident project: set `incidents` or `incident_groups`")
        return self


class LabelNames(Model):
    """What the tracker calls things. Labels match without regard to case, and with one or two colons."""

    incident: Labels = Field(default=("incident",), description="An issue with one of these is an incident.")
    review: Labels = Field(default=("IncidentReview",), description="An issue with one of these is a review.")
    severity_scope: Scope = Field(default="severity", description="Scope of the severity labels: severity::1 to ::4.")
    plain_severity: Flag = Field(default=False, description="Also read plain S1 to S4 as severities.")
    service_scope: Scope = Field(default="Service", description="Scope of the service labels.")
    out_of_scope: Labels = Field(
        default=("Gameday", "test incident", "incident-type::test", "Near Miss", "self-managed"),
        description="An incident with one of these is out of scope.",
    )
    not_user_facing: Labels = Field(
        default=("backstage",), description="An incident is user facing unless it has one of these."
    )
    resolved: Labels = Field(default=("Incident::Resolved",), description="Marks the moment of the anchor `resolved`.")
    review_completed: Labels = Field(default=("Incident::Review-Completed",), description="Completes an inline review.")
    corrective_action: Labels = Field(
        default=("corrective action", "infradev"),
        description="A linked issue with one of these is a corrective action.",
    )
    no_corrective_action: Labels = Field(
        default=("NoCorrectiveActionNeeded",), description="Says that no corrective action is needed."
    )
    snooze_scope: Scope = Field(
        default="Review-Snoozed",
        description="Review-Snoozed::2026-11-30 postpones reminders through that day.",
    )


class ReviewSettings(Model):
    """Where reviews are and how their titles begin."""

    where: Literal["issue", "inline", "both"] = Field(
        default="issue",
        description="issue: a review is an issue. inline: a part of its incident. both: in a migration.",
    )
    prefixes: Labels = Field(
        default=("Incident Review", "RCA"),
        min_length=1,
        description="A review's title begins with one of these.",
    )
    external_id: Pattern = Field(
        default=r"INC-\d+",
        description="The id of an incident in another system, as it stands in titles and texts.",
    )
    templates: Folder = Field(
        default=".gitlab/issue_templates/",
        description="Folder of the issue templates in the review projects' repositories, at their default branch."
        " A line of a template is no answer. Empty: none is read.",
    )
    template_files: Files = Field(default=(), description="Further templates: local files.")
    summary_headings: Labels = Field(
        default=sections.SUMMARY,
        min_length=1,
        description="The summary stands under one of these headings, at any level and in any case.",
    )
    narrative_headings: Labels = Field(
        default=sections.NARRATIVE,
        min_length=1,
        description="What happened is told under one of these. One that is written is enough.",
    )
    outcomes_headings: Labels = Field(
        default=sections.OUTCOMES,
        min_length=1,
        description="The outcomes stand under a heading that begins with one of these.",
    )
    key_information_headings: Labels = Field(
        default=sections.KEY_INFORMATION,
        min_length=1,
        description="The Key Information table stands under one of these.",
    )
    inline_headings: Labels = Field(
        default=sections.INLINE,
        min_length=1,
        description="Where reviews are inline, what stands under one of these is the review, else the whole text.",
    )


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


class Postponement(Model):
    """No reminder about an issue through a day."""

    issue: IssueRef = Field(description="The review or the incident, g/p#12.")
    until: Day = Field(description="The last day without reminders.")


class Adopted(Model):
    """Reminders that another bot posted: they count as steps that were posted."""

    author: AccountOrGroup = Field(min_length=1, description="Username of the account that posted them.")
    pattern: LinePattern = Field(description="Regular expression, found in a line of each of them.")


class ReminderSettings(Model):
    """Whom the bot reminds, and how often at most."""

    remind_from: Day | None = Field(
        default=None,
        description="Remind only for incidents declared since this day. Default: the first day that is read.",
        examples=["2026-01-01"],
    )
    before_due: int | None = Field(
        default=None,
        ge=1,
        le=20,
        description="Also remind once, this many working days before the due day. Default: not before it.",
        examples=[2],
    )
    max_reminders: int = Field(default=30, ge=0, description="At most this many a run, the oldest due first.")
    steps: int = Field(default=4, ge=1, le=10, description="Reminders about one issue at most.")
    step_days: int = Field(default=5, ge=1, description="Working days between two reminders about one issue.")
    quiet_days: int = Field(
        default=2,
        ge=0,
        description="A person's comment within this many working days postpones the reminder.",
    )
    contact: AccountOrGroup = Field(default="", description="Account or group asked where nobody else can be.")
    ping_groups: Flag = Field(
        default=False,
        description="Ping the groups that the catalogue names for a team, and so everybody in them. Otherwise they are"
        " named without a ping.",
    )
    confirm_above: int = Field(
        default=10,
        ge=0,
        description="A run that would post more reminders than this, and more than `confirm_times` as many as were"
        " posted on the last day with any, posts nothing until its plan is confirmed.",
    )
    confirm_times: int = Field(default=3, ge=1, description="How many times as many, see above.")
    commands: Flag = Field(
        default=False,
        description="Heed `@bot snooze 3d` and `@bot not needed: reason` by members who may edit the issue.",
    )
    templates: str = Field(
        default="",
        description="Local folder with your own reminder.md.j2, status.md.j2 or answer.md.j2. Empty: those built in.",
    )
    postponed: tuple[Postponement, ...] = Field(
        default=(),
        description="Issues to leave alone for now.",
        examples=[[{"issue": "example-group/production#12", "until": "2026-12-31"}]],
    )
    adopted: tuple[Adopted, ...] = Field(
        default=(),
        description="Another bot's reminders, which count as posted: `incident-audit reminders --adopt` finds them.",
        examples=[[{"author": "review-bot", "pattern": "review .* overdue"}]],
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
