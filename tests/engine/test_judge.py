"""Rules are held against evidence: who is asked, what is counted, in which order it is told."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from audit.engine import judge as engine
from audit.engine.sensitivity import compared
from audit.errors import EvidenceError
from audit.model import Level, Subject
from audit.rules import RULES, Group, Rule
from audit.rules.rule import everywhere, unknown_where
from tests.records import PROJECT, asked, audited, evidence, found, incident, outcomes, review, settings, source, waiver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from audit.rules.rule import Columns, Mask


def nobody(incidents: Columns) -> Mask:
    return ~everywhere(incidents)


def even(incidents: Columns) -> Mask:
    return incidents["iid"] % 2 == 0


def message(row: Mapping[str, Any]) -> str:
    return f"{row['title']} ({row['verdict']} on {row['as_of']:%Y-%m-%d})"


def rule(code: str, **fields: Any) -> Rule:
    made = {
        "name": code.lower(),
        "level": Level.INFO,
        "subject": Subject.INCIDENT,
        "group": Group.ADVICE,
        "sentence": "A test.",
        "why": "To see.",
        "lacks": "nothing",
        "step": "Wait",
        "in_scope": everywhere,
        "violated": everywhere,
        "message": message,
        "evidence": ("iid",),
        **fields,
    }
    return Rule(code=code, **made)


FOUR = tuple(incident(iid) for iid in (1, 2, 3, 4))


def test_a_finding_tells_what_its_rule_says_of_the_subject() -> None:
    only = engine.audit(evidence(incident(7)), [rule("XX001", mendable=nobody)]).findings
    assert len(only) == 1
    one = only[0]
    assert (one.code, one.name, one.level) == ("XX001", "xx001", Level.INFO)
    assert (one.subject, one.subject_kind) == (f"{PROJECT}#7", Subject.INCIDENT)
    assert one.message == "Something broke 7 (missing on 2026-11-23)"
    assert one.evidence == {"iid": 7}
    assert not one.open
    assert not one.waived


def test_a_message_may_look_at_any_column_and_at_all_of_them() -> None:
    def whole(row: Mapping[str, Any]) -> str:
        return f"{len(row)} of {len(dict(row))}: {dict(row)['ref']}"

    held = evidence(*FOUR)
    columns = [*held.incidents, "as_of", "verdict", "bare_verdict"]
    told = [one.message for one in engine.audit(held, [rule("XX001", message=whole, violated=even)]).findings]
    assert told == [f"{len(columns)} of {len(columns)}: {PROJECT}#{iid}" for iid in (2, 4)]


def test_outcomes_add_up_to_the_subjects() -> None:
    def unsure(incidents: Columns) -> Mask:
        return unknown_where(incidents["iid"] == 2, incidents["iid"] > 2)

    def not_four(incidents: Columns) -> Mask:
        return incidents["iid"] != 4

    result = engine.audit(evidence(*FOUR), [rule("XX001", violated=unsure, in_scope=not_four)])
    assert asked(result, "XX001") == {"conforms": 1, "violates": 1, "unknown": 1, "not applicable": 1}
    assert list(found(result, "XX001")) == ["#3"]


def test_out_of_scope_is_not_violated_whatever_the_rule_says() -> None:
    result = engine.audit(evidence(*FOUR), [rule("XX001", in_scope=even, violated=everywhere)])
    assert list(found(result, "XX001")) == ["#2", "#4"]
    assert asked(result, "XX001") == {"violates": 2, "not applicable": 2}


def test_where_what_a_rule_requires_is_violated_it_is_not_applicable() -> None:
    rules = [rule("XX002", requires=frozenset({"XX001"})), rule("XX001", violated=even)]
    result = engine.audit(evidence(*FOUR), rules)
    assert list(found(result, "XX002")) == ["#1", "#3"]
    assert asked(result, "XX002") == {"violates": 2, "not applicable": 2}
    # asked in the order of need, told in the order of the list
    assert [one.code for one in result.outcomes] == ["XX002", "XX001"]
    assert [one.code for one in result.findings] == ["XX002", "XX002", "XX001", "XX001"]


def test_a_rule_that_requires_one_that_is_not_there_is_a_fault() -> None:
    with pytest.raises(EvidenceError, match="XX002 requires a rule that is not there"):
        engine.audit(evidence(*FOUR), [rule("XX001"), rule("XX002", requires=frozenset({"XX009"}))])


def test_an_exception_in_a_rule_is_no_outcome() -> None:
    def broken(incidents: Columns) -> Mask:
        return incidents["no such column"]

    with pytest.raises(KeyError, match="no such column"):
        engine.audit(evidence(*FOUR), [rule("XX001", violated=broken)])


def test_findings_are_sorted_by_rule_then_project_and_number() -> None:
    far = incident(2, project="ops/archive")
    held = evidence(incident(10), incident(9), far, sources=(source(), source("ops/archive")))
    result = engine.audit(held, [rule("XX002"), rule("XX001")])
    subjects = ["ops/archive#2", f"{PROJECT}#9", f"{PROJECT}#10"]
    assert [one.subject for one in result.findings] == subjects * 2
    assert [one.code for one in result.findings] == ["XX002"] * 3 + ["XX001"] * 3


@pytest.mark.parametrize(
    ("subjects", "expected"),
    [
        (["a/b#10", "a/b#9", "a/a#11"], ["a/a#11", "a/b#9", "a/b#10"]),
        (["web", "api", "c#"], ["api", "c#", "web"]),
        (["a/b#1", "web"], ["web", "a/b#1"]),
        (["#general", "c#sharp"], ["#general", "c#sharp"]),
        (["a/b#1", "b#\u00b2", f"a#{'9' * 5000}"], [f"a#{'9' * 5000}", "b#\u00b2", "a/b#1"]),
    ],
)
def test_how_subjects_are_sorted(subjects: list[str], expected: list[str]) -> None:
    assert sorted(subjects, key=engine.subject_key) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (("b", "a"), ["b", "a"]),
        ((), []),
        (pd.NA, None),
        (pd.NaT, None),
        (None, None),
        (pd.Timestamp("2026-11-02"), "2026-11-02"),
        (pd.Timestamp("2026-11-02 10:30", tz="UTC"), "2026-11-02T10:30:00+00:00"),
        (np.int64(3), 3),
        (np.bool_(True), True),
        ("text", "text"),
        (2, 2),
    ],
)
def test_evidence_holds_only_what_json_holds(value: Any, expected: Any) -> None:
    plain = engine.plain(value)
    assert plain == expected
    assert type(plain) is type(expected)


def test_the_same_evidence_gives_an_equal_result_twice() -> None:
    held = evidence(*FOUR, review(9, of=1, closed="2026-11-20"), incident(11, labels=("Severity::2", "Service::Git")))
    frames = [getattr(held, name).copy(deep=True) for name in ("incidents", "reviews", "services")]
    one, other = engine.audit(held), engine.audit(held)
    assert one.verdicts.equals(other.verdicts)
    assert one.bare_verdicts.equals(other.bare_verdicts)
    same = ("findings", "outcomes", "gaps", "sensitivity", "lapsed_waivers", "unused_waivers", "withheld", "notes")
    assert [getattr(one, name) for name in same] == [getattr(other, name) for name in same]
    # and no rule changed what it was asked with
    for before, name in zip(frames, ("incidents", "reviews", "services"), strict=True):
        assert before.equals(getattr(held, name))


def test_every_rule_is_asked_once_in_the_order_of_the_list() -> None:
    result = audited(*FOUR, review(9, of=1))
    assert [one.code for one in result.outcomes] == [one.code for one in RULES]
    subjects = {
        Subject.INCIDENT: len(result.evidence.incidents),
        Subject.REVIEW: len(result.evidence.reviews),
        Subject.SERVICE: len(result.evidence.services),
        Subject.ACTION: len(result.evidence.actions),
    }
    for one in RULES:
        told = outcomes(result, one.code)
        assert told.conforms + told.violates + told.waived + told.not_applicable + told.unknown == subjects[one.subject]


def test_nothing_was_read() -> None:
    result = audited(catalog=None)
    assert (result.findings, result.gaps, result.withheld) == ((), (), None)
    assert [asked(result, one.code) for one in RULES] == [{}] * len(RULES)
    assert [reading.changes for reading in compared(result).sensitivity] == [(), ()]
    assert result.as_of == date(2026, 11, 23)


def test_a_result_holds_both_verdicts_of_a_waived_incident() -> None:
    result = audited(incident(1), settings=settings(waivers=[waiver(f"{PROJECT}#1", "IR001")]))
    assert (result.verdicts.tolist(), result.bare_verdicts.tolist()) == (["waived"], ["missing"])
