"""The parts of the settings that decide verdicts: dated policies and waivers."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from audit.settings.value_types import Day, DueDays, Labels, LocalFile, Model, ProjectPath, RuleCodes, Severities


class Policy(Model):
    """The criteria in force from a day on. An incident is judged by the policy of the day it was declared."""

    from_: Day | None = Field(
        default=None,
        alias="from",
        description="First day in force. Incidents declared before the first policy are out of scope; without a day,"
        " none is.",
        examples=["2025-01-01"],
    )
    name: str = Field(default="", description="Name of this policy in the report.")
    severities: Severities = Field(default=(1, 2), description="Severities that require a review.", examples=[[1, 2]])
    severity_by: Literal["current", "peak"] = Field(
        default="current",
        description="current: judge by today's severity. peak: by the worst one that stood longer than the grace.",
    )
    request_labels: Labels = Field(
        default=("Review-Requested",), description="A review is required once one of these has been added."
    )
    more_information_labels: Labels = Field(
        default=(),
        description="A review is required if one of these says that more information is needed.",
    )
    due_days: DueDays = Field(
        default=5,
        description="A review is due this many days after the day of the anchor. By severity: {1: 3, 2: 5, other: 5}.",
    )
    due_kind: Literal["working", "calendar"] = Field(default="working", description="Which days are counted.")
    anchor: Literal["declared", "resolved", "closed", "review_opened"] = Field(
        default="declared", description="When the clock starts."
    )
    grace_minutes: int = Field(
        default=60, ge=0, le=60 * 24 * 30, description="Minutes. A label that stood no longer than this was a mistake."
    )
    unowned: Literal["exempt", "flag", "require"] = Field(
        default="exempt",
        description="While no service has an owner: exempt requires no review, flag requires one and reports the"
        " service too, require requires one as for any other.",
    )

    @property
    def days_by_severity(self) -> dict[str, int]:
        """The due days of each severity that has its own, by its text, and of ``other``."""
        days = self.due_days
        return {"other": days} if isinstance(days, int) else {str(severity): days[severity] for severity in days}

    def due_in(self, severity: int | None) -> int:
        """Return the due days of an incident of this severity, the one that the policy judges by; None: it has none."""
        days = self.days_by_severity
        return days.get(str(severity), days["other"])

    @property
    def due_words(self) -> str:
        """The due days in words: ``5``, or ``3 (severity 1), 5 (other)``."""
        if isinstance(self.due_days, int):
            return str(self.due_days)
        named = (("other" if key == "other" else f"severity {key}", days) for key, days in self.due_days.items())
        return ", ".join(f"{days} ({whose})" for whose, days in named)

    @property
    def key(self) -> str | None:
        """The ISO day from which it is in force; None for a policy without one."""
        return self.from_.isoformat() if self.from_ else None


class PolicyPage(Model):
    """The page on which the policy rests: a file in a repository of this GitLab, at its default branch."""

    project: ProjectPath = Field(description="Project whose repository holds the page.")
    path: LocalFile = Field(description="Path in that repository.")


class Waiver(Model):
    """An approved exception with a reason and a last day. All five keys are required."""

    subject: str = Field(
        min_length=1, description="The incident (g/p#12), or the subject of the finding, such as the name of a service."
    )
    rules: RuleCodes = Field(min_length=1, description="Rule codes. One of a missing or late review covers both.")
    reason: str = Field(min_length=1, description="Why.")
    approved_by: str = Field(min_length=1, description="Who approved it.")
    expires: Day = Field(description="The last day on which it is valid.")
