"""Foreign text in GitLab Markdown stays text: no mention, no reference, no image, no quick action comes of it.

Backslashes are what GitLab's Markdown respects: an HTML entity for ``@`` still pings. Names in backticks never ping.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from audit.phrases import plural
from audit.printable import one_line, printable

if TYPE_CHECKING:
    from datetime import date

    from jinja2 import BaseLoader

    from audit.program_text import ProgramText

__all__ = [
    "code",
    "day",
    "environment",
    "handle",
    "indented",
    "is_name",
    "link",
    "md",
    "mention",
    "one_line",
    "plain",
    "printable",
    "reference",
    "sentence",
    "without_commits",
    "without_quick_actions",
]

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# letters, digits, and signs that mean nothing inside a sentence
_IS_INERT = re.compile(r"[^\W\d_](?:[^\W_]|[ ,.;:'()/-])*")
# an address, an emoji's name, another tracker's key, a commit's id
_IS_LINKED = re.compile(r"://|www\.|:[\w+-]+:|[A-Z]-\d|[0-9A-Fa-f]{7}", re.ASCII)
# what means something also inside a sentence
_LIVE = re.compile(r"([!#$%&*+<=>@\[\\\]^_`{|}~])")
# a sentence: it begins no list, and holds neither an address nor an emoji's name
_IS_PLAIN = re.compile(r"(?!.*(?:://|www\.|:[\w+-]+:))[A-Za-z(“\"].*", re.ASCII)
# GitLab makes a link of what is a commit's id. A number could be one, but mostly is none: it stays as it is, since no
# more could come of it than a link to a commit of that project
_COMMIT = re.compile(r"(?=[0-9]*[A-Fa-f])[0-9A-Fa-f]{7,}")
_NAME = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9_.][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_.][A-Za-z0-9_.-]*)*")
# what begins with "www." would be a link
_SEGMENT = r"\.?[A-Za-z0-9_][A-Za-z0-9_.-]*"
_PROJECT = re.compile(rf"(?!(?i:www)\.){_SEGMENT}(?:/{_SEGMENT})+")
# underscores that do not stand between two letters could begin emphasis, which would cut the name in two
_LOOSE_UNDERSCORES = re.compile(r"(?<![A-Za-z0-9_])_+|_+(?![A-Za-z0-9_])")
_EVERYBODY = {"all"}
_QUICK_ACTION = re.compile(r"^\s*/", re.MULTILINE)


def indented(line: str) -> str:
    """Return a line for a terminal: its indent, and of the rest what may safely be printed."""
    text = line.lstrip(" ")
    return " " * (len(line) - len(text)) + one_line(text)


def md(text: object) -> Markup:
    """Return a text as Markdown that shows just this text."""
    return Markup(without_commits(_PUNCTUATION.sub(r"\\\1", one_line(text))))  # noqa: S704 - escaped right here


def sentence(text: ProgramText) -> Markup:
    """Return a text of our own as Markdown, which needs fewer backslashes than a foreign one to read as it stands.

    Full stops, commas, brackets and the like mean nothing inside a sentence. Where they could, as in an address, the
    text is escaped whole.
    """
    line = one_line(text)
    if not _IS_PLAIN.fullmatch(line):
        return md(line)
    return Markup(without_commits(_LIVE.sub(r"\\\1", line)))  # noqa: S704 - escaped right here


def plain(text: object) -> Markup:
    """Return a foreign text as Markdown, without backslashes where none of its characters can mean anything.

    For plain-text mail, which shows the source. What could be a commit's id or another tracker's key is escaped.
    """
    line = one_line(text)
    if not _IS_INERT.fullmatch(line) or _IS_LINKED.search(line):
        return md(line)
    return Markup(line)  # noqa: S704 - letters, digits and signs that mean nothing inside a sentence


def without_commits(escaped: str) -> str:
    """Put what could be a commit's id into backticks: there GitLab makes no link of it, and no escape does that."""
    return _COMMIT.sub(r"`\g<0>`", escaped)


def code(text: object) -> Markup:
    """Return a text as a code span, also in a table's cell. Backticks and bars, which would end it, are left out."""
    inner = re.sub(r"[`|]", "", one_line(text)).strip()
    return Markup(f"`{inner}`") if inner else Markup("")  # noqa: S704 - nothing in it can end the span


def is_name(text: str) -> bool:
    """Return whether a text can be an account's or a group's name; ``all`` would mean everybody."""
    return _NAME.fullmatch(text) is not None and text.casefold() not in _EVERYBODY


def mention(name: str) -> Markup:
    """Return a LIVE mention: whoever is named here is notified. Anything that is no name stays text."""
    if not is_name(name):
        return md(f"@{name}")
    safe = _LOOSE_UNDERSCORES.sub(_as_entities, name)
    return Markup(f"@{safe}")  # noqa: S704 - a validated name


def _as_entities(underscores: re.Match[str]) -> str:
    return "&#95;" * len(underscores[0])


def handle(name: str) -> Markup:
    """Return a name in backticks: it tells who, and notifies nobody."""
    return code(f"@{name}")


def reference(ref: str) -> Markup:
    """Return a live reference to an issue, ``group/project#12``; anything else stays text."""
    project, _, number = ref.rpartition("#")
    if not _PROJECT.fullmatch(project) or not re.fullmatch(r"[0-9]+", number):
        return md(ref)
    safe = _LOOSE_UNDERSCORES.sub(_as_entities, project)
    return Markup(f"{safe}#{number}")  # noqa: S704 - a validated path and a number


def link(text: str, url: str) -> Markup:
    """Return a link to an http address; without one the text alone."""
    if not _is_web(url):
        return md(text)
    address = quote(url, safe="/:?#=&%~+,@-._")
    return Markup(f"[{md(text)}]({address})")  # noqa: S704 - text and address are escaped


def _is_web(url: str) -> bool:
    try:
        # half of a surrogate pair can stand in no address
        return urlsplit(url).scheme in ("http", "https") and bool(url.encode())
    except ValueError:
        return False


def day(value: date) -> Markup:
    """Return a day with its weekday: ``Mon 2026-11-09``."""
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    return Markup(f"{names[value.weekday()]} {value.isoformat()}")  # noqa: S704 - letters, digits, dashes


def environment(kind: type[Environment] = Environment, loader: BaseLoader | None = None) -> Environment:
    """Return the environment of the Markdown templates: everything that is not marked as safe is escaped.

    Without a ``loader`` they are those of the program.
    """
    made = kind(
        loader=loader or FileSystemLoader(_folders()),
        autoescape=True,
        finalize=_finalized,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    made.globals["plural"] = plural
    made.filters.update(md=md, code=code, mention=mention, handle=handle, reference=reference, day=day)
    return made


def without_quick_actions(text: str) -> str:
    """Return the text; a line that GitLab would take for a command, and silently cut, is a fault of a template."""
    if action := _QUICK_ACTION.search(text):
        raise ValueError(f"a line begins with a slash: {text[action.start() : action.start() + 40]!r}")
    return text


def _finalized(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, int):
        return Markup(str(value))  # noqa: S704 - digits, and too few of ours to be a commit's id
    return value if hasattr(value, "__html__") else md(value)


def _folders() -> list[str]:
    """Templates lie in the package once it is installed, and beside it in a checkout."""
    here = Path(__file__).parent
    return [str(folder / "templates") for folder in (here, here.parent)]
