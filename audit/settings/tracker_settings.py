"""The part of the settings that says which issues are read, and what the tracker calls things."""

from __future__ import annotations

from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from audit.settings.value_types import (
    Day,
    Files,
    Flag,
    Folder,
    Labels,
    Model,
    Paths,
    Pattern,
    Rows,
    Scope,
    Severity,
    Text,
    TitlePrefixes,
)
from audit.text import labels, names


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
    severities: dict[Severity, Labels] = Field(
        default_factory=dict,
        description="Further labels that are a severity, like {1: ['severity::s1', sev1], 2: ['severity::s2']}.",
        examples=[{1: ["severity::s1", "sev1"], 2: ["severity::s2"]}],
    )
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

    @model_validator(mode="after")
    def _one_severity_a_label(self) -> Self:
        listed = [labels.key(label) for named in self.severities.values() for label in named]
        if twice := next((label for label in listed if listed.count(label) > 1), None):
            raise ValueError(f"gives the label {twice} two severities, or the same one twice")
        return self

    @cached_property
    def _severity_by_label(self) -> dict[str, int]:
        return {labels.key(label): level for level, named in self.severities.items() for label in named}

    def severity_of(self, label: str) -> int | None:
        """Return the severity that a label is, 1 to 4; None: it is none."""
        scope, plain = self.severity_scope, self.plain_severity
        return labels.severity(label, scope=scope, plain=plain, named=self._severity_by_label)


class SectionNames(Model):
    """Names of a review's sections. A kind that is not set keeps its default; an empty list asks for none."""

    summary: Labels = Field(default=names.SUMMARY, description="Of the summary.")
    narrative: Labels = Field(default=names.NARRATIVE, description="Of the narrative. One written section is enough.")
    outcomes: Labels = Field(default=names.OUTCOMES, description="How those of the outcomes begin.")
    key_information: Labels = Field(default=names.KEY_INFORMATION, description="Of the Key Information table.")
    inline: Labels = Field(
        default=names.INLINE,
        description="Of an inline review in its incident. Without one, the whole text is the review.",
    )


class ApprovalGate(Model):
    """A review that is closed counts as completed only once a label says that somebody approved it."""

    labels: Labels = Field(min_length=1, description="One of these is on the review once it is approved.")
    from_: Day = Field(alias="from", description="Reviews opened on or after this day need it.")
    by: Text = Field(description="Who approves, as the next step of a closed review names them.")


class ReviewSettings(Model):
    """Where reviews are and how their titles begin."""

    where: Literal["issue", "inline", "both"] = Field(
        default="issue",
        description="issue: a review is an issue of its own. inline: a part of its incident. both: during a migration.",
    )
    approval: ApprovalGate | None = Field(
        default=None,
        description="A closed review is completed only once somebody has approved it, by a label.",
        examples=[{"labels": ["Review::Approved"], "from": "2026-08-11", "by": "a Bar Raiser"}],
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
    template: Labels = Field(
        default=(),
        description="Files of that folder from which reviews are begun, like incident_review.md. Default: those whose"
        " name holds the words incident and review, or one of rca, postmortem, post-mortem, retro and retrospective.",
    )
    templates: Folder = Field(
        default=".gitlab/issue_templates/",
        description="Folder of the issue templates in the review projects' repositories, at their default branch."
        " A review is held against what its template had when it was opened. Empty: no templates are read.",
    )
    template_files: Files = Field(default=(), description="Further templates of reviews: local files.")
    sections: SectionNames = Field(
        default_factory=SectionNames,
        description="Names of sections, as headings of any form. Those that are set go before the template's.",
    )
    rows: Rows | None = Field(
        default=None,
        description="Rows of the Key Information table that are asked for, with further names of each in braces."
        " Default: those of the review's template. An empty list asks for no table.",
        examples=[["Customers Affected", {"Start Time": ["Impact Start Time", "Began"]}]],
    )

    @property
    def named_rows(self) -> tuple[tuple[str, tuple[str, ...]], ...] | None:
        """Name and further names of each row that the settings ask for; None: they name none."""
        if self.rows is None:
            return None
        return tuple((name, aliases) for row in self.rows for name, aliases in row.items())
