"""details.md: what page one leaves out, in the order of REPORT.md (templates/details.md.j2)."""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from audit import inert
from audit.report.formats.format import Format
from audit.report.formats.markdown import CAPS, environment, listing

if TYPE_CHECKING:
    from jinja2 import Environment

    from audit.report.figures.view import View

LIMIT: Final = 980_000
"""Bytes: GitLab refuses an issue or note of more than 1,048,576 characters, and page one may stand above."""


def details_md(view: View) -> str:
    """Return the details. Lists too long for GitLab are cut, and say how many items are not shown."""
    text = ""
    for cap in CAPS:
        text = _render(view, cap)
        if len(text.encode(errors="replace")) <= LIMIT:
            break
    return inert.without_quick_actions(inert.printable(text))


def _render(view: View, cap: int) -> str:
    body = _templates(cap).get_template("details.md.j2").render(view=view)
    # an empty section leaves blank lines behind
    return re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"


@cache
def _templates(cap: int) -> Environment:
    made = environment()
    made.filters["listing"] = partial(listing, cap=cap)
    return made


FORMAT = Format(name="details.md", text=details_md, by_team=True)
