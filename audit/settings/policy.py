"""The parts of the settings that decide verdicts: dated policies, calendars, waivers."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from audit.settings.value_types import Day, Days, Labels, Model, RuleCodes, Severities, Weekdays, has_holidays


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
    severities: Severities = Field(default=(1, 2), description="Severities that require a review.")
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
    due_days: int = Field(
        default=5, ge=1, le=366, description="A review is due this many days after the day of the anchor."
    )
    due_kind: Literal["working", "calendar"] = Field(default="working", description="Which days are counted.")
    anchor: Literal["declared", "resolved", "closed"] = Field(default="declared", description="When the clock starts.")
    grace_minutes: int = Field(
        default=60, ge=0, le=60 * 24 * 30, description="Minutes. A label that stood no longer than this was a mistake."
    )
    unowned: Literal["exempt", "flag", "require"] = Field(
        default="exempt",
        description="While no service has an owner: exempt requires no review, flag requires one and reports the"
        " service too, require requires one as for any other.",
    )

    @property
    def key(self) -> str | None:
        """The ISO day from which it is in force; None for a policy without one."""
        return self.from_.isoformat() if self.from_ else None


class Calendar(Model):
    """Which days are working days: neither weekend nor public holiday nor closure."""

    country: str = Field(
        default="",
        pattern=r"^([A-Z]{2})?$",
        description="ISO code of the country whose public holidays count, like DE.",
    )
    subdivision: str = Field(default="", description="Its state or province, like BY.")
    weekend: Weekdays = Field(default=("Sat", "Sun"), description="Days of the weekend.")
    closures: Days = Field(default=(), description="Further days on which nobody works.")

    @field_validator("country")
    @classmethod
    def _country_is_known(cls, country: str) -> str:
        if country:
            has_holidays(country, "")
        return country

    @field_validator("subdivision")
    @classmethod
    def _subdivision_is_known(cls, subdivision: str, info: ValidationInfo) -> str:
        # a faulty country has a fault of its own, and is not among the data
        country = info.data.get("country", "")
        if country and subdivision:
            has_holidays(country, subdivision)
        return subdivision

    @model_validator(mode="after")
    def _some_day_is_worked(self) -> Self:
        if len(set(self.weekend)) > 6:
            raise ValueError("has no working day at all: `weekend` names all seven days")
        if self.subdivision and not self.country:
            raise ValueError("has a `subdivision` without its `country`")
        return self


class Calendars(Model):
    """A service's calendar goes before its team's, and that before the default."""

    default: Calendar = Field(default_factory=Calendar, description="Calendar of all other services.")
    teams: dict[str, Calendar] = Field(
        default_factory=dict,
        description="Calendars by the name of the team in the catalogue.",
        examples=[{"database": {"country": "DE", "subdivision": "BY"}}],
    )
    services: dict[str, Calendar] = Field(
        default_factory=dict,
        description="Calendars by the name of the service in the catalogue.",
        examples=[{"registry": {"country": "IL", "weekend": ["Fri", "Sat"]}}],
    )


class Waiver(Model):
    """An approved exception with a reason and a last day. All five keys are required."""

    subject: str = Field(
        min_length=1, description="The incident (g/p#12), or the subject of the finding, such as the name of a service."
    )
    rules: RuleCodes = Field(min_length=1, description="Rule codes. One of a missing or late review covers both.")
    reason: str = Field(min_length=1, description="Why.")
    approved_by: str = Field(min_length=1, description="Who approved it.")
    expires: Day = Field(description="The last day on which it is valid.")
