"""The frame of the HTML pages: foreign text stays text, and the browser runs and loads only what is in the page.

The content policy in each page allows its own style and scripts by hash, as a second barrier after escaping.
"""

from __future__ import annotations

import base64
import re
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from audit import inert
from audit.evidence.doubts import way_to_see
from audit.phrases import MOST, listed, plural
from audit.report.formats import markdown
from audit.report.formats.markdown import Listing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

SECTION_ROWS: Final = 1_000
_LONGEST: Final = 160
_WHY_LONGEST: Final = 400
_TABLE: Final = re.compile(r'<table id="([\w-]+)"[^>]*>\s*<thead><tr>(.*?)</tr></thead>', re.ASCII)
_COLUMN: Final = re.compile(r"<th [^>]*>([^<\"\\]*)</th>")
_WEB: Final = re.compile(r"https?://[^\s/]", re.IGNORECASE)


def page(template: str, **given: Any) -> str:
    """Render a template with its style, its scripts and the content policy that allows only these."""
    made = environment()
    scripts = {"early": _asset(made, "early.js.j2"), "script": _asset(made, "page.js.j2")}
    text = inert.printable(made.get_template(template).render(**scripts, **given))
    style = f"{_asset(made, 'style.css.j2')}\n{labels(text)}"
    # what others wrote stands escaped, so that these places are the frame's own
    text = text.replace("<policy>", content_policy(style, *scripts.values()), 1)
    return f"{text.replace('<style></style>', f'<style>{style}</style>', 1)}\n"


def labels(text: str) -> str:
    """Return the style by which each cell of a page's tables names its column where a row is shown as a card.

    Names in the cells themselves would make a page of 10,000 rows a fifth larger.
    """
    rules = [
        f'#{table} > * > tr > td:nth-child({place})::before {{ content: "{name}"; }}'
        for table, head in _TABLE.findall(text)
        for place, name in enumerate(_COLUMN.findall(head), 1)
    ]
    return "\n".join(["@media screen and (max-width: 40rem) {", *rules, "}"])


def content_policy(style: str, *scripts: str) -> str:
    """Return a Content-Security-Policy that allows only this style and these scripts, and data images for the icon."""
    runs = " ".join(map(_hash, scripts))
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {runs}; img-src data:;"
        " base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )


@cache
def environment() -> Environment:
    """Return the environment of the HTML templates, with values formatted as in the Markdown report."""
    shared = markdown.environment()
    made = Environment(
        loader=shared.loader,
        autoescape=True,
        finalize=_finalized,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # they do not change under a run
    )
    made.globals.update(plural=plural, MOST=MOST, DOUBTS=markdown.DOUBTS, way_to_see=way_to_see)
    made.filters["listed"] = lambda values: listed(values, len(values))
    for name in ("severity", "signed", "points", "iso", "day", "weight", "beside"):
        made.filters[name] = shared.filters[name]
    made.filters["urlencode"] = lambda pairs: urlencode(pairs, errors="replace")
    made.filters.update(percent=percent, title=title, why=why, web=web, yaml=yaml, cut=cut)
    made.filters["unbroken"] = unbroken
    made.filters.update(ref=ref, names=names, people=people)
    return made


def cut(rows: Sequence[Any]) -> Listing:
    """Cut a very long list; the page's script shows it piece by piece."""
    left_out = max(0, len(rows) - SECTION_ROWS)
    return Listing(shown=rows[:SECTION_ROWS], folded=(), left_out=left_out, total=len(rows))


_DAY: Final = re.compile(r"\b\d{4}-\d\d-\d\d\b", re.ASCII)


def unbroken(day: date | None) -> Markup:
    """Write a day as YYYY-MM-DD in a sentence, where a narrow screen would break the line at its dashes."""
    return Markup('<span class="day">{}</span>').format(markdown.iso(day))


def percent(rate: float) -> Markup:
    """Write a share in whole percent, with a non-breaking space before the sign."""
    return Markup("&nbsp;").join(markdown.percent(rate).split(" "))


def title(text: str) -> str:
    """Return a title on one line, a long one cut."""
    return markdown.cut(text, _LONGEST)


def why(text: str) -> Markup:
    """Write a sentence of the program that contains foreign words, on one line, with its days unbroken."""
    words = str(escape(_finalized(markdown.cut(text, _WHY_LONGEST))))
    return Markup(_DAY.sub(r'<span class="day">\g<0></span>', words))  # noqa: S704 - escaped above


def web(url: str) -> str:
    """Return the address if a link may lead there; empty if it is not a web address."""
    address = inert.one_line(url)
    return address if _WEB.match(address) else ""


def ref(text: str, url: str = "") -> Markup:
    """Write a text, linked if a link may lead to the address."""
    words, address = escape(_finalized(text)), web(url)
    if not address:
        return words
    return Markup(f'<a href="{escape(address)}" rel="noopener noreferrer">{words}</a>')  # noqa: S704 - escaped above


def names(values: Sequence[str]) -> Markup:
    """Write names of services or teams, each by the direction of its own letters; a dash if there are none."""
    written = (f"<bdi>{escape(_finalized(title(value)))}</bdi>" for value in values)
    return Markup(listed(written, len(values)) or "–")  # noqa: S704 - each name is escaped


def people(usernames: Sequence[str]) -> Markup:
    """Write names of accounts; a dash if there are none."""
    written = (f"<code>@{escape(_finalized(name))}</code>" for name in usernames)
    return Markup(listed(written, len(usernames)) or "–")  # noqa: S704 - each name is escaped


def yaml(text: str) -> str:
    """Return a text as a quoted YAML scalar."""
    return str(markdown.yaml(text))


def _asset(made: Environment, name: str) -> Markup:
    return Markup(made.get_template(f"html/{name}").render())  # noqa: S704 - our own file, without values


def _hash(text: str) -> str:
    digest = base64.b64encode(sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _finalized(value: Any) -> Any:
    if value is None:
        return ""
    return value if hasattr(value, "__html__") else inert.one_line(value)
