"""Which steps a note says are left, in the words of the rules that ask for them: those of the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from audit.engine import next_steps
from audit.inert import code, md
from audit.model import Level
from audit.reminders.review_form import form
from audit.rules import REVIEW_RULES, RULES

if TYPE_CHECKING:
    from audit.engine.result import Finding
    from audit.reminders.cases import Case, Scene

_NOTHING = Markup("")
_RULES = {rule.code: rule for rule in RULES}
RULE_NAMES = {rule.code: rule.name for rule in RULES}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLeft:
    """Something that is left to do."""

    text: Markup
    """What to do, without a full stop."""
    code: str = ""
    """Of the rule that asks for it; empty: the end of all steps."""
    message: Markup = _NOTHING
    """What the rule finds, where that says more than the step; empty where it may not be told."""


def steps_left(scene: Scene, case: Case) -> list[StepLeft]:
    """Return the steps that are left before the review of a case is completed, in order; the first is the next one."""
    if not case.reviewed and not case.inline:
        return [StepLeft(text=_opening(scene, case))]
    waits = [StepLeft(text=md(next_steps.approval(case.approver)))] if case.approver else []
    found = {finding.code: finding for finding in scene.findings.get(str(case.issue), ())}
    steps = [
        _step(scene, case, step.code, found.get(step.code)) for step in scene.result.to_close.get(str(case.issue), ())
    ]
    return [*waits, *steps] if waits else [*steps, StepLeft(text=_ending(scene, case))]


def besides(scene: Scene, case: Case) -> list[StepLeft]:
    """Return what else can be mended on the review and its incident: it keeps nobody from closing the review."""
    subjects = dict.fromkeys((str(case.issue), str(case.incident)))
    findings = (finding for subject in subjects for finding in scene.findings.get(subject, ()) if _is_beside(finding))
    return [_step(scene, case, finding.code, finding) for finding in findings]


def _step(scene: Scene, case: Case, code_: str, finding: Finding | None) -> StepLeft:
    rule, message = _RULES[code_], ""
    if finding is not None and rule.detailed and not case.confidential:
        message = scene.discretion.finding(finding).message
    return StepLeft(text=md(rule.step), code=code_, message=md(message))


def _is_beside(finding: Finding) -> bool:
    # the state of the note itself tells what REVIEW_RULES find
    if not finding.open or finding.waived or finding.level is Level.INFO or finding.code in REVIEW_RULES:
        return False
    return _RULES[finding.code].closing is None


def _opening(scene: Scene, case: Case) -> Markup:
    """Return the step to a review that is not there, which links to the form for it."""
    first, _, rest = next_steps.OPEN.partition(", ")
    return Markup("{}, {}").format(form(scene, case, first), md(rest))


def _ending(scene: Scene, case: Case) -> Markup:
    if not case.inline:
        return md(next_steps.CLOSE)
    label = next(iter(scene.settings.labels.review_completed), "")
    return Markup("{}: {}").format(md(next_steps.LABEL), code(label))
