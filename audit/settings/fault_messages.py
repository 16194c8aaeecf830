"""Faults that pydantic finds, in the words of somebody who writes audit.yml."""

from __future__ import annotations

import difflib
import functools
import re
from typing import TYPE_CHECKING, Any

from audit.settings.document import Fault, one_line, shown
from audit.settings.example_file import flow
from audit.settings.settings import Settings
from audit.settings.value_types import NOT_REPEATED

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from audit.settings.document import Loc, SettingsDocument

_WORDS = {
    "missing": "is missing",
    "string_type": "should be text",
    "string_unicode": "holds an invalid character",
    "string_too_short": "should not be blank",
    "int_type": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_parsing_size": "should be a whole number of a sensible size",
    "int_from_float": "should be a whole number",
    "float_type": "should be a number",
    "float_parsing": "should be a number",
    "date_type": "should be a day like 2026-11-30",
    "greater_than": "should be more than {gt:g}",
    "greater_than_equal": "should be at least {ge:g}",
    "less_than_equal": "should be at most {le:g}",
    "literal_error": "should be one of {expected}",
    "string_pattern_mismatch": "should look like {pattern}",
    "string_too_long": "should be at most {max_length} characters",
    "too_short": "should hold at least one value",
    "tuple_type": "should be a list",
    "dict_type": "should be keys with values",
    "model_type": "should be keys with values",
}
_HINTS: dict[tuple[str, type[Any]], str] = {
    ("tuple_type", dict): "should be a list (got keys with values): begin each entry with a dash",
    ("string_type", list): "should be text (got a list): put a text that begins with a bracket into quotes",
}
_OF_KEYS = ("model_type", "dict_type")
_OF_FORM = ("_type", "_parsing", "missing")
"""How the kinds end that an example answers."""
_KEY = "[key]"
"""How pydantic ends the place of a fault that a key has, and not its value."""
# The patterns of the model, as a person would describe them.
_LOOKS = {
    r"^([A-Z]{2})?$": "two capital letters, like DE",
}
_KINDS = ("summary", "narrative", "outcomes", "key_information", "inline")
_RENAMED: dict[Loc, str] = {("review", f"{kind}_headings"): f"review.sections.{kind}" for kind in _KINDS}
"""Keys of earlier versions, and what they are called now."""
_FROM_ENVIRONMENT = {"token", "private_token", "gitlab_token", "url", "gitlab_url", "server"}


def faults_of(error: ValidationError, document: SettingsDocument) -> list[Fault]:
    """Return every fault that the model has found, with its position in the file."""
    return [
        Fault(document.position(loc), shown(loc), f"{_what(detail, loc)}{_help(detail, loc)}")
        for detail in error.errors(include_url=False)
        for loc in [_as_written(_clean(detail["loc"]), document)]
        if not _is_echo(detail) and not any(loc[: len(broken)] == broken for broken in document.broken)
    ]


def fault_of_option(error: ValidationError) -> str:
    """Return in one line what is wrong with values that stand on the command line, each with what was given."""
    return "; ".join(f"{one_line(str(detail['input']))}: {_sentence(detail)}" for detail in error.errors())


def _is_echo(detail: ErrorDetails) -> bool:
    # Pydantic counts the valid items only: a list whose one item is wrong is "too short" besides.
    return detail["type"] == "too_short" and bool(detail["input"])


def _clean(loc: Loc) -> Loc:
    return loc[:-1] if loc and loc[-1] == _KEY else loc


def _as_written(loc: Loc, document: SettingsDocument) -> Loc:
    """Take out the number of a lone value, which the model reads as a list of one."""
    for at, part in enumerate(loc):
        if isinstance(part, int) and loc[:at] in document.positions and loc[: at + 1] not in document.positions:
            return _as_written((*loc[:at], *loc[at + 1 :]), document)
    return loc


def _what(detail: ErrorDetails, loc: Loc) -> str:
    kind, given = detail["type"], detail["input"]
    if kind == "extra_forbidden":
        return _unknown_key(loc)
    if kind == "missing":
        return _WORDS[kind]
    if given is None and kind != "value_error":
        return "has no value: write one, or take the key out for the default"
    if hint := _HINTS.get((kind, type(given))):
        return hint
    if kind in _OF_KEYS and isinstance(given, str) and len(words := given.split()) > 1:
        return f"{_sentence(detail)}{_got(given)}; is the colon behind {one_line(words[0], 40)} missing?"
    repeated = kind != NOT_REPEATED and given is not None and (kind != "value_error" or isinstance(given, str))
    subject = "its key " if detail["loc"][-1:] == (_KEY,) and kind.endswith(_OF_FORM) else ""
    return f"{subject}{_sentence(detail)}{_got(given)}" if repeated else _sentence(detail)


