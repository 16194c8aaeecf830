"""The environment and the clock as the commands get them; no command reads either itself."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from audit.gitlab.http.client import Client
    from audit.settings import Settings

log = logging.getLogger("audit")


@dataclass(frozen=True, kw_only=True)
class ProcessContext:
    """The environment, the clock, and values derived from them."""

    environ: Mapping[str, str] = field(repr=False)
    """The environment variables; some are secrets."""
    now: Callable[[ZoneInfo], datetime]
    """Returns the current time in a zone."""
    sleep: Callable[[float], None]
    """Waits the given number of seconds."""
    columns: int = 0
    """Columns of the terminal; 0: the output goes elsewhere."""

    def today(self, settings: Settings | None) -> date:
        """Return the current day in the settings' zone; without settings in UTC."""
        return self.now(ZoneInfo(settings.timezone if settings else "UTC")).date()

    def client(self, settings: Settings | None, *, pace: float = 0) -> Client:
        """Return a client of the GitLab that the environment names; without settings it has the usual limits.

        ``pace``: seconds from one request to the next, at least.
        """
        from audit.gitlab.http.client import Client
        from audit.settings import GitLabSettings, connection_from

        limits = settings.gitlab if settings else GitLabSettings()
        return Client(
            connection_from(self.environ),
            timeout=limits.timeout_seconds,
            patience=limits.patience_seconds,
            parallel=limits.parallel,
            pace=pace,
            sleep=self.sleep,
        )

    def from_root(self, path: Path) -> str:
        """Return a path relative to the repository, as GitLab names files; empty: it is elsewhere."""
        root = Path(self.environ.get("CI_PROJECT_DIR", "")).resolve()
        place = path.resolve()
        return place.relative_to(root).as_posix() if place.is_relative_to(root) else ""


def settings_at(path: Path) -> Settings:
    """Return the settings in a file. Raises SettingsError with all of its faults."""
    from audit.settings import load

    return load(path)


def say(message: str, *, warning: bool = False) -> None:
    """Log one line."""
    log.log(logging.WARNING if warning else logging.INFO, "%s", message)
