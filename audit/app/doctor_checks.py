"""The doctor's checks of server, projects, labels, waivers, reminders and destinations, as lines of its table."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from audit.app.checkpoints import fault, faults, fine, needed, warning
from audit.evidence import waivers as validity
from audit.evidence.local_days import end_of
from audit.evidence.overlooked import page_drift, unknown_waivers, unread_severities
from audit.gitlab.http.client import issue_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read.accounts import read_accounts
from audit.gitlab.read.policy_page import read_policy_page
from audit.gitlab.read.projects import is_group
from audit.gitlab.read.rest_rows import IssueRow
from audit.gitlab.read.template_files import is_review_template
from audit.gitlab.write.destinations import ADVICE, EXPOSED_ADVICE
from audit.model import Ref
from audit.phrases import listed, plural
from audit.reminders.note_templates import unkind
from audit.text import labels as spelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from audit.app.checkpoints import Checkpoint
    from audit.gitlab.http.client import Client
    from audit.gitlab.read.labels_in_use import Diagnosis, LabelUse
    from audit.gitlab.read.preflight import Preflight
    from audit.gitlab.write.destinations import DestinationSurvey
    from audit.model import Catalog
    from audit.reminders.note_templates import Wording
    from audit.settings.policy import Waiver
    from audit.settings.settings import Settings

_SHOWN: Final = 8
"""Names in one line at most."""
_MOST_LOOKUPS: Final = 20
"""Issues of waivers that are looked up at most."""
_ALIKE: Final = 0.6
"""How alike two labels are of which one may be meant by the other."""


def server(preflight: Preflight) -> Iterator[Checkpoint]:
    """Return who the token is, and what GitLab says of both."""
    account = preflight.account
    version = f"GitLab {preflight.version or 'of unknown version'}"
    # a warning says so if that day is near
    near = any(f"{preflight.token_expires}" in text for text in preflight.warnings)
    until = f"; it expires on {preflight.token_expires}" if preflight.token_expires and not near else ""
    if account.bot:
        yield fine("token", f"{version}; the token is of {account.username}, a bot{until}")
    else:
        yield warning(
            "token",
            f"{version}; the token is of {account.username}, a person{until}",
            "give the audit an account of its own: a project or group access token",
        )
    yield from (warning("token", text) for text in preflight.warnings)


def projects(preflight: Preflight) -> Iterator[Checkpoint]:
    """Return how many projects are read."""
    if preflight.projects:
        yield fine("projects", plural(len(preflight.projects), "project"))


def lacking(preflight: Preflight) -> Iterator[tuple[str, str, str]]:
    """Yield what posting would lack besides the token's scope: check, fault, and what to do."""
    archived = [project.path for project in preflight.projects if project.archived]
    if archived:
        yield "projects", f"archived, so that nothing can be posted there: {listed(archived, len(archived))}", ""
    guests = [project.path for project in preflight.projects if not project.archived and not project.sees_confidential]
    if guests:
        yield "projects", f"internal notes need the role Planner or Reporter in {listed(guests, len(guests))}", ""


def labels(diagnosis: Diagnosis, settings: Settings, *, apply: bool) -> Iterator[Checkpoint]:
    """Return which settings match no label of the tracker, each with the label that may be meant."""
    lines: list[Checkpoint] = [
        fault("labels", f"{gap.what} of {gap.ref}: {gap.why}", exit_status=3)
        if gap.what == "labels"
        else warning("reviews", f"{gap.what} of {gap.ref}: {gap.why}")
        for gap in diagnosis.gaps
    ]
    if unread := unread_severities(settings.labels, diagnosis.names):
        lines.append(warning("labels", unread))
    lines += (
        warning("labels", f"no label of the tracker is {use.configured} ({use.setting})", _meant(use, diagnosis))
        for use in diagnosis.unmatched
        if use.chosen or (use.setting == "labels.review" and settings.review.where == "issue")
    )
    lines += _lost_templates(diagnosis, settings)
    lines += _offered(diagnosis, settings, apply=apply)
    yield from lines or [fine("labels", "each label of the settings is in the tracker")]


