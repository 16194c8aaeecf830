"""The part of the settings that says which issues are read, and what the tracker calls things."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from audit.settings.value_types import Files, Flag, Folder, Labels, Model, Paths, Pattern, Scope, TitlePrefixes
from audit.text import sections


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
    """What the tracker calls things. Labels match in any case, and with one or two colons."""

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
    resolved: Labels = Field(
        default=("Incident::Resolved",), description="Marks when an incident is resolved, for the anchor `resolved`."
    )
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
        description="issue: a review is an issue of its own. inline: a part of its incident. both: during a migration.",
    )
    prefixes: TitlePrefixes = Field(
        default=("Incident Review", "RCA"),
        min_length=1,
        description="A review's title begins with one of these, and a colon, dash, number, `for` or `of` behind it."
        " One that ends in a bracket, like [RCA], needs nothing behind it, and Postmortem * takes any words.",
    )
    external_id: Pattern = Field(
        default=r"INC-\d+",
        description="Regular expression for the id of an incident in another system, as written in titles and texts.",
    )
    templates: Folder = Field(
        default=".gitlab/issue_templates/",
        description="Folder of the issue templates in the review projects' repositories, at their default branch."
        " A line that comes from a template is no answer. Empty: no templates are read.",
    )
    template_files: Files = Field(default=(), description="Further templates: local files.")
    summary_headings: Labels = Field(
        default=sections.SUMMARY,
        min_length=1,
        description="Headings of the summary, at any level and in any case.",
    )
    narrative_headings: Labels = Field(
        default=sections.NARRATIVE,
        min_length=1,
        description="Headings of the narrative. One written section is enough.",
    )
    outcomes_headings: Labels = Field(
        default=sections.OUTCOMES,
        min_length=1,
        description="How the headings of the outcomes begin.",
    )
    key_information_headings: Labels = Field(
        default=sections.KEY_INFORMATION,
        min_length=1,
        description="Headings of the Key Information table.",
    )
    inline_headings: Labels = Field(
        default=sections.INLINE,
        min_length=1,
        description="Headings of an inline review in its incident. Without one, the whole text is the review.",
    )
