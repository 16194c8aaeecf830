"""What is judged together is what would be said of each case by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.model import Gap, Link, Ref, Subject
from audit.rules import RULES
from tests import together
from tests.records import PROJECT, TOOLS, action, audited, case, case_audited, found, incident, review, settings

if TYPE_CHECKING:
    from audit.model import Issue
    from tests.together import CaseResult

INLINE = settings(review={"where": "inline"})
CASES: dict[str, tuple[Issue, ...]] = {
    "missing": (incident(1),),
    "a review of two": (incident(1), incident(3), review(2, links=(Link(target=Ref(PROJECT, 1)),)), review(5, of=3)),
    "named in texts": (incident(1), review(2, description=f"what {PROJECT}#1, production#1 and #1 tell")),
    "elsewhere": (incident(1, project=TOOLS), review(2, links=(Link(target=Ref(TOOLS, 1)),))),
    "with an action": (incident(1), review(2, of=1, closed="2026-11-06"), action(7, of=2)),
    "nothing": (),
}


def judged() -> dict[str, CaseResult]:
    """Return the results of all cases, as tests of one file ask for them."""
    results: dict[str, CaseResult] = {}

    def test(name: str) -> None:
        results[name] = case_audited(*CASES[name])

    for name in CASES:
        together.announce("a module", test, {"name": name})
    together.begin("a module", apart=False)
    return results


def test_each_is_told_what_it_is_told_alone() -> None:
    results = judged()
    assert len({id(one.whole) for one in results.values()}) == 1
    for name, issues in CASES.items():
        one, alone = results[name], audited(*issues)
        assert one.verdicts == alone.verdicts.tolist(), name
        codes = [rule.code for rule in RULES if rule.subject is not Subject.SERVICE]
        assert [one.outcomes(code) for code in codes] == [row for row in alone.outcomes if row.code in codes], name
        assert one.findings == tuple(finding for finding in alone.findings if finding.code in codes), name
        incidents = alone.evidence.incidents
        for place, (iid, project) in enumerate(zip(incidents["iid"], incidents["project"], strict=True)):
            row = one.row(iid)
            assert {key: str(value) for key, value in row.items()} == dict(incidents.iloc[place].map(str)), name
            assert (one.verdict(iid), row["project"]) == (alone.verdicts.iloc[place], project), name


def test_what_could_touch_others_is_judged_apart() -> None:
    gap = Gap(ref=PROJECT, what="reviews", why="the server failed (500)")
    kinds = [
        case(incident(1)),
        case(incident(2)),
        case(incident(1), gaps=(gap,)),
        case(incident(1), settings=INLINE),
        case(incident(1), as_of="2026-11-24"),
        case(incident(1), former_paths={"ops/old": PROJECT}),
    ]

    def test() -> None:
        results[:] = [together.case_result(*one) for one in kinds]

    results: list[CaseResult] = []
    together.announce("kinds", test, {})
    together.begin("kinds", apart=False)
    test()
    assert [one.alone for one in results] == [True] * len(kinds)  # one after the other

    def test_one(number: int) -> None:
        results[number] = together.case_result(*kinds[number])

    for number in range(len(kinds)):
        together.announce("at once", test_one, {"number": number})
    together.begin("at once", apart=False)
    assert [one.alone for one in results] == [False, False, True, True, True, True]


def test_services_are_not_told_apart() -> None:
    one = judged()["missing"]
    with pytest.raises(AssertionError, match="apart"):
        one.outcomes("SO001")
    with pytest.raises(AssertionError, match="apart"):
        found(one, "SO001")


def test_a_test_that_fails_tells_so_when_it_runs() -> None:
    def test() -> None:
        assert case_audited(incident(1)).verdict() == "on_time"

    together.announce("failing", test, {})
    together.begin("failing", apart=False)
    with pytest.raises(AssertionError):
        test()
