"""What PyYAML finds wrong with the form of audit.yml, in the words of its author, and where the cause is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from audit.settings.document_position import Position

if TYPE_CHECKING:
    import yaml

_COMMENT: Final = re.compile(r"(?<=\s)#\s?\S.*")
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_IN_DOUBLE_QUOTES: Final = "while scanning a double-quoted scalar"
_CLOSED: Final = {"flow sequence": "]", "flow mapping": "}"}


def explained(error: yaml.MarkedYAMLError, text: str) -> tuple[Position, str]:
    """Return where the cause of a syntax error is, and what it is."""
    position, problem, lines = _position_of(error), error.problem or error.context or "", text.splitlines()
    if conflict := next((number for number, line in enumerate(lines, 1) if line.startswith("<<<<<<< ")), 0):
        return Position(conflict, 1), "a conflict of a merge stands here: keep one of its two sides"
    if (error.context or "") == _IN_DOUBLE_QUOTES and "escape" in problem:
        return position, "a backslash begins an escape in double quotes: put the text into single ones"
    if swallowed := _swallowed(error, lines, position):
        return swallowed
    if "end of stream" in problem or "<stream end>" in problem:
        return _opened(error, position), "what is opened here is never closed: a quote or a bracket is missing"
    return position, _words(error, problem, lines, position)


def _words(error: yaml.MarkedYAMLError, problem: str, lines: list[str], position: Position) -> str:
    line = lines[position.line - 1] if position.line <= len(lines) else ""
    if "\t" in line[: position.column] and "'\\t'" in problem:
        return "a tab stands here; indent with spaces"
    for part, words in _PARTS.items():
        if part in problem:
            return words
    if "cannot start any token" in problem or (error.context or "").startswith(_SIGNS):
        column = error.context_mark.column if error.context_mark else position.column - 1
        character = line[column : column + 1]
        return f"no text can begin with {character} in YAML: put the whole of it into quotes"
    if problem.startswith("expected"):
        return _expected(error, lines, position)
    return f"{problem} ({error.context})" if error.context and error.problem else problem


_SIGNS: Final = (
    "while scanning an anchor",
    "while scanning an alias",
    "while scanning a tag",
    "while scanning a block",
)
_PARTS: Final = {
    "expected the node content": "a value is missing before this",
    "undefined alias": "a text that begins with * is an alias in YAML: put the whole of it into quotes",
    "but found another document": "a second document begins here; the file must hold one",
    "could not find expected ':'": "a key without its colon, or without the blank behind it, stands before this",
    "mapping values are not allowed here": (
        "a colon is not allowed here; check the indentation and the colon of the key above, and quote a text that has a"
        " colon in it"
    ),
    "sequence entries are not allowed here": (
        "a list cannot begin behind its key: begin each item on a line of its own, or write [a, b]"
    ),
}


def _position_of(error: yaml.MarkedYAMLError) -> Position:
    mark = error.problem_mark or error.context_mark
    return Position.of(mark) if mark else Position()


def _opened(error: yaml.MarkedYAMLError, position: Position) -> Position:
    # what was opened and never closed is only missed at the end of the file: point to where it was opened
    return Position.of(error.context_mark) if error.context_mark else position


def _swallowed(error: yaml.MarkedYAMLError, lines: list[str], position: Position) -> tuple[Position, str] | None:
    """Return the comment that took away the end of a list or of keys in brackets: `` #28`` that was meant as text."""
    kind = next((kind for kind in _CLOSED if kind in (error.context or "")), None)
    if kind is None or error.context_mark is None:
        return None
    for number in range(error.context_mark.line, min(position.line, len(lines))):
        line = _QUOTED.sub(lambda quoted: "x" * len(quoted[0]), lines[number])
        comment = _COMMENT.search(line)
        if comment and _CLOSED[kind] in comment[0]:
            what = f"`{comment[0].split()[0]}` begins a comment here, which takes the rest of the line away"
            return Position(number + 1, comment.start() + 1), f"{what}: put a text that has a # in it into quotes"
    return None


def _expected(error: yaml.MarkedYAMLError, lines: list[str], position: Position) -> str:
    """Return what an unexpected part means: it is indented wrongly, or stands behind the end of a value."""
    kind = next((kind for kind in _CLOSED if kind in (error.context or "")), None)
    if kind is not None and error.context_mark is not None:
        opened = error.context_mark.line + 1
        where = "" if opened == position.line else f", which begins in line {opened}"
        return f"a comma, or the closing {_CLOSED[kind]} of the bracket{where}, is missing before this"
    above = _above(lines, position)
    begins = not lines[position.line - 1][: position.column - 1].strip()
    if above and begins:
        if above.column == position.column:
            return f"this cannot follow line {above.line}: keys, list items and texts do not mix in one column"
        return (
            f"the indentation does not fit: this begins in column {position.column}, line {above.line} above it in"
            f" column {above.column}; what belongs together begins in the same column"
        )
    return "more stands here, behind the end of a value: put the whole text into quotes, or take this out"


def _above(lines: list[str], position: Position) -> Position | None:
    """Return where the line above begins that is neither blank nor a comment."""
    for number in range(position.line - 1, 0, -1):
        text = lines[number - 1].lstrip()
        if text and not text.startswith("#"):
            return Position(number, len(lines[number - 1]) - len(text) + 1)
    return None
