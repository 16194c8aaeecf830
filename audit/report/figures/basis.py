"""The basis of the audit: the dated policies, the rules with their sentences, the calendars, and hashes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from audit.catalog.ownership import ownership
from audit.catalog.remarks import remarks
from audit.evidence.working_days import holidays_version, weekend_on
from audit.program_text import ProgramText
from audit.settings.loader import settings_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    import pandas as pd

    from audit.engine.result import Outcomes, Result
    from audit.engine.rule_levels import RuleSwitch
    from audit.evidence.build import Evidence
    from audit.rules.rule import Rule
    from audit.settings.calendar_settings import Calendar
    from audit.settings.policy import Policy
    from audit.settings.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """A policy, with the days on which it was in force."""

    first: date | None
    """None: since ever."""
    last: date | None
    """None: still in force."""
    criteria: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """A rule, the sentence that it applies, and the number of its subjects by outcome."""

    code: str
    name: str
    level: str
    sentence: str
    quoted: bool
    """The sentence is quoted from the handbook."""
    conforms: int
    violates: int
    waived: int
    not_applicable: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRow:
    """A calendar, and to whom it applies."""

    whose: str
    """default, team or service."""
    name: str
    """Of the team or service; empty for the default."""
    days: Calendar
    weekend: tuple[str, ...]
    """Like Sat and Sun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The basis of the audit."""

    policies: tuple[PolicyRow, ...]
    """In force on some day up to the audited one, the oldest first."""
    rules: tuple[RuleRow, ...]
    """Those that were applied."""
    switches: tuple[RuleSwitch, ...]
    """The rules that the settings switch off or give another level."""
    calendars: tuple[CalendarRow, ...]
    not_user_facing: tuple[str, ...]
    """Labels without which an incident counts as user facing."""
    holidays: str
    """Version of the holidays package."""
    catalog: str
    """Where the service catalogue was read; empty: there is none."""
    catalog_home: str
    """The project, group or local file in which an owner of a service is written; empty: there is no catalogue."""
    remarks: tuple[str, ...]
    """What is odd about it, and about calendars that name something in it."""
    policy_sha256: str
    evidence_sha256: str


def basis(result: Result) -> Basis:
    """Collect what a result rested on."""
    evidence = result.evidence
    return Basis(
        policies=policies_in_force(evidence.settings, result.as_of),
        rules=rule_rows(result.rules, result.outcomes),
        switches=result.switches,
        calendars=calendar_rows(evidence.settings, result.as_of),
        not_user_facing=evidence.settings.labels.not_user_facing,
        holidays=holidays_version(),
        catalog=evidence.records.catalog.origin if evidence.records.catalog else "",
        catalog_home=_home(evidence.settings),
        remarks=_remarks(evidence),
        policy_sha256=settings_hash(evidence.settings),
        evidence_sha256=evidence_sha256(evidence),
    )


def _home(settings: Settings) -> str:
    """Return the first place of services, by whose keepers a service finds its owner."""
    first = next(iter(settings.catalog.services), None)
    return (first.project or first.group or first.file) if first else ""


def _remarks(evidence: Evidence) -> tuple[str, ...]:
    catalog, settings = evidence.records.catalog, evidence.settings
    records = evidence.records
    # where a project's labels could not be read, nothing is told of labels that nobody uses
    if any(gap.what == "labels" and "#" not in gap.ref for gap in records.gaps):
        return remarks(catalog, ownership(catalog, settings) if catalog else None, settings, ())
    names = {label for source in records.sources for label in source.labels}
    names.update(label for issue in records.issues for label in issue.labels)
    return remarks(catalog, ownership(catalog, settings) if catalog else None, settings, names)


def policies_in_force(settings: Settings, as_of: date) -> tuple[PolicyRow, ...]:
    """Return the policies that were in force on some day up to the audited one, the oldest first."""
    begun = [policy for policy in settings.policies if policy.from_ is None or policy.from_ <= as_of]
    later = [policy.from_ for policy in begun[1:]]
    ends = [day - timedelta(days=1) for day in later if day is not None]
    return tuple(
        PolicyRow(first=policy.from_, last=last, criteria=policy)
        for policy, last in zip(begun, [*ends, None], strict=False)
    )


def rule_rows(rules: Iterable[Rule], outcomes: Iterable[Outcomes]) -> tuple[RuleRow, ...]:
    """Return every rule that was applied, in the order of the rules."""
    by_code = {outcome.code: outcome for outcome in outcomes}
    return tuple(_rule_row(rule, by_code[rule.code]) for rule in rules if rule.code in by_code)


def _rule_row(rule: Rule, outcome: Outcomes) -> RuleRow:
    return RuleRow(
        code=rule.code,
        name=rule.name,
        level=rule.level.value,
        sentence=ProgramText(rule.sentence),
        quoted=rule.quoted,
        conforms=outcome.conforms,
        violates=outcome.violates,
        waived=outcome.waived,
        not_applicable=outcome.not_applicable,
        unknown=outcome.unknown,
    )


def calendar_rows(settings: Settings, day: date) -> tuple[CalendarRow, ...]:
    """Return every calendar of the settings, the default one first, with its weekend as it is on a day."""
    calendars = settings.calendars
    named = [("default", "", calendars.default)]
    named += [("team", name, calendars.teams[name]) for name in sorted(calendars.teams)]
    named += [("service", name, calendars.services[name]) for name in sorted(calendars.services)]
    return tuple(
        CalendarRow(whose=whose, name=name, days=days, weekend=weekend_on(days, day)) for whose, name, days in named
    )


def evidence_sha256(evidence: Evidence) -> str:
    """Return the hash of all facts that verdicts and findings rest on, as of the end of the audited day.

    These are the frames that the rules are held against, and what else decides them or what could not be read. Names of
    the server's hosts are left out, and so are words of descriptions: only what they say is evidence. Titles that the
    report does not show are left out as well: a snapshot does not hold them.
    """
    digest = sha256()
    hidden: set[str] = set()
    if not evidence.settings.report.confidential_destination:
        hidden = {str(issue.ref) for issue in evidence.records.issues if issue.confidential}
    for line in _lines(evidence):
        digest.update(line.encode(errors="surrogatepass"))
    for frame in (evidence.incidents, evidence.reviews, evidence.services, evidence.actions):
        for name in frame:
            digest.update(f"\n{name}".encode())
            column = frame[name].mask(frame["ref"].isin(hidden), "") if name == "title" and hidden else frame[name]
            digest.update(_column_bytes(column))
    return digest.hexdigest()


def _lines(evidence: Evidence) -> Iterator[str]:
    records = evidence.records
    yield repr((evidence.as_of, records.catalog, records.unreadable_links_shown))
    yield repr((sorted(records.accounts.items(), key=_name), sorted(records.former_paths.items())))
    yield repr((sorted(records.group_members.items()), records.page_commit))
    for project, editions in sorted(records.templates.items()):
        yield repr((project, [(one.origin, one.since, one.text) for one in editions]))
    yield from sorted(map(repr, records.sources))
    yield from sorted(map(repr, (*records.gaps, *records.unasked)))


def _column_bytes(column: pd.Series) -> bytes:
    """Return the values of a column as bytes, the same for the same values."""
    if column.dtype.kind == "M":
        # the representation of an instant takes a hundred times as long
        return column.astype("int64").to_numpy().tobytes()
    return repr(column.tolist()).encode(errors="surrogatepass")


def _name(item: tuple[str, object]) -> str:
    return item[0]
