"""audit.yml as data with the position of each value: every scalar is its text, and types come from the model.

So ``NO`` is the text NO, ``12:30`` is no number of minutes and ``010`` is never 8, whatever YAML 1.1 makes of them;
only null means something by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from audit.phrases import shortened
from audit.settings.document_position import Position
from audit.settings.syntax_messages import explained

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# A key of a mapping or an index of a list, from the top of the document.
Loc = tuple[str | int, ...]

# Aliases of aliases make a small file a huge one; no settings come near this.
_MOST_VALUES = 100_000
_NULLS = {"", "~", "null", "Null", "NULL"}
_DEEPEST = 50
_NULL_TAG = "tag:yaml.org,2002:null"
_TAGS = {
    yaml.ScalarNode: {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "timestamp", "null")},
    yaml.MappingNode: {"tag:yaml.org,2002:map"},
    yaml.SequenceNode: {"tag:yaml.org,2002:seq"},
}
_MERGE_KEY = "<<"
_QUOTES = frozenset("\u201c\u201d\u201e\u2018\u2019\u201a\xab\xbb")
"""As word processors and chats type them."""
_UNSEEN = frozenset("\u200b\u200c\u200d\u2060\ufeff")
"""Signs without any width, as they are copied along from web pages."""
_NUMBER = re.compile(r"\s+(#\d+)")
"""The number of an issue behind a text that is not quoted, where YAML takes it for a comment."""


@dataclass(frozen=True)
class Fault:
    """A fault of the file."""

    position: Position
    where: str
    what: str

    def line(self, path: Path) -> str:
        """Return the fault as one line, in the form that editors and job logs turn into a link."""
        return f"{path}:{self.position.line}:{self.position.column}: {self.where}: {self.what}"


@dataclass
class SettingsDocument:
    """The data for the model, the position of each value, and the faults of the YAML itself.

    ``broken`` are the values that could not be read: what the model finds wrong with them would only repeat a fault.
    """

    data: Any = None
    positions: dict[Loc, Position] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    broken: set[Loc] = field(default_factory=set)

    def position(self, loc: Loc) -> Position:
        """Return where a value is, or else the innermost known section around it."""
        while loc and loc not in self.positions:
            loc = loc[:-1]
        return self.positions.get(loc, Position())


def read(raw: bytes) -> SettingsDocument:
    """Parse the bytes of a settings file."""
    document = SettingsDocument()
    try:
        text = _decoded(raw)
        node = _compose(text)
        if node is not None:
            document.data = _Walk(document, text.splitlines()).value(node, ())
    except _RefusedError as refusal:
        return SettingsDocument(faults=[refusal.fault], broken={()})
    return document


def _decoded(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", errors="replace")
        what = "this is not UTF-8 text: save the file as UTF-8"
        raise _RefusedError(_syntax(_position_after(before), what)) from error
    if "\0" in text:
        what = "the character U+0000 is not allowed: is this a text, and not UTF-16? Save the file as UTF-8"
        raise _RefusedError(_syntax(_position_after(text.partition("\0")[0]), what))
    return text


def shown(loc: Loc) -> str:
    """Return the path of a value in the data, like ``policies[0].due_days``."""
    text = ""
    for part in loc:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part.replace("_", "a").replace("-", "a").isalnum():
            text += f".{part}" if text else part
        else:
            text += f'["{one_line(part)}"]'
    return text or "settings"


def one_line(text: str, most: int = 60) -> str:
    """Return a text on one line, and no longer than a line bears."""
    return shortened(" ".join(text.split()), most)


class _RefusedError(Exception):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault


class _Composer(yaml.SafeLoader):
    """Only scanner, parser and composer are used: no tag is resolved and no object constructed."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML's own way to switch them off


def _compose(text: str) -> yaml.Node | None:
    loader: _Composer | None = None
    try:
        loader = _Composer(text)
        node: yaml.Node | None = loader.get_single_node()
    except yaml.reader.ReaderError as error:
        position = _position_after(text[: error.position])
        raise _RefusedError(_syntax(position, f"the character U+{_codepoint(error):04X} is not allowed")) from error
    except yaml.MarkedYAMLError as error:
        raise _RefusedError(_syntax(*explained(error, text))) from error
    except RecursionError as error:
        raise _RefusedError(_syntax(Position(), "this is nested too deeply")) from error
    except (ValueError, OverflowError) as error:  # an escape like "\UFFFFFFFF", which PyYAML hands to chr()
        position = Position(loader.line + 1, loader.column + 1) if loader else Position()
        raise _RefusedError(_syntax(position, f"this cannot be read ({one_line(str(error))})")) from error
    return node


