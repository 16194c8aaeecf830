"""The job log: plain lines for a person, never a token, and progress that does not flood it."""

from __future__ import annotations

import base64
import logging
import re
import sys
from threading import Lock
from typing import TYPE_CHECKING, Self, TextIO
from urllib.parse import quote, quote_plus

from audit.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

MASKED = "[MASKED]"
_COLOURS = ((logging.ERROR, "\x1b[31;1m"), (logging.WARNING, "\x1b[33m"))
"""As GitLab's job log shows them: errors red, warnings yellow."""
_PLAIN = "\x1b[0m"

# GitLab masks nothing shorter either: an ordinary word would be cut out of every line.
_SHORTEST_SECRET = 8
_KNOWN_PREFIXES = "pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|wt|soat|ffct"
# From a header's name to its value, also in a printed dict of strings or bytes.
_TO_VALUE = r"[\"']?\s*[:=]\s*(?:b(?=[\"']))?[\"']?"
_VALUE = r"[^\s\"',;&}]+"
_LOOKS_SECRET = (
    (re.compile(rf"\bgl(?:{_KNOWN_PREFIXES})-[\w.=-]{{6,}}"), MASKED),
    # Prefixes of future versions; a digit or capital letter tells a token from a project like glue-service-production.
    (re.compile(r"\bgl[a-z]+-(?=[\w.=-]*[A-Z0-9])[\w.=-]{16,}"), MASKED),
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?"), MASKED),
    (re.compile(r"(?<=://)[^\s/?#]+(?=@)"), MASKED),
    (
        re.compile(rf"(?i)\b((?:private|access|job|deploy|refresh|feed)[_-]token{_TO_VALUE}){_VALUE}"),
        rf"\g<1>{MASKED}",
    ),
    (
        re.compile(rf"(?i)\b(authorization{_TO_VALUE}(?:(?:bearer|basic|token)\s+)?){_VALUE}"),
        rf"\g<1>{MASKED}",
    ),
)
# Whose account a library asks for by name: it may be somebody who is known of a confidential incident alone.
_LOOKUP = re.compile(r"(?<=[?&]username=)[^&\s\"]+")
# A text from the tracker must neither move the cursor, nor start a section of GitLab's job log, nor a line of its own.
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}
_CONTROLS[ord("\n")] = "\n  "


class Mask:
    """Masks tokens in a text: known ones in any encoding, and everything that looks like one."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets for form in _encoded(secret)}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._known = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def __call__(self, text: str) -> str:
        """Return the text with its tokens masked."""
        masked = self._known.sub(MASKED, text) if self._known else text
        for pattern, replacement in _LOOKS_SECRET:
            masked = pattern.sub(replacement, masked)
        return masked


def _encoded(secret: str) -> set[str]:
    if len(secret) < _SHORTEST_SECRET:
        return set()
    return {secret, quote(secret, safe=""), quote_plus(secret), *_in_base64(secret)}


def _in_base64(secret: str) -> set[str]:
    """Return how base64 shows the secret inside a longer text like ``user:token``, at each of three offsets."""
    forms = set()
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + secret.encode()).decode().rstrip("=")
        whole = encoded[-(-offset * 8 // 6) : (offset + len(secret.encode())) * 8 // 6]
        forms |= {whole, whole.replace("+", "-").replace("/", "_")}
    return forms


class MaskingFormatter(logging.Formatter):
    """Masks the finished line, with its arguments and traceback; names the level from warnings up."""

    def __init__(self, mask: Mask, *, coloured: bool = False) -> None:
        super().__init__("%(message)s")
        self.mask = mask
        self.coloured = coloured

    def format(self, record: logging.LogRecord) -> str:
        """Return the line as it is written."""
        is_program = record.name.partition(".")[0] == "audit"
        level = f"{record.levelname.lower()}: " if record.levelno >= logging.WARNING else ""
        if is_program:
            line = f"{level}{super().format(record)}"
        else:
            line = _LOOKUP.sub(MASKED, f"{level}{record.name}: {super().format(record)}")
        text = printable(self.mask(line).translate(_CONTROLS))
        colour = next((code for level, code in _COLOURS if record.levelno >= level), "") if self.coloured else ""
        return f"{colour}{text}{_PLAIN}" if colour else text


class _LogHandler(logging.StreamHandler[TextIO]):
    """Writes to a given stream, else to what ``sys.stderr`` is at that moment."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__(stream)
        self.given = stream

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = self.given or sys.stderr
        super().emit(record)


