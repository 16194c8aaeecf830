"""The destinations in GitLab: checked before anything is read, written one after the other at the end of a run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from audit.errors import PreflightError, SettingsError
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.write import repository_files, weekly_issue, wiki_page
from audit.gitlab.write.destination import Check
from audit.publishing.audience import judged
from audit.publishing.published import Unpublished

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.preflight import Preflight
    from audit.gitlab.write.destination import Destination, Target
    from audit.publishing.published import FinishedReport, Published
    from audit.settings.publish_settings import PublishSettings
    from audit.settings.settings import Settings

DESTINATIONS: Final[tuple[Destination[Any], ...]] = (
    weekly_issue.DESTINATION,
    wiki_page.DESTINATION,
    repository_files.DESTINATION,
)
"""In the order in which they are written."""
ADVICE: Final = "Check `publish` in the settings, and the role of the token's account there."
EXPOSED_ADVICE: Final = (
    "Publish in a place that is as closed as the projects, or set publish.allow_public if everybody may know."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedDestinations:
    """The destinations as GitLab has them today."""

    publish: PublishSettings
    """With the paths of today, and with the branch."""
    warnings: tuple[str, ...] = ()
    unchecked: tuple[Unpublished, ...] = ()
    """Those of which GitLab gave no answer: who could read them is not known, so nothing is written there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationSurvey:
    """What GitLab says of the destinations, faults included."""

    checked: CheckedDestinations
    faults: tuple[str, ...] = ()
    """Why some cannot be written."""
    lacks: tuple[str, ...] = ()
    """Why some could not be written, where nothing is to be."""
    warnings: tuple[str, ...] = ()
    """What is worth a look."""
    exposed: tuple[str, ...] = ()
    """Those that more people could read than may."""


def survey_destinations(client: Client, settings: Settings, preflight: Preflight, *, write: bool) -> DestinationSurvey:
    """Ask GitLab about every destination of the settings; one of which no answer comes stops nothing else."""
    checks, parts, unchecked = [], {}, []
    for destination, part in _named(settings.publish):
        check = Check(client=client, name=destination.name, write=write)
        checks.append(check)
        try:
            parts[destination.name] = destination.check(check, part)
        except RequestError as error:
            if error.passing or error.unsure:
                parts[destination.name] = None
                why = f"not checked, so that nothing is written there: {error.message}"
                check.warn(f"{part.place}: {why}")
                unchecked.append(Unpublished(what=f"publish.{destination.name}", where=part.place, why=why))
                continue
            what = "does not exist, or the token may not see it" if error.cause is Cause.NOT_FOUND else error.message
            check.faults.append(f"publish.{destination.name}: {part.place}: {what}")
    audience = judged(
        [venue for check in checks for venue in check.venues],
        [(project.path, project.visibility) for project in preflight.projects],
        allow_public=settings.publish.allow_public,
        tells_everything=settings.report.confidential_destination,
    )
    warnings = (*(warning for check in checks for warning in check.warnings), *audience.warnings)
    lacks = tuple(lack for check in checks for lack in check.lacks)
    checked = CheckedDestinations(
        publish=settings.publish.model_copy(update=parts), warnings=(*lacks, *warnings), unchecked=tuple(unchecked)
    )
    faults = tuple(fault for check in checks for fault in check.faults)
    return DestinationSurvey(checked=checked, faults=faults, lacks=lacks, warnings=warnings, exposed=audience.faults)


def check_destinations(client: Client, settings: Settings, preflight: Preflight, *, write: bool) -> CheckedDestinations:
    """Ask GitLab about every destination of the settings.

    One of which no answer comes stops nothing else. Raises SettingsError where more people could read one than may,
    and PreflightError where one cannot be written.
    """
    result = survey_destinations(client, settings, preflight, write=write)
    if result.exposed:
        raise SettingsError("the report would be open to everybody", faults=result.exposed, advice=EXPOSED_ADVICE)
    if result.faults:
        several = f"{len(result.faults)} destinations cannot be written"
        message = result.faults[0] if len(result.faults) == 1 else several
        raise PreflightError(message, faults=result.faults, advice=ADVICE)
    return result.checked


def targets(publish: PublishSettings, report: FinishedReport) -> tuple[Target, ...]:
    """Return the targets to write to, in order.

    The details stand in the wiki, else on the site; where there is neither, below page one.
    """
    if publish.wiki is not None:
        report = replace(report, details_url=wiki_page.details_url(publish.wiki, report))
    elif report.pages_url:
        report = replace(report, details_url=f"{report.pages_url.rstrip('/')}/{report.as_of}/report.html")
    return tuple(destination.target(part, report) for destination, part in _named(publish))


def _named(publish: PublishSettings) -> Iterator[tuple[Destination[Any], Any]]:
    for destination in DESTINATIONS:
        part = getattr(publish, destination.name)
        if part is not None:
            yield destination, part


def publish(client: Client, targets: Iterable[Target], *, bot: str) -> list[Published | Unpublished]:
    """Write each target and return what came of each. What fails on one stops no other.

    ``bot`` is the username of the client's token.
    """
    done: list[Published | Unpublished] = []
    stopped: RequestError | None = None
    for target in targets:
        if stopped is not None:
            done.append(_failed(target, f"not tried any more, since {stopped.message}", stopped))
            continue
        try:
            done.append(target.write(client, bot=bot))
        except RequestError as error:
            stopped = error if error.fatal else None
            done.append(_failed(target, error.message, error))
    return done


def _failed(target: Target, why: str, error: RequestError) -> Unpublished:
    advice = target.needs if error.cause is Cause.FORBIDDEN else error.advice
    return Unpublished(what=target.what, where=target.where, why=why, advice=advice)
