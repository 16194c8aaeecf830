"""Who could read a destination: a public one that tells of private projects is refused (REPORT.md, Where it goes)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_WIDER = {"private": 0, "internal": 1, "public": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """A project or group that something is published in."""

    setting: str
    """Like ``publish.issue``."""
    path: str
    visibility: str
    """private, internal or public."""
    confidential: bool = False
    """Only those who may read confidential issues there may read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is refused, and what is only worth a word."""

    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def judged(
    venues: Iterable[Venue], sources: Iterable[tuple[str, str]], *, allow_public: bool, tells_everything: bool
) -> Judgement:
    """Hold the destinations against the audited projects, given by path and visibility.

    ``tells_everything``: confidential records are told, too (``report.confidential_destination``).
    """
    known = sorted(sources)
    faults, warnings = [], []
    for venue in venues:
        if venue.confidential:
            continue
        more_closed = [path for path, visibility in known if rank(visibility) < rank(venue.visibility)]
        if venue.visibility != "private" and tells_everything:
            faults.append(
                f"{venue.setting}: {venue.path} is {venue.visibility}, and report.confidential_destination would tell"
                " confidential incidents there"
            )
        elif venue.visibility == "public" and more_closed and not allow_public:
            faults.append(f"{venue.setting}: {venue.path} is public, and {more_closed[0]}, which is audited, is not")
        elif more_closed and not allow_public:
            warnings.append(
                f"{venue.setting}: more people may read {venue.path} ({venue.visibility}) than {more_closed[0]}"
            )
    return Judgement(faults=tuple(faults), warnings=tuple(warnings))


def rank(visibility: str) -> int:
    """Return a number that is the higher the more people may read."""
    # a word that is not known is taken for the narrowest as a source, and for the widest nowhere
    return _WIDER.get(visibility, 0)
