"""A block rule for markdown-it-py: what can be nothing but a paragraph is taken as one, without asking all other rules.

It changes nothing in what is found, only how long it takes: descriptions are prose for the most part, and for each line
of it the other rules, which all wait for a sign of their own, take a third of the time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock

_PLAIN = re.compile(r"[^\W\d_]|[(\"'@$%&,;?!/]|\*\*\w|\d+(?![\d.)])|\[[ xX]\][ \t]")
"""How a line begins that opens no block of another kind and ends no paragraph."""
_OPENS_ANOTHER = re.compile(r"[-*+][ \t]+[^\s|:*_+-]|#{1,6}[ \t]")
"""How one begins that always ends a paragraph: an entry of a list, or a heading."""
_NUMBERED = re.compile(r"\d{1,9}[.)][ \t]+\S")
"""Likewise, if it is the next entry of the list in which the paragraph stands."""
_BLANK = " \t\n\r\f\v"


def take_prose_first(markdown: MarkdownIt) -> None:
    """Let a parser ask this rule before any other."""
    markdown.block.ruler.before("table", "prose", _prose)


def _prose(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    if silent or state.sCount[start] - state.blkIndent > 3 or not _begins(_PLAIN, state, start):
        return False
    end = start + 1
    while end < state.lineMax and not state.isEmpty(end) and _begins(_PLAIN, state, end) and state.sCount[end] >= 0:
        end += 1
    if end < state.lineMax and not state.isEmpty(end) and not _ends_here(state, end):
        return False  # a rule under it, the second line of a table: let the others tell
    opened = state.push("paragraph_open", "p", 1)
    inline = state.push("inline", "", 0)
    state.push("paragraph_close", "p", -1)
    inline.content = state.getLines(start, end, state.blkIndent, keepLastLF=False).strip(_BLANK)
    inline.children = []
    inline.map, opened.map = [start, end], [start, end]
    state.line = end
    return True


def _begins(sign: re.Pattern[str], state: StateBlock, line: int) -> bool:
    return sign.match(state.src, state.bMarks[line] + state.tShift[line]) is not None


def _ends_here(state: StateBlock, line: int) -> bool:
    """Tell whether a line that is not plain surely ends the paragraph before it."""
    indent = state.sCount[line]
    if indent < 0 or indent - state.blkIndent > 3 or (state.listIndent >= 0 and indent - state.listIndent > 3):
        return False
    return _begins(_OPENS_ANOTHER, state, line) or (indent < state.blkIndent and _begins(_NUMBERED, state, line))