def _syntax(position: Position, what: str) -> Fault:
    return Fault(position, "syntax", what)


def _position_after(before: str) -> Position:
    return Position(before.count("\n") + 1, len(before) - before.rfind("\n"))


def _codepoint(error: yaml.reader.ReaderError) -> int:
    return error.character if isinstance(error.character, int) else ord(error.character)


class _Walk:
    """Turns nodes into data, with the position of each value, and a fault for all that settings must not hold."""

    def __init__(self, document: SettingsDocument, lines: Sequence[str]) -> None:
        self.document, self.lines = document, lines
        self.inside: list[int] = []
        self.seen = 0

    def value(self, node: yaml.Node, loc: Loc) -> Any:
        self.document.positions.setdefault(loc, Position.of(node.start_mark))
        if not self._enter(node, loc):
            return None
        if isinstance(node, yaml.MappingNode):
            value: Any = self._mapping(node, loc)
        elif isinstance(node, yaml.SequenceNode):
            value = [self.value(item, (*loc, index)) for index, item in enumerate(node.value)]
        else:
            value = self._scalar(node, loc)
        self.inside.pop()
        return value

    def _enter(self, node: yaml.Node, loc: Loc) -> bool:
        self.seen += 1
        if self.seen > _MOST_VALUES:
            what = "the file holds too many values; do its aliases repeat each other?"
            raise _RefusedError(_syntax(Position.of(node.start_mark), what))
        if id(node) in self.inside:
            self._fault(node, loc, "this alias holds itself")
            return False
        if len(self.inside) >= _DEEPEST:
            raise _RefusedError(_syntax(Position.of(node.start_mark), "this is nested too deeply"))
        if node.tag not in _TAGS[type(node)]:
            self._fault(node, loc, f"the tag {node.tag} is not allowed")
            return False
        self.inside.append(id(node))
        return True

    def _mapping(self, node: yaml.MappingNode, loc: Loc) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key, item in node.value:
            at = (*loc, str(key.value))
            self._typed_as_is(key, at)
            if not isinstance(key, yaml.ScalarNode):
                self._fault(key, loc, "a key must be a single word or text; quote a text that begins with a bracket")
            elif key.value == _MERGE_KEY:
                self._fault(key, at, "is not part of YAML 1.2; use an alias for the whole value, or write it out")
            elif key.value in data:
                self._fault(key, at, f"is given twice; the first is in line {self.document.positions[at].line}")
            else:
                self.document.positions[at] = Position.of(key.start_mark)
                data[key.value] = self.value(item, at)
        return data

    def _scalar(self, node: yaml.Node, loc: Loc) -> str | None:
        plain = getattr(node, "style", None) is None
        end = node.end_mark
        behind = self.lines[end.line][end.column :] if end.line < len(self.lines) else ""
        number = _NUMBER.match(behind)
        self._typed_as_is(node, loc)
        if plain and number and (loc[:1] == ("waivers",) or "/" in node.value):
            self._fault(node, loc, f"ends before {number[1]}, which begins a comment here: put the whole into quotes")
        return None if node.tag == _NULL_TAG or (plain and node.value in _NULLS) else str(node.value)

    def _typed_as_is(self, node: yaml.Node, loc: Loc) -> None:
        """Refuse what looks like a quote or a blank around a text, and is a part of it in YAML."""
        text = node.value if getattr(node, "style", None) is None and isinstance(node.value, str) else ""
        ends = text[:1] + text[-1:]
        if blank := next((sign for sign in ends if sign.isspace() or sign in _UNSEEN), ""):
            what = f"a blank that is none for YAML (U+{ord(blank):04X}) stands around this: type a common one"
            self._fault(node, loc, what)
        elif text[:1] in _QUOTES and text[-1:] in _QUOTES:
            self._fault(node, loc, "typographic quotes stand around this, which are text for YAML: type ' or \"")

    def _fault(self, node: yaml.Node, loc: Loc, what: str) -> None:
        self.document.faults.append(Fault(Position.of(node.start_mark), shown(loc), what))
        self.document.broken.add(loc)