def _lost_templates(diagnosis: Diagnosis, settings: Settings) -> Iterator[Checkpoint]:
    """Return which templates the settings name, and no review project has."""
    review, files = settings.review, diagnosis.reviews.templates.files
    if any(gap.what == "templates" for gap in diagnosis.gaps):
        return
    lost = [name for name in review.template if not any(is_review_template(_base(file), [name]) for file in files)]
    if lost and review.templates:
        yield warning(
            "reviews",
            f"no file {listed(lost, len(lost))} in {review.templates} of the review projects (review.template)",
            "correct the name, or take it out",
        )
    elif review.templates and not files and "templates" in review.model_fields_set:
        yield warning(
            "reviews", f"no template of reviews in {review.templates} (review.templates)", "correct the folder"
        )


def _base(path: str) -> str:
    return path.rpartition("/")[2]


def _meant(use: LabelUse, diagnosis: Diagnosis) -> str:
    """Return the labels that may be meant by one that does not exist."""
    if use.configured.endswith("::*"):
        scopes = {name.rpartition("::")[0] for name in diagnosis.names if "::" in name}
        near = _near(use.configured.removesuffix("::*"), scopes)
    else:
        near = _near(use.configured, diagnosis.names)
    return f"did you mean {' or '.join(near)}?" if near else "correct it, or take it out"


def _near(text: str, names: Iterable[str]) -> list[str]:
    """Return up to three names that are spelt nearly like a text, whatever case and separators."""
    by_key = {_bare(name): name for name in sorted(names, reverse=True)}
    return [by_key[key] for key in difflib.get_close_matches(_bare(text), by_key, n=3, cutoff=_ALIKE)]


def _bare(name: str) -> str:
    return "".join(character for character in spelling.key(name) if character.isalnum())


def _offered(diagnosis: Diagnosis, settings: Settings, *, apply: bool) -> Iterator[Checkpoint]:
    """Return which labels the notes tell people to add, and nobody can pick, since the tracker has none such."""
    absent = {use.setting for use in diagnosis.unmatched if not use.chosen}
    lacks = []
    if "labels.snooze_scope" in absent:
        lacks.append(f"{settings.labels.snooze_scope}::<day>")
    missing = [use.configured for use in diagnosis.unmatched if use.setting == "labels.no_corrective_action"]
    lacks += missing if len(missing) == len(settings.labels.no_corrective_action) else []
    if lacks:
        # nobody is told of them before notes are posted
        yield (warning if apply else needed)(
            "labels",
            f"notes offer labels that the tracker does not have: {', '.join(lacks)}",
            "create those that people shall find; comments to the bot postpone without any",
        )


def waivers(
    client: Client, settings: Settings, preflight: Preflight, catalog: Catalog | None, today: date
) -> Iterator[Checkpoint]:
    """Return the waivers that have expired, and those on what does not exist."""
    if not settings.waivers:
        return
    lines: list[Checkpoint] = []
    if lapsed := validity.lapsed(settings.waivers, today):
        names = [f"{one.subject} ({one.expires})" for one in lapsed]
        lines.append(
            warning("waivers", f"expired: {listed(names[:_SHOWN], len(names))}", "renew them, or take them out")
        )
    valid = validity.valid(settings.waivers, today)
    if unknown := _unknown(client, valid, preflight, catalog):
        what = "neither an issue of an audited project nor a service"
        lines.append(warning("waivers", f"{what}: {listed(unknown[:_SHOWN], len(unknown))}", "correct the subject"))
    yield from lines or [fine("waivers", f"{plural(len(valid), 'waiver')}, all valid")]


def _unknown(client: Client, valid: Sequence[Waiver], preflight: Preflight, catalog: Catalog | None) -> tuple[str, ...]:
    """Return the subjects of waivers that name nothing that exists; issues that no answer came of count as existing."""
    projects = {project.path.casefold(): project.path for project in preflight.projects}
    services = [service.name for service in catalog.services] if catalog else []
    refs, subjects = [], []
    for one in valid:
        project, _, number = one.subject.rpartition("#")
        if number.isdigit() and project.casefold() in projects:
            refs.append(Ref(projects[project.casefold()], int(number)))
            subjects.append(one.subject)
    exist = client.map(lambda ref: _exists(client, ref), refs[:_MOST_LOOKUPS])
    issues = [subject for subject, there in zip(subjects, [*exist, *[True] * len(subjects)], strict=False) if there]
    return unknown_waivers(valid, (*services, *issues))


