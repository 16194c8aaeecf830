"""The settings as they are once every fault is out: frozen, typed, each with its default and its meaning.

The descriptions are what ``incident-audit schema`` prints and ``incident-audit init`` writes beside each key,
with the default, or the first example where there is no default.
"""

from __future__ import annotations

import difflib
import re
from datetime import date
from typing import Annotated, Any, Final, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from audit import sections


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_section_is_all_defaults(cls, data: Any) -> Any:
        # A section whose keys are all commented out reaches us as null.
        return {} if data is None else data


def _day(value: Any) -> Any:
    # Pydantic would also read 20260101, as seconds since 1970.
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
        raise ValueError("should be a day like 2026-11-30")
    try:
        return date.fromisoformat(value.strip())
    except ValueError as error:
        raise ValueError("is no day of the calendar") from error


def _yes_or_no(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if value in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return value in ("true", "True", "TRUE")
    raise ValueError("should be true or false")


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str | int | date) else value


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        near = difflib.get_close_matches(name, available_timezones(), n=1)
        hint = f"; did you mean {near[0]}?" if near else ", like Europe/Berlin or UTC"
        raise ValueError(f"is no time zone of the IANA database{hint}") from error
    return name


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from error
    return pattern


def _has_holidays(country: str, subdivision: str) -> None:
    import holidays  # noqa: PLC0415 - takes 0.4 s, and most settings name no country

    try:
        holidays.country_holidays(country, subdiv=subdivision or None)
    except NotImplementedError as error:
        raise ValueError(f"is unknown to the holidays package: {error}") from error


def _path(value: str) -> str:
    if "://" in value or value.startswith("/") or value.endswith("/") or re.search(r"\s", value):
        raise ValueError("should be a path like group/project, without address and outer slashes")
    return value


def _folder(value: str) -> str:
    parts = value.split("/")
    if "://" in value or value.startswith("/") or ".." in parts or "." in parts or "" in parts[:-1]:
        raise ValueError("should be a folder of a repository like .gitlab/issue_templates, or empty")
    return value


def _host(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.-]+(:\d+)?", value):
        raise ValueError("should be a host name like gitlab.example.com, without https://")
    return value


Zone = Annotated[str, AfterValidator(_known_zone)]
Pattern = Annotated[str, AfterValidator(_compiles)]
Day = Annotated[date, BeforeValidator(_day)]
Flag = Annotated[bool, BeforeValidator(_yes_or_no), WithJsonSchema({"type": "boolean"})]
Text = Annotated[str, Field(min_length=1)]
ProjectPath = Annotated[str, Field(min_length=1), AfterValidator(_path)]
Folder = Annotated[str, AfterValidator(_folder)]
Host = Annotated[str, AfterValidator(_host)]
Severity = Annotated[int, Field(ge=1, le=4)]
Weekday = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
RULE_CODES: Final = (
    *(f"IR{number:03}" for number in range(1, 17)),
    *(f"SO{number:03}" for number in range(1, 4)),
    *(f"CA{number:03}" for number in range(1, 4)),
)
"""A test holds them against the rules, which are not imported here: they would bring pandas along."""


def _known_rule(code: str) -> str:
    if code not in RULE_CODES:
        raise ValueError("is no rule: `incident-audit rules` lists them")
    return code


RuleCode = Annotated[str, AfterValidator(_known_rule), Field(json_schema_extra={"enum": list(RULE_CODES)})]

# A lone value is a list of one.
Labels = Annotated[tuple[Text, ...], BeforeValidator(_listed, json_schema_input_type=Text | tuple[Text, ...])]
Paths = Annotated[
    tuple[ProjectPath, ...],
    BeforeValidator(_listed, json_schema_input_type=ProjectPath | tuple[ProjectPath, ...]),
]
Files = Annotated[tuple[Text, ...], BeforeValidator(_listed, json_schema_input_type=Text | tuple[Text, ...])]
Hosts = Annotated[tuple[Host, ...], BeforeValidator(_listed, json_schema_input_type=Host | tuple[Host, ...])]
Days = Annotated[tuple[Day, ...], BeforeValidator(_listed, json_schema_input_type=Day | tuple[Day, ...])]
Severities = Annotated[
    tuple[Severity, ...], BeforeValidator(_listed, json_schema_input_type=Severity | tuple[Severity, ...])
]
Weekdays = Annotated[
    tuple[Weekday, ...], BeforeValidator(_listed, json_schema_input_type=Weekday | tuple[Weekday, ...])
]
RuleCodes = Annotated[
    tuple[RuleCode, ...], BeforeValidator(_listed, json_schema_input_type=RuleCode | tuple[RuleCode, ...])
]


class Projects(_Model):
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


class LabelNames(_Model):
    """What the tracker calls things. Labels match without regard to case, and with one or two colons."""

    incident: Labels = Field(default=("incident",), description="An issue with one of these is an incident.")
    review: Labels = Field(default=("IncidentReview",), description="An issue with one of these is a review.")
    severity_scope: str = Field(
        default="severity", min_length=1, description="Scope of the severity labels: severity::1 to ::4."
    )
    plain_severity: Flag = Field(default=False, description="Also read plain S1 to S4 as severities.")
    service_scope: str = Field(default="Service", min_length=1, description="Scope of the service labels.")
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
    snooze_scope: str = Field(
        min_length=1,
        default="Review-Snoozed",
        description="Review-Snoozed::2026-11-30 postpones reminders through that day.",
    )


