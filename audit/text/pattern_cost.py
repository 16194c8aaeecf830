"""The cost of a regular expression from the settings on a text that somebody else wrote.

``re`` tries one way of matching after another, and a pattern like ``(a+)+b`` has more of them than a night has
seconds. So the steps that a pattern can take at one place of a text are estimated from its form, never too low, and a
pattern that can take too many is refused. Unbounded repeats get a bound (:func:`as_group`), so that a long line does
not add to them.
"""

from __future__ import annotations

import math
import re
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_ID: Final = 100
"""Bound of an unbounded repeat in an external id."""
MOST_WORK: Final = 1_000
"""Most steps at each place of a text."""
LONGEST_LINE: Final = 200
"""Longest part of a line, in characters, in which another bot's reminder is looked for."""
MOST_WORK_IN_LINE: Final = 100_000
"""Most steps at each place of such a line; there are few of these."""
LONGEST_PATTERN: Final = 500

_TOKEN = re.compile(
    r"""(?P<escape>\\.) | (?P<set>\[\^?\]?(?:\\.|[^]\\])*\])
    | (?P<open>\((?:\?(?:P?<\w+>|<[=!]|[:=!>]|\(\w+\)|[a-zA-Z-]+:?))?)
    | (?P<repeat>(?:[*+?]|\{(?=[\d,])(?P<low>\d*)(?P<comma>,?)(?P<high>\d*)\})(?P<greed>[?+]?))
    | (?P<sign>[|)^$]) | (?P<character>.)""",
    re.VERBOSE | re.DOTALL,
)
# flags may only be at the start of an expression
_GLOBAL_FLAGS = re.compile(r"(?:\(\?[a-z]+\))+", re.IGNORECASE)
# under the flag x, and inside a comment, a parenthesis does not open a group
_UNREADABLE = re.compile(r"(?<!\\)\(\?(?:#|[a-z]*x)", re.IGNORECASE)
# one character of each class that a pattern can name
_CHARACTERS = "".join(map(chr, range(0x3000)))
_FLAGS = (re.DOTALL, re.DOTALL | re.IGNORECASE, re.DOTALL | re.ASCII, re.DOTALL | re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """A part of a pattern: the number of ways it can match at one place, and the steps to try them all."""

    ways: float = 1
    work: float = 1
    low: int = 1
    high: int = 1
    character: str = ""
    """The part, if it matches one character; empty: it is a group, or matches no character."""
    possessive: bool = False


def fault(pattern: str, *, longest: int, most: int) -> str:
    """Return what is wrong with a pattern of the settings; empty if it compiles and takes at most ``most`` steps.

    ``longest`` is how often an unbounded repeat can match.
    """
    if len(pattern) > LONGEST_PATTERN:
        return f"should be at most {LONGEST_PATTERN} characters"
    try:
        with warnings.catch_warnings(action="ignore"):
            re.compile(pattern)
            re.compile(as_group(pattern, longest))
    except (re.error, OverflowError, RecursionError) as error:
        return f"is not a regular expression: {error}"
    if _UNREADABLE.search(pattern):
        return "holds a comment or the flag x; write it without"
    if work(pattern, longest) > most:
        return "could keep a run busy for hours: use fewer repeats and choices, and none of them within a repeat"
    return ""


def as_group(pattern: str, longest: int) -> str:
    """Return a pattern as a group for a larger one, with its flags, and its repeats bounded by ``longest``."""
    head = _GLOBAL_FLAGS.match(pattern)
    flags = "".join(sorted(set(re.findall("[a-z]", head[0])))) if head else ""
    inner = "".join(_bounded(token, longest) for token in _TOKEN.finditer(pattern, head.end() if head else 0))
    return f"(?{flags}:{inner})"


def _bounded(token: re.Match[str], longest: int) -> str:
    if token["repeat"] is None:
        return token[0]
    low, high = _range(token, longest)
    return f"{{{low},{high}}}{token['greed']}" if token[0] not in ("?", "??", "?+") else token[0]


def work(pattern: str, longest: int) -> float:
    """Return the most steps that a pattern can take at one place of a text; infinity for very many."""
    groups: list[tuple[list[_Item], list[_Item]]] = [([], [])]
    for token in _TOKEN.finditer(pattern):
        choices, items = groups[-1]
        if token["open"] is not None:
            groups.append(([], []))
        elif token[0] == "|":
            choices.append(_sequence(items))
            items.clear()
        elif token[0] == ")" and len(groups) > 1:
            groups.pop()
            groups[-1][1].append(_choice([*choices, _sequence(items)]))
        elif token["repeat"] is not None and items:
            low, high = _range(token, longest)
            items[-1] = replace(items[-1], low=low, high=high, possessive=token["greed"] == "+")
        else:
            items.append(_Item(character="" if _is_empty(token) else token[0]))
    choices, items = groups[0]
    return _choice([*choices, _sequence(items)]).work


def _range(token: re.Match[str], longest: int) -> tuple[int, int]:
    """Return the minimum and maximum of a repeat."""
    sign = token["repeat"][0]
    if sign != "{":
        return (1 if sign == "+" else 0), (1 if sign == "?" else longest)
    low = int(token["low"] or 0)
    if not token["comma"]:
        return low, low
    return low, int(token["high"]) if token["high"] else max(low, longest)


def _is_empty(token: re.Match[str]) -> bool:
    """Return whether a part matches no single character: an assertion, or a reference to a group."""
    return token[0] in ("^", "$") or (token["escape"] is not None and token[0][1] in "AbBZ123456789")


def _choice(parts: Iterable[_Item]) -> _Item:
    known = list(parts)
    return _Item(ways=sum(part.ways for part in known), work=sum(part.work for part in known))


def _sequence(items: list[_Item]) -> _Item:
    ways, steps = 1.0, 1.0
    for before, item, following in zip([None, *items], items, [*items[1:], None], strict=False):
        part = _repeated(item, following)
        # a run of plain characters is compared in one step
        steps += 0 if before and _is_plain(before) and _is_plain(item) else ways * part.work
        ways *= part.ways
    return _Item(ways=ways, work=steps)


def _is_plain(item: _Item) -> bool:
    return bool(item.character) and (item.low, item.high) == (1, 1)


def _repeated(item: _Item, following: _Item | None) -> _Item:
    """Return a part with its repeat. If no character can be both in it and after it, it can end at one place only."""
    if (item.low, item.high) == (1, 1):
        return item
    steps = max(item.high, 1) * item.work
    if item.possessive or _ends_in_one_place(item, following):
        return _Item(work=steps if item.ways == 1 else math.inf)
    if item.ways == 1:
        return _Item(ways=item.high - item.low + 1, work=steps)
    # as 2 ** 40 steps take a day
    ways = math.inf if item.high * math.log2(item.ways) > 40 else sum(item.ways**n for n in range(item.high + 1))
    return _Item(ways=ways, work=ways * steps)


def _ends_in_one_place(item: _Item, following: _Item | None) -> bool:
    if following is None or not item.character or not following.character or following.low == 0:
        return False
    # of two overlapping ranges, an end of one is in the other
    characters = f"{_CHARACTERS}{item.character}{following.character}"
    return _matched(item.character, characters).isdisjoint(_matched(following.character, characters))


def _matched(part: str, characters: str) -> set[str]:
    """Return which of the characters a part can match, whatever the flags."""
    with warnings.catch_warnings(action="ignore"):
        return {character for flags in _FLAGS for character in re.findall(part, characters, flags)}
