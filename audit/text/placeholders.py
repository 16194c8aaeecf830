"""Decides whether a text is written, or blank, a placeholder or from the template (POLICY.md section 8).

A text that can be read in two ways counts as written, so that nobody is asked again for what may be an answer.
"""

from __future__ import annotations

import hashlib
import html
import re
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from audit.text.sections import INLINE, KEY_INFORMATION, NARRATIVE, OUTCOMES, SUMMARY, document, key, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audit.text.sections import Passage

Boilerplate = frozenset[str]
"""Lines and sentences of templates, each as :func:`normal` returns it."""


class State(StrEnum):
    """The state of a section or a cell."""

    WRITTEN = "written"
    PLACEHOLDER = "placeholder"
    ABSENT = "absent"


NO_TEMPLATES: Final[Boilerplate] = frozenset()
_HEADINGS = frozenset(map(key, (*SUMMARY, *NARRATIVE, *OUTCOMES, *KEY_INFORMATION, *INLINE)))
_ANSWERS = frozenset({"a", "n a", "na", "nil", "no", "none", "nope", "not applicable", "nothing", "unknown", "yes"})
"""Short answers that count as written, even if a template offers them."""
_DEFERRED = frozenset({"tbd", "todo"})

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
_BOLD = re.compile(r"(?P<mark>\*\*|__)(?P<label>[^*]+?)(?P=mark)\s*(?:[:–—-]+\s*)?(?P<rest>.*)", re.DOTALL)
_LABEL = re.compile(r"(?P<label>[^:.?!]+):(?P<rest>.*)", re.DOTALL)
_INSERTED = re.compile(r"[{\[][+-]\s|\s[+-][}\]]")
_TAG = re.compile(r"</?(?!img|video|audio|iframe)[a-z][^<>:@]*>", re.IGNORECASE)
_REMARK = re.compile(
    r"\((?:e\.\s?g\.|i\.\s?e\.|for example|such as)[^()]*\)|\([^()]*(?:\.\.\.|…|\betc\.?)\s*\)", re.IGNORECASE
)
_ASIDE = re.compile(r"\([^()]*\)(?=\s*\?)")
_SENTENCE = re.compile(r"(?<=\?)[\"')\]]*\s+|(?<=[.!])[\"')\]]*\s+(?![a-z])")
_WORD = re.compile(r"[^\W_]")
_NOT_WORDS = re.compile(r"[\W_]+")
_NOTHING = re.compile(r"[\s.…‥⋯\-*+_=|\\`~<>\[\](){}:;,\"']*")
_DASHES = re.compile(r"-{1,2}|[–—]")
_QUICK_ACTION = re.compile(
    r"/(?:(?:un|re)?label|assign|unassign|cc|close|confidential|due|epic|estimate|iteration|link|milestone|parent"
    r"|promote_to_incident|relate|severity|type|zoom)\b(?![/.]).*",
    re.IGNORECASE,
)
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
_IN_BLANKS = ("::", "time", "duration", "yyyy", "xx:", "hh:", "action", "#", "inc-")
"""Every blank contains one of these. Most lines contain none, and need not be searched for blanks, which is slow."""


def written(text: str | None, boilerplate: Boilerplate = NO_TEMPLATES, *, cell: bool = False) -> State:
    """Return the state of a section's body or a table's cell; None means that there is none."""
    if text is None:
        return State.ABSENT
    if cell:
        return _state(says(text, boilerplate, cell=True))
    return of_passages(document(text).passages, boilerplate)


def of_passages(passages: Iterable[Passage], boilerplate: Boilerplate = NO_TEMPLATES) -> State:
    """Return the state of a section that exists."""
    return _state(any(_passage_says(passage, boilerplate) for passage in passages))


def _state(filled: bool) -> State:
    return State.WRITTEN if filled else State.PLACEHOLDER


