"""Decides whether a text is written, or blank, a placeholder or from the template (POLICY.md section 8).

A text that can be read in two ways counts as written, so that nobody is asked again for what may be an answer.
"""

from __future__ import annotations

import html
import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from audit.text.built_in_templates import digest
from audit.text.names import INLINE, KEY_INFORMATION, NARRATIVE, OUTCOMES, SUMMARY, key, keys, visible

if TYPE_CHECKING:
    from collections.abc import Iterator


class Boilerplate(NamedTuple):
    """What a review's template says in one place."""

    lines: frozenset[str] = frozenset()
    """Lines and sentences as :func:`normal` returns them, those with a ticked box after ``x ``."""
    digests: frozenset[str] = frozenset()
    """Digests of such."""

    def holds(self, words: str) -> bool:
        """Return whether the template says these words here. Short answers count as written wherever they are."""
        if not words or words in ANSWERS or words.isdecimal():
            return False
        return words in self.lines or (bool(self.digests) and digest(words) in self.digests)


class State(StrEnum):
    """The state of a section or a cell."""

    WRITTEN = "written"
    PLACEHOLDER = "placeholder"
    ABSENT = "absent"


NO_TEMPLATE: Final = Boilerplate()
_HEADINGS = keys((*SUMMARY, *NARRATIVE, *OUTCOMES, *KEY_INFORMATION, *INLINE))
ANSWERS: Final = frozenset(
    {"a", "n a", "na", "nil", "no", "none", "nope", "not applicable", "nothing", "unknown", "yes"}
)
"""Short answers that count as written, even if a template offers them."""
_DEFERRED = frozenset({"tbd", "todo", "wip"})

