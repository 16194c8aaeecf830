"""metrics.txt, read by a strict parser of the OpenMetrics text format; it keeps to what Prometheus reads as well."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.model import Gap, Verdict
from audit.report.formats.metrics import metrics_txt
from tests import records as make
from tests.report import world
from tests.report.world import SECRET, P

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
ESCAPED = r'(?:[^"\\\n]|\\["\\n])*'
LABEL = rf'[a-zA-Z_][a-zA-Z0-9_]*="{ESCAPED}"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)")
DESCRIPTOR = re.compile(rf"# (TYPE|UNIT|HELP) ({NAME}) (.+)")
RESERVED = {"le", "quantile"}
Labels = frozenset[tuple[str, str]]


@dataclass
class Family:
    kind: str = ""
    unit: str = ""
    words: str = ""
    samples: dict[Labels, float] = field(default_factory=dict)


def parsed(text: str) -> dict[str, Family]:
    """Read a text by the rules of the format; whatever breaks one is a fault."""
    assert text.endswith("\n# EOF\n")
    families: dict[str, Family] = {}
    current = ""
    for line in text.removesuffix("# EOF\n").splitlines():
        assert line.isprintable(), line
        descriptor = DESCRIPTOR.fullmatch(line)
        if descriptor is not None:
            key, name, rest = descriptor.groups()
            assert name == current or name not in families, "families do not mix"
            current, family = name, families.setdefault(name, Family())
            assert not family.samples, "descriptors stand before samples"
            _describe(name, family, key, rest)
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample is not None, line
        assert sample[1] == current, "a gauge has no suffix, and stands below its descriptors"
        pairs = [pair.partition("=") for pair in re.findall(LABEL, sample[2] or "")]
        labels = frozenset((name, _unescaped(value[1:-1])) for name, _, value in pairs)
        assert len({name for name, _ in labels}) == len(pairs), "each label once"
        assert RESERVED.isdisjoint(name for name, _ in labels)
        assert labels not in families[current].samples, "each sample once"
        families[current].samples[labels] = float(sample[3])
    return families


def _describe(name: str, family: Family, key: str, rest: str) -> None:
    if key == "TYPE":
        assert not family.kind
        assert rest in {"counter", "gauge", "histogram", "summary"}, "what Prometheus knows too"
        family.kind = rest
    elif key == "UNIT":
        assert not family.unit
        assert name.endswith(f"_{rest}")
        family.unit = rest
    else:
        assert re.fullmatch(r"(?:[^\\\n]|\\[\\n\"])*", rest)
        family.words = rest


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text)


def values(text: str) -> dict[str, float]:
    """Return each sample by the name after the prefix and its labels' values."""
    return {
        " ".join([name.removeprefix("incident_review_"), *(value for _, value in sorted(labels))]): value
        for name, family in parsed(text).items()
        for labels, value in family.samples.items()
    }


def test_the_figures_are_those_of_the_report() -> None:
    view = world.usual()
    told = values(metrics_txt(view))
    assert told["compliance_ratio"] == view.compliance.rate
    assert told["compliance_counting_exempt_ratio"] == view.compliance.rate_counting_exempt
    assert (told["due"], told["on_time"]) == (view.compliance.due, view.compliance.on_time)
    assert (told["open_late"], told["compliance_withheld"]) == (view.compliance.open_late, 0)
    assert told["blocked_by_no_owner"] == view.no_owner.blocked == 1
    assert {verdict: told[f"incidents {verdict}"] for verdict in Verdict} == view.verdicts
    assert told["findings IR001 violation violates missing-review"] == 1
    assert told["findings IR001 violation waived missing-review"] == 1
    assert told["findings CA001 advisory violates corrective-action-late"] == 0
    assert (told["gaps true"], told["gaps false"]) == (0, 2)
    assert told[f"project_complete {P}"] == 1
    assert told["as_of_timestamp_seconds"] == datetime(2026, 11, 24, tzinfo=UTC).timestamp()


def test_every_family_is_a_gauge_with_words_and_its_unit() -> None:
    families = parsed(metrics_txt(world.usual()))
    assert {family.kind for family in families.values()} == {"gauge"}
    assert all(name.startswith("incident_review_") and family.words for name, family in families.items())
    units = {name.removeprefix("incident_review_"): family.unit for name, family in families.items() if family.unit}
    assert units == {
        "compliance_ratio": "ratio",
        "compliance_counting_exempt_ratio": "ratio",
        "time_to_review_working_days": "working_days",
        "as_of_timestamp_seconds": "seconds",
    }


def test_what_cannot_be_told_has_no_sample() -> None:
    failed = (Gap(ref=P, what="incidents", why="page 2 answered 502"),)
    told = values(metrics_txt(world.view(world.result(gaps=failed))))
    assert told["compliance_withheld"] == told["gaps true"] == 1
    assert "compliance_ratio" not in told
    assert "compliance_counting_exempt_ratio" not in told
    nothing = values(metrics_txt(world.view(world.result((), gaps=()))))
    assert (nothing["due"], nothing["compliance_withheld"]) == (0, 0)
    assert {"compliance_ratio", "time_to_review_working_days median"}.isdisjoint(nothing)


def test_the_time_to_review_is_told_where_it_can_be() -> None:
    done = (make.incident(1), make.review(2, of=1, closed="2026-11-05 10:00"))
    told = values(metrics_txt(world.view(world.result(done, gaps=()))))
    assert (told["time_to_review_working_days median"], told["time_to_review_working_days p90"]) == (3, 3)


def test_reminders_are_counted_by_reason_and_absent_where_none_were_planned() -> None:
    view = world.usual()
    assert view.reminders is not None
    told = values(metrics_txt(view))
    assert told["reminders_planned"] == len(view.reminders.planned) > 0
    withheld = {name.partition(" ")[2]: value for name, value in told.items() if name.startswith("reminders_withheld")}
    assert {reason: count for reason, count in withheld.items() if count} == view.reminders.withheld
    assert withheld["non_working_day"] == 0
    assert not [name for name in values(metrics_txt(world.view(plan=None))) if name.startswith("reminders")]


def test_a_project_that_was_not_read_whole_is_named() -> None:
    sources = (make.source(complete=False), make.source("ops/other"))
    told = values(metrics_txt(world.view(world.result((), gaps=(), sources=sources))))
    assert (told[f"project_complete {P}"], told["project_complete ops/other"]) == (0, 1)


def test_nothing_confidential_is_told() -> None:
    assert SECRET.casefold() not in metrics_txt(world.usual()).casefold()


@pytest.mark.parametrize("path", ['a"b\\c', "x\ny", "\x00\ud800z", "}{,= #", "1.5"])
def test_a_label_cannot_break_out_of_its_quotes(path: str) -> None:
    (source,) = world.usual().sources
    families = parsed(metrics_txt(replace(world.usual(), sources=(replace(source, project=path),))))
    kept = re.sub("[\n\x00\ud800]+", " ", path)
    assert families["incident_review_project_complete"].samples == {frozenset({("project", kept)}): 1}


@given(st.text(max_size=40).filter(str.isprintable), st.floats(0, 1))
def test_any_label_and_any_rate_come_back(path: str, rate: float) -> None:
    view = world.usual()
    changed = replace(
        view,
        sources=(replace(view.sources[0], project=path),),
        compliance=replace(view.compliance, rate=rate),
    )
    families = parsed(metrics_txt(changed))
    assert families["incident_review_project_complete"].samples == {frozenset({("project", path)}): 1}
    assert families["incident_review_compliance_ratio"].samples == {frozenset(): rate}
