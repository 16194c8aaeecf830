"""audit.yml and the environment: read once, at the start, with every fault told at once."""

from audit.settings.environment import Connection, addresses_from, connection_from
from audit.settings.example_file import template
from audit.settings.loader import json_schema, load, settings_hash
from audit.settings.policy import Calendar, Calendars, Policy, Waiver
from audit.settings.settings import (
    CatalogSettings,
    CatalogSource,
    GitLabSettings,
    LabelNames,
    Postponement,
    Projects,
    ReminderSettings,
    ReportSettings,
    ReviewSettings,
    Settings,
)

__all__ = [
    "Calendar",
    "Calendars",
    "CatalogSettings",
    "CatalogSource",
    "Connection",
    "GitLabSettings",
    "LabelNames",
    "Policy",
    "Postponement",
    "Projects",
    "ReminderSettings",
    "ReportSettings",
    "ReviewSettings",
    "Settings",
    "Waiver",
    "addresses_from",
    "connection_from",
    "json_schema",
    "load",
    "settings_hash",
    "template",
]