def _passage_says(passage: Passage, boilerplate: Boilerplate) -> bool:
    if passage.table is None:
        return says(passage.cells[0], boilerplate)
    # The first cell is the question, the others are answers.
    values = passage.cells[1:] or passage.cells
    return not passage.head and any(says(value, boilerplate, cell=True) for value in values)


def says(text: str, boilerplate: Boilerplate = NO_TEMPLATES, *, cell: bool = False) -> bool:
    """Return whether a line or cell is written; a very long one is, since no template has such lines."""
    if len(text) > _LONGEST_LINE:
        return _WORD.search(text) is not None
    return _says(text, boilerplate, cell=cell)


@lru_cache(maxsize=65_536)
def _says(text: str, boilerplate: Boilerplate, *, cell: bool) -> bool:
    text = html.unescape(visible(text))
    if cell and _DASHES.fullmatch(text.strip(" `*_")):
        return True
    lines = _HTML_BREAK.sub("\n", text).split("\n")
    # A cell of several lines is read like a section.
    return any(_line_says(line.strip(), boilerplate, cell=cell and len(lines) == 1) for line in lines)


def _line_says(line: str, boilerplate: Boilerplate, *, cell: bool) -> bool:
    markers = _CELL_MARKERS_ONLY if cell else _MARKERS_ONLY
    if not line or markers.fullmatch(line):
        return False
    line = _MARKER.sub("", line)
    bold = _BOLD.fullmatch(line)
    if bold and _is_label(bold["label"]) and (bold["rest"] or not cell) and line.count(bold["mark"]) <= _MOST_LABELS:
        return bool(bold["rest"]) and says(bold["rest"], boilerplate, cell=cell)
    if _QUICK_ACTION.fullmatch(line) or _TOC.fullmatch(line) or (not cell and _is_heading(line)):
        return False
    return not _is_known(line, boilerplate) and _rest_says(_INSERTED.sub(" ", line), boilerplate, cell=cell)


def _is_heading(line: str) -> bool:
    """Return whether a line is a section's name without its marks; only a link's address or tags make one long."""
    return (len(line) <= _LONGEST_HEADING or "](" in line or "<" in line) and key(line) in _HEADINGS


def _is_label(words: str) -> bool:
    """Return whether a bold text is a label that asks for something, not an answer or a sentence."""
    name = normal(words)
    return bool(name) and name not in _ANSWERS and name not in _DEFERRED and _is_short(words)


def _is_short(words: str) -> bool:
    return len(words.split()) <= _LABEL_WORDS and not re.search(r"[\d.!?]", words)


def _rest_says(line: str, boilerplate: Boilerplate, *, cell: bool) -> bool:
    """Return whether anything is left of a line once the template's text is removed."""
    line = re.sub(r"[*`~]|\\(?=[^\w\s])", "", line)
    folded = line.casefold()
    rest = _BLANKS.sub(" ", line) if any(mark in folded for mark in _IN_BLANKS) else line
    if rest != line and normal(rest) in {"", "utc"}:
        return False
    rest = _ASIDE.sub(" ", _REMARK.sub(" ", _TAG.sub(" ", rest)))
    return any(_sentence_says(sentence, boilerplate, cell=cell) for sentence in _SENTENCE.split(rest))


def _sentence_says(sentence: str, boilerplate: Boilerplate, *, cell: bool) -> bool:
    sentence = sentence.strip()
    if _NOTHING.fullmatch(sentence):
        return False
    words = normal(sentence)
    if words in _ANSWERS or words.isdecimal():
        return True
    if sentence.rstrip("\"')]_ ").endswith("?") and words:
        return False
    label = _LABEL.fullmatch(sentence)
    is_label = label and _is_short(label["label"]) and sentence.count(":") <= _MOST_LABELS
    if label and is_label and not says(label["rest"], boilerplate, cell=cell):
        return False
    return not (words and _DEFERRED.issuperset(words.split())) and not _is_known(sentence, boilerplate)


