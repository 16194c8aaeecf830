"""Sends the digest by chat and mail through apprise, an optional dependency that is imported only when needed.

The addresses are secrets: they come from the environment, and neither they nor parts of them are printed or logged.
"""

from __future__ import annotations

import logging
import re
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from audit.errors import UsageError
from audit.logs import Mask, mask
from audit.settings import addresses_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from audit.report.formats.digest import Digest

INSTALL = "pip install 'apprise>=2.2,<3'"
"""By its own name: this program is in no package index, and what is called so there is not ours."""
_SHORTEST = 8
_FORMS = "Write them as apprise does, like slack://... or mailtos://..., several with blanks between them."


class Receivers:
    """The receivers of the digest, in the order of the addresses."""

    def __init__(self, urls: Sequence[str]) -> None:
        """Check the addresses. Raises UsageError."""
        self._apprise = _imported()
        self._mask = Mask(part for url in urls for part in secrets_of(url))
        made = [_made(self._apprise, url) for url in urls]
        if wrong := [number for number, one in enumerate(made, 1) if one is None]:
            numbers = " and ".join(map(str, wrong))
            raise UsageError(f"apprise does not know the address of receiver {numbers} of the digest", _FORMS)
        self._receivers = made

    @property
    def names(self) -> tuple[str, ...]:
        """A name for each receiver, its number and kind, since its address is a secret."""
        kinds = (str(one[0].service_name) for one in self._receivers)
        return tuple(f"receiver {number} ({kind})" for number, kind in enumerate(kinds, 1))

    def send(self, digest: Digest) -> list[tuple[str, str | None]]:
        """Send to each receiver; return its name, and why it failed or None."""
        return [(name, self._sent(one, digest)) for name, one in zip(self.names, self._receivers, strict=True)]

    def _sent(self, receiver: Any, digest: Digest) -> str | None:
        forms = self._apprise.NotifyFormat
        preferred = receiver[0].notify_format
        # a kind with several schemes lists the preferred one first
        first = preferred[0] if isinstance(preferred, tuple) else preferred
        rich = first == forms.MARKDOWN
        with _captured() as heard:
            sent = receiver.notify(
                title=digest.title,
                body=digest.markdown if rich else digest.text,
                body_format=forms.MARKDOWN if rich else forms.TEXT,
            )
        if sent:
            return None
        reason = heard[-1] if heard else "apprise does not say why"
        return self._mask(" ".join(reason.split())[:200])


def checked_receivers(environ: Mapping[str, str], names: Iterable[str]) -> tuple[Receivers | None, tuple[str, ...]]:
    """Return the receivers whose addresses these variables hold, and why they cannot be used: all faults at once.

    Their addresses are masked in logs from here on.
    """
    faults: list[str] = []
    urls: list[str] = []
    for name in names:
        try:
            urls += addresses_from(environ, [name])
        except UsageError as error:
            faults.append(f"{error.message} ({error.advice})")
    mask([environ.get("GITLAB_TOKEN", ""), *(part for url in urls for part in secrets_of(url))])
    try:
        receivers = Receivers(urls)
    except UsageError as error:
        faults.append(f"{error.message} ({error.advice})")
        return None, tuple(faults)
    return (None if faults else receivers), tuple(faults)


def secrets_of(url: str) -> Iterator[str]:
    """Yield an address and the parts of it that are long enough to be a token."""
    yield url
    for part in re.split(r"[/:@?&=#\s]+", url):
        if len(part) >= _SHORTEST:
            yield from {part, unquote(part)}


def _imported() -> Any:
    try:
        with _captured():
            import apprise  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise UsageError(
            "the digest needs apprise, which is not installed",
            f"Install it beside this program: {INSTALL}, or pipx inject",
        ) from error
    return apprise


def _made(apprise: Any, url: str) -> Any:
    with _captured():
        # the first address makes apprise load all of its plugins, some of which cause deprecation warnings
        receiver = apprise.Apprise()
        return receiver if receiver.add(url) and len(receiver) == 1 else None


@contextmanager
def _captured() -> Iterator[list[str]]:
    """Keep apprise's log lines and Python's warnings about its code out of the job log; collect the log lines.

    They would reveal hosts and users.
    """
    logger, heard = logging.getLogger("apprise"), _LogLines()
    before = logger.propagate
    logger.addHandler(heard)
    logger.propagate = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield heard.lines
    finally:
        logger.propagate = before
        logger.removeHandler(heard)


class _LogLines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
