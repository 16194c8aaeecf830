"""What a run with ``--apply`` needs besides what every run does, told by the doctor and by dry runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.errors import PreflightError
from audit.gitlab.read.preflight import run_preflight
from audit.gitlab.write.destinations import check_destinations
from audit.phrases import listed, plural

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.preflight import Preflight
    from audit.gitlab.write.destinations import CheckedDestinations
    from audit.settings.settings import Settings


def needs_of_apply(preflight: Preflight, digest_faults: tuple[str, ...]) -> Iterator[str]:
    """Yield a line for each thing that posting would lack; what destinations lack is among their own warnings."""
    yield from preflight.writing
    archived = [project.path for project in preflight.projects if project.archived]
    if archived:
        yield f"archived, so that nothing can be posted there: {listed(archived, len(archived))}"
    guests = [project.path for project in preflight.projects if not project.archived and not project.sees_confidential]
    if guests:
        yield f"internal notes need the role Planner or Reporter in {listed(guests, len(guests))}"
    yield from digest_faults


def checked_for_apply(
    client: Client, settings: Settings, *, today: date, destinations: bool
) -> tuple[Preflight, CheckedDestinations]:
    """Check all that a run with ``--apply`` needs. Raises PreflightError with the faults of token and destinations."""
    faults: list[PreflightError] = []
    try:
        preflight = run_preflight(client, settings, today=today, write=True)
    except PreflightError as error:
        faults.append(error)
        # what only posting lacks must not hide the rest; what reading lacks is raised here
        preflight = run_preflight(client, settings, today=today, write=False)
    try:
        checked = check_destinations(client, settings, preflight, write=destinations)
    except PreflightError as error:
        raise _together([*faults, error]) from error
    if faults:
        raise _together(faults)
    return preflight, checked


def _together(errors: list[PreflightError]) -> PreflightError:
    faults = tuple(fault for error in errors for fault in error.faults)
    message = errors[0].message if len(errors) == 1 else f"--apply lacks {plural(len(faults), 'thing')}"
    return PreflightError(message, faults, " ".join(dict.fromkeys(error.advice for error in errors if error.advice)))
