r"""What of a hostile text is alive in an output: for each kind of output a function that returns the words that are.

In Markdown that is a mention, a reference, a commit's id, an emoji's name, a link or an image of other addresses, an
element that the report does not use, a line that GitLab takes for a quick action, a marker or a stamp. On an HTML page:
an element, a handler, an address. In a spreadsheet: a cell that is computed. In data files: what breaks their form. On
a terminal and in a log: a line that begins like a command to the job's log. Everywhere: what is not printed.
"""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

from audit import inert
from tests.reminders.rendering import filtered
from tests.report.formats.pages import Page
from tests.report.formats.test_html import ALLOWED as HTML_TAGS
from tests.report.formats.test_markdown import ALLOWED as REPORT_TAGS
from tests.report.formats.test_markdown import _page
from tests.report.formats.test_metrics import DESCRIPTOR, SAMPLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOTE_TAGS: Final = REPORT_TAGS | {"blockquote", "ol", "em"}
_COMMENT: Final = re.compile(r"^<!-- incident-review-audit:v1 \{[^\n]*\} -->$", re.MULTILINE)
_IN_MARKDOWN: Final = re.compile(r"https://(?!evil)|#|details\.md#[a-z-]+$|report\.md$")
_SAFE_ADDRESS: Final = re.compile(
    r"https?://|#|data:image/svg|\d{4}-\d\d-\d\d(?:/nightly)?/report\.html$|due[a-z0-9-]*\.ics$|badge\.svg$"
)
_FORMULA: Final = re.compile(r"[\s\u200b-\u200f\ufeff'\"]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_COMMAND_OF_A_JOB: Final = re.compile(r"/|section_(start|end):|::|##|.*\r")


def unprinted(text: str) -> list[str]:
    """Return the characters that no output may hold, with those beside them."""
    made = inert.printable(text)
    return [] if made == text else [text[max(0, place - 20) : place + 20] for place in _differing(text, made)]


def _differing(text: str, made: str) -> Iterator[int]:
    yield from (place for place, (one, other) in enumerate(zip(text, made, strict=False)) if one != other)


def markdown(text: str) -> list[str]:
    """Return what is alive in the report as Markdown."""
    return [*_markdown(text, REPORT_TAGS), *_COMMENT.findall(text)]


def note(text: str, named: frozenset[str] = frozenset()) -> list[str]:
    """Return what is alive in a note of the bot, apart from its marker and the accounts and issues that it names."""
    body, marks = _COMMENT.sub("", text), _COMMENT.findall(text)
    alive = [words for words in _markdown(body, NOTE_TAGS, named) if words not in named]
    return alive if len(marks) == 1 and text.endswith(marks[0]) else [*alive, *marks]


def around(text: str, body: str) -> list[str]:
    """Return what is alive in a published text around the report that it holds, apart from the stamp at its end."""
    rest = text.removeprefix(body.rstrip())
    return note(rest) if rest != text else ["it does not begin with the report"]


def _markdown(text: str, tags: set[str], named: frozenset[str] = frozenset()) -> list[str]:
    page = _page(text)
    addresses = [
        one for one in page.addresses if not re.match(r"https://(?!evil)|#|details\.md#[a-z-]+$|report\.md$", one)
    ]
    actions = re.findall(r"^\s*/.*", text, re.MULTILINE)
    return [*filtered(text, named), *addresses, *sorted(page.tags - tags), *actions, *unprinted(text)]


def html(text: str) -> list[str]:
    """Return what is alive on a page."""
    page = Page(text)
    addresses = [value for _, name, value in page.attributes if name in {"href", "src", "action"}]
    return [
        *page.stack,
        *sorted(page.tags - HTML_TAGS),
        *[value for _, name, value in page.attributes if name.startswith("on")],
        *[address for address in addresses if not _SAFE_ADDRESS.match(address)],
        *unprinted(text),
    ]


def data(text: str) -> list[str]:
    """Return what is not printed in a JSON file, also behind its escapes."""
    return [words for one in _texts(json.loads(text)) for words in unprinted(one)] + unprinted(text)


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        yield from (text for pair in part.items() for one in pair for text in _texts(one))
    elif isinstance(part, list):
        yield from (text for one in part for text in _texts(one))


def job_links(text: str) -> list[str]:
    """Return what GitLab would link on the page of the job besides the files of the run."""
    links = [one["external_link"] for links in json.loads(text or "{}").values() for one in links]
    return [one["url"] for one in links if not re.match(r"https?://", one["url"])] + data(text or "{}")


def table(text: str) -> list[str]:
    """Return the cells that a spreadsheet would compute, whichever sign it separates by."""
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    parts = [part for cell in cells for part in cell.split(";")]
    return [part for part in parts if _FORMULA.match(part) and not part.startswith("'")] + unprinted(text)


def events(text: str) -> list[str]:
    """Return the lines of a calendar that are neither a known property nor one that goes on."""
    known = r"[ ]|(BEGIN|END|VERSION|PRODID|METHOD|NAME|REFRESH-INTERVAL|TZID|TZOFFSETFROM|TZOFFSETTO|X-[A-Z-]+)[;:]|"
    known += r"(SUMMARY|DTSTART|DTEND|DTSTAMP|UID|DESCRIPTION|TRANSP|URL:https?)[;:]|$"
    parts = re.findall(r"^BEGIN:(?!VCALENDAR|VEVENT|VTIMEZONE|STANDARD).*", text, re.MULTILINE)
    return [*parts, *[line for line in text.split("\r\n") if not re.match(known, line)], *unprinted(text)]


def drawing(text: str) -> list[str]:
    """Return what stands in an SVG file besides shapes and words, and what it would load or run."""
    known = {"svg", "title", "rect", "path", "g", "text"}
    parts = list(ET.fromstring(text).iter())  # noqa: S314
    loaded = [name for one in parts for name in one.attrib if name.endswith("href") or name.startswith("on")]
    return [*[one.tag for one in parts if one.tag.rpartition("}")[2] not in known], *loaded, *unprinted(text)]


def suites(text: str) -> list[str]:
    """Return what stands in the JUnit file besides suites and cases."""
    known = {"testsuites", "testsuite", "testcase", "failure", "error", "skipped"}
    return [one.tag for one in ET.fromstring(text).iter() if one.tag not in known] + unprinted(text)  # noqa: S314


def metrics(text: str) -> list[str]:
    """Return the lines that are neither a description nor a sample."""
    lines = text.removesuffix("# EOF\n").splitlines()
    return [line for line in lines if not (DESCRIPTOR.fullmatch(line) or SAMPLE.fullmatch(line))] + unprinted(text)


def lines(text: str) -> list[str]:
    """Return the lines that a terminal, a chat or a log would take for something else."""
    return [line for line in text.split("\n") if _COMMAND_OF_A_JOB.match(line)] + unprinted(text)


BY_FILE: Final[dict[str, Callable[[str], list[str]]]] = {
    "report.md": markdown,
    "details.md": markdown,
    "report.html": html,
    "audit.json": data,
    "findings.csv": table,
    "due.ics": events,
    "badge.svg": drawing,
    "junit.xml": suites,
    "metrics.txt": metrics,
    "codequality.json": data,
    "annotations.json": job_links,
    "reminders.json": data,
}
"""File of the output folder -> what returns the words that are alive in it. A new output needs its line here."""
