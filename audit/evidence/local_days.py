"""Instants as days of the audit's zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from audit.evidence.contracts import days, instants

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    import numpy as np

    from audit.evidence.contracts import Table

_CLOSINGS: Final = {"closed": "closed_at", "resolved": "resolved_at"}
"""Anchor -> the column of its instant, of those whose days are no column."""


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a day ends in a zone: the next midnight, or what follows if the clocks skip it."""
    return datetime.combine(day + timedelta(days=1), time(), zone)


def local_days(moments: pd.Series, zone: ZoneInfo) -> pd.Series:
    """Return the local day of each instant as a naive midnight."""
    return pd.Series(_local(moments.array, zone), index=moments.index)


def _local(moments: Any, zone: ZoneInfo) -> np.ndarray:
    return pd.DatetimeIndex(moments).tz_convert(zone).tz_localize(None).normalize().as_unit("s").to_numpy()


def anchor_days(incidents: Table, anchor: np.ndarray, zone: ZoneInfo) -> np.ndarray:
    """Return the local day of each incident's ``anchor``; NaT: not yet.

    A review is never opened before the declaration; where there is none, that of the declaration counts.
    """
    anchor_on = days(incidents["declared_on"])
    for name, column in _CLOSINGS.items():
        if (chosen := anchor == name).any():
            anchor_on[chosen] = _local(instants(incidents[column])[chosen], zone)
    if (chosen := anchor == "review_opened").any():
        opened, declared = (instants(incidents[name]) for name in ("review_opened_at", "declared_at"))
        later = chosen & (opened > declared)
        anchor_on[later] = days(incidents["review_opened_on"])[later]
    return anchor_on
