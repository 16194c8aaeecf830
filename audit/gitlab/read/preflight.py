"""Checks the token, the server and the projects before the audit, and reports all faults at once."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from audit.errors import PreflightError
from audit.gitlab.http import credential
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.http.transport import origin
from audit.gitlab.read import nodes, projects
from audit.gitlab.read.graphql_nodes import ServerAnswer
from audit.gitlab.read.projects import AuditedProject

if TYPE_CHECKING:
    from datetime import date

    from audit.gitlab.http.client import Client
    from audit.gitlab.http.credential import Credential
    from audit.gitlab.read.graphql_nodes import AccountNode
    from audit.model import User
    from audit.settings.settings import Settings
    from audit.settings.tracker_settings import Projects

log = logging.getLogger("audit.gitlab")

__all__ = ["AuditedProject", "Preflight", "Survey", "run_preflight", "survey"]

OLDEST = (16, 7)
"""The oldest release whose API has everything that the audit reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    """Facts known before the audit begins."""

    account: User
    """The account of the token: the only author whose markers count."""
    account_id: int
    """Its number, which stays when the account is renamed."""
    version: str
    release: tuple[int, int]
    """Major and minor version."""
    enterprise: bool
    projects: tuple[AuditedProject, ...]
    """By path."""
    token_expires: date | None = None
    warnings: tuple[str, ...] = ()
    writing: tuple[str, ...] = ()
    """What the token lacks for posting, whether anything is to be posted or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found out beforehand, faults included."""

    preflight: Preflight | None = None
    """With the projects that could be looked up; None: nothing can be read with this token, or there."""
    faults: tuple[str, ...] = ()
    """Of the address, the token and the server."""
    advice: str = ""
    project_faults: tuple[str, ...] = ()
    project_advice: str = ""


def survey(client: Client, settings: Projects | None, *, today: date, write: bool) -> Survey:
    """Check everything that can be checked beforehand; without settings only address, token and server."""
    try:
        token = _examined(client, today=today, write=write)
        asking = client.aside(lambda: _server(client))
        if not token.described:
            # it may be no GitLab: then no project is looked up there
            asking.result()
        resolved = projects.resolve(client, settings, write=write) if settings else projects.Resolved(projects=())
        server, account = asking.result()
    except PreflightError as error:
        return Survey(faults=error.faults, advice=error.advice)
    return Survey(
        preflight=_result(server, account, token, resolved),
        faults=token.faults,
        advice=token.advice,
        project_faults=resolved.faults,
        project_advice=resolved.advice,
    )


def run_preflight(client: Client, settings: Settings, *, today: date, write: bool) -> Preflight:
    """Check everything that can be checked beforehand. Raises PreflightError with all faults."""
    result = survey(client, settings.projects, today=today, write=write)
    faults = (*result.faults, *result.project_faults)
    if result.preflight is None or faults:
        raise _refused(faults, result.advice or result.project_advice)
    return result.preflight


def _examined(client: Client, *, today: date, write: bool) -> Credential:
    """Return the token as the server describes it. Raises PreflightError where nothing can be read with it."""
    _check_address(client.url)
    wrong = credential.unusable(client.token)
    if wrong is not None:
        raise _refused(wrong.faults, wrong.advice)
    try:
        log.info("asking %s ...", urlsplit(client.url).netloc)
        token = credential.examine(client, today=today, write=write)
    except RequestError as error:
        raise _unanswered(client, error) from error
    if token.blind:
        raise _refused(token.faults, token.advice)
    return token


def _server(client: Client) -> tuple[ServerAnswer, AccountNode]:
    """Return the server, and the token's account. Raises PreflightError."""
    try:
        server = client.query("server", ServerAnswer.model_validate)
    except RequestError as error:
        raise _unanswered(client, error) from error
    if server.current_user is None:
        raise _refused(("GitLab does not say whose token it is",), "Use a token of an account.")
    return server, server.current_user


def _result(server: ServerAnswer, account: AccountNode, token: Credential, resolved: projects.Resolved) -> Preflight:
    version = (server.metadata.version if server.metadata else None) or ""
    numbers = re.match(r"(\d+)\.(\d+)", version)
    release = (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)
    warnings = [*token.warnings, *resolved.warnings]
    if numbers is None:
        warnings.append("the server does not say which version it is: it is treated as an old one")
    elif release < OLDEST:
        warnings.append(f"GitLab {version} is older than {OLDEST[0]}.{OLDEST[1]}, for which this was written")
    return Preflight(
        account=nodes.user(account),
        account_id=account.id,
        version=version,
        release=release,
        enterprise=bool(server.metadata and server.metadata.enterprise),
        projects=resolved.projects,
        token_expires=token.expires,
        warnings=tuple(warnings),
        writing=token.writes,
    )


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise _refused(
            ("the address of GitLab is not a web address, which begins with https://",),
            "Set it like https://gitlab.com.",
        )


def _unanswered(client: Client, error: RequestError) -> PreflightError:
    """Explain that no GitLab answers at the address, usually because it was copied from a project's page."""
    if error.cause not in (Cause.NOT_FOUND, Cause.NOT_JSON):
        return _refused((error.message,), error.advice)
    path = urlsplit(client.url).path
    why = (
        f"{path} may be a group or project in it" if path else "if it is, a proxy or a login page answers in its place"
    )
    fault = f"no GitLab answers at {origin(client.url)}{path} (status {error.status})"
    return _refused(
        (fault,), f"Set GITLAB_URL to the address of GitLab itself, like https://gitlab.example.com; {why}."
    )


def _refused(faults: tuple[str, ...], advice: str) -> PreflightError:
    message = faults[0] if len(faults) == 1 else f"GitLab cannot serve the audit: {len(faults)} faults"
    return PreflightError(message, faults=faults, advice=advice)
