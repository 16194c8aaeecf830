"""audit.json as a whole, under the contract of POLICY.md section 10: every reader of an earlier one reads it here.

:mod:`audit.report.formats.audit_json` writes it, and its JSON Schema is made from these types. A file of an earlier
version may lack what the contract does not name, and what is not known here is ignored.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import date  # noqa: TC003 - pydantic reads the annotations
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import Field, TypeAdapter, ValidationError

from audit.contract import entries, rates
from audit.contract.entries import (
    BasisEntry,
    Count,
    Entry,
    FindingEntry,
    GapEntry,
    IncidentEntry,
    PoliciesEntry,
    ReadingEntry,
    ServiceEntry,
    SourceEntry,
    ToolEntry,
    Words,
    never_null,
)
from audit.contract.field_docs import described
from audit.contract.rates import ComplianceEntry, FiguresEntry, TrendEntry
from audit.errors import UsageError
from audit.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic_core import ErrorDetails

SCHEMA_VERSION: Final = 1
_OF_THIS_VERSION: Final = re.compile(rf'\s*\{{\s*"schema_version"\s*:\s*{SCHEMA_VERSION}\s*,')
_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
TOOL: Final = "incident-review-audit"
"""What ``tool.name`` says in each file that this program writes, of whatever version."""


class AuditFile(Entry):
    """What the audit says on one day of `timezone`. Fields may be added in a version, none is renamed or taken away."""

    schema_version: Literal[1]
    as_of: date
    """The day that the audit speaks about."""
    ahead: bool = False
    """That day was still to come when this was written."""
    edition: Literal["weekly", "nightly"] = "weekly"
    """For whom its pages are laid out: for the week, or for the night. The data are the same in both."""
    timezone: Words
    """IANA name of the zone in which days begin and end."""
    tool: ToolEntry
    policy: PoliciesEntry
    evidence: BasisEntry | None = Field(default=None, json_schema_extra=never_null)
    sources: tuple[SourceEntry, ...]
    gaps: tuple[GapEntry, ...]
    compliance: ComplianceEntry
    verdicts: Annotated[dict[Verdict, Count], Field(min_length=len(Verdict))]
    """How many incidents have each; they add up to the number of incidents."""
    figures: FiguresEntry = FiguresEntry()
    trend: TrendEntry | None = Field(default=None, json_schema_extra=never_null)
    incidents: tuple[IncidentEntry, ...]
    """Sorted by project path and number."""
    findings: tuple[FindingEntry, ...]
    """Sorted by rule code, then subject."""
    services: tuple[ServiceEntry, ...]
    """Sorted by name."""
    sensitivity: tuple[ReadingEntry, ...] = ()


_ROWS: Final[Mapping[str, TypeAdapter[Any]]] = {
    "incidents": TypeAdapter(IncidentEntry),
    "findings": TypeAdapter(FindingEntry),
}
"""The fields that grow with the tracker."""
_OPENING: Final = {f'"{name}": [\n': name for name in _ROWS}
_CLOSING: Final = ("]\n", "],\n")


class AnotherVersionError(UsageError):
    """It is an audit.json, of a version that cannot be read here."""


def read_audit(text: str, place: str) -> AuditFile:
    """Return the audit.json that stands at ``place``. Raises UsageError where the text is none."""
    return read_lines(match[0] for match in _LINE.finditer(text)) or _read_whole(text, place)


def read_lines(lines: Iterable[str]) -> AuditFile | None:
    """Return the audit.json of these lines, if they are laid out as this version writes them, each record on one.

    So no more of a file of 200 megabytes is held than its rows. None: it has another layout, or something is wrong.
    """
    rest: list[str] = []
    rows: dict[str, tuple[Any, ...]] = {}
    stream = iter(lines)
    try:
        for line in stream:
            rest.append(line)
            if field := _OPENING.get(line):
                json.loads(f"{''.join(rest)}]}}")  # it would not close if this were a field of another object
                rows[field] = tuple(_rows(field, stream, rest))
        if rows:
            head = "".join(rest)
            fields = [name for name, _ in json.loads(head, object_pairs_hook=list)]
            if len(set(fields)) == len(fields):
                return AuditFile.model_validate_json(head).model_copy(update=rows)
    except (ValueError, RecursionError):
        pass
    return None


def _rows(field: str, lines: Iterator[str], rest: list[str]) -> Iterator[Any]:
    """Yield the rows of a field up to the line that ends it, which belongs to the rest. Raises ValueError."""
    read, more = _ROWS[field].validate_json, None
    for line in lines:
        if line in _CLOSING and not more:
            rest.append(line)
            return
        if more is False:
            raise ValueError("a comma is missing")
        more = line.endswith(",\n")
        yield read(line[:-2] if more else line)
    raise ValueError("it breaks off")


def _read_whole(text: str, place: str) -> AuditFile:
    # what this version wrote is not parsed a second time for the sake of its version
    if not _OF_THIS_VERSION.match(text):
        _check_version(text, place)
    try:
        # half of a surrogate pair is in no file, but may be in a text that is one
        return AuditFile.model_validate_json(text.encode(errors="replace"))
    except ValidationError as error:
        _check_version(text, place)
        raise _no_audit(place, _fault(error.errors(include_url=False)[0])) from error


def _check_version(text: str, place: str) -> None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _no_audit(place, f"it is no JSON ({error})") from error
    if not isinstance(data, dict) or "schema_version" not in data:
        raise _no_audit(place, "it has no schema_version")
    version = json.dumps(data["schema_version"])[:40]
    if version != str(SCHEMA_VERSION):
        raise AnotherVersionError(
            f"{place} is of schema_version {version}, and only {SCHEMA_VERSION} can be read",
            "Compare files that the same version of this program wrote.",
        )


def version_of(text: str) -> int | None:
    """Return the schema_version of what this program wrote, also where no other part can be read; None: it did not."""
    try:
        data = json.loads(text)
        version, name = data["schema_version"], data["tool"]["name"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return None
    return version if isinstance(version, int) and name == TOOL else None


def _no_audit(place: str, why: str) -> UsageError:
    return UsageError(f"{place} is no audit.json: {why}", "Name the audit.json of a run, or the folder that holds it.")


def _fault(detail: ErrorDetails) -> str:
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in detail["loc"]).removeprefix(".")
    if detail["type"] == "missing":
        return f"{where} is missing"
    return f"{where}: {detail['msg'].lower()}".removeprefix(": ")


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of what this version writes: also the fields that a reader can do without are required."""
    made = described(
        AuditFile.model_json_schema(mode="serialization"), AuditFile, [entries, rates, sys.modules[__name__]]
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:incident-review-audit:audit:{SCHEMA_VERSION}",
        **_bare(made),
        "title": "audit.json of incident-review-audit",
    }


def _bare(node: Any, *, names: bool = False) -> Any:
    """Leave out what pydantic adds for forms; ``names``: the keys are names of fields."""
    if isinstance(node, list):
        return [_bare(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _bare(value, names=key in ("properties", "$defs") and not names)
        for key, value in node.items()
        if names or key not in ("title", "default")
    }
