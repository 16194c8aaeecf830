"""The rules, one file each. This list is the table of contents: its order is the order of every output."""

from audit.rules import (
    corrective_action_late,
    corrective_action_unassigned,
    corrective_actions,
    dri_outside_team,
    due_date,
    escaped_review,
    facts_disagree,
    key_information,
    late_review,
    missing_review,
    narrative,
    orphan_review,
    paper_review,
    repeat_incident,
    review_severity,
    review_title,
    several_reviews,
    severity_data,
    summary,
    unassigned_review,
    unknown_service,
    unlinked_review,
    unowned_service,
    unreachable_owner,
)
from audit.rules.rule import Group, Rule

RULES: tuple[Rule, ...] = (
    missing_review.RULE,
    late_review.RULE,
    unassigned_review.RULE,
    unlinked_review.RULE,
    review_severity.RULE,
    review_title.RULE,
    key_information.RULE,
    summary.RULE,
    narrative.RULE,
    corrective_actions.RULE,
    due_date.RULE,
    escaped_review.RULE,
    facts_disagree.RULE,
    orphan_review.RULE,
    severity_data.RULE,
    paper_review.RULE,
    dri_outside_team.RULE,
    several_reviews.RULE,
    unowned_service.RULE,
    unknown_service.RULE,
    unreachable_owner.RULE,
    corrective_action_late.RULE,
    corrective_action_unassigned.RULE,
    repeat_incident.RULE,
)

REVIEW_RULES = frozenset(rule.code for rule in RULES if rule.group is Group.REVIEW_DUE)
"""Codes of the rules that a verdict already expresses. A waiver on one of them covers all."""

__all__ = ["REVIEW_RULES", "RULES", "Group", "Rule"]
