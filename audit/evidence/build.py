"""Records -> frames: every join, every derived column, every column contract."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from audit.catalog.ownership import Ownership, ownership
from audit.evidence import as_of as past
from audit.evidence import columns, waivers
from audit.evidence.actions import Declared, Finder, repeats
from audit.evidence.contracts import enforce
from audit.evidence.due_days import CalendarBook, calendar_book, due_days, owners, span
from audit.evidence.incidents import Reader, label_keys
from audit.evidence.linking import STATEMENTS, Kinds, Linker, Pair, classify
from audit.evidence.review_facts import FactReader
from audit.evidence.review_incidents import COVERED, covered, covered_row
from audit.evidence.reviews import REVIEW_READ, Candidate, candidates, inline_row, issue_row
from audit.evidence.services import service_rows
from audit.model import Ref, Signal
from audit.rules import REVIEW_RULES
from audit.text.descriptions import Descriptions
from audit.text.references import Naming

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from audit.evidence.working_days import WorkCalendar
    from audit.model import Records
    from audit.settings.settings import Settings


_JOINED = {
    *("anchor_on", "due_on", "calendar", "lowered_on", "waived", "inline", "has_review", "reviews", "linked_by"),
    *("earlier", "shared_services", "earlier_actions"),
}
RIPE_DAYS: Final = 2
"""Working days before its due day from which a review is to be written."""
_READ = {
    name: dtype for name, dtype in columns.INCIDENTS.items() if name not in _JOINED and not name.startswith("review")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The frames that the rules are held against, as they stood at the end of ``as_of``."""

    as_of: date
    settings: Settings
    records: Records
    """As they stood at the end of as_of."""
    incidents: pd.DataFrame
    """Columns of audit.evidence.columns.INCIDENTS; one row an incident, sorted by project and number."""
    reviews: pd.DataFrame
    """Columns of audit.evidence.columns.REVIEWS; one row a review, an inline one too, sorted likewise."""
    services: pd.DataFrame
    """Columns of audit.evidence.columns.SERVICES; one row a service of the catalogue, sorted by name."""
    actions: pd.DataFrame
    """Columns of audit.evidence.columns.ACTIONS; one row a corrective action, sorted by project and number."""
    book: CalendarBook
    """Columns `calendar` point into its calendars; the first is the default one."""

    @property
    def calendars(self) -> tuple[WorkCalendar, ...]:
        """Return the calendars that columns `calendar` point to."""
        return self.book.calendars


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a day ends in a zone: the next midnight, or what comes first after it."""
    return datetime.combine(day + timedelta(days=1), time(), zone)


def build(records: Records, settings: Settings, as_of: date) -> Evidence:
    """Turn records into evidence as it stood at the end of ``as_of`` in the settings' zone.

    Raises EvidenceError where a frame breaks its contract of columns.
    """
    zone = ZoneInfo(settings.timezone)
    records = past.at(records, end_of(as_of, zone))
    kinds = classify(records, settings)
    linker = Linker(
        kinds=kinds,
        naming=_naming(records),
        settings=settings,
        zone=zone,
        descriptions=Descriptions.of(records, settings, kinds.incidents),
    )
    pairs = linker.pairs()
    owned = ownership(records.catalog, settings) if records.catalog else None
    incidents = _incidents(records, kinds, settings, zone, owned)
    opened = (issue.created_at.astimezone(zone).date() for issue in kinds.reviews.values())
    declared = (day.date() for day in incidents["declared_on"])
    book = calendar_book(settings.calendars, *span((*declared, *opened), as_of, settings.policies))
    incidents = _with_due_days(incidents, settings, book, owned)
    incidents = _with_reviews(incidents, candidates(kinds, pairs, settings), zone)
    incidents["waived"] = _waived(incidents["ref"], settings, as_of)
    reader = FactReader.of(records, linker, pairs)
    reviews = _reviews(reader, pairs, incidents)
    if any(gap.what == "incidents" for gap in records.gaps):
        reviews["blind"] = True  # an incident of it could stand on the page that failed
    # an incident out of sight could be the one that the row names
    reviews["link_disagrees"] = reviews["link_disagrees"].mask(reviews["blind"])
    finder = Finder.of(records, linker)
    reviews = enforce(_with_actions(_with_days(reviews, book, as_of), finder), columns.REVIEWS)
    actions = enforce(_actions(incidents, reviews, finder, zone, as_of), columns.ACTIONS)
    incidents = enforce(_with_repeats(incidents, actions), columns.INCIDENTS)
    services = enforce(pd.DataFrame(service_rows(incidents, records, owned, settings)), columns.SERVICES)
    return Evidence(
        as_of=as_of,
        settings=settings,
        records=records,
        incidents=incidents,
        reviews=reviews,
        services=services,
        actions=actions,
        book=book,
    )


def _frame(rows: Sequence[Mapping[str, Any]], contract: Mapping[str, str]) -> pd.DataFrame:
    """Make a frame of rows, each column of its type from the start: pandas would guess the types of tuples and None."""
    return pd.DataFrame({name: _column([row[name] for row in rows], dtype) for name, dtype in contract.items()})


def _column(values: list[Any], dtype: Any) -> Any:
    return _objects(values) if dtype == "object" else pd.array(values, dtype=dtype)


def _naming(records: Records) -> Naming:
    projects = {source.project.lower(): source.project for source in records.sources}
    # what is linked may lie in a project that is not audited
    projects |= {issue.ref.project.lower(): issue.ref.project for issue in records.issues}
    return Naming(hosts=frozenset(records.hosts), projects={**records.former_paths, **projects}, root=records.root)


def _incidents(
    records: Records, kinds: Kinds, settings: Settings, zone: ZoneInfo, owned: Ownership | None
) -> pd.DataFrame:
    reader = Reader(
        settings=settings,
        zone=zone,
        read=frozenset(issue.ref for issue in records.issues),
        label_keys=label_keys((source.project, source.labels) for source in records.sources),
        ownership=owned,
    )
    rows = [reader.row(kinds.incidents[ref]) for ref in sorted(kinds.incidents)]
    frame = _frame(rows, _READ)
    if settings.review.where != "inline" and any(gap.what == "reviews" for gap in records.gaps):
        # a review could stand on the page that failed, whichever project it was of
        frame.loc[frame["blind"] == "", "blind"] = "page"
    frame["anchor_on"] = anchor_days(frame, frame["anchor"], zone)
    frame["lowered_on"] = local_days(frame["lowered_at"], zone)
    return frame


def anchor_days(incidents: pd.DataFrame, anchor: pd.Series, zone: ZoneInfo) -> pd.Series:
    """Return the local day of each incident's ``anchor`` (declared, resolved, closed); NaT: not yet."""
    instant = incidents["declared_at"].where(anchor == "declared", incidents["closed_at"])
    instant = instant.where(anchor != "resolved", incidents["resolved_at"])
    return local_days(instant, zone)