def configure(
    secrets: Iterable[str] = (), *, verbose: bool = False, stream: TextIO | None = None, coloured: bool = False
) -> None:
    """Send the logs of this program, of its libraries and Python's warnings through one masking handler.

    NOTE: only our own logger logs its steps; libraries log from warnings on, since urllib3 alone logs several lines
    for each request. ``verbose`` adds our details and each request;
    ``coloured`` shows errors and warnings in colours, as GitLab's job log does.
    """
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _LogHandler)]:
        root.removeHandler(handler)
    handler = _LogHandler(stream)
    handler.setFormatter(MaskingFormatter(Mask(secrets), coloured=coloured))
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("audit").setLevel(logging.DEBUG if verbose else logging.INFO)
    for library in ("urllib3", "gitlab"):
        logging.getLogger(library).setLevel(logging.DEBUG if verbose else logging.WARNING)
    logging.captureWarnings(capture=True)


def mask(secrets: Iterable[str]) -> None:
    """Mask these secrets from now on, instead of those given before."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, _LogHandler):
            coloured = isinstance(handler.formatter, MaskingFormatter) and handler.formatter.coloured
            handler.setFormatter(MaskingFormatter(Mask(secrets), coloured=coloured))


class ProgressDisplay:
    """Shows how far a phase of the run is: as a bar on a terminal, else as a plain line at its start.

    A long phase gets a line at each tenth, too. A terminal that cannot move its cursor (``TERM=dumb``) gets lines.

    Called as ``progress(phase, done, total)``, from any thread; the total is None or 0 until it is known.
    """

    # Phases shorter than this are over before anybody looks.
    LONG = 100

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = Lock()
        self._seen: dict[str, int] = {}
        self._console: Console | None = None
        self._bars: Bars | None = None
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def __call__(self, phase: str, done: int, total: int | None) -> None:
        """Show that ``done`` of ``total`` are done."""
        with self._lock:
            if self._stream.isatty() and not self._terminal().is_dumb_terminal:
                self._draw(phase, done, total or 0)
            else:
                self._print(phase, done, total or 0)

    def close(self) -> None:
        """Stop the bars and leave the terminal as it was."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None

    def _terminal(self) -> Console:
        if self._console is None:
            from rich.console import Console  # noqa: PLC0415 - a job log needs no rich

            self._console = Console(file=self._stream)
        return self._console

    def _draw(self, phase: str, done: int, total: int) -> None:
        if self._bars is None:
            from rich.progress import Progress as RichProgress  # noqa: PLC0415

            self._bars = RichProgress(console=self._terminal())
            self._bars.start()
        if phase not in self._tasks:
            self._tasks[phase] = self._bars.add_task(phase, total=total or None)
        self._bars.update(self._tasks[phase], completed=done, total=total or None)

    def _print(self, phase: str, done: int, total: int) -> None:
        seen = self._seen.get(phase)
        self._seen[phase] = done
        if seen is None or done < seen:  # the phase begins, or begins again
            line = f"{phase} ({total}) ..." if total else f"{phase} ..."
        elif total >= self.LONG and 10 * done // total > 10 * seen // total:
            line = f"{phase}: {done} of {total}"
        else:
            return
        self._stream.write(f"{line}\n")
        self._stream.flush()
