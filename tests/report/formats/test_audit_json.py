"""audit.json: the contract, as its schema says it and beyond."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from audit.contract.audit_file import json_schema
from audit.engine.result import Finding
from audit.model import Gap, Level, Signal, Subject, Verdict
from audit.report.formats.audit_json import audit_json
from audit.report.formats.json_text import json_text, printable
from tests import records as make
from tests.report import world
from tests.report.world import P

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.model import Issue
    from audit.report.figures.view import View

CONTRACT = {
    "": {"schema_version", "as_of", "timezone", "tool", "policy", "sources", "gaps", "compliance", "verdicts"}
    | {"incidents", "findings", "services"},
    "tool": {"name", "version"},
    "policy": {"sha256", "in_force"},
    "compliance": {"window", "on_time", "due", "rate", "rate_counting_exempt", "open_late", "withheld"},
    "incidents": {"ref", "url", "title", "confidential", "severity", "peak_severity", "services", "owners"}
    | {"required_because", "anchor", "anchor_on", "due_on", "verdict", "review", "policy"},
    "findings": {"code", "name", "level", "subject", "open", "message", "evidence", "outcome", "waiver"},
    "services": {"name", "owner", "owned", "incidents"},
    "sources": {"project", "incidents", "reviews", "complete"},
    "gaps": {"ref", "what", "why", "could_change_a_verdict"},
}


def _closed(node: Any) -> Any:
    """The schema with every object closed, so that a field which it does not describe is a fault."""
    if isinstance(node, list):
        return [_closed(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {key: _closed(value) for key, value in node.items() if key not in {"if", "then", "else", "allOf"}}
    if "properties" in node and "required" in node:
        made["additionalProperties"] = False
    return made


def _faults(data: dict[str, Any], by: dict[str, Any]) -> list[str]:
    validator = jsonschema_rs.Draft202012Validator(by, validate_formats=True)
    return [f"{list(error.instance_path)}: {error.message}" for error in validator.iter_errors(data)]


FAILED_PAGE = (Gap(ref=P, what="incidents", why="page 2 answered 502"),)
VIEWS: dict[str, Callable[[], View]] = {
    "everything": world.view,
    "nothing read": lambda: world.view(world.result((), catalog=None, gaps=())),
    "withheld": lambda: world.view(world.result(gaps=FAILED_PAGE)),
    "no policy day": lambda: world.view(world.result(config=make.settings())),
    "inline": lambda: world.view(world.result(config=world.settings(review={"where": "inline"}))),
    "told": lambda: world.view(world.result(config=world.settings(report={"confidential_destination": True}))),
    "no plan": lambda: world.view(plan=None),
}


@pytest.mark.parametrize("name", list(VIEWS))
def test_the_schema_holds_and_describes_every_field(name: str) -> None:
    data = audit_json(VIEWS[name]())
    assert _faults(data, json_schema()) == []
    assert _faults(data, _closed(json_schema())) == []
    assert json.loads(json_text(data)) == printable(data)


@pytest.mark.parametrize("where", list(CONTRACT))
def test_every_field_of_the_contract_is_there(where: str) -> None:
    data = audit_json(world.usual())
    part = data[where] if where else data
    for one in part if isinstance(part, list) else [part]:
        assert set(one) >= CONTRACT[where]


def test_enumerations_of_the_schema_are_those_of_the_program() -> None:
    made = json_schema()
    assert made["$defs"]["Verdict"]["enum"] == [one.value for one in Verdict]
    assert made["$defs"]["Signal"]["enum"] == [one.value for one in Signal]
    assert made["$defs"]["Level"]["enum"] == [one.value for one in Level]
    jsonschema_rs.meta.validate(made)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("as_of",), "23.11.2026"),
        (("schema_version",), 2),
        (("incidents", 0, "verdict"), "fine"),
        (("incidents", 0, "severity"), 5),
        (("incidents", 0, "due_on"), "soon"),
        (("incidents", 0, "review", "linked_by"), "guess"),
        (("incidents", 0, "required_because"), ["why not"]),
        (("findings", 0, "level"), "error"),
        (("findings", 0, "outcome"), "conforms"),
        (("findings", 0, "code"), "XX1"),
        (("compliance", "rate"), 70),
        (("compliance", "withheld"), "a rate is told all the same"),
        (("verdicts", "late"), -1),
        (("policy", "sha256"), "abc"),
        (("trend", "weeks", 0, "rate"), 70),
        (("trend", "weeks", 0, "week"), 54),
        (("trend", "weeks"), []),
    ],
)
def test_the_schema_refuses(path: tuple[Any, ...], value: Any) -> None:
    data = deepcopy(audit_json(world.usual()))
    part: Any = data
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    assert _faults(data, json_schema())


@pytest.mark.parametrize("key", sorted(CONTRACT[""]))
def test_the_schema_misses_a_field(key: str) -> None:
    data = audit_json(world.usual())
    del data[key]
    assert _faults(data, json_schema())


def test_the_same_evidence_gives_the_same_bytes_whatever_the_order_of_reading() -> None:
    there = json_text(audit_json(world.view(world.result(world.issues()))))
    back = json_text(audit_json(world.view(world.result(world.issues()[::-1], gaps=world.gaps()[::-1]))))
    assert there == back
    assert there.endswith("}\n")


def test_refs_sort_by_number_and_not_as_text() -> None:
    tracker = tuple(make.incident(iid) for iid in (10, 9, 100, 1))
    data = audit_json(world.view(world.result(tracker, gaps=())))
    assert [row["ref"] for row in data["incidents"]] == [f"{P}#1", f"{P}#9", f"{P}#10", f"{P}#100"]
    missing = [row["subject"] for row in data["findings"] if row["code"] == "IR001"]
    assert missing == [f"{P}#1", f"{P}#9", f"{P}#10", f"{P}#100"]
    assert [row["code"] for row in data["findings"]] == sorted(row["code"] for row in data["findings"])


def test_a_service_that_is_named_like_a_reference_sorts_by_its_name() -> None:
    result = world.result((), gaps=())
    findings = tuple(
        Finding(
            code="SO001",
            name="unowned-service",
            level=Level.VIOLATION,
            subject_kind=Subject.SERVICE,
            subject=name,
            open=True,
            message="m",
            evidence={},
        )
        for name in ("a#9", "a#10", "Z")
    )
    shown = world.view(world.with_findings(result, findings)).findings
    assert [row.subject for row in shown] == ["Z", "a#10", "a#9"]


def test_due_day_and_review_are_told_of_what_needs_none_and_not_of_what_is_out_of_scope() -> None:
    rows = {row["ref"]: row for row in audit_json(world.usual())["incidents"]}
    voluntary, drill = rows[f"{P}#9"], rows[f"{P}#10"]
    assert (voluntary["verdict"], voluntary["due_on"], voluntary["review"]["ref"]) == (
        "not_required",
        "2026-11-10",
        f"{P}#109",
    )
    assert (drill["verdict"], drill["due_on"], drill["review"]) == ("out_of_scope", None, None)


def test_an_incident_before_the_first_policy_was_judged_by_none() -> None:
    tracker = (make.incident(1, created="2025-12-31 10:00"), make.incident(2, created="2026-01-01 10:00"))
    rows = audit_json(world.view(world.result(tracker, gaps=())))["incidents"]
    assert [row["policy"] for row in rows] == [None, "2026-01-01"]


def test_policies_in_force_are_those_that_had_begun() -> None:
    days = [{"from": day, "name": day} for day in ("2026-12-01", "2025-01-01", "2026-11-23")]
    view = world.view(world.result((), config=make.settings(policies=days), gaps=()))
    assert [one["from"] for one in audit_json(view)["policy"]["in_force"]] == ["2025-01-01", "2026-11-23"]
    assert [(str(row.first), str(row.last)) for row in view.basis.policies] == [
        ("2025-01-01", "2026-11-22"),
        ("2026-11-23", "None"),
    ]


def test_an_inline_review_is_the_incident_itself() -> None:
    rows = audit_json(VIEWS["inline"]())["incidents"]
    first = next(row for row in rows if row["ref"] == f"{P}#1")
    assert (first["review"]["ref"], first["review"]["url"]) == (first["ref"], first["url"])
    assert first["review"]["linked_by"] == "inline"


def test_the_hash_of_the_policy_heeds_what_decides_and_nothing_else() -> None:
    def told(**fields: Any) -> str:
        view = world.view(world.result((), config=make.settings(**fields), gaps=()))
        return str(audit_json(view)["policy"]["sha256"])

    assert told() == told(reminders={"steps": 2}) == told(report={"confidential_destination": True})
    assert len({told(), told(window=7), told(policies=[{"due_days": 3}]), told(labels={"review": ["PIR"]})}) == 4


def test_the_hash_of_the_evidence_heeds_what_was_read() -> None:
    def told(*issues: Issue) -> str:
        return str(audit_json(world.view(world.result(issues, gaps=())))["evidence"]["sha256"])

    one, two = make.incident(1), make.incident(2)
    assert told(one, two) == told(two, one)
    assert len({told(one), told(one, two), told(make.incident(1, title="more"))}) == 3
    told_of = {
        text: told(one, make.review(3, of=1, description=text)) for text in ("", "Words.", "# Summary\n\nWords.")
    }
    assert told_of[""] == told_of["Words."] != told_of["# Summary\n\nWords."], "of a text, what it says is evidence"
