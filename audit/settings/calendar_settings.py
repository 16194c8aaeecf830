"""The part of the settings that says which days are working days."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from audit.settings.closure_files import closed_days
from audit.settings.value_types import Day, Model, Weekdays, has_holidays


def _with_files(value: Any) -> Any:
    """Put the days of calendar files in their place; a lone value is a list of one."""
    values = (value,) if isinstance(value, str | date) else value
    if not isinstance(values, list | tuple):
        return values
    return tuple(day for one in values for day in (closed_days(one) if _is_file(one) else (one,)))


def _is_file(value: Any) -> bool:
    return isinstance(value, str) and value.strip().lower().endswith(".ics")


_CalendarFile = Annotated[str, Field(pattern=r"\.[iI][cC][sS]\s*$")]
Closures = Annotated[
    tuple[Day, ...],
    BeforeValidator(_with_files, json_schema_input_type=Day | _CalendarFile | tuple[Day | _CalendarFile, ...]),
]
"""Days. Files are read once, with the settings, so that the hash of the settings tells that a file has changed."""


class Calendar(Model):
    """Which days are working days: neither weekend nor public holiday nor closure."""

    country: str = Field(
        default="",
        pattern=r"^([A-Z]{2})?$",
        description="ISO code of the country whose public holidays count, like DE.",
    )
    subdivision: str = Field(default="", description="Its state or province, like BY.")
    weekend: Weekdays | None = Field(
        default=None,
        description="Days of the weekend. Default: the country's, as it was on each day; without a country Sat, Sun.",
        examples=[["Sat", "Sun"]],
    )
    closures: Closures = Field(
        default=(),
        description="Further days on which nobody works, and local .ics files: their all-day events count, of several"
        " days and repeating ones too.",
    )

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
        if len(set(self.weekend or ())) > 6:
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
        examples=[{"registry": {"country": "IL"}}],
    )
