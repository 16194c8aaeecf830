"""Time zones by the names of the IANA database, and what somebody meant who wrote another name."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, available_timezones

if TYPE_CHECKING:
    from collections.abc import Iterable

_NO_DATABASE: Final = (
    "cannot be looked up, since this machine has no database of time zones: install the package tzdata of Python or of"
    " the operating system"
)
_USUAL: Final = "should be the place of a time zone of the IANA database, like Europe/Berlin, or UTC"
_OFFSET = re.compile(r"(UTC|GMT|Z)?\s*[-+]\s*\d{1,2}(:?\d\d)?", re.IGNORECASE)
# The letters of a zone's time stand for one place among several, and some of them (CST, IST, BST) for several times.
_LETTERS: Final = {
    "Europe/Berlin": "CEST MEZ MESZ",
    "Europe/London": "BST",
    "Europe/Dublin": "IST",
    "Europe/Lisbon": "WEST",
    "Europe/Helsinki": "EEST",
    "Europe/Moscow": "MSK",
    "Europe/Istanbul": "TRT",
    "America/New_York": "ET EDT",
    "America/Chicago": "CT CST CDT",
    "America/Denver": "MT MDT",
    "America/Los_Angeles": "PT PST PDT",
    "America/Anchorage": "AKST AKDT",
    "America/Halifax": "AST ADT",
    "America/Sao_Paulo": "BRT",
    "America/Argentina/Buenos_Aires": "ART",
    "Africa/Johannesburg": "SAST",
    "Africa/Nairobi": "EAT",
    "Africa/Lagos": "WAT",
    "Africa/Harare": "CAT",
    "Asia/Jerusalem": "IDT",
    "Asia/Dubai": "GST",
    "Asia/Karachi": "PKT",
    "Asia/Kolkata": "IST",
    "Asia/Dhaka": "BDT",
    "Asia/Jakarta": "WIB",
    "Asia/Manila": "PHT PHST",
    "Asia/Shanghai": "CST",
    "Asia/Hong_Kong": "HKT",
    "Asia/Singapore": "SGT",
    "Asia/Tokyo": "JST",
    "Asia/Seoul": "KST",
    "Australia/Perth": "AWST",
    "Australia/Adelaide": "ACST ACDT",
    "Australia/Sydney": "AEST AEDT",
    "Pacific/Auckland": "NZST NZDT NZT",
}


def known_zone(name: str) -> str:
    """Return the name of a zone. Raises ValueError, with what to write, where there is no such zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        zones = available_timezones()
        raise ValueError(_advice(name, zones) if zones else _NO_DATABASE) from error
    return name


def _advice(name: str, zones: Iterable[str]) -> str:
    if places := [place for place, letters in _LETTERS.items() if name.upper() in letters.split()]:
        return f"is no time zone but the letters of one, which begin and end with summer time: write {_any_of(places)}"
    if _OFFSET.fullmatch(name.strip()):
        return "is no time zone but an offset, which knows no summer time: write a place, like Europe/Berlin"
    near = _near(name, [zone for zone in zones if "/" in zone and not zone.startswith(("Etc/", "SystemV/"))])
    return f"is not a time zone of the IANA database; did you mean {near}?" if near else _USUAL


def _any_of(places: list[str]) -> str:
    return places[0] if len(places) == 1 else f"{', '.join(places[:-1])} or {places[-1]}, whichever it is"


def _near(name: str, places: list[str]) -> str:
    """Return the place that a name means: by case, without its continent, or with a slip of the pen; else none.

    Names of three or four letters are never taken for each other: EST and CEST are six hours apart.
    """
    wanted = re.sub(r"\s+", "_", name.strip()).casefold()
    by_name = {place.casefold(): place for place in sorted(places)}
    if wanted in by_name:
        return by_name[wanted]
    cities = {place.rpartition("/")[2]: by_name[place] for place in by_name}
    among = by_name if "/" in wanted else cities
    near = difflib.get_close_matches(wanted, among, n=1, cutoff=0.8) if len(wanted) > len("cest") else []
    return among[near[0]] if near else among.get(wanted, "")
