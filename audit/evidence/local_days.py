"""Instants as days of the audit's zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a day ends in a zone: the next midnight, or what follows if the clocks skip it."""
    return datetime.combine(day + timedelta(days=1), time(), zone)


def local_days(instants: pd.Series, zone: ZoneInfo) -> pd.Series:
    """Return the local day of each instant as a naive midnight."""
    days = pd.DatetimeIndex(instants).tz_convert(zone).tz_localize(None).normalize()
    return pd.Series(days.as_unit("s"), index=instants.index)


def anchor_days(incidents: pd.DataFrame, anchor: pd.Series, zone: ZoneInfo) -> pd.Series:
    """Return the local day of each incident's ``anchor``; NaT: not yet.

    A review is never opened before the declaration; where there is none, that of the declaration counts.
    """
    instant = incidents["declared_at"].where(anchor.isin(["declared", "review_opened"]), incidents["closed_at"])
    instant = instant.where(anchor != "resolved", incidents["resolved_at"])
    opened = incidents["review_opened_at"].where(anchor == "review_opened")
    return local_days(instant.mask(opened > instant, opened), zone)
