"""Proposes settings for a tracker: reads a sample of it, and checks that its catalogue is one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from audit.app.reading import read_catalog
from audit.errors import CatalogError, PreflightError
from audit.gitlab.read.preflight import survey
from audit.gitlab.read.projects import is_group, resolve
from audit.gitlab.read.tracker_sample import Sampler
from audit.phrases import plural
from audit.settings import Settings

if TYPE_CHECKING:
    from datetime import date

    from audit.gitlab.http.client import Client
    from audit.settings.first_file import TrackerSample


def sampled(client: Client, path: str, *, today: date) -> TrackerSample:
    """Return what the project or group at ``path`` uses. Raises PreflightError where it, or the token, is not fit."""
    result = survey(client, None, today=today, write=False)
    if result.preflight is None:
        raise PreflightError(result.faults[0], faults=result.faults, advice=result.advice)
    # a path of one part can be no project
    group = not ("/" in path or path.isdigit()) or is_group(client, path)
    settings = Settings.model_validate({"projects": {"incident_groups" if group else "incidents": [path]}})
    resolved = resolve(client, settings.projects, write=False)
    if faults := (*result.faults, *resolved.faults):
        raise PreflightError(faults[0], faults=faults, advice=result.advice or resolved.advice)
    sample = Sampler(client, replace(result.preflight, projects=resolved.projects)).read(path, group=group)
    return _with_read_catalogue(client, settings, sample)


def _with_read_catalogue(client: Client, settings: Settings, sample: TrackerSample) -> TrackerSample:
    """Return the sample without its catalogue where the files cannot be read as one; else with its size."""
    if sample.services is None:
        return sample
    places = {"services": sample.services.source, **({"teams": sample.teams.source} if sample.teams else {})}
    named = Settings.model_validate({"projects": settings.projects.model_dump(), "catalog": places})
    try:
        catalog = read_catalog(client, named)
    except CatalogError as error:
        unread = (*sample.unread, f"catalogue: {error.message}")
        return replace(sample, services=None, teams=None, unread=unread)
    size = plural(len(catalog.services), "service") if catalog else ""
    return replace(sample, services=replace(sample.services, why=f"{sample.services.why}; {size}"))
