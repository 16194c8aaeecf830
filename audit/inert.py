"""Foreign text in GitLab Markdown stays text: no mention, no reference, no image, no quick action comes of it.

Backslashes are what GitLab's Markdown respects: an HTML entity for ``@`` still pings. Names in backticks never ping.
Only what would mean something where it stands is escaped: mails, diffs and terminals show the source.
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


__all__ = [
    "code",
    "day",
    "environment",
    "handle",
    "indented",
    "is_name",
    "link",
    "may_act",
    "md",
    "mention",
    "one_line",
    "printable",
    "reference",
    "without_quick_actions",
]

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_KEY = "[A-Z][A-Z0-9_]*-[0-9]+_*"
_NAMES = rf"""
    (?<!_)_*(?=[0-9]*[A-Fa-f])[0-9A-Fa-f]{{7,}}_*       # a commit's id; of a number no more than a link could come
    | (?:(?<![A-Za-z0-9_])|(?=GL-)){_KEY}              # another tracker's key; GL-1 is issue 1
    | (?:(?<=[A-Za-z0-9_.])|(?<=[A-Za-z0-9_.-]-))>     # a project, group/name>
"""
_FILTERED = r"""
    \[(?=\[|[+-]|[a-z_]+:(?!\ ))                       # a wiki link, an inline diff, [issue:1]
    | \{(?=[+-])                                       # an inline diff
    | \](?=\()                                         # a link whose address has spaces
    | (?<=\[[Tt])[Oo](?=[Cc]\])                        # the table of contents
    | \*(?=iteration:)
"""
_FIRST = r"""
    ^(?: [#>=:/] | [-+](?=[-:|\ ]*$|\ ) | [0-9]{1,9}[.)](?=\ |$) )   # a heading, quote, rule, list, quick action
    | (?<=\ )\#(?=\#*$)                                # the end of a heading
    | \#(?=[0-9])                                      # an issue
"""
_SIGNS = rf"""
    [`|]                                               # code, a cell
    | \*(?!(?<=\ \*)\ )                                # emphasis
    | (?<![A-Za-z0-9_])_+ | _+(?![A-Za-z0-9_])         # emphasis
    | ~(?!(?<=\ ~)\ )                                   # a label, a line through
    | \$(?!\ )                                         # a snippet, a formula
    | @(?!\ )                                          # a mention, a mail's address
    | %(?=\S*\w|")                                     # a milestone, a placeholder
    | !(?=[0-9])                                       # a merge request
    | &(?=[0-9]|\#|[A-Za-z][A-Za-z0-9]+(?:;|$))        # an epic, a character by its name
    | <!|<(?=[A-Za-z/?]|$)                             # a comment, in which a marker could be; a tag
    | :(?=//)|(?i:www)\.                               # an address
    | :(?![0-9][0-9](?!\w))(?=[\w+-]+:)                # an emoji by its name
    | (?<![\w:]):(?=[\w+-]+$)
    | \\(?=[!-/:-@\[-`{{-~]|$|{_NAMES})                  # a backslash
"""
_BRACKETS = r"\[(?![A-Za-z0-9][A-Za-z0-9\ ./-]*[A-Za-z0-9]\](?![(\[:{]))"
"""A link, a footnote, a task; no word in brackets, with which many a title begins."""
_BEGINS = r"(?= [`|*_~$@%!&<>:\\^\[\]{\#] | [0-9A-Fa-f]{7} | [A-Z][A-Z0-9_]*- | [Oo][Cc]\] | [Ww]{3}\. | ^[-+=/0-9] )"
"""Where any of them could begin. At most signs of a text none can, and this tells in a quarter of the time."""
_LIVE = re.compile(
    rf"{_BEGINS}(?:"
    rf"(?P<code>(?:{_NAMES}|{_FILTERED})(?:{_NAMES}|{_FILTERED}|{_KEY})*) | {_FIRST} | {_SIGNS} | {_BRACKETS})",
    re.VERBOSE,
)
"""What GitLab's Markdown takes for something there, and what needs code: there GitLab looks for it after the Markdown,
where no backslash keeps it away."""
_LIVE_IN_LINK = re.compile(rf"{_BEGINS}(?: (?P<code>(?:{_FILTERED})+) | {_SIGNS} | ^\^ | [\[\]] )", re.VERBOSE)
"""The same between the brackets of a link, where GitLab looks for no reference."""
_NAME = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9_.][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_.][A-Za-z0-9_.-]*)*")
# what begins with "www." would be a link
_SEGMENT = r"\.?[A-Za-z0-9_][A-Za-z0-9_.-]*"
_PROJECT = re.compile(rf"(?!(?i:www)\.){_SEGMENT}(?:/{_SEGMENT})+")
# underscores that do not stand between two letters could begin emphasis, which would cut the name in two
_LOOSE_UNDERSCORES = re.compile(r"(?<![A-Za-z0-9_])_+|_+(?![A-Za-z0-9_])")
_EVERYBODY = {"all"}
_ISSUE = re.compile(r"/(?:issues(?:/incident)?|work_items|merge_requests|epics)/[0-9]+(?=[/?#]|\Z)")
_PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?/[A-Za-z0-9/_.~-]*")
"""An address, like that of nearly every issue, of which nothing has to be read or quoted."""
_QUICK_ACTION = re.compile(r"^\s*/", re.MULTILINE)


def indented(line: str) -> str:
    """Return a line for a terminal: its indent, and of the rest what may safely be printed."""
    text = line.lstrip(" ")
    return " " * (len(line) - len(text)) + one_line(text)


def md(text: object) -> Markup:
    """Return a text as Markdown that shows just this text, as raw Markdown too: few signs mean anything where they are.

    Wherever it stands on its line, behind or before a space or one of ``()“”*,.;``: it shows the same.
    """
    return Markup(_LIVE.sub(_kept, one_line(text)))  # noqa: S704 - escaped right here


def _kept(live: re.Match[str]) -> str:
    if live["code"]:
        return f"`{live['code']}`"
    return _PUNCTUATION.sub(r"\\\1", live[0])


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


def link(text: str, url: str, *, in_gitlab: bool = True) -> Markup:
    """Return a link to an http address; without one the text alone.

    On an issue that it leads to it leaves no trace; outside of GitLab it would leave none anyway.
    """
    address = _address(url)
    if not address:
        return md(text)
    address = _without_trace(address) if in_gitlab else address
    label = _LIVE_IN_LINK.sub(_kept, one_line(text))
    return Markup(f"[{label}]({address})")  # noqa: S704 - text and address are escaped


def _without_trace(address: str) -> str:
    """Return the address of an issue in a form by which GitLab leaves no "mentioned in" there; others as they are.

    GitLab takes a link for a mention if it knows all of its address, and what it knows behind ``?`` and ``#`` has no
    capital letter (app/models/concerns/referable.rb). No such anchor is on the page, which opens as ever.
    """
    page, _, anchor = address.partition("#")
    if not _ISSUE.search(page):
        return address
    return f"{page}{'&' if '?' in page else '?'}Report#{anchor}" if anchor else f"{page}#Report"


def _address(url: str) -> str:
    """Return an http address as it may stand in Markdown; empty: it is none."""
    if _PLAIN_ADDRESS.fullmatch(url):
        return url
    try:
        # half of a surrogate pair can stand in no address
        web = urlsplit(url).scheme in ("http", "https") and bool(url.encode())
    except ValueError:
        return ""
    return quote(url, safe="/:?#=&%~+,@-._") if web else ""


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
        auto_reload=False,  # they do not change under a run
    )
    made.globals["plural"] = plural
    made.filters.update(md=md, code=code, mention=mention, handle=handle, reference=reference, day=day)
    return made


def may_act(text: str) -> bool:
    """Tell whether GitLab could take a line of a text for a command."""
    return _QUICK_ACTION.search(text) is not None


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