def local_days(instants: pd.Series, zone: ZoneInfo) -> pd.Series:
    """Return the local day of each instant as a naive midnight."""
    days = pd.DatetimeIndex(instants).tz_convert(zone).tz_localize(None).normalize()
    return pd.Series(days.as_unit("s"), index=instants.index)


def _with_due_days(
    incidents: pd.DataFrame, settings: Settings, book: CalendarBook, owned: Ownership | None
) -> pd.DataFrame:
    choices = calendar_choices(incidents, book, owned)
    due = due_days(incidents["anchor_on"], incidents["policy"], choices, settings.policies, book)
    return incidents.assign(due_on=due["due_on"], calendar=due["calendar"])


def calendar_choices(incidents: pd.DataFrame, book: CalendarBook, owned: Ownership | None) -> list[frozenset[int]]:
    """Return the calendars that apply to each incident."""
    owner_of = owners(owned)
    return [book.choices(names, owner_of) for names in incidents["services"]]


def _with_reviews(incidents: pd.DataFrame, found: Mapping[Ref, Sequence[Candidate]], zone: ZoneInfo) -> pd.DataFrame:
    """Join each incident in scope with its review."""
    refs = zip(incidents["project"], incidents["iid"], incidents["scope_reason"], strict=True)
    lists = [() if reason else found.get(Ref(project, iid), ()) for project, iid, reason in refs]
    chosen = [some[0] if some else None for some in lists]
    frame = incidents.assign(
        review=[str(one.ref) if one else "" for one in chosen],
        linked_by=[one.signal.value if one else "" for one in chosen],
        inline=[one is not None and one.signal is Signal.INLINE for one in chosen],
        has_review=[
            one is not None and (one.signal is not Signal.INLINE or one.completed_at is not None) for one in chosen
        ],
        reviews=_objects([tuple(str(one.ref) for one in some) for some in lists]),
        review_opened_at=_instants([one and one.opened_at for one in chosen]),
        review_completed_at=_instants([one and one.completed_at for one in chosen]),
    )
    frame["review_opened_on"] = local_days(frame["review_opened_at"], zone)
    frame["review_completed_on"] = local_days(frame["review_completed_at"], zone)
    return frame


def _objects(values: list[Any]) -> np.ndarray:
    """Keep tuples as they are: pandas would make columns of tuples of one length."""
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def _instants(values: list[Any]) -> pd.Series:
    return pd.Series(pd.array(values, dtype=columns.INSTANT))


def _waived(refs: pd.Series, settings: Settings, as_of: date) -> list[bool]:
    holding = waivers.valid(settings.waivers, as_of)
    named = {w.subject.casefold() for w in holding if waivers.covered_rules(w) & REVIEW_RULES}
    return [ref.casefold() in named for ref in refs]


