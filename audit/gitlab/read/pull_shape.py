"""What shapes a pull: two pulls can only be compared, or one made from the other, where all of it is the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from audit import __version__
from audit.gitlab.read.issue_queries import first_moment

if TYPE_CHECKING:
    from audit.gitlab.read.preflight import Preflight
    from audit.settings.settings import Settings


def shape_of(settings: Settings, preflight: Preflight) -> str:
    """Return the SHA-256 in hex of the settings, projects, account and releases that shape a pull."""
    since = first_moment(settings)
    parts = {
        "program": __version__,
        "release": preflight.release,
        "account": (preflight.account.username, preflight.account_id),
        "projects": [asdict(project) for project in preflight.projects],
        "since": since.isoformat() if since else "",
        "timezone": settings.timezone,
        "hosts": settings.gitlab.hosts,
        "settings": {
            name: getattr(settings, name).model_dump(mode="json") for name in ("projects", "labels", "review")
        },
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
