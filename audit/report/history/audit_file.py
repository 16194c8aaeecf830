"""An audit.json that an earlier run wrote: taken as data only where it is one."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from audit.errors import UsageError
from audit.model import Level, Verdict
from audit.report.formats.audit_json import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator


class _OrNull(NamedTuple):
    shape: Any


_WORDS: Final = {
    str: "text",
    int: "a number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
}
_MOST: Final = 10**12
"""No number of an audit is as high. Neither is NaN, which JSON does not know and Python reads."""
_RATE: Final = (float, int, type(None))
_COUNT: Final = (int, type(None))
_SHAPE: Final[dict[str, Any]] = {
    "as_of": date,
    "timezone": str,
    "policy": {"sha256": str},
    "compliance": {
        "window": {"from": date, "to": date},
        "on_time": int,
        "due": int,
        "rate": _RATE,
        "rate_counting_exempt": _RATE,
        "open_late": int,
        "withheld": (str, type(None)),
    },
    "figures": {"blocked_by_no_owner": int, "time_to_review": {"median": _COUNT, "p90": _COUNT}},
    "verdicts": {verdict.value: int for verdict in Verdict},
    "incidents": [
        {
            "ref": str,
            "title": str,
            "confidential": bool,
            "owners": [str],
            "due_on": _OrNull(date),
            "verdict": Verdict,
            "review": _OrNull({"ref": str}),
        }
    ],
    "findings": [{"code": str, "name": str, "level": Level, "subject": str, "outcome": str, "message": str}],
    "services": [{"name": str, "owner": str, "owned": bool}],
    "gaps": [{"ref": str, "what": str, "why": str, "could_change_a_verdict": bool}],
}
"""What is read of it; the whole of it is in audit.schema.json. A type, several, or a list or an object of them."""


def audit_in(text: str, place: str) -> dict[str, Any]:
    """Return the object of an audit.json that stands at ``place``. Raises UsageError where it is none."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _none(place, f"it is no JSON ({error})") from error
    if not isinstance(told, dict) or "schema_version" not in told:
        raise _none(place, "it has no schema_version")
    version = json.dumps(told["schema_version"])[:40]
    if version != str(SCHEMA_VERSION):
        raise UsageError(
            f"{place} is of schema_version {version}, and only {SCHEMA_VERSION} can be read",
            "Compare files that the same version of this program wrote.",
        )
    if fault := fault_in(told):
        raise _none(place, fault)
    return told


def fault_in(told: Any) -> str:
    """Return what is wrong with the object of an audit.json of this version, as far as it is read; empty: nothing."""
    return next(_faults(told, _SHAPE, ""), "")


def _none(place: str, why: str) -> UsageError:
    return UsageError(f"{place} is no audit.json: {why}", "Name the audit.json of a run, or the folder that holds it.")


def _faults(value: Any, shape: Any, where: str) -> Iterator[str]:
    if isinstance(shape, _OrNull):
        yield from _faults(value, shape.shape, where) if value is not None else ()
    elif isinstance(shape, dict):
        yield from _faults_of_object(value, shape, where)
    elif isinstance(shape, list):
        yield from _faults_of_list(value, shape[0], where)
    elif not _is(value, shape):
        yield f"{where} is not {_words(shape)}"


def _faults_of_list(value: Any, shape: Any, where: str) -> Iterator[str]:
    if isinstance(value, list):
        for place, one in enumerate(value):
            yield from _faults(one, shape, f"{where}[{place}]")
    else:
        yield f"{where} is no list"


def _faults_of_object(value: Any, shape: dict[str, Any], where: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in shape.items():
            path = f"{where}.{key}" if where else key
            if key in value:
                yield from _faults(value[key], inner, path)
            else:
                yield f"{path} is missing"
    else:
        yield f"{where} is no object"


def _is(value: Any, shape: Any) -> bool:
    if shape is date:
        return isinstance(value, str) and _is_day(value)
    if shape in (Verdict, Level):
        return isinstance(value, str) and value in set(shape)
    kinds = shape if isinstance(shape, tuple) else (shape,)
    return type(value) in kinds and (not isinstance(value, int | float) or 0 <= value <= _MOST)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _words(shape: Any) -> str:
    if shape is date:
        return "a day like 2026-11-23"
    if shape in (Verdict, Level):
        return f"a {shape.__name__.lower()}"
    kinds = shape if isinstance(shape, tuple) else (shape,)
    return " or ".join(dict.fromkeys(_WORDS[kind] for kind in kinds))
