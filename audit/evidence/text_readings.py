"""Reads what texts say where they were pulled, so that whoever judges them later parses none of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from audit.evidence.kinds import classify
from audit.text.descriptions import Descriptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from audit.model import Records
    from audit.settings.settings import Settings
    from audit.text.readings import Readings


def readings_of(records: Records, settings: Settings, readings: Readings) -> Mapping[bytes, bytes]:
    """Return the readings of all texts that the rules may ask for under these settings, those of earlier nights too.

    A text that will not be kept is read both as a review and as an incident with a review inside, since what it is may
    be decided by records that are read elsewhere, or be another thing as of an earlier day.
    """
    kinds = classify(records, settings)
    reader = Descriptions.of(records, settings, kinds.incidents, readings)
    reviews = {issue.ref: issue for issue in (*kinds.reviews.values(), *kinds.former)}
    if settings.review.where != "issue":
        reviews |= kinds.incidents
    for issue in reviews.values():
        reader.read(issue)
    for issue in (*kinds.incidents.values(), *kinds.reviews.values()):
        reader.external_ids(issue)
    fleeting = [issue for issue in records.issues if issue.reading]
    if fleeting:
        for incidents in (frozenset(issue.ref for issue in fleeting), frozenset()):
            either = replace(reader, incidents=incidents)
            for issue in fleeting:
                either.read(issue)
    return readings.entries()
