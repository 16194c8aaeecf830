"""The doctor command: whether the next run can succeed here, every fault at once, and what the tracker calls things."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from audit.app import checkpoints, doctor_checks, doctor_details
from audit.app.checkpoints import Checkpoint, Checkup
from audit.app.doctor_catalog import calendar_lines, calendars, catalog_lines, catalogue
from audit.app.reading import read_catalog
from audit.app.review_readings import read_in_short
from audit.errors import AuditError
from audit.gitlab.read.labels_in_use import diagnose
from audit.gitlab.read.preflight import survey
from audit.gitlab.write.destinations import survey_destinations
from audit.reminders.custom_templates import read_wording

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.preflight import Preflight
    from audit.settings.settings import Settings

_OF_TRACKER: Final = ("projects", "catalogue", "labels", "waivers", "contact", "reminders", "publish")
"""The checks that need a token that reads, and settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorRequest:
    """The day, the purpose of the next run, and what is known already."""

    today: date
    apply: bool = False
    """The next run is to post and publish: what only that needs is a fault then."""
    before: tuple[Checkpoint, ...] = ()
    """What the settings file and the environment have shown already."""
    digest_faults: tuple[str, ...] = ()
    """Why the digest cannot be sent."""


@dataclass(kw_only=True)
class _Chart:
    """The lines so far."""

    points: list[Checkpoint] = field(default_factory=list)
    details: list[str] = field(default_factory=list)


def checkup(client: Client | None, settings: Settings | None, request: DoctorRequest) -> Checkup:
    """Check everything that could stop the next run; what a fault keeps from being checked is listed as such.

    ``client`` is None where address or token are wrong already, ``settings`` where the file has faults.
    """
    chart = _Chart(points=list(request.before))
    words = _wording(chart, settings) if settings else []
    preflight = _token(chart, client, settings, request) if client else None
    if client is None or settings is None or preflight is None:
        because = "nothing can be read with this token" if client else "address or token are missing"
        because = "the settings have faults" if settings is None else because
        chart.points += checkpoints.unchecked(because, *_OF_TRACKER)
    else:
        _tracker(chart, client, settings, preflight, request)
    return Checkup(checkpoints=tuple(chart.points), details=(*chart.details, *words))


def _wording(chart: _Chart, settings: Settings) -> list[str]:
    """Try out the custom templates of the notes, and return lines that show one."""
    try:
        wording = read_wording(settings)
        lines = list(doctor_details.custom_words(wording, settings))
    except AuditError as error:
        chart.points += checkpoints.faults("notes", error.faults or (error.message,), error.advice, exit_status=2)
        return []
    if wording.custom:
        chart.points += doctor_checks.words(wording)
    return lines


def _token(chart: _Chart, client: Client, settings: Settings | None, request: DoctorRequest) -> Preflight | None:
    """Check address, token, server and projects; None: nothing can be read."""
    result = survey(client, settings.projects if settings else None, today=request.today, write=request.apply)
    preflight = result.preflight
    if result.faults:
        chart.points += checkpoints.faults("token", result.faults, result.advice)
    if preflight is None:
        return None
    chart.points += doctor_checks.server(preflight)
    if not request.apply:
        chart.points += (checkpoints.needed("token", what) for what in preflight.writing)
    if settings is None:
        return preflight
    chart.points += checkpoints.faults("projects", result.project_faults, result.project_advice)
    chart.points += doctor_checks.projects(preflight)
    chart.details += doctor_details.projects(preflight)
    return preflight


def _tracker(chart: _Chart, client: Client, settings: Settings, preflight: Preflight, request: DoctorRequest) -> None:
    """Check what the settings name in the tracker."""
    chart.points += doctor_checks.first_day(settings, request.today)
    diagnosis = diagnose(client, settings, preflight, as_of=request.today)
    try:
        catalog, known = read_catalog(client, settings), True
    except AuditError as error:
        chart.points += checkpoints.faults("catalogue", error.faults or (error.message,), error.advice)
        catalog, known = None, False
    if known:
        chart.points += catalogue(catalog, settings, diagnosis.service_labels)
        chart.details += catalog_lines(catalog, settings)
    chart.points += calendars(settings, request.today)
    chart.details += calendar_lines(settings, request.today)
    chart.details += doctor_details.rules(settings)
    chart.points += doctor_checks.policy_page(client, settings, request.today)
    if preflight.projects:
        chart.points += doctor_checks.labels(diagnosis, settings, apply=request.apply)
    else:
        chart.points += checkpoints.unchecked("no project can be read", "labels")
    chart.points += doctor_checks.waivers(client, settings, preflight, catalog if known else None, request.today)
    chart.points += doctor_checks.contact(client, settings)
    chart.points += doctor_checks.reminders(settings, diagnosis)
    chart.points += _apply(preflight, request)
    chart.details += doctor_details.templates(diagnosis, settings)
    chart.details += ("", *read_in_short(diagnosis.reviews, settings))
    chart.details += doctor_details.labels(diagnosis, settings)
    _destinations(chart, client, settings, preflight, request)


def _apply(preflight: Preflight, request: DoctorRequest) -> Iterator[Checkpoint]:
    """Yield what notes and digest would lack; of the token and the destinations the other lines tell."""
    for check, what, advice in (
        *doctor_checks.lacking(preflight),
        *(("digest", one, "") for one in request.digest_faults),
    ):
        yield checkpoints.fault(check, what, advice) if request.apply else checkpoints.needed(check, what, advice)


def _destinations(
    chart: _Chart, client: Client, settings: Settings, preflight: Preflight, request: DoctorRequest
) -> None:
    result = survey_destinations(client, settings, preflight, write=request.apply)
    chart.points += doctor_checks.destinations(result, settings)
    chart.details += doctor_details.destinations(result.checked, settings, request.today)
