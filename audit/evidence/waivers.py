"""Waivers (POLICY.md section 9): approved, reasoned, expiring exceptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.rules import REVIEW_RULES
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from audit.settings.policy import Waiver


def valid(waivers: Iterable[Waiver], as_of: date) -> tuple[Waiver, ...]:
    """Return the waivers that are valid on the day; ``expires`` is the last valid day."""
    return tuple(waiver for waiver in waivers if as_of <= waiver.expires)


def lapsed(waivers: Iterable[Waiver], as_of: date) -> tuple[Waiver, ...]:
    """Return the waivers that have expired."""
    return tuple(waiver for waiver in waivers if waiver.expires < as_of)


def covered_rules(waiver: Waiver) -> frozenset[str]:
    """Return the codes that a waiver covers."""
    rules = frozenset(waiver.rules)
    return rules | REVIEW_RULES if rules & REVIEW_RULES else rules


def find(waivers: Iterable[Waiver], subjects: Iterable[str], code: str) -> Waiver | None:
    """Return the first waiver that names one of the subjects (without regard to case) and covers the rule."""
    names = labels.keys(subjects)
    return next((w for w in waivers if labels.key(w.subject) in names and code in covered_rules(w)), None)


def on_reviews(waivers: Iterable[Waiver], incidents: Iterable[str]) -> dict[str, Waiver]:
    """Return incident -> the first waiver that names it and covers a missing or late review."""
    named: dict[str, Waiver] = {}
    for waiver in waivers:
        if covered_rules(waiver) & REVIEW_RULES:
            named.setdefault(waiver.subject.casefold(), waiver)
    return {ref: named[ref.casefold()] for ref in incidents if ref.casefold() in named}
