"""Rules that the settings switch off or give another level (POLICY.md section 8, switching), in every output."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET  # our own output

import pytest

from audit.app.exit_status import exit_status
from audit.app.explain_rules import rules_on
from audit.engine.rule_levels import RuleSwitch, switches
from audit.model import Level
from audit.report.figures.changes import without_rules
from audit.report.formats import texts
from audit.report.formats.audit_json import audit_json
from audit.rules import RULES
from tests.records import asked, audited, found, incident, outcomes, review, settings, waiver
from tests.report import world

if TYPE_CHECKING:
    from audit.app.order import FailOn
    from audit.engine.result import Result
    from audit.report.figures.view import View

PAPER = (incident(1), review(2, of=1, closed="2026-11-05"))
"""A review that was completed with nothing in it: IR016, for which IR007 to IR009 are held back."""
MISSING = (incident(1, labels=("Severity::2", "Service::API")),)


def audited_with(levels: dict[str, str], *issues: Any, **fields: Any) -> Result:
    return audited(*issues, settings=settings(rules=levels, **fields))


def test_a_rule_that_is_off_finds_nothing_and_is_not_counted() -> None:
    result = audited_with({"IR010": "off"}, *PAPER)
    assert not found(result, "IR010")
    assert "IR010" not in {one.code for one in result.outcomes}
    assert "IR010" not in {one.code for one in result.rules}
    assert list(found(audited(*PAPER), "IR010")) == ["#2"]


def test_a_rule_that_is_off_still_holds_back_those_that_need_it() -> None:
    result = audited_with({"IR016": "off"}, *PAPER)
    assert not found(result, "IR016")
    for code in ("IR007", "IR008", "IR009"):
        assert asked(result, code) == {"not applicable": 1}


def test_a_level_of_the_settings_is_that_of_the_findings() -> None:
    result = audited_with({"IR010": "violation", "IR002": "info"}, *PAPER)
    assert found(result, "IR010")["#2"].level is Level.VIOLATION
    assert {rule.code: rule.level for rule in result.rules}["IR002"] is Level.INFO
    assert outcomes(result, "IR010").violates == 1


@pytest.mark.parametrize(
    ("levels", "fail_on", "status"),
    [
        ({}, "open", 10),
        ({"IR001": "off"}, "open", 0),
        ({"IR001": "advisory"}, "any", 0),
        ({"IR001": "advisory", "SO002": "violation"}, "open", 0),  # nothing violates it
        ({"IR001": "advisory", "IR015": "violation"}, "open", 10),
        ({"IR015": "violation"}, "never", 0),
    ],
)
def test_the_exit_status_goes_by_the_level_in_force(levels: dict[str, str], fail_on: FailOn, status: int) -> None:
    two = incident(1, labels=("Severity::1", "Severity::2", "Service::API"))
    result = audited_with(levels, two)
    assert result.verdicts.tolist() == ["missing"]  # no switch changes a verdict
    assert exit_status(result, fail_on) == status


def test_a_waiver_on_a_rule_that_is_off_is_listed_as_unused() -> None:
    result = audited_with({"IR010": "off"}, *PAPER, waivers=[waiver("ops/production#2", "IR010")])
    assert [one.rules for one in result.unused_waivers] == [("IR010",)]


def test_what_is_set_to_its_usual_level_is_no_switch() -> None:
    assert switches(RULES, {"IR001": "violation", "IR010": "violation", "IR007": "off"}) == (
        RuleSwitch(code="IR007", name="key-information", level="off", usual=Level.ADVISORY),
        RuleSwitch(code="IR010", name="corrective-actions", level="violation", usual=Level.ADVISORY),
    )


@cache
def _view() -> View:
    levels = {"IR001": "off", "IR008": "off", "IR011": "violation", "SO001": "info"}
    return world.view(world.result(config=world.settings(rules=levels)))


def _text(name: str) -> str:
    return texts(_view(), _view())[name]


def test_audit_json_names_what_is_switched() -> None:
    told = audit_json(_view())
    assert told["policy"]["switches"] == [
        {"code": "IR001", "name": "missing-review", "level": "off", "usual": "violation"},
        {"code": "IR008", "name": "summary", "level": "off", "usual": "advisory"},
        {"code": "IR011", "name": "due-date", "level": "violation", "usual": "advisory"},
        {"code": "SO001", "name": "unowned-service", "level": "info", "usual": "violation"},
    ]
    assert {"IR001", "IR008"}.isdisjoint(row["code"] for row in told["findings"])
    assert {row["level"] for row in told["findings"] if row["code"] == "IR011"} == {"violation"}
    assert told["verdicts"] == audit_json(world.usual())["verdicts"]


def test_the_report_names_what_is_switched_and_by_whose_settings() -> None:
    words = "IR001 missing-review is off, usually a violation; IR008 summary is off, usually an advisory;"
    for page in ("details.md", "report.html"):
        text = _text(page).replace("\\", "")
        assert words in text, page
        assert "audit.yml" in text[: text.index(words)][-80:], page
        assert "The settings make a violation of IR011; the rest is none" in text, page


def test_programs_read_the_level_in_force() -> None:
    suites = {one.attrib["name"][:5] for one in ET.fromstring(_text("junit.xml"))}  # noqa: S314 - our own output
    assert {"IR011"} < suites
    assert suites.isdisjoint({"IR001", "SO001"})
    assert 'level="violation",outcome="violates",rule="due-date"' in _ordered(_text("metrics.txt"))
    assert "IR008" not in _text("metrics.txt")
    assert not [line for line in _text("findings.csv").splitlines() if line.startswith(("IR001", "IR008"))]
    assert '"check_name": "due-date"' in _text("codequality.json")
    assert '"check_name": "unowned-service"' not in _text("codequality.json")  # an info now


def _ordered(text: str) -> str:
    """Return OpenMetrics with the labels of each sample in alphabetical order."""
    lines = (line.partition("{") for line in text.splitlines())
    return "\n".join(",".join(sorted(labels.partition("}")[0].split(","))) for _, _, labels in lines)


def test_explain_names_what_is_switched() -> None:
    result = audited_with({"IR016": "off", "IR010": "violation"}, *PAPER)
    row = {str(name): value for name, value in result.evidence.incidents.iloc[0].items()}
    lines = list(rules_on(result, row))
    assert lines[-3:] == [
        "Rules that the settings switch",
        "  IR010 corrective-actions: violation, usually advisory",
        "  IR016 paper-review: off",
    ]
    (held,) = (line for line in lines if "because of IR016" in line)
    assert held.startswith("  because of IR016, which is switched off: IR007")


def test_a_switch_neither_clears_findings_nor_makes_them_new() -> None:
    before = audit_json(world.usual()) | {"as_of": "2026-11-16"}
    assert "IR008" in {row["code"] for row in before["findings"]}
    off = world.view(world.result(config=world.settings(rules={"IR008": "off"})), previous=before).changes
    assert off is not None
    assert "IR008" not in {key.code for key in (*off.cleared, *off.still)}
    then = audit_json(_view()) | {"as_of": "2026-11-16"}
    on_again = world.view(world.result(), previous=then).changes
    assert on_again is not None
    assert {"IR001", "IR008"}.isdisjoint(key.code for key in on_again.new)
    assert not without_rules(world.audit_file(then), {row["code"] for row in then["findings"]}).findings
