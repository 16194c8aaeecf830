"""The audit by one rule alone, with those that it requires: the tests of a rule need no other, and all take long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.rules import RULES
from tests import records
from tests.together import case_result

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.together import CaseResult


def audited_by(*codes: str) -> Callable[..., CaseResult]:
    """Return a function like `records.audited` that asks these rules only."""
    known = {rule.code: rule for rule in RULES}
    needed = set(codes)
    while more := {code for name in needed for code in known[name].requires} - needed:
        needed |= more
    rules = tuple(rule for rule in RULES if rule.code in needed)

    def audited(*issues: Any, **fields: Any) -> CaseResult:
        return case_result(*records.case(*issues, **fields), rules)

    return audited
