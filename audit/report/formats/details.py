"""details.md: what page one leaves out, in the order of REPORT.md (templates/details.md.j2)."""

from __future__ import annotations

import re
from math import inf
from typing import TYPE_CHECKING, Final

from audit import inert
from audit.report.formats.format import Format
from audit.report.formats.markdown import SHOWN, Space, environment

if TYPE_CHECKING:
    from audit.report.figures.view import View

LIMIT: Final = 980_000
"""Bytes: GitLab refuses an issue or note of more than 1,048,576 characters, and page one may stand above."""
CAPS: Final = (1000, 300, 100, SHOWN, 5)
"""Items of a list that are told at most: the next one where a text with the one before is too long."""


def details_md(view: View) -> str:
    """Return the details. Lists too long for GitLab are cut, and say how many items are not shown."""
    *caps, fewest = CAPS
    fitting = filter(None, (_render(view, most, LIMIT) for most in caps))
    text = next(fitting, "") or _render(view, fewest)
    return inert.without_quick_actions(inert.printable(text))


def _render(view: View, most: int, limit: float = inf) -> str:
    """Return the details with at most so many items of each list; empty: they have more than ``limit`` bytes."""
    pieces, size = [], 0
    for piece in environment().get_template("details.md.j2").generate(view=view, space=Space(most_rows=most)):
        pieces.append(piece)
        # ends of lines are not counted yet, since an empty section leaves blank lines behind
        size += len(piece.encode(errors="replace")) - piece.count("\n")
        if size > limit:
            return ""
    text = re.sub(r"\n{3,}", "\n\n", "".join(pieces)).strip() + "\n"
    return text if len(text.encode(errors="replace")) <= limit else ""


FORMAT = Format(name="details.md", text=details_md, by_team=True)
