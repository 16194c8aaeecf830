"""Who could read a destination: a public one that tells of private projects is refused (REPORT.md, Where it goes)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_WIDER = {"private": 0, "internal": 1, "public": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
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
    places: Iterable[Place], sources: Iterable[tuple[str, str]], *, allow_public: bool, tells_everything: bool
) -> Judgement:
    """Hold the destinations against the audited projects, given by path and visibility.

    ``tells_everything``: confidential records are told, too (``report.confidential_destination``).
    """
    known = sorted(sources)
    faults, warnings = [], []
    for place in places:
        if place.confidential:
            continue
        narrower = [path for path, visibility in known if rank(visibility) < rank(place.visibility)]
        if place.visibility != "private" and tells_everything:
            faults.append(
                f"{place.setting}: {place.path} is {place.visibility}, and report.confidential_destination would tell"
                " confidential incidents there"
            )
        elif place.visibility == "public" and narrower and not allow_public:
            faults.append(f"{place.setting}: {place.path} is public, and {narrower[0]}, which is audited, is not")
        elif narrower and not allow_public:
            warnings.append(
                f"{place.setting}: more people may read {place.path} ({place.visibility}) than {narrower[0]}"
            )
    return Judgement(faults=tuple(faults), warnings=tuple(warnings))


def rank(visibility: str) -> int:
    """Return a number that is the higher the more people may read."""
    # a word that is not known is taken for the narrowest as a source, and for the widest nowhere
    return _WIDER.get(visibility, 0)
