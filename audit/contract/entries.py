"""The rows of audit.json as types."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.dataclasses import dataclass

from audit.model import Level, Signal, Verdict

Count = Annotated[int, Field(ge=0, le=10**12)]
Severity = Annotated[int, Field(ge=1, le=4)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
IssueName = Annotated[str, Field(pattern=r"^[^#\s]+#[0-9]+$")]
"""Like ``group/project#12``."""
Address = Annotated[str, Field(pattern=r"^(https?://.*)?$")]
"""Empty where the record is confidential."""
Words = Annotated[str, Field(min_length=1)]
RuleCode = Annotated[str, Field(pattern=r"^(IR|SO|CA)[0-9]{3}$")]
RuleName = Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]


def never_null(schema: dict[str, Any]) -> None:
    """Describe a field that every file of this version has, and one of an earlier version may lack."""
    schema.update(schema.pop("anyOf")[0])


class Entry(BaseModel):
    """What they share: no value passes for one of another type; their docstrings are the schema's descriptions."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        defer_build=True,
        json_schema_serialization_defaults_required=True,
    )


def _not_kept(_: dict[str, Any]) -> dict[str, Any]:
    """Return nothing of an object that was checked."""
    return {}


def _row(extra: dict[str, Any] | None = None) -> ConfigDict:
    """Return how a row is read: as strictly as an entry, and as a dataclass, which takes a quarter of its memory.

    An earlier report may hold hundreds of thousands. ``extra``: what its JSON Schema says besides.
    """
    config = ConfigDict(json_schema_extra=extra)
    config.update(Entry.model_config)
    del config["frozen"]  # a dataclass has a word of its own for it
    return config


class ToolEntry(Entry):
    """Which program wrote it."""

    name: Literal["incident-review-audit"]
    version: Words
    edition: Annotated[int, Field(ge=1)] = 1
    """Counts the editions that changed verdicts on unchanged evidence."""
    confirmed_edition: Annotated[int, Field(ge=1)] = 1
    """The edition whose first plan of reminders was confirmed, or needed no confirmation."""


class PolicyEntry(Entry):
    """One policy that was in force on some day up to as_of."""

    first: date | None = Field(alias="from")
    name: str


class RuleSwitchEntry(Entry):
    """A rule that the settings switch off, or give another level than its usual one."""

    code: RuleCode
    name: RuleName
    level: Literal["off", "violation", "advisory", "info"]
    """In force."""
    usual: Level


class PoliciesEntry(Entry):
    """What the incidents were judged by."""

    sha256: Sha256
    """Of every setting that could change a verdict."""
    in_force: tuple[PolicyEntry, ...]
    switches: tuple[RuleSwitchEntry, ...] = ()


class BasisEntry(Entry):
    """What was read."""

    sha256: Sha256
    """Of everything that was read."""
    catalog: str
    """Where the service catalogue was read; empty: nowhere."""
    holidays: str
    """Version of the holidays package."""


class SourceEntry(Entry):
    """One project that was read."""

    project: Annotated[str, Field(pattern=r"^[^#\s]+$")]
    incidents: Count
    reviews: Count
    complete: bool


class GapEntry(Entry):
    """Something that could not be read."""

    ref: Words
    """An issue (g/p#12), a project (g/p) or a file."""
    what: Words
    why: str
    """Empty where the record is confidential."""
    could_change_a_verdict: bool


@dataclass(frozen=True, slots=True, kw_only=True, config=_row())
class ReviewEntry:
    """The review chosen for an incident."""

    ref: IssueName
    url: Address
    linked_by: Signal
    opened_on: date | None
    completed_on: date | None
    """Null while it is open."""
    assignees: tuple[str, ...]
    """Of more than 20 the first 20."""
    assignees_in_all: Annotated[Count | None, Field(json_schema_extra=never_null)] = None
    """How many there are."""


@dataclass(
    frozen=True,
    slots=True,
    kw_only=True,
    config=_row(
        {
            "if": {"properties": {"verdict": {"const": "out_of_scope"}}},
            "then": {"properties": {"due_on": {"type": "null"}, "review": {"type": "null"}}},
        }
    ),
)
class IncidentEntry:
    """One incident that was read."""

    ref: IssueName
    url: Address
    title: str
    confidential: bool
    severity: Severity | None
    peak_severity: Severity | None
    services: tuple[str, ...]
    """Sorted, without doubles; of more than 20 the first 20."""
    services_in_all: Annotated[Count | None, Field(json_schema_extra=never_null)] = None
    """How many there are."""
    owners: tuple[str, ...]
    """Of the owned services; sorted, without doubles; of more than 20 the first 20."""
    owners_in_all: Annotated[Count | None, Field(json_schema_extra=never_null)] = None
    """How many there are."""
    required_because: Annotated[
        tuple[Literal["severity", "requested", "more_information"], ...],
        Field(json_schema_extra={"uniqueItems": True}),
    ]
    """Empty when not required."""
    anchor: Literal["declared", "resolved", "closed", "review_opened"]
    anchor_on: date | None
    """Null: not yet."""
    due_on: date | None
    """Null without an anchor, and when out of scope."""
    verdict: Verdict
    review: ReviewEntry | None
    policy: date | None
    """First day of the policy that judged it; null where it has none, or none was in force."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_row())
class WaiverEntry:
    """The exception that excuses a finding."""

    subject: str
    rules: tuple[str, ...]
    reason: str
    approved_by: str
    expires: date


@dataclass(
    frozen=True,
    slots=True,
    kw_only=True,
    config=_row(
        {
            "if": {"properties": {"outcome": {"const": "violates"}}},
            "then": {"properties": {"waiver": {"type": "null"}}},
            "else": {"properties": {"waiver": {"type": "object"}}},
        }
    ),
)
class FindingEntry:
    """One finding."""

    code: RuleCode
    name: RuleName
    level: Level
    subject: Words
    """An issue (g/p#12), or a service's name."""
    open: bool
    """Someone can still mend it."""
    message: str
    """Empty where a record that it speaks of is confidential."""
    # a third of what an earlier report would take, and no comparison asks for it
    evidence: Annotated[dict[str, Any], AfterValidator(_not_kept)]
    """Empty where the message is. Of a list of more than 20 the first 20, and then `and N more`."""
    outcome: Literal["violates", "waived"]
    waiver: WaiverEntry | None


class ServiceEntry(Entry):
    """One service of the catalogue."""

    name: str
    owner: str
    """Empty: none."""
    owned: bool
    incidents: Count
    """In scope, and such as may be told."""


class ChangeEntry(Entry):
    """An incident whose verdict another reading of the policy would change."""

    ref: IssueName
    verdict: Verdict
    other: Verdict
    due_on: date | None
    other_due_on: date | None


class ReadingEntry(Entry):
    """Another reading of the policy."""

    reading: str
    changes: tuple[ChangeEntry, ...]
