"""The meaning of a failed request: its cause, a message and advice, the same for REST and GraphQL."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import ValidationError

from audit import inert
from audit.errors import GitLabError
from audit.model import Gap
from audit.phrases import shortened

if TYPE_CHECKING:
    from audit.model import Ref


class Cause(StrEnum):
    """Why a request failed."""

    TOKEN = "token"  # noqa: S105 - the name of a kind
    SCOPE = "scope"
    ACCOUNT = "account"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not found"
    RATE_LIMITED = "rate limited"
    TOO_HEAVY = "too heavy"
    UNSUPPORTED = "unsupported"
    REFUSED = "refused"
    NOT_STORED = "not stored"
    SERVER = "server"
    NOT_JSON = "not JSON"
    MALFORMED = "malformed"
    NO_ANSWER = "no answer"
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    OTHER_HOST = "certificate of another host"
    AUTHORITIES = "certificate authorities"
    PROXY = "proxy"
    REDIRECTED = "redirected"
    LOST = "lost"


ROTATE = (
    "Rotate a token that expires or has expired, rather than make a new one: a new project or group access token is a"
    " new account, whose reminders begin anew until reminders.adopted names the old account."
)
ADVICE = {
    Cause.TOKEN: "Copy the token again into the variable that the job reads; a protected variable is empty on an "
    f"unprotected branch. {ROTATE}",
    Cause.SCOPE: "Give the token the scope read_api, or api where it also posts reminders.",
    Cause.ACCOUNT: "Ask an administrator of this GitLab to let the account in again, or use a token of another one, to "
    "which the notes of this one are a stranger's.",
    Cause.FORBIDDEN: "Check the role of the token's account. If every request fails this way, GitLab blocks this "
    "address or the account for a while.",
    Cause.NOT_FOUND: "Check the spelling, and that the token's account is a member there: GitLab answers the same for "
    "what is missing and for what may not be seen.",
    Cause.RATE_LIMITED: "Run it again later, or lower `gitlab.parallel`.",
    Cause.TOO_HEAVY: "Lower `gitlab.page_size`.",
    Cause.UNSUPPORTED: "This GitLab may be older than 16.7, or newer than this program.",
    Cause.NOT_STORED: "A line of the text was taken for a quick action.",
    Cause.SERVER: "Look at GitLab's status and run it again later.",
    Cause.NOT_JSON: "Check the address: a proxy or a login page seems to answer in GitLab's place.",
    Cause.MALFORMED: "This GitLab may be newer than this program; a proxy may also have damaged the answer.",
    Cause.NO_ANSWER: "Look at GitLab's status, or raise `gitlab.timeout_seconds`.",
    Cause.UNREACHABLE: "Check the address, the network and the proxy settings of the job.",
    Cause.LOST: "Run it again once GitLab answers.",
    Cause.CERTIFICATE: "Set REQUESTS_CA_BUNDLE to the certificate of the authority that signed the server's.",
    Cause.OTHER_HOST: "Set the address to a name that the certificate is for.",
    Cause.AUTHORITIES: "Set REQUESTS_CA_BUNDLE to a file with the certificates of the authorities in PEM form.",
    Cause.PROXY: "Check HTTPS_PROXY, with its user and password where it asks for them; NO_PROXY names hosts that are"
    " reached without it.",
    Cause.REFUSED: "Look for the status and its text in GitLab's documentation; a proxy on the way may have answered.",
    Cause.REDIRECTED: "Set the address to the one that it leads to, https:// included.",
}

_DAMAGED = frozenset({Cause.NOT_JSON, Cause.MALFORMED})
# a write may have taken effect although its answer was lost, or came from a proxy
_UNSURE = frozenset({Cause.SERVER, Cause.TOO_HEAVY, Cause.NO_ANSWER, Cause.UNREACHABLE}) | _DAMAGED
_RETRIED = frozenset({Cause.RATE_LIMITED, Cause.SERVER, Cause.UNREACHABLE, Cause.NO_ANSWER}) | _DAMAGED
_PAGES = frozenset({"incidents", "reviews"})
_SMALLER = frozenset({Cause.TOO_HEAVY, Cause.NO_ANSWER, Cause.SERVER, Cause.NOT_JSON})


class RequestError(GitLabError):
    """One request failed. ``status`` is None if no answer came; ``wait`` is the seconds the server asked to wait."""

    def __init__(self, cause: Cause, message: str, *, status: int | None = None, wait: float | None = None) -> None:
        super().__init__(message, ADVICE.get(cause, ""))
        self.cause = cause
        self.status = status
        self.wait = wait
        self.final = False
        """The time for failing requests is used up, so this one is not split into smaller ones either."""

    def again(self) -> RequestError:
        """Return the error of a request that is not sent, since the same one failed before."""
        error = RequestError(self.cause, f"not tried again: {self.message}", status=self.status)
        error.final = True
        return error

    @property
    def unsure(self) -> bool:
        """Whether a write may have taken effect all the same; check before writing again."""
        return self.cause in _UNSURE

    @property
    def passing(self) -> bool:
        """Whether the same reading request may succeed a little later."""
        return self.cause in _RETRIED

    @property
    def eased_by_less(self) -> bool:
        """Whether a request for a smaller page may succeed."""
        return self.cause in _SMALLER and not self.final

    @property
    def fatal(self) -> bool:
        """Whether all other requests will fail too, so that going on is pointless."""
        return self.cause in (Cause.TOKEN, Cause.ACCOUNT, Cause.LOST)

    @property
    def silent(self) -> bool:
        """Whether no answer came at all."""
        return self.cause in (Cause.NO_ANSWER, Cause.UNREACHABLE)


def gap(error: RequestError, about: Ref | str, what: str) -> Gap:
    """Return a failure as a gap; a fatal one ends the audit instead: it is raised."""
    check(error)
    return noted(about, what, error.message)


def noted(about: Ref | str, what: str, why: str) -> Gap:
    """Return a gap. A failed page of incidents or reviews always could change a verdict; the core decides on others."""
    return Gap(ref=str(about), what=what, why=one_line(why, 400), could_change_a_verdict=what in _PAGES)


def check(error: RequestError) -> None:
    """Raise a fatal failure; let one that concerns a single record pass."""
    if error.fatal:
        raise error


def one_line(text: object, limit: int = 200) -> str:
    """Return a text from the server as one printable line."""
    return shortened(inert.one_line(text), limit)


def from_status(status: int, body: bytes, where: str, wait: float | None = None) -> RequestError:
    """Return the error for an answer with a status other than success."""
    message = _message_in(body)
    cause = _cause_of_status(status, message or body[:500].decode(errors="replace"))
    if message is None and (cause in (Cause.RATE_LIMITED, Cause.SERVER) or body.lstrip().startswith(b"<")):
        message = "" if cause is Cause.RATE_LIMITED else "a page that is not GitLab's JSON"
    text = one_line(message if message is not None else body[:200].decode(errors="replace"))
    return RequestError(cause, _sentence(cause, status, text, where), status=status, wait=wait)


# "Your account has been blocked.", "Your account is pending approval from your GitLab administrator ..."
_CLOSED_ACCOUNT = re.compile(r"your account (has been|is) ", re.IGNORECASE)
_BY_STATUS = {
    401: Cause.TOKEN,
    403: Cause.FORBIDDEN,
    404: Cause.NOT_FOUND,
    407: Cause.PROXY,
    408: Cause.TOO_HEAVY,
    429: Cause.RATE_LIMITED,
}


def _cause_of_status(status: int, text: str) -> Cause:
    known = cause_of_text(text)
    if status == 403 and _CLOSED_ACCOUNT.search(text):
        return Cause.ACCOUNT
    if status == 403:
        return Cause.SCOPE if "insufficient_scope" in text or "insufficient scope" in text.lower() else Cause.FORBIDDEN
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return Cause.TOO_HEAVY if status == 504 or known is Cause.TOO_HEAVY else Cause.SERVER
    return known or Cause.REFUSED


_BY_TEXT = (
    (re.compile(r"invalid[ _]token|401 unauthorized", re.IGNORECASE), Cause.TOKEN),
    (re.compile(r"timeout on |request timed out|exceeds max (complexity|depth)", re.IGNORECASE), Cause.TOO_HEAVY),
    (re.compile(r"too many times", re.IGNORECASE), Cause.RATE_LIMITED),
    (re.compile(r"doesn't exist on type|cannot query field|doesn't accept argument|unknown (argument|type)"
                r"|isn't a defined|no such type|query too large", re.IGNORECASE), Cause.UNSUPPORTED),
    (re.compile(r"internal server error", re.IGNORECASE), Cause.SERVER),
    (re.compile(r"does not exist or you don't have permission", re.IGNORECASE), Cause.NOT_FOUND),
)  # fmt: skip


def cause_of_text(text: str) -> Cause | None:
    """Return the cause that a message names, if its status does not (GraphQL answers 200 to almost everything)."""
    return next((cause for pattern, cause in _BY_TEXT if pattern.search(text)), None)


_SENTENCES = {
    Cause.TOKEN: "GitLab does not accept the token",
    Cause.SCOPE: "the token's scope does not allow it",
    Cause.ACCOUNT: "GitLab does not let the token's account in",
    Cause.FORBIDDEN: "GitLab forbids it",
    Cause.PROXY: "the proxy on the way refused it",
    Cause.NOT_FOUND: "it does not exist, or the token may not see it",
    Cause.RATE_LIMITED: "GitLab asks for fewer requests",
    Cause.TOO_HEAVY: "the server takes too long",
    Cause.UNSUPPORTED: "this GitLab does not understand the query",
    Cause.SERVER: "the server failed",
    Cause.NOT_JSON: "the answer is not GitLab's",
    Cause.MALFORMED: "the answer has another form than GitLab's",
}


def _sentence(cause: Cause, status: int | None, text: str, where: str) -> str:
    sentence = _SENTENCES.get(cause, "GitLab refused it")
    detail = ", ".join(part for part in (str(status) if status else "", text) if part)
    return f"{sentence} ({where}: {detail})" if detail else f"{sentence} ({where})"


def from_graphql(errors: object, where: str) -> RequestError:
    """Return the error for the ``errors`` of a GraphQL answer: the gravest, in the order of the list above."""
    errors = errors if isinstance(errors, list) and errors else [errors]
    texts = [str(e.get("message", e)) if isinstance(e, dict) else str(e) for e in errors]
    causes = [cause_of_text(text) or Cause.REFUSED for text in texts]
    order = [cause for _, cause in _BY_TEXT]
    text, cause = min(
        zip(texts, causes, strict=True), key=lambda pair: order.index(pair[1]) if pair[1] in order else len(order)
    )
    return RequestError(cause, _sentence(cause, None, one_line(text), where), status=200)


def not_json(status: int, content_type: str, where: str) -> RequestError:
    """Return the error for an answer that is not from GitLab's API."""
    text = one_line(content_type or "no content type")
    return RequestError(Cause.NOT_JSON, _sentence(Cause.NOT_JSON, status, text, where), status=status)


def malformed(error: ValueError, where: str) -> RequestError:
    """Return the error for an answer in an unexpected form; it names the part."""
    return RequestError(Cause.MALFORMED, _sentence(Cause.MALFORMED, None, form_fault(error), where), status=200)


def form_fault(error: ValueError) -> str:
    """Return the first validation fault, without the value itself."""
    if not isinstance(error, ValidationError):
        return one_line(error)
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return one_line(": ".join(filter(None, (".".join(map(str, first["loc"])), first["msg"]))))


def not_stored(body: object, where: str) -> RequestError:
    """Return the error for a text that GitLab took for quick actions and did not store (status 202)."""
    return RequestError(Cause.NOT_STORED, f"{where}: GitLab stored nothing (202, {one_line(body)})", status=202)


def _message_in(body: bytes) -> str | None:
    """Return the message in one of GitLab's four error formats; None if the body is not JSON."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return one_line(data)
    if isinstance(data.get("errors"), list):
        return "; ".join(str(e.get("message", e)) if isinstance(e, dict) else str(e) for e in data["errors"])
    message = data.get("message", data.get("error"))
    if isinstance(message, dict):
        message = message.get("error", message)
    detail = data.get("error_description")
    return ": ".join(str(part) for part in (message, detail) if part)
