"""Waivers: approved, reasoned, expiring exceptions, shown and never silent (POLICY.md section 9)."""

from __future__ import annotations

from typing import Any

import pytest

from audit.evidence import waivers
from audit.settings.policy import Waiver
from tests.records import PROJECT, asked, audited, found, incident, issue, review, settings, waiver

ONE = f"{PROJECT}#1"
REVIEW = f"{PROJECT}#2"


def told(*issues: Any, some: list[dict[str, Any]], **fields: Any) -> Any:
    return audited(*issues, settings=settings(waivers=some), **fields)


@pytest.mark.parametrize(
    ("expires", "expected", "lapsed"),
    [("2026-11-22", "missing", 1), ("2026-11-23", "waived", 0), ("2026-11-24", "waived", 0)],
)
def test_valid_through_the_day_on_which_it_expires(expires: str, expected: str, lapsed: int) -> None:
    result = told(incident(1), some=[waiver(ONE, "IR001", expires=expires)])
    assert result.verdicts.tolist() == [expected]
    assert len(result.lapsed_waivers) == lapsed
    assert result.unused_waivers == ()


@pytest.mark.parametrize("code", ["IR001", "IR002"])
@pytest.mark.parametrize(("reviewed", "finding"), [(False, "IR001"), (True, "IR002")])
def test_a_waiver_on_one_of_the_two_covers_both(code: str, reviewed: bool, finding: str) -> None:
    issues = [incident(1), review(2, of=1)] if reviewed else [incident(1)]
    result = told(*issues, some=[waiver(ONE, code)])
    assert result.verdicts.tolist() == ["waived"]
    one = found(result, finding)["#1"]
    assert one.waived
    assert one.waiver == Waiver.model_validate(waiver(ONE, code))
    assert result.bare_verdicts.tolist() == ["overdue" if reviewed else "missing"]


def test_before_the_due_day_a_waived_incident_has_no_finding() -> None:
    result = told(incident(1), some=[waiver(ONE, "IR001")], as_of="2026-11-05")
    assert result.verdicts.tolist() == ["waived"]
    assert found(result, "IR001") == found(result, "IR002") == {}
    assert result.unused_waivers == ()  # it changes the verdict


def test_a_completed_review_is_late_and_only_its_finding_is_waived() -> None:
    result = told(incident(1), review(2, of=1, closed="2026-11-20"), some=[waiver(ONE, "IR001")])
    assert result.verdicts.tolist() == ["late"]
    assert found(result, "IR002")["#1"].waived
    assert asked(result, "IR002") == {"waived": 1}
    assert result.unused_waivers == ()


def test_a_waiver_covers_the_findings_on_the_review_chosen_for_its_incident() -> None:
    issues = (incident(1), review(2, of=1), review(3, of=1, created="2026-11-04"))
    result = told(*issues, some=[waiver(ONE, "IR003")])
    assert {subject: one.waived for subject, one in found(result, "IR003").items()} == {"#2": True, "#3": False}
    assert found(result, "IR002")["#1"].waived is False
    assert result.verdicts.tolist() == ["overdue"]


def test_a_waiver_by_the_reviews_own_reference() -> None:
    result = told(incident(1), review(2, of=1), some=[waiver(REVIEW, "IR003"), waiver(REVIEW, "IR002")])
    assert found(result, "IR003")["#2"].waived
    assert found(result, "IR002")["#1"].waived is False  # that finding is on the incident
    assert result.verdicts.tolist() == ["overdue"]
    assert [one.rules for one in result.unused_waivers] == [("IR002",)]


@pytest.mark.parametrize("name", ["git", "GIT"])
def test_a_service_is_named_by_its_name(name: str) -> None:
    result = told(incident(1, labels=("Severity::2", "Service::Git")), some=[waiver(name, "SO001")])
    assert found(result, "SO001")["git"].waived
    assert asked(result, "SO001") == {"waived": 1, "not applicable": 3}
    assert result.verdicts.tolist() == ["exempt_unowned"]


def test_a_subject_is_named_without_regard_to_case() -> None:
    assert told(incident(1), some=[waiver(ONE.upper(), "IR001")]).verdicts.tolist() == ["waived"]


def test_a_waiver_on_another_rule_waives_nothing() -> None:
    result = told(incident(1), some=[waiver(ONE, "IR015", "SO002")])
    assert result.verdicts.tolist() == ["missing"]
    assert found(result, "IR001")["#1"].waiver is None
    assert found(result, "SO002")["#1"].waived


@pytest.mark.parametrize(
    ("issues", "some", "unused"),
    [
        ((incident(1),), [waiver(f"{PROJECT}#99", "IR001")], [f"{PROJECT}#99"]),
        ((incident(1),), [waiver(ONE, "IR003")], [ONE]),
        ((incident(1), review(2, of=1, closed="2026-11-04")), [waiver(ONE, "IR001")], [ONE]),  # on time
        ((incident(1, labels=("Severity::3",)),), [waiver(ONE, "IR001")], [ONE]),  # not required
        ((incident(1, labels=("Gameday",)),), [waiver(ONE, "IR002")], [ONE]),
        ((incident(1, labels=("Severity::2", "Service::Git")),), [waiver(ONE, "IR001")], []),  # waived, not exempt
        ((incident(1),), [waiver(ONE, "IR001")], []),
        ((incident(1),), [waiver(ONE, "IR001"), waiver(ONE, "IR015")], [ONE]),
    ],
)
def test_a_waiver_that_changes_nothing_is_listed(
    issues: tuple[Any, ...], some: list[dict[str, Any]], unused: list[str]
) -> None:
    assert [one.subject for one in told(*issues, some=some).unused_waivers] == unused


def test_waived_findings_are_counted_apart() -> None:
    result = told(incident(1), incident(2), issue(3), some=[waiver(ONE, "IR001")])
    assert asked(result, "IR001") == {"violates": 1, "waived": 1}


@pytest.mark.parametrize(
    ("rules", "covered"),
    [
        (["IR001"], {"IR001", "IR002"}),
        (["IR002", "IR009"], {"IR001", "IR002", "IR009"}),
        (["IR003"], {"IR003"}),
    ],
)
def test_what_a_waiver_covers(rules: list[str], covered: set[str]) -> None:
    assert waivers.covered_rules(Waiver.model_validate(waiver(ONE, *rules))) == covered


def test_the_first_waiver_of_several_is_shown() -> None:
    first, second = waiver(ONE, "IR001"), {**waiver(ONE, "IR002"), "approved_by": "b.manager"}
    result = told(incident(1), some=[first, second])
    shown = found(result, "IR001")["#1"].waiver
    assert shown is not None
    assert shown.approved_by == "a.manager"
    assert [one.approved_by for one in result.unused_waivers] == ["b.manager"]