class ReviewSettings(_Model):
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


class Policy(_Model):
    """The criteria in force from a day on. An incident is judged by the policy of the day it was declared."""

    from_: Day | None = Field(
        default=None,
        alias="from",
        description="First day in force. Earlier incidents are out of scope; absent: none is.",
        examples=["2025-01-01"],
    )
    name: str = Field(default="", description="How the report calls this policy.")
    severities: Severities = Field(default=(1, 2), description="Severities that require a review.")
    severity_by: Literal["current", "peak"] = Field(
        default="current", description="Judge by the severity of today, or by the worst one that stood."
    )
    request_labels: Labels = Field(
        default=("Review-Requested",), description="A review is required once one of these has been added."
    )
    more_information_labels: Labels = Field(
        default=(),
        description="A review is required where one of these says that more information is needed.",
    )
    due_days: int = Field(default=5, ge=1, le=366, description="Days after the anchor's day.")
    due_kind: Literal["working", "calendar"] = Field(default="working", description="Which days are counted.")
    anchor: Literal["declared", "resolved", "closed"] = Field(default="declared", description="When the clock starts.")
    grace_minutes: int = Field(
        default=60, ge=0, le=60 * 24 * 30, description="A label that stood no longer than this was a mistake."
    )
    unowned: Literal["exempt", "flag", "require"] = Field(
        default="exempt",
        description="exempt: no review while the service has no owner. flag: both. require: as any other.",
    )

    @property
    def key(self) -> str | None:
        """The ISO day from which it is in force; None for a policy without one."""
        return self.from_.isoformat() if self.from_ else None


class CatalogSource(_Model):
    """A file: in a repository of this GitLab (project and path, at its default branch), or a local one."""

    project: str = Field(default="", description="Project whose repository holds the file.")
    path: str = Field(default="", description="Path in that repository.")
    file: str = Field(default="", description="A local file instead.")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.file) == bool(self.project or self.path) or bool(self.project) != bool(self.path):
            raise ValueError("names a file by `project` and `path`, or by `file` alone")
        return self


class CatalogSettings(_Model):
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


class Calendar(_Model):
    """Which days are working days: neither weekend nor public holiday nor closure."""

    country: str = Field(
        default="",
        pattern=r"^([A-Z]{2})?$",
        description="ISO code of the country whose public holidays count, like DE.",
    )
    subdivision: str = Field(default="", description="Its state or province, like BY.")
    weekend: Weekdays = Field(default=("Sat", "Sun"), description="Days of the weekend.")
    closures: Days = Field(default=(), description="Further days on which nobody works.")

    @model_validator(mode="after")
    def _some_day_is_worked(self) -> Self:
        if len(set(self.weekend)) > 6:
            raise ValueError("has no working day at all: `weekend` names all seven days")
        if self.subdivision and not self.country:
            raise ValueError("has a `subdivision` without its `country`")
        if self.country:
            _has_holidays(self.country, self.subdivision)
        return self


class Calendars(_Model):
    """A service's calendar goes before its team's, and that before the default."""

    default: Calendar = Field(default_factory=Calendar, description="The calendar of everybody else.")
    teams: dict[str, Calendar] = Field(
        default_factory=dict,
        description="By the team's name in the catalogue.",
        examples=[{"database": {"country": "DE", "subdivision": "BY"}}],
    )
    services: dict[str, Calendar] = Field(
        default_factory=dict,
        description="By the service's name in the catalogue.",
        examples=[{"registry": {"country": "IL", "weekend": ["Fri", "Sat"]}}],
    )


class Waiver(_Model):
    """An approved, reasoned, expiring exception. All five are required."""

    subject: str = Field(min_length=1, description="The incident (g/p#12), or the finding's subject: a service's name.")
    rules: RuleCodes = Field(min_length=1, description="Rule codes. IR001 or IR002 covers both.")
    reason: str = Field(min_length=1, description="Why.")
    approved_by: str = Field(min_length=1, description="Who approved it.")
    expires: Day = Field(description="The last day on which it is valid.")


class Postponement(_Model):
    """No reminder about an issue through a day."""

    issue: str = Field(min_length=1, description="The review or the incident, g/p#12.")
    until: Day = Field(description="The last day without reminders.")


class ReminderSettings(_Model):
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
    contact: str = Field(default="", description="Account or group asked where nobody else can be.")
    postponed: tuple[Postponement, ...] = Field(
        default=(),
        description="Issues to leave alone for now.",
        examples=[[{"issue": "example-group/production#12", "until": "2026-12-31"}]],
    )


class GitLabSettings(_Model):
    """How to speak to the server. Address and token come from the environment only."""

    hosts: Hosts = Field(default=(), description="Further host names of this same GitLab.")
    timeout_seconds: float = Field(default=60, gt=0, le=600, description="How long one request may take.")
    page_size: int = Field(default=100, ge=1, le=100, description="Issues a request, halved when the server times out.")
    parallel: int = Field(default=4, ge=1, le=16, description="Requests under way at once.")


class ReportSettings(_Model):
    """What the report may tell."""

    confidential_destination: Flag = Field(
        default=False,
        description="Only those may read the report who may read confidential issues: tell them everything.",
    )


class Settings(_Model):
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
    gitlab: GitLabSettings = Field(default_factory=GitLabSettings, description="How to speak to the server.")

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