def _help(detail: ErrorDetails, loc: Loc) -> str:
    """Return what to write instead of a value of another form: the example of its field, or the keys of its section."""
    kind = detail["type"]
    if (
        not kind.endswith(_OF_FORM)
        or "like" in _WORDS.get(kind, "")
        or detail["input"] is None
        or (kind, type(detail["input"])) in _HINTS
    ):
        return ""
    # a list or a section has the example of its items and keys
    inside = detail["loc"][-1:] == (_KEY,) or (bool(loc) and isinstance(loc[-1], int))
    for place in (loc, loc[:-1]) if inside else (loc,):
        if examples := _field_at(place).get("examples"):
            return f"; for example {flow(examples[0])}"
    keys = _keys_at(loc) if kind in _OF_KEYS else []
    return f"; its keys are {', '.join(keys)}" if keys else ""


def _sentence(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        context = {"pattern": _LOOKS.get(context["pattern"], context["pattern"])}
    return _WORDS[kind].format(**context) if kind in _WORDS else detail["msg"]


def _got(given: Any) -> str:
    if isinstance(given, dict):
        return " (got keys with values)" if given else ""
    if isinstance(given, list | tuple):
        return " (got a list)" if given else " (got an empty list)"
    text = one_line(str(given), 40)
    return f" (got {text})" if re.fullmatch(r"[-+]?\d+(\.\d+)?", text) else f" (got '{text}')"


def _unknown_key(loc: Loc) -> str:
    # The value is not repeated: people try `token: ...` here, and this line ends in a job log.
    key = str(loc[-1])
    if loc in _RENAMED:
        return f"is not a known key any more; it is called `{_RENAMED[loc]}` now"
    siblings = _keys_at(loc[:-1])
    near = difflib.get_close_matches(key.lower(), siblings, n=1)
    if "/" in key:
        return "is not a known key; several values are written as a list: [a/b, c/d]"
    if near:
        return f"is not a known key; did you mean `{near[0]}`?"
    if key.lower() in _FROM_ENVIRONMENT:
        return "is not a known key; address and token come from the environment: GITLAB_URL, GITLAB_TOKEN"
    elsewhere = [loc for loc in _sections() if key in _keys_at(loc)]
    if elsewhere:
        return f"is not a known key here; it belongs to {_named(elsewhere[0])}"
    return f"is not a known key; known are {', '.join(siblings)}" if siblings else "is not a known key"


@functools.cache
def _schema() -> dict[str, Any]:
    return Settings.model_json_schema()


def _named(loc: Loc) -> str:
    return f"`{shown(loc)}`" if loc else "the top of the file"


def _sections() -> list[Loc]:
    schema = _schema()
    inner: list[Loc] = [(name,) for name in schema["properties"]]
    return [loc for loc in [(), *inner, ("policies", 0), ("calendars", "default")] if _keys_at(loc)]


def _keys_at(loc: Loc) -> list[str]:
    """List the keys that the model knows in a section."""
    return list(_resolved(_schema(), _field_at(loc)).get("properties", {}))


def _field_at(loc: Loc) -> dict[str, Any]:
    """Return the part of the schema that describes a value."""
    schema = _schema()
    here: dict[str, Any] = schema
    for part in loc:
        if isinstance(part, int):
            lists = [choice for choice in here.get("anyOf", [here]) if "items" in choice]
            here = lists[0]["items"] if lists else {}
        else:
            here = _resolved(schema, here)
            here = here.get("properties", {}).get(part) or here.get("additionalProperties") or {}
    return here


def _resolved(schema: dict[str, Any], here: dict[str, Any]) -> dict[str, Any]:
    here = next((choice for choice in here.get("anyOf", []) if "$ref" in choice), here)
    name = here.get("$ref", "").removeprefix("#/$defs/")
    section: dict[str, Any] = schema["$defs"][name] if name else here
    return section
