"""What texts say is read once, wherever that is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from audit.engine.judge import audit
from audit.evidence.build import build
from audit.evidence.text_readings import readings_of
from audit.text.blocks import blocks
from audit.text.documents import document
from audit.text.readings import Readings
from tests.bench.evaluation import AS_OF, tracker
from tests.records import incident, records, review, settings

if TYPE_CHECKING:
    from audit.model import Records

WHERE: dict[str, dict[str, Any]] = {where: {"review": {"where": where}} for where in ("issue", "inline", "both")}
WRITTEN = "# Summary\n\nLogins failed.\n\n# Details\n\nA disk was full.\n\n# Outcomes\n\n&8\n"


def settled(**given: Any) -> Any:
    return settings(policies=[{"from": "2023-01-01"}], **given)


def judged(read: Records, readings: Readings, **given: Any) -> Any:
    result = audit(build(read, settled(**given), AS_OF, readings))
    evidence = result.evidence
    # the title of a text that was not kept is not shown
    frames = (frame.drop(columns="title").to_dict() for frame in (evidence.incidents, evidence.reviews))
    findings = [(one.code, one.subject, one.open, {**one.evidence, "title": ""}) for one in result.findings]
    return *frames, findings, result.gaps


@pytest.mark.parametrize("where", WHERE)
def test_whoever_judges_parses_nothing_that_was_read_before(where: str) -> None:
    read = tracker(60)
    first = Readings(reader="1")
    kept = readings_of(read, settled(**WHERE[where]), first)
    document.cache_clear()
    blocks.cache_clear()
    second = Readings(reader="1", kept=kept)
    warm = judged(read, second, **WHERE[where])
    assert document.cache_info().misses == blocks.cache_info().misses == 0
    assert str(warm) == str(judged(read, Readings(), **WHERE[where]))
    assert second.entries().keys() <= kept.keys()


@pytest.mark.parametrize("where", WHERE)
def test_a_text_that_was_not_kept_is_judged_as_if_it_were(where: str) -> None:
    read = tracker(30)
    marked = replace(read, issues=tuple(replace(one, reading=f"{one.ref}") for one in read.issues))
    kept = readings_of(marked, settled(**WHERE[where]), Readings(reader="1"))
    issues = tuple(replace(one, description="", text_kept=False) for one in marked.issues)
    gone = judged(replace(marked, issues=issues), Readings(reader="1", kept=kept), **WHERE[where])
    whole = judged(read, Readings(), **WHERE[where])
    for one, other in zip(gone, whole, strict=True):
        assert str(one) == str(other)


def test_of_a_text_that_was_neither_kept_nor_read_no_rule_says_anything() -> None:
    one = review(2, of=1, closed="2026-11-05", description="", reading="a", text_kept=False)
    result = audit(build(records(incident(1), one), settings(), AS_OF))
    codes = {"IR007", "IR008", "IR009", "IR010", "IR013"}
    outcomes = {count.code: count.unknown for count in result.outcomes if count.code in codes}
    assert all(outcomes[code] == 1 for code in ("IR007", "IR008", "IR009", "IR010"))
    assert [(gap.ref, gap.what) for gap in result.gaps] == [("ops/production#2", "description")]
    assert not codes & {finding.code for finding in result.findings}
