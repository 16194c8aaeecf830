"""The audit of a tracker, made once however many tests look at the same one."""

from __future__ import annotations

import pickle
from functools import lru_cache
from typing import TYPE_CHECKING

from audit.engine import judge as engine
from audit.engine.sensitivity import compared
from audit.evidence.build import build
from audit.rules import RULES, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from audit.engine.result import Result
    from audit.model import Records
    from audit.settings.settings import Settings


def judged(records: Records, settings: Settings, as_of: date, rules: Sequence[Rule] = RULES) -> Result:
    """Return what the audit says of these records. A result is frozen, and others may have got the same one."""
    return _judged(pickle.dumps((records, settings, as_of)), tuple(rules))


def held_against_others(records: Records, settings: Settings, as_of: date, rules: Sequence[Rule] = RULES) -> Result:
    """Return the same with what other readings of the policy would change."""
    return _compared(pickle.dumps((records, settings, as_of)), tuple(rules))


@lru_cache(maxsize=512)
def _judged(case: bytes, rules: tuple[Rule, ...]) -> Result:
    """Judge a copy of what was asked: nothing that a test holds on to is in the result."""
    records, settings, as_of = pickle.loads(case)  # noqa: S301 - written above
    return engine.audit(build(records, settings, as_of), rules)


@lru_cache(maxsize=512)
def _compared(case: bytes, rules: tuple[Rule, ...]) -> Result:
    return compared(_judged(case, rules))
