"""The rules, one file each. This list is the table of contents: its order is the order of every output."""

from audit.rules import (
    escaped_review,
    late_review,
    missing_review,
    orphan_review,
    severity_data,
    unassigned_review,
    unknown_service,
    unlinked_review,
    unowned_service,
    unreachable_owner,
)
from audit.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    missing_review.RULE,
    late_review.RULE,
    unassigned_review.RULE,
    unlinked_review.RULE,
    escaped_review.RULE,
    orphan_review.RULE,
    severity_data.RULE,
    unowned_service.RULE,
    unknown_service.RULE,
    unreachable_owner.RULE,
)

__all__ = ["RULES", "Rule"]
