"""Checks a token before anything else is sent with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from audit.gitlab.http.failures import ROTATE, Cause, RequestError

if TYPE_CHECKING:
    from audit.gitlab.http.client import Client

WARN_DAYS = 14

# prefixes of the kinds of tokens that cannot be used
_WRONG_KINDS = {
    "glcbt-": "a CI job token",
    "gldt-": "a deploy token",
    "glrt-": "a runner token",
    "glptt-": "a pipeline trigger token",
    "glft-": "a feed token",
    "glimt-": "an incoming mail token",
    "glagent-": "an agent token",
}
_JOB_TOKEN_JWT = re.compile(r"ey[\w-]+\.ey[\w-]+\.[\w-]+")
_MAKE = "Use a group or project access token with the scope read_api, or api where it also posts reminders."


class TokenRow(BaseModel):
    """A token as the server describes it."""

    model_config = ConfigDict(defer_build=True, strict=True, frozen=True)

    scopes: frozenset[str] = Field(strict=False)
    granular: bool | None = None
    revoked: bool | None = None
    active: bool | None = None
    expires_at: date | None = Field(default=None, strict=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What the server says about the token."""

    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    expires: date | None = None
    advice: str = ""
    writes: tuple[str, ...] = ()
    """What it lacks for posting, whether anything is to be posted or not."""
    blind: bool = False
    """It cannot read anything, so further requests are pointless."""
    described: bool = True
    """The server says something about it."""


def unusable(token: str) -> Credential | None:
    """Return what is wrong with a token that can be seen without sending it, or None."""
    if not token:
        return Credential(
            faults=("the token is empty",),
            advice="Set the variable that holds the token. A protected variable is empty on an unprotected branch, "
            "and so it is in a schedule on one.",
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        return Credential(faults=("the token has characters that no token has",), advice="Copy it again.")
    kind = next((name for prefix, name in _WRONG_KINDS.items() if token.startswith(prefix)), None)
    if kind is None and _JOB_TOKEN_JWT.fullmatch(token):
        kind = "a CI job token, or another JSON web token"
    if kind is None:
        return None
    return Credential(faults=(f"the token is {kind}, which can neither query GraphQL nor post",), advice=_MAKE)


def examine(client: Client, *, today: date, write: bool) -> Credential:
    """Read what the server says about the token. Raises RequestError."""
    try:
        token = client.get("/personal_access_tokens/self", TokenRow)
    except RequestError as error:
        if error.cause is Cause.NOT_FOUND:
            warning = "this server says nothing about tokens: scopes and expiry are not known"
            return Credential(warnings=(warning,), described=False)
        raise
    expires = token.expires_at
    faults, warnings = _scopes(token, write=write)
    ended = bool(token.revoked) or token.active is False
    if ended:
        faults.append("the token is revoked or expired")
    if expires and expires - today <= timedelta(days=WARN_DAYS):
        warnings.append(f"the token expires on {expires.isoformat()}: rotate it before, do not make a new one")
    advice = (ROTATE if ended else _MAKE) if faults else ""
    return Credential(
        faults=tuple(faults),
        warnings=tuple(warnings),
        expires=expires,
        advice=advice,
        writes=tuple(_scopes(token, write=True)[0]),
        blind=ended or token.scopes.isdisjoint({"api", "read_api", "granular"}),
    )


def _scopes(token: TokenRow, *, write: bool) -> tuple[list[str], list[str]]:
    """Return the faults and the warnings."""
    if "granular" in token.scopes or token.granular:
        return [], ["the token is fine-grained: whether its permissions suffice shows only when they are used"]
    needed = {"api"} if write else {"api", "read_api"}
    if token.scopes & needed:
        return [], []
    has = ", ".join(sorted(token.scopes)) or "none"
    purpose = "the scope api, which posting needs" if write else "the scope read_api, which reading needs"
    return [f"the token lacks {purpose} (it has: {has})"], []