def _exists(client: Client, ref: Ref) -> bool:
    try:
        client.get(issue_path(ref), IssueRow)
    except RequestError as error:
        return error.cause is not Cause.NOT_FOUND
    return True


def contact(client: Client, settings: Settings) -> Iterator[Checkpoint]:
    """Return whether the contact of the reminders exists."""
    name = settings.reminders.contact.strip().removeprefix("@")
    if not name:
        return
    accounts, gaps = read_accounts(client, [] if "/" in name else [name])
    account = accounts.get(name.lower())
    if account is not None and account.active:
        yield fine("contact", f"@{account.username}")
    elif account is not None:
        yield warning("contact", f"reminders.contact: @{name} is no active account", "name another account or group")
    elif gaps or is_group(client, name):
        yield fine("contact", f"@{name}, a group" if not gaps else f"@{name} could not be looked up")
    else:
        yield warning(
            "contact", f"reminders.contact: there is no account or group {name}", "name an account or group that exists"
        )


def first_day(settings: Settings, today: date) -> Iterator[Checkpoint]:
    """Warn where the first day that is read is one to come, so that nothing is audited."""
    if settings.first_day and settings.first_day > today:
        key = "since" if settings.since else "the first policy's from"
        yield warning("settings", f"{key} is {settings.first_day}, a day to come: no incident is audited", "correct it")


def reminders(settings: Settings, diagnosis: Diagnosis) -> Iterator[Checkpoint]:
    """Return from which day on people are reminded."""
    first = settings.remind_from
    if settings.reminders.remind_from:
        yield fine("reminders", f"of incidents declared from {first} on")
        return
    who = f"of incidents declared from {first} on, the first day that is read" if first else "nobody is reminded"
    advice = f"set reminders.remind_from, like {diagnosis.remind_from}, so that a first run reminds of nothing old"
    yield warning("reminders", who, advice)


def words(wording: Wording) -> Iterator[Checkpoint]:
    """Return whether the custom templates of the notes have words that can read as blame."""
    for name in sorted(wording.custom):
        template = wording.custom[name]
        if blame := unkind(template.text):
            yield warning("notes", f"{template.path} has words that can read as blame: {', '.join(blame)}")
        else:
            yield fine("notes", f"{template.path} writes every kind of note")


def policy_page(client: Client, settings: Settings, today: date) -> Iterator[Checkpoint]:
    """Return when the page on which the policy rests was last changed, and whether that is new."""
    page = settings.policy_page
    if page is None:
        return
    zone = ZoneInfo(settings.timezone)
    commit, gaps = read_policy_page(client, settings, end_of(today, zone))
    yield from (warning("policy page", f"{page.path} of {page.project} could not be read: {gap.why}") for gap in gaps)
    if commit is not None:
        drift, day = page_drift(settings, *commit), commit[0].astimezone(zone).date()
        last = f"{page.path} of {page.project} was last changed on {day} (commit {commit[1][:8]})"
        yield warning("policy page", drift) if drift else fine("policy page", last)
    if all(policy.from_ is None for policy in settings.policies):
        yield warning("policy page", "the policy has no `from`, so that no change can be later than it")


def destinations(result: DestinationSurvey, settings: Settings) -> Iterator[Checkpoint]:
    """Return what is in the way of each destination, and what it will need."""
    lines = [
        *faults("publish", result.exposed, EXPOSED_ADVICE, exit_status=2),
        *faults("publish", result.faults, ADVICE),
        *(needed("publish", text) for text in result.lacks),
        *(warning("publish", text) for text in result.warnings),
    ]
    publish = settings.publish
    places = sum(place is not None for place in (publish.issue, publish.wiki, publish.repository, publish.notify))
    where = f"{plural(places, 'place')} besides the output folder" if places else "into the output folder only"
    yield from lines or [fine("publish", where)]