def _is_known(text: str, boilerplate: Boilerplate) -> bool:
    """Return whether a line or sentence is from a template: the tracker's own, or a built-in one."""
    words = normal(text)
    return words not in _ANSWERS and (words in boilerplate or digest(words) in _BUILT_IN)


@lru_cache(maxsize=65_536)
def normal(text: str) -> str:
    """Return a line's words in lower case, which are equal for all of its spellings."""
    return _NOT_WORDS.sub(" ", text).strip().casefold()


def digest(words: str) -> str:
    """Return the digest by which a built-in sentence is known."""
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def template_lines(templates: Iterable[str]) -> Boilerplate:
    """Return the boilerplate lines of a tracker's own issue templates.

    Comments in templates count too: authors remove the comment's marks and leave the words.
    """
    lines = {normal(line) for text in templates for line in _lines_of(text)}
    return frozenset(lines - {""} - _ANSWERS)


def _lines_of(template: str) -> Iterator[str]:
    opened = re.sub(r"<!--+|--+>", "\n", html.unescape(visible(template)))
    for text in (template, opened):
        for passage in document(text).passages:
            for cell in passage.cells:
                for line in _HTML_BREAK.sub("\n", html.unescape(visible(cell))).split("\n"):
                    bare = _MARKER.sub("", line.strip())
                    yield bare
                    yield from _SENTENCE.split(_ASIDE.sub(" ", _REMARK.sub(" ", _TAG.sub(" ", bare))))


_BUILT_IN: Final = frozenset(
    """
    0755d782d357 092622559c09 094d56ad4790 0e1cc8ef4f55 142cbd125fa3 1bd2909ed6f4 1f71b30debaa 23fbc7b484c8
    27b0f5176e40 2a8354865fda 2f221f8ea892 341e44d33d6e 34ee10c0214c 35d835d575af 36a25c1b278e 3883def159b6
    3c1d7ed7d949 3cdcae4b5c90 3e163d786a7d 41b2b1fbb0ef 441a178c5cd6 4782e2df8955 48d88cdc15af 4b1d1edf0c2e
    4c7eba3e9ff9 4d89401cd501 50379cfd53e7 559e52dad55f 55feab0a0c88 5f0b0a9e0443 65748b418590 68022c051c83
    694e696ea7c4 6ee342b3e837 6fc8c62d064f 73585fc5b078 79082367f4b9 79aaec2198e0 79bac70311dc 7b45d54355c1
    7d1508107e37 7dcca57871b5 80b3d493dad4 826dbcf78ad0 85c2d92b170b 8706bbdc0998 8b0006284fd8 8c96af379344
    920d8912c8fa 95ee38651f79 974decb9a441 9bbc98d84d13 9ccc3129750f 9d6a7c7bdf7f 9d6c97a51883 9fba04eec6d8
    a536181ce593 a74119e024bf ae3ed2538bf2 af9173699d3b b0ff2aaf5165 b238e1a144c9 b35a1e900117 b59f83d01371
    b87f5daed693 baf4c4d78041 bc81179c64ba be458377329c c132d22f3ed3 c536067c01e6 ca33f1a5d918 ce3beab2e478
    d5b41f21b835 d5db389f59f0 d8e288e89071 dbef28b6fde6 dd26bfc85c6f e0d7bdb65ad3 e23eb899443b e4838c46fae9
    e693cab8f496 e8f935db40fa ed6ec65e7c70 ee726f1dc459 f18f5c384951 f8d17df9e10f fb7b4c6c0517 fc0329c5f6a4
    fc12db7b13f4 fcf5b9e8f823
    """.split()  # noqa: SIM905 - eight a line
)
"""Digests of sentences in GitLab's own templates since 2017, so that the sentences need not be repeated here.

Questions, labels, blanks for values, task marks and comments need no digest; the expressions above find them.
"""
