"""What could not be read, and whether it could change a verdict (POLICY.md section 4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from audit.catalog.ownership import ownership
from audit.catalog.remarks import without_owner
from audit.evidence.doubts import STATED, WORDS
from audit.evidence.due_days import day_in_doubt
from audit.model import Gap, Mention, Verdict
from audit.phrases import plural

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from audit.evidence.build import Evidence
    from audit.model import Records

PAGES: Final = frozenset({"incidents", "reviews"})
_WHAT: Final = {"label": "labels", "approval": "labels", "move": "target", "closing": "history"}
"""Names of gaps other than the codes in the evidence's columns `blind` and `history_gap`."""
_ELSEWHERE: Final = frozenset({"place", "page"})
"""Codes that are not about the incident itself: a failed page or a place has a gap of its own."""
_NOT_KEPT: Final = "its text was not kept, and was read for other names of sections, or other templates"
_ONE_BY_ONE: Final = 4
"""Most lists that are named one by one where the same keeps them from being read whole."""
_CUT: Final = "it is too long to be read whole: of its sections and tables only the first were read"


def in_window(evidence: Evidence) -> pd.Series:
    """Return a mask of the incidents whose due day lies in the compliance window, which ends with as_of."""
    last = pd.Timestamp(evidence.as_of)
    first = last - pd.Timedelta(days=evidence.settings.window - 1)
    return evidence.incidents["due_on"].between(first, last)


def unread(evidence: Evidence, verdicts: pd.Series) -> pd.Series:
    """Return a mask of the incidents whose verdict is inconclusive because something could not be read."""
    inconclusive = verdicts.eq(Verdict.INCONCLUSIVE)
    return inconclusive & hidden(evidence.incidents).ne("") if inconclusive.any() else inconclusive


def hidden(incidents: pd.DataFrame) -> pd.Series:
    """Return what hides the verdict of each incident, a code of audit.evidence.doubts.WORDS; empty: nothing."""
    unseen = incidents["blind"].where(incidents["blind"].eq("move") | ~incidents["has_review"], "")
    code = unseen.mask(unseen.eq(""), incidents["due_hidden"])
    return code.where(incidents["required"].fillna(value=False), incidents["history_gap"])


def judged(evidence: Evidence, verdicts: pd.Series) -> tuple[tuple[Gap, ...], str | None]:
    """Return every gap, sorted, and why the compliance rates are withheld (None: they are shown).

    A gap could change a verdict if it makes one inconclusive whose due day lies in the window or is unknown, or if
    a page of incidents or reviews failed.
    """
    counted = _counted(evidence, verdicts)
    decisive = {(ref, _WHAT.get(code, code)) for ref, code in counted} | _exempting(evidence)
    read = evidence.records.gaps
    unasked = set(_of_places(evidence.records, decisive, hides_reviews=any(code == "place" for _, code in counted)))
    known = {(gap.ref, gap.what) for gap in (*read, *unasked)}
    of_evidence = (*_of_incidents(evidence), *_of_reviews(evidence.reviews), *_of_catalog(evidence))
    further = (gap for gap in of_evidence if (gap.ref, gap.what) not in known)
    gaps = unasked | {
        replace(gap, could_change_a_verdict=gap.what in PAGES or (gap.ref, gap.what) in decisive)
        for gap in (*read, *further)
    }
    return tuple(sorted(gaps, key=lambda gap: (gap.ref, gap.what, gap.why))), _withheld(len(counted), gaps)


def _counted(evidence: Evidence, verdicts: pd.Series) -> list[tuple[str, str]]:
    """Return ref and code of the incidents that something unread makes inconclusive, and that rates would count."""
    incidents, inconclusive = evidence.incidents, unread(evidence, verdicts)
    if not inconclusive.any():
        return []
    inconclusive &= in_window(evidence) | incidents["due_on"].isna() | day_in_doubt(incidents)
    return list(zip(incidents["ref"][inconclusive], hidden(incidents)[inconclusive], strict=True))


def _of_incidents(evidence: Evidence) -> list[Gap]:
    columns = (evidence.incidents[name] for name in ("scope_reason", "ref", "blind", "due_hidden", "history_gap"))
    return [
        Gap(ref=ref, what=_WHAT.get(code, code), why=WORDS[code])
        for reason, ref, *codes in zip(*columns, strict=True)
        for code in dict.fromkeys(codes)
        if code and code not in _ELSEWHERE and not reason
    ]


def _of_catalog(evidence: Evidence) -> list[Gap]:
    """Return what is wrong with the catalogue as a whole, and its files that could not be read."""
    catalog = evidence.records.catalog
    if catalog is None:
        return []
    owned = ownership(catalog, evidence.settings)
    faults = filter(None, (owned.fault(), without_owner(catalog, owned)))
    ref = catalog.origin or "catalogue"
    return [*catalog.unread, *(Gap(ref=ref, what="catalogue", why=fault) for fault in faults)]


def _exempting(evidence: Evidence) -> set[tuple[str, str]]:
    """Return the unread files of the catalogue, where one of them may say that an incident needs no review."""
    catalog, incidents = evidence.records.catalog, evidence.incidents
    if catalog is None or not catalog.unread:
        return set()
    required = incidents["required"].fillna(value=False).astype(bool) & incidents["scope_reason"].eq("")
    open_to_it = (
        required & ~incidents["has_review"] & incidents["exempts_unowned"] & incidents["unknown_keys"].astype(bool)
    )
    return {(gap.ref, gap.what) for gap in catalog.unread} if open_to_it.any() else set()


def _of_reviews(reviews: pd.DataFrame) -> list[Gap]:
    whys = ((_CUT, reviews["cut"]), (_NOT_KEPT, reviews["text_hidden"]))
    return [Gap(ref=ref, what="description", why=why) for why, held in whys for ref in reviews.loc[held, "ref"]]


def _of_places(records: Records, decisive: Container[tuple[str, str]], *, hides_reviews: bool) -> Iterable[Gap]:
    """Yield a gap for each issue that leads to a place that could not be fetched."""
    for place in records.unasked:
        what = "target" if place.mention is Mention.MOVE else "place"
        itself = (str(place.issue), "links" if place.mention is Mention.LINK else what) in decisive
        hides = itself or (hides_reviews and place.mention in {*STATED, Mention.MOVE})
        yield Gap(
            ref=str(place.issue),
            what=what,
            why=f"{place.place}: {place.why}",
            could_change_a_verdict=hides and not place.beyond,
        )


def _withheld(decisive: int, gaps: Iterable[Gap]) -> str | None:
    lists: dict[str, list[Gap]] = {}
    for gap in sorted((gap for gap in gaps if gap.what in PAGES), key=lambda gap: (gap.what, gap.ref)):
        lists.setdefault(gap.why, []).append(gap)
    reasons = [text for why, those in lists.items() for text in _pages(why, those)]
    if decisive:
        reasons.insert(0, f"{plural(decisive, 'verdict')} cannot be told because something could not be read")
    return "; ".join(dict.fromkeys(reasons)) or None


def _pages(why: str, gaps: list[Gap]) -> list[str]:
    """Say which lists were not read whole: one by one, or in a word where many have one reason."""
    if len(gaps) <= _ONE_BY_ONE:
        return [f"a page of {gap.what} of {gap.ref} could not be read" for gap in gaps]
    kinds = " and ".join(sorted({gap.what for gap in gaps}))
    projects = plural(len({gap.ref for gap in gaps}), "project")
    return [f"the {kinds} of {projects} could not be read whole ({why})"]
