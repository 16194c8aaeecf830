"""junit.xml as GitLab reads it: one case a subject, each name once, small and well-formed whatever the tracker says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET  # our own output

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.engine.result import Finding
from audit.model import Gap, Level, Subject
from audit.report.figures.conforming import WithoutFinding
from audit.report.formats import junit
from audit.report.formats.junit import junit_xml
from tests import records as make
from tests.report import world
from tests.report.world import SECRET, P

if TYPE_CHECKING:
    from audit.privacy.rows import FindingRow
    from audit.report.figures.view import View


def _suites(view: View) -> dict[str, ET.Element]:
    root = ET.fromstring(junit_xml(view))  # noqa: S314 - our own output
    assert root.tag == "testsuites"
    return {suite.attrib["name"]: suite for suite in root}


def _by_outcome(suite: ET.Element) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for case in suite:
        kind = case[0].tag if len(case) else "passed"
        told.setdefault(kind, []).append(case.attrib["name"].partition(":")[0].removeprefix(P))
    return told


def _finding(view: View, code: str, subject: str) -> FindingRow:
    return next(row for row in view.findings if (row.code, row.subject) == (code, subject))


def test_one_suite_a_rule_and_one_case_a_subject() -> None:
    suites = _suites(world.usual())
    assert list(suites) == [
        *("IR001 missing-review", "IR002 late-review", "IR003 unassigned-review", "SO001 unowned-service"),
    ]
    assert _by_outcome(suites["IR001 missing-review"]) == {
        "failure": ["#4"],
        "skipped": ["#7", "#8"],
        "passed": ["#1", "#2", "#3", "#6", "#12", "#20", "#21", "#22"],
    }
    # what nobody can mend any more stands behind what somebody can
    assert _by_outcome(suites["IR002 late-review"])["failure"] == ["#3", "#20", "#21", "#22", "#2"]
    assert _by_outcome(suites["SO001 unowned-service"]) == {"failure": ["git"], "passed": ["api", "web"]}


def test_the_counts_of_a_suite_are_those_of_its_cases() -> None:
    for suite in _suites(world.usual()).values():
        kinds = Counter(case[0].tag for case in suite if len(case))
        told = {name: int(suite.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}
        expected = {"failures": kinds["failure"], "errors": kinds["error"], "skipped": kinds["skipped"]}
        assert told == {"tests": len(suite), **expected}
        assert "time" not in suite.attrib


def test_a_failure_says_what_why_and_where() -> None:
    (failure,) = (case[0] for case in _suites(world.usual())["IR001 missing-review"] if "#4:" in case.attrib["name"])
    message, rule, url = (failure.text or "").splitlines()
    assert message == "No review is linked to this incident; it was due on 2026-09-08."
    assert rule.startswith("All user facing high severity")
    assert url == f"https://gitlab.example/{P}/-/work_items/4"
    late = [case[0].text or "" for case in _suites(world.usual())["IR002 late-review"] if "#2:" in case.attrib["name"]]
    assert "It cannot be mended any more." in late[0]


def test_waived_and_untold_ones_are_skipped_with_why() -> None:
    suite = _suites(world.usual())["IR001 missing-review"]
    texts = {case.attrib["name"].partition(":")[0]: case[0].text for case in suite if len(case)}
    assert (texts[f"{P}#7"] or "").splitlines()[:2] == [
        "Waived until 2026-12-31.",
        "Reviewed together with the vendor.",
    ]
    assert texts[f"{P}#8"] == "What was read does not tell."


def test_what_could_change_a_verdict_is_an_error_and_other_gaps_are_not() -> None:
    assert "gaps" not in _suites(world.usual())
    failed = (*world.gaps(), Gap(ref=P, what="incidents", why="page 2 answered 502"))
    (case,) = _suites(world.view(world.result(gaps=failed)))["gaps"]
    assert case.attrib["name"] == f"{P}: incidents (gap 1)"
    assert case[0].tag == "error"
    assert case[0].text == "It could not be read: page 2 answered 502"
    hidden = replace(world.usual(), gaps=(replace(world.usual().gaps[0], could_change_a_verdict=True, why=""),))
    (case,) = _suites(hidden)["gaps"]
    assert case[0].text == "It could not be read: The record is confidential."


def test_a_confidential_record_is_counted_and_not_told() -> None:
    text = junit_xml(world.usual())
    assert SECRET.casefold() not in text.casefold()
    suite = _suites(world.usual())["IR002 late-review"]
    (told,) = (case[0].text or "" for case in suite if f"{P}#20:" in case.attrib["name"])
    assert told.splitlines()[0] == "The record is confidential: only those who may read it can see why."
    assert "http" not in told


def test_a_rule_that_was_not_asked_has_no_suite() -> None:
    asked = world.usual().without_finding[:1]
    assert list(_suites(replace(world.usual(), without_finding=asked))) == ["IR001 missing-review"]


def test_a_large_tracker_stays_far_below_what_gitlab_reads() -> None:
    view = world.usual()
    failed, waived = _finding(view, "IR001", f"{P}#4"), _finding(view, "IR001", f"{P}#7")
    far = 100_000
    path = "a-group-of-groups/its-sub-group/a-project-with-a-long-name"
    long = [replace(one, subject=path, message="word " * 400) for one in (failed, waived)]
    findings = tuple(replace(one, subject=f"{path}#{n}") for one in long for n in range(junit.MOST_TOLD + 100))
    asked = (WithoutFinding(code="IR001", conforming=tuple(f"{path}#{n}" for n in range(far, 2 * far)), unknown=()),)
    grown = replace(view, findings=findings, without_finding=asked)
    text = junit_xml(grown)
    assert len(text.encode()) < 10_000_000
    (suite,) = _suites(grown).values()
    cases = {case.attrib["name"]: case for case in suite}
    assert len(cases) == len(suite) == 2 * (junit.MOST_TOLD + 1) + junit.MOST_CONFORMING + 1
    rest = cases["all others that violate it: missing-review (IR001)"][0]
    assert (rest.tag, rest.text) == ("failure", "100 more, which have no line of their own here.")
    assert len(cases["all others that conform: missing-review (IR001)"]) == 0


ANYTHING = st.text(st.characters(), max_size=60)  # surrogates and controls are among them


@given(subjects=st.lists(ANYTHING.filter(bool), min_size=1, max_size=6), message=ANYTHING, reason=ANYTHING)
def test_any_text_makes_xml_in_which_no_name_stands_twice(subjects: list[str], message: str, reason: str) -> None:
    view = world.usual()
    waiver = {"expires": "2026-12-31", "reason": reason}
    usual = _finding(view, "SO001", "git")
    rows = [replace(usual, subject=subject, message=message) for subject in subjects]
    rows += [replace(usual, subject=subject, message=message, outcome="waived", waiver=waiver) for subject in subjects]
    asked = (WithoutFinding(code="SO001", conforming=tuple(subjects), unknown=()),)
    (suite,) = _suites(replace(view, findings=tuple(rows), without_finding=asked)).values()
    names = [case.attrib["name"] for case in suite]
    assert len(set(names)) == len(names) == 3 * len(subjects)


@pytest.mark.parametrize("text", ["\x00\x0b\ud800 &<>\"']]>", "\n", "\u202egnirts\ufffe"])
def test_what_xml_cannot_hold_is_left_out(text: str) -> None:
    finding: dict[str, Any] = {"code": "SO001", "name": "unowned-service", "level": Level.VIOLATION}
    finding |= {"subject_kind": Subject.SERVICE, "open": True, "message": f"a{text}b", "evidence": {}}
    view = world.view(world.with_findings(world.result((), gaps=()), (Finding(subject=f"x{text}y", **finding),)))
    (case,) = _suites(view)["SO001 unowned-service"]
    assert case.attrib["name"].startswith("x")
    assert (case[0].text or "").splitlines()[0].endswith("b")


def test_conforming_subjects_stand_by_number() -> None:
    tracker = tuple(make.incident(iid, created="2026-11-20 10:00") for iid in (10, 9, 100))
    view = world.view(world.result(tracker, gaps=()))
    assert _by_outcome(_suites(view)["IR001 missing-review"])["passed"] == ["#9", "#10", "#100"]