_LONGEST_LINE = 2_000
_LONGEST_HEADING = 60
_LABEL_WORDS = 6
_MOST_LABELS = 8
"""Most marks of placeholders in one line; a line with more is not examined further and counts as written."""
_HTML_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_MARKERS_ONLY = re.compile(r"(?:(?:[-*+•>]|\d{1,3}[.)]|\[[ xX~]?\])\s*)+")
_CELL_MARKERS_ONLY = re.compile(r"(?:[*+•]|[-*+•]?\s*\[[ xX~]?\]|1[.)](?:\s*\d[.)])*)")
"""For cells: there a dash is an answer, and ``15.`` a number."""
_MARKER = re.compile(r"^(?:(?:[-*+•>]|\d{1,3}[.)])\s+|\[[ xX~]\]\s+|#{1,6}|>)+")
_TICKED = re.compile(r"\[[xX~]\]")
_BOLD = re.compile(
    r"(?P<mark>\*\*|__)(?P<label>[^*]+?)(?P=mark)\s*(?P<colon>(?:[:\uff1a–—-]+\s*)?)(?P<rest>.*)", re.DOTALL
)
_LABEL = re.compile(r"(?P<label>[^:\uff1a.?!]+)[:\uff1a](?P<rest>.*)", re.DOTALL)
_INSERTED = re.compile(r"[{\[][+-]\s|\s[+-][}\]]")
_TAG = re.compile(r"</?(?!img|video|audio|iframe)[a-z][^<>:@]*>", re.IGNORECASE)
_REMARK = re.compile(
    r"\((?:e\.\s?g\.|i\.\s?e\.|for example|such as)[^()]*\)|\([^()]*(?:\.\.\.|…|\betc\.?)\s*\)", re.IGNORECASE
)
_ASIDE = re.compile(r"\([^()]*\)(?=\s*\?)")
_SENTENCE = re.compile(r"(?<=\?)[\"')\]]*\s+|(?<=[.!])[\"')\]]*\s+(?![a-z])")
_WORD = re.compile(r"[^\W_]")
_MARKS = re.compile(r"[*`~]|\\(?=[^\w\s])")
_NOT_WORDS = re.compile(r"[\W_]+")
_NOTHING = re.compile(r"[\s.…‥⋯\-*+_=|\\`~<>\[\](){}:;,\"']*")
_DASHES = re.compile(r"-{1,2}|[–—]")
_QUICK_ACTION = re.compile(
    r"""/(?:(?:(?:un|re)?labels?|remove_label)\s+[~"].*
      | (?:(?:un|re)?assign(?:_reviewer)?|cc)(?:\s+(?:@|me\b).*)?
      | (?:close|reopen|confidential|remove_\w+|promote(?:_to\w*)?|subscribe|todo|done|lock)(?:\s+\S+)?
      | zoom\s+http\S+
      | severity\s+(?:unknown|low|medium|high|critical|s?[1-4])
      | (?:due|estimate(?:_time)?|spend(?:_time)?|weight|health_status|iteration|milestone|type|title)(?:\s+\S+){1,4}
      | (?:epic|parent|set_parent|link|relate|blocks|blocked_by|duplicate|add_child)\s+\S*[#&!/:].*)""",
    re.IGNORECASE | re.VERBOSE,
)
_FACT = re.compile(
    r"~?\"?(?:[a-z_-]{1,30}::)?#?\d[\d:.,/ TZ+-]{0,40}(?:utc|min(?:ute)?s?|hours?|h|%)?\"?", re.IGNORECASE | re.ASCII
)
"""A number, a time, a duration, a label or an issue, which need no further look."""
_PROMPT = re.compile(
    r"(?:\[(?![xX ~]?\])|[*_]{1,3}|<)\s*(?:(?:please|briefly|optionally)\s+)?(?:add|describe|document|enter|explain"
    r"|fill|give|include|insert|list|mention|note|outline|provide|specify|state|summari[sz]e|tell|write|your|what|who|when"
    r"|where|why|how)\b[^\]\n]*(?:\]|[*_]{1,3}|>)[.:]?",
    re.IGNORECASE,
)
"""A line in brackets or italics that says what to write in its place."""
_QUESTION = re.compile(
    r"(?:(?:and|but|so|if|in|at|to|for|from|by|on|with|of)\s+)*(?:who|whom|whose|what|which|when|where|why|how|was|were"
    r"|is|are|am|did|do|does|can|could|should|would|will|has|have|had|may|might|any|anything|anyone)\b|if\b|.*\b(?:why|what|who|when|where|how|which)$"
)
"""How a question begins or ends; an answer that somebody doubts does not."""
_ASKS_NOTHING = re.compile(r"[?¿!.…\s]{2,}")
_TOC = re.compile(r"\[\[_TOC_\]\]|\[TOC\]", re.IGNORECASE)
_BLANKS = re.compile(
    r"""\b(?:start|end)\s+time(?:\s+utc)?\b
      | \bduration\s+in\s+(?:minutes|hours)\b
      | \bsee\s+[\w ]{0,60}::\s*(?:<[^<>]*>)?\s*label\b
      | \b\w+::\s*labels?\s+of\s+(?:[\w]+\s+){1,6}?services?\b(?:\s+\w+\s+by\s+this\s+\w+)?
      | \by{4}[-/.]mm[-/.]dd(?:\+\d)?\b
      | \b(?:xx|hh):(?:yy|xx|mm)(?::ss)?(?:\s+utc)?
      | \baction\s+[xy]\s+taken\b
      | (?:(?<![\w./-])[\w./-]*\#|\binc-)(?:n{2,}|x{2,}|\w*issue_?id\w*)\b
      | ~?\"?\b\w+::(?:\*|<[^<>]*>|[nx]\b)\"?(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
"""Blanks that templates leave for a value; if one remains beside a value, the value counts."""
_IN_BLANKS = (
    *(("::",), ("time", "start", "end"), ("duration", "in"), ("yyyy",), ("xx:",), ("hh:",), ("action", "taken")),
    *(("#",), ("inc-",)),
)
"""Every blank contains one of these first words, and one of the others behind it if there are any."""


def says(text: str, boilerplate: Boilerplate = NO_TEMPLATE, *, cell: bool = False) -> bool:
    """Return whether a line or cell is written; a very long one is, since no template has such lines."""
    if len(text) > _LONGEST_LINE:
        return _WORD.search(text) is not None
    text = html.unescape(visible(text)) if "&" in text or not text.isascii() else text
    if cell and _DASHES.fullmatch(text.strip(" `*_")):
        return True
    if "\n" not in text and "<" not in text:
        return _line_says(text.strip(), boilerplate, cell=cell)
    lines = _HTML_BREAK.sub("\n", text).split("\n")
    # A cell of several lines is read like a section.
    return any(_line_says(line.strip(), boilerplate, cell=cell and len(lines) == 1) for line in lines)


def _line_says(line: str, boilerplate: Boilerplate, *, cell: bool) -> bool:
    markers = _CELL_MARKERS_ONLY if cell else _MARKERS_ONLY
    if not line or markers.fullmatch(line):
        return False
    marker = _MARKER.match(line)
    listed = marker is not None and marker[0][0] not in "#>"
    if marker and _TICKED.search(marker[0]):
        words = normal(line[marker.end() :])
        return bool(words) and not boilerplate.holds(f"x {words}") and not _is_deferred(words)
    line = line[marker.end() :] if marker else line
    if boilerplate.holds(normal(line)):
        return False
    bold = _BOLD.fullmatch(line) if line.startswith(("**", "__")) else None
    if (
        bold
        and _is_label(bold, listed=listed)
        and (bold["rest"] or not cell)
        and line.count(bold["mark"]) <= _MOST_LABELS
    ):
        return bool(bold["rest"]) and says(bold["rest"], boilerplate, cell=cell)
    if (
        _QUICK_ACTION.fullmatch(line)
        or _TOC.fullmatch(line)
        or _PROMPT.fullmatch(line)
        or (not cell and _is_heading(line))
    ):
        return False
    inserted = "+" in line or "-" in line
    rest = _INSERTED.sub(" ", line) if inserted else line
    return _FACT.fullmatch(line) is not None or _rest_says(rest, boilerplate, cell=cell)


def _is_heading(line: str) -> bool:
    """Return whether a line is a section's name without its marks; only a link's address or tags make one long."""
    return (len(line) <= _LONGEST_HEADING or "](" in line or "<" in line) and key(line) in _HEADINGS


def _is_label(bold: re.Match[str], *, listed: bool) -> bool:
    """Return whether a bold text is a label that asks for something, not an answer or a sentence.

    One with nothing behind it is a label if it is a word, a question, a known name or has a colon; in a list a word
    may be an answer.
    """
    name = normal(bold["label"])
    if not name or name in ANSWERS or name in _DEFERRED or not _is_short(bold["label"]):
        return False
    if bold["rest"] or bold["label"].rstrip().endswith((":", "\uff1a")) or bold["colon"]:
        return True
    return key(bold["label"]) in _HEADINGS or (" " not in name and not listed)


def _is_short(words: str) -> bool:
    return len(words.split()) <= _LABEL_WORDS and not re.search(r"[\d.!?]", words)


def _rest_says(line: str, boilerplate: Boilerplate, *, cell: bool) -> bool:
    """Return whether anything is left of a line once the template's text is removed."""
    line = _MARKS.sub("", line)
    folded = line.casefold()
    rest = _BLANKS.sub(" ", line) if _may_hold_blanks(folded) else line
    if rest != line and normal(rest) in {"", "utc"}:
        return False
    rest = _ASIDE.sub(" ", _REMARK.sub(" ", _TAG.sub(" ", rest)))
    return any(_sentence_says(sentence, boilerplate, cell=cell) for sentence in _SENTENCE.split(rest))


def _may_hold_blanks(folded: str) -> bool:
    """Return whether a line holds what every blank contains; most hold none, and the search is slow."""
    found = [others for mark, *others in _IN_BLANKS if mark in folded]
    return any(not others or any(one in folded for one in others) for others in found)


def _sentence_says(sentence: str, boilerplate: Boilerplate, *, cell: bool) -> bool:
    sentence = sentence.strip()
    if _NOTHING.fullmatch(sentence):
        return False
    words = normal(sentence)
    if words in ANSWERS or words.isdecimal():
        return True
    if not words:
        return _ASKS_NOTHING.fullmatch(sentence) is None
    if sentence.rstrip("\"')]_ ").endswith("?") and _QUESTION.match(words):
        return False
    label = _LABEL.fullmatch(sentence)
    is_label = label and _is_short(label["label"]) and sentence.count(":") <= _MOST_LABELS
    if label and is_label and not says(label["rest"], boilerplate, cell=cell):
        return False
    return not _is_deferred(words) and not boilerplate.holds(words)


def _is_deferred(words: str) -> bool:
    return _DEFERRED.issuperset(words.split())


def normal(text: str) -> str:
    """Return a line's words in lower case, which are equal for all of its spellings."""
    return _NOT_WORDS.sub(" ", text).strip().casefold()


def template_words(line: str) -> Iterator[str]:
    """Yield what a line of a template says: as a whole, and its sentences."""
    for part in _HTML_BREAK.sub("\n", html.unescape(visible(line))).split("\n"):
        text = part.strip()
        marker = _MARKER.match(text)
        bare = text[marker.end() :] if marker else text
        if marker and _TICKED.search(marker[0]):
            yield f"x {normal(bare)}"
        yield normal(bare)
        if bold := _BOLD.fullmatch(bare):
            yield normal(bold["rest"])
        if (label := _LABEL.fullmatch(bare)) and _is_short(label["label"]):
            yield normal(label["rest"])
        yield from map(normal, _SENTENCE.split(_ASIDE.sub(" ", _REMARK.sub(" ", _TAG.sub(" ", bare)))))
