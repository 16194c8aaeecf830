"""What all steps of a pull need to know."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from audit.gitlab.read.issue_queries import first_moment
from audit.gitlab.read.progress import Tally
from audit.gitlab.read.project_labels import ARCHIVES_SINCE
from audit.pull_model import WHOLE
from audit.text import labels
from audit.text.references import host_of_settings

if TYPE_CHECKING:
    from datetime import datetime

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.preflight import Preflight
    from audit.gitlab.read.progress import OnProgress
    from audit.model import Issue
    from audit.pull_model import Shard
    from audit.settings.settings import Settings


@dataclass(frozen=True, kw_only=True)
class PullJob:
    """Common inputs of all steps."""

    client: Client
    settings: Settings
    preflight: Preflight
    until: datetime
    progress: OnProgress
    shard: Shard = WHOLE
    lock: threading.Lock = field(default_factory=threading.Lock)

    def tally(self, step: str) -> Tally:
        """Return a counter of what a step has done."""
        return Tally(self.progress, step, self.lock)

    @property
    def archived(self) -> bool:
        """Whether labels may be archived on this server."""
        return self.preflight.release >= ARCHIVES_SINCE

    @property
    def hosts(self) -> frozenset[str]:
        """This GitLab's hosts: the client's, the server's own name, and those in the settings."""
        here = {urlsplit(project.url).netloc.lower() for project in self.preflight.projects}
        return frozenset(here | set(map(host_of_settings, self.settings.gitlab.hosts)) | self.client.hosts)

    def in_time(self, issue: Issue) -> bool:
        """Return whether an issue is in the period: not created later, and not an incident before the first day."""
        if issue.created_at >= self.until:
            return False
        since = first_moment(self.settings)
        return since is None or issue.created_at >= since or not self._is_incident(issue)

    def _is_incident(self, issue: Issue) -> bool:
        if not any(project.incidents and project.path == issue.ref.project for project in self.preflight.projects):
            return False
        names = labels.keys(self.settings.labels.incident)
        return issue.issue_type == "incident" or any(labels.key(label) in names for label in issue.labels)
