"""codequality.json: what GitLab's Code Quality report takes, and only what somebody can mend."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from audit.model import Level
from audit.report.formats import codequality
from audit.report.formats.codequality import codequality_json
from audit.report.formats.json_text import json_text
from tests.report import world
from tests.report.world import SECRET, P


def _by_finding(entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return each entry by its rule and subject."""
    return {" ".join(entry["description"].split(":")[0].split(" ")[:2]): entry for entry in entries}


def test_every_entry_has_what_gitlab_asks_for() -> None:
    entries = codequality_json(world.usual())
    for entry in entries:
        assert entry.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert re.fullmatch(r"[0-9a-f]{64}", entry["fingerprint"])
        assert entry["location"] == {"path": "audit.yml", "lines": {"begin": 1}}
    assert len({entry["fingerprint"] for entry in entries}) == len(entries) > 0
    assert json.loads(json_text(entries)) == entries


def test_it_holds_what_can_be_mended_the_violations_first() -> None:
    view = world.usual()
    entries = codequality_json(view)
    open_ones = {
        f"{row.code} {row.subject}"
        for row in view.findings
        if row.open and row.outcome == "violates" and row.level != Level.INFO
    }
    assert set(_by_finding(entries)) == open_ones
    # waived, or past mending, or a question
    assert open_ones.isdisjoint({f"IR001 {P}#7", f"IR002 {P}#2", f"IR012 {P}#11"})
    severities = [entry["severity"] for entry in entries]
    assert severities == sorted(severities)
    assert set(severities) == {"major", "minor"}
    missing = _by_finding(entries)[f"IR001 {P}#4"]
    assert (missing["check_name"], missing["severity"]) == ("missing-review", "major")
    assert missing["description"].endswith(f"{P}#4: No review is linked to this incident; it was due on 2026-09-08.")


def test_a_finding_keeps_its_fingerprint_from_day_to_day() -> None:
    today = _by_finding(codequality_json(world.usual()))
    later = _by_finding(codequality_json(world.view(world.result(as_of=world.AS_OF.replace(day=24)))))
    both = today.keys() & later.keys()
    assert len(both) > 5
    assert {key: today[key]["fingerprint"] for key in both} == {key: later[key]["fingerprint"] for key in both}


def test_the_settings_file_is_named_as_it_lies_in_the_repository() -> None:
    view = world.view(run=replace(world.RUN, settings_file="config/audit.yml"))
    assert {entry["location"]["path"] for entry in codequality_json(view)} == {"config/audit.yml"}


def test_a_confidential_record_is_counted_and_not_told() -> None:
    entries = codequality_json(world.usual())
    assert SECRET.casefold() not in json_text(entries).casefold()
    assert "only those who may read it" in _by_finding(entries)[f"IR002 {P}#20"]["description"]


def test_hostile_words_stand_on_one_short_line() -> None:
    view = world.usual()
    rows = tuple(replace(row, message=world.HOSTILE + "\u202e\x00 " + "x" * 2000) for row in view.findings)
    for entry in codequality_json(replace(view, findings=rows)):
        assert entry["description"].isprintable()
        assert len(entry["description"]) <= 500


def test_many_findings_are_cut_and_counted() -> None:
    view = world.usual()
    row = next(row for row in view.findings if row.code == "IR001")
    rows = tuple(replace(row, subject=f"g/p#{number}") for number in range(codequality.MOST + 3))
    entries = codequality_json(replace(view, findings=rows))
    assert len(entries) == codequality.MOST + 1
    assert entries[-1]["description"] == "3 more findings are in findings.csv of this run."
    assert entries[-1]["severity"] == "info"