def _reviews(reader: FactReader, pairs: Sequence[Pair], incidents: pd.DataFrame) -> pd.DataFrame:
    kinds, settings, zone = reader.linker.kinds, reader.linker.settings, reader.linker.zone
    issues = kinds.reviews if settings.review.where != "inline" else {}
    told = zip(incidents["ref"], incidents["project"], incidents["iid"], incidents["reviews"], strict=True)
    inline = [kinds.incidents[Ref(project, iid)] for ref, project, iid, own in told if ref in own]
    stated = {pair.review for pair in pairs if pair.signal in STATEMENTS}
    others = frozenset((*issues, *(issue.ref for issue in inline)))
    rows = [
        issue_row(issue, names_an_issue=ref in stated or reader.linker.names_an_issue(issue))
        | reader.row(issue, others, inline=False)
        for ref, issue in issues.items()
    ]
    rows += [inline_row(issue, settings) | reader.row(issue, others, inline=True) for issue in inline]
    rows.sort(key=lambda row: (row["project"], row["iid"]))
    found = covered(pairs, [str(issue.ref) for issue in inline], incidents)
    frame = _frame([row | covered_row(found.get(row["ref"], ())) for row in rows], REVIEW_READ | COVERED)
    frame["opened_on"] = local_days(frame["opened_at"], zone)
    frame["completed_on"] = local_days(frame["completed_at"], zone)
    first = settings.first_day
    frame["since"] = True if first is None else frame["opened_on"] >= pd.Timestamp(first)
    return frame


def _with_days(reviews: pd.DataFrame, book: CalendarBook, as_of: date) -> pd.DataFrame:
    """Add of each linked review the first working day after it was opened, and whether it is to be written by now."""
    never = pd.Series(np.datetime64("NaT", "s"), index=reviews.index, dtype=columns.DAY)
    assign_by, soon = never.copy(), never.copy()
    for number, calendar in enumerate(book.calendars):
        mine = reviews["calendar"] == number
        assign_by[mine] = calendar.after(reviews.loc[mine, "opened_on"], 1)
        soon[mine] = pd.Timestamp(calendar.day_after(as_of, RIPE_DAYS))
    ripe = reviews["completed_at"].notna() | (reviews["due_on"] <= soon)
    return reviews.assign(assign_by=assign_by, ripe=ripe)


_TOLD_BY_ACTIONS = {
    name: columns.REVIEWS[name]
    for name in ("ref", "actions", "incident_actions", "names_another", "no_action_needed", "actions_hidden")
}


def _with_actions(reviews: pd.DataFrame, finder: Finder) -> pd.DataFrame:
    """Join each review with its corrective actions, and with what its Outcomes section says of them."""
    by_name = {str(ref): issue for ref, issue in finder.issues.items()}
    rows = [
        finder.review_row(by_name[ref], [by_name[one].ref for one in incidents])
        for ref, incidents in zip(reviews["ref"], reviews["incidents"], strict=True)
    ]
    return reviews.merge(_frame(rows, _TOLD_BY_ACTIONS), on="ref", how="left", validate="one_to_one")


def _actions(
    incidents: pd.DataFrame, reviews: pd.DataFrame, finder: Finder, zone: ZoneInfo, as_of: date
) -> pd.DataFrame:
    """Make a row of each corrective action of the incidents in scope and their reviews."""
    in_scope = incidents[incidents["scope_reason"] == ""]
    refs = (Ref(project, iid) for project, iid in zip(in_scope["project"], in_scope["iid"], strict=True))
    ties = [(str(action), str(ref), "") for ref in refs for action in finder.linked.get(ref, ())]
    told = zip(reviews["ref"], reviews["in_scope_incidents"], reviews["actions"], strict=True)
    ties += [(action, one, ref) for ref, covered, actions in told for one in covered for action in actions]
    return _frame(finder.rows(ties, zone, as_of), columns.ACTIONS)


def _with_repeats(incidents: pd.DataFrame, actions: pd.DataFrame) -> pd.DataFrame:
    """Tell of each incident in scope which earlier ones with late corrective actions it may repeat."""
    late: dict[str, list[str]] = defaultdict(list)
    for action, refs in actions.loc[actions["late"], ["ref", "incidents"]].itertuples(index=False):
        for ref in refs:
            late[ref].append(action)
    told = incidents[["ref", "declared_at", "declared_on", "services", "scope_reason"]].itertuples(index=False)
    # one out of scope has no service that it could share
    declared = [
        Declared(ref=ref, at=at, on=on.date(), services=() if reason else services)
        for ref, at, on, services, reason in told
    ]
    found = repeats(declared, late)
    return incidents.assign(
        earlier=_objects([one.earlier for one in found]),
        shared_services=_objects([one.services for one in found]),
        earlier_actions=_objects([one.actions for one in found]),
    )
