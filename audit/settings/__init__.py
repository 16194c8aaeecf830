"""audit.yml and the environment, read once at the start; all faults are reported at once."""

from audit.settings.environment import Connection, addresses_from, connection_from
from audit.settings.example_file import example
from audit.settings.loader import json_schema, load, settings_hash
from audit.settings.policy import Policy
from audit.settings.settings import GitLabSettings, Settings

__all__ = [
    "Connection",
    "GitLabSettings",
    "Policy",
    "Settings",
    "addresses_from",
    "connection_from",
    "example",
    "json_schema",
    "load",
    "settings_hash",
]
