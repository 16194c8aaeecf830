"""Two audits side by side: what changed is told, and nothing of it is obeyed by a terminal or by GitLab."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from datetime import date
from functools import cache
from typing import Any

import pytest
from comrak import render_markdown

from audit import inert
from audit.contract.audit_file import read_audit
from audit.report.figures.changes import Key, Turn
from audit.report.formats.audit_json import audit_json
from audit.report.formats.json_text import json_text
from audit.report.history import diff
from audit.report.history.diff import Difference, OwnerChange, diff_json
from audit.report.history.diff_words import diff_md, diff_text
from tests import records as make
from tests.reminders.rendering import filtered
from tests.report import world
from tests.report.world import SECRET, P


def compare(before: dict[str, Any], now: dict[str, Any]) -> Difference:
    """Compare two audits as they are read from their files."""
    return diff.compare(read_audit(json_text(before), "before"), read_audit(json_text(now), "now"))


@cache
def _now() -> dict[str, Any]:
    return audit_json(world.usual())


@cache
def _before() -> dict[str, Any]:
    """The same tracker a week earlier: without incident 6, which was declared since."""
    tracker = [issue for issue in world.issues() if issue.ref.iid != 6]
    return audit_json(world.view(world.result(tracker, as_of=date(2026, 11, 9), gaps=())))


@cache
def _week() -> Difference:
    return compare(_before(), _now())


def _changed(**fields: Any) -> dict[str, Any]:
    """The audit of today with other fields."""
    return {**deepcopy(_now()), **fields}


def test_an_audit_beside_itself_has_not_changed() -> None:
    told = compare(_now(), _now())
    assert (told.findings.new, told.findings.cleared, told.turns.changed) == ((), (), ())
    assert len(told.findings.still) > 5
    assert (told.services, told.new_gaps, told.closed_gaps) == ((), (), ())
    assert {figure.difference for figure in told.figures} <= {0, None}
    text = diff_text(told)
    assert "New findings (0, of them violations: 0)\n  none\n" in text
    assert "Gaps" not in text
    assert "Services" not in text


def test_a_week_is_told_as_the_changes_of_the_report_tell_it() -> None:
    told = _week()
    changes = world.view(previous=_before()).changes
    assert changes is not None
    assert (told.findings.new, told.findings.cleared, told.findings.still) == (
        changes.new,
        changes.cleared,
        changes.still,
    )
    differences = {figure.name: figure.difference for figure in told.figures}
    assert differences["open_late"] == changes.open_late
    assert differences["median"] == changes.median
    assert changes.points == pytest.approx((differences["rate"] or 0) * 100)
    assert told.turns == changes.turns


def test_verdicts_appear_and_turn() -> None:
    told = _week()
    assert Turn(ref=f"{P}#3", before="pending", now="overdue") not in told.turns.changed
    assert Turn(ref=f"{P}#21", before="pending", now="overdue") in told.turns.changed
    assert told.turns.appeared == (f"{P}#6",)
    assert told.turns.gone == ()
    text = diff_text(told)
    assert f"  {P}#21: pending -> overdue, Odd traffic\n" in text
    assert f"Incidents that were not there before (1)\n  {P}#6\n" in text
    assert f"Incidents that are not there any more (1)\n  {P}#6\n" in diff_text(compare(_now(), _before()))


def test_findings_are_new_cleared_or_still_there() -> None:
    told = _week()
    assert Key(code="IR002", subject=f"{P}#21") in told.findings.new
    assert Key(code="IR001", subject=f"{P}#4") in compare(_now(), _now()).findings.still
    assert 0 < told.new_violations <= len(told.findings.new)
    text = diff_text(told)
    assert f"  IR002 late-review {P}#3: Review {P}#103 is still open" not in text
    assert f"  IR002 late-review {P}#21\n" in text, "what is confidential has no words"
    cleared = diff_text(compare(_now(), _before()))
    assert f"  IR002 late-review {P}#21\n" in cleared.partition("Cleared findings")[2]


def test_figures_are_told_with_their_difference() -> None:
    before = deepcopy(_now())
    before["compliance"] |= {"rate": 0.5, "open_late": 2}
    before["figures"] = {"blocked_by_no_owner": 1, "time_to_review": {"median": 4, "p90": None}}
    now = _changed(figures={"blocked_by_no_owner": 1, "time_to_review": {"median": 3, "p90": None}})
    now["compliance"] = {**now["compliance"], "rate": 0.7, "open_late": 5}
    text = diff_text(compare(before, now))
    for line in (
        "  on time, of the reviews due in the window: 50.0 % -> 70.0 % (+20.0 points)\n",
        "  open late: 2 -> 5 (+3)\n",
        "  blocked by no owner: 1 -> 1\n",
        "  working days to review, median: 4 -> 3 (-1)\n",
        "  working days to review, 90 %: not told -> not told\n",
    ):
        assert line in text


def test_what_a_difference_may_come_from_is_said() -> None:
    assert "The settings are not the same" not in diff_text(compare(_now(), _now()))
    other = _changed(policy={"sha256": "0" * 64, "in_force": []})
    other["compliance"] = {**other["compliance"], "rate": None, "withheld": "a page of incidents failed"}
    text = diff_text(compare(_now(), other))
    assert "The settings are not the same in both" in text
    assert "The rate of 2026-11-23 is withheld: a page of incidents failed." in text


def test_owners_come_go_and_change() -> None:
    services = [
        {"name": "api", "owner": "backend", "owned": True, "incidents": 1},
        {"name": "git", "owner": "", "owned": False, "incidents": 1},
        {"name": "old", "owner": "backend", "owned": True, "incidents": 1},
        {"name": "web", "owner": "frontend", "owned": True, "incidents": 1},
    ]
    later = [
        {"name": "api", "owner": "reliability_unowned", "owned": False, "incidents": 1},
        {"name": "git", "owner": "scm", "owned": True, "incidents": 1},
        {"name": "new", "owner": "scm", "owned": True, "incidents": 1},
        {"name": "web", "owner": "design", "owned": True, "incidents": 1},
    ]
    told = compare(_changed(services=services), _changed(services=later))
    assert [one.service for one in told.services] == ["api", "git", "new", "old", "web"]
    assert told.services[0] == OwnerChange(
        service="api", before="backend", now="reliability_unowned", was_owned=True, is_owned=False
    )
    lines = ["  api: backend -> nobody", "  git: nobody -> scm", "  new: nobody -> scm", "  old: backend -> nobody"]
    assert "\n".join(["Services with another owner (5)", *lines, "  web: frontend -> design"]) in diff_text(told)
    assert diff_json(told)["services"][0] == {"name": "api", "before": "backend", "now": None}


def test_gaps_open_and_close() -> None:
    gap = {"ref": f"{P}#9", "what": "links", "why": "the server answered 502", "could_change_a_verdict": True}
    told = compare(_now(), _changed(gaps=[gap]))
    text = diff_text(told)
    assert f"Gaps\n  new: {P}#9: links, which could change a verdict\n" in text
    assert f"\n  closed: {P}#9: history\n  closed: {P}#20: history\n" in text
    assert diff_json(told)["gaps"]["new"] == [{"ref": f"{P}#9", "what": "links", "could_change_a_verdict": True}]


def test_as_data() -> None:
    told = diff_json(_week())
    assert json.loads(json_text(told)) == told
    assert (told["schema_version"], told["before"], told["now"]) == (1, "2026-11-09", "2026-11-23")
    assert told["verdicts"]["pending"] == {"before": 4, "now": 1, "difference": -3}
    assert {"ref": f"{P}#21", "before": "pending", "now": "overdue"} in told["incidents"]["changed"]
    assert len(told["findings"]["new"]) == len(_week().findings.new)
    assert SECRET.casefold() not in json_text(told).casefold()


def test_what_has_become_confidential_is_not_told_from_the_audit_that_told_it() -> None:
    secret = [f"{P}#3", f"{P}#103"]
    now = _changed(findings=[])
    now["incidents"] = [row | {"confidential": row["ref"] == secret[0]} for row in now["incidents"]]
    messages = compare(_now(), now).messages
    hidden = {key for key, words in messages.items() if key.subject in secret or f"{P}#103" in words}
    assert {messages[key] for key in hidden} == {""}
    assert messages[Key(code="IR001", subject=f"{P}#4")] != ""
    assert compare(_now(), _changed(findings=[])).messages[Key(code="IR002", subject=secret[0])] != ""


def test_what_a_review_said_before_it_became_confidential_is_not_told_either() -> None:
    now = _changed(findings=[])
    now["incidents"] = [
        row | {"review": row["review"] | {"url": "", "assignees": []}} if row["ref"] == f"{P}#3" else row
        for row in now["incidents"]
    ]
    told = compare(_now(), now)
    assert told.messages[Key(code="IR002", subject=f"{P}#3")] == "", "it names the review"
    assert f"{P}#103" not in told.urls
    assert told.urls[f"{P}#3"] != ""


@pytest.mark.parametrize("later", [True, False])
def test_what_nobody_asked_for_in_a_file_does_no_harm(*, later: bool) -> None:
    """Fields of a later version, references and addresses that are none."""
    odd = _changed(moods={"\x1b[2J": "many"})
    odd["incidents"][0] |= {"ref": f"a/b#{'9' * 5000}", "url": "https://["}
    told = compare(_before(), odd) if later else compare(odd, _before())
    assert len(told.verdicts) == 10
    for text in (diff_text(told), diff_md(told), json_text(diff_json(told))):
        assert "\x1b" not in text
    assert "](" not in "".join(line for line in diff_md(told).splitlines() if "a/b" in line)


def _hostile() -> Difference:
    """Every text of the later audit is hostile, and everything is another than before."""
    text = world.HOSTILE + "\x1b[31m\ud800\u202e"
    now = deepcopy(_now())
    path = re.sub(r"[#\s]", "", inert.printable(text))
    for row in now["incidents"]:
        row.update(ref=f"{path}{row['ref']}", title=text)
    for row in now["findings"]:
        row.update(subject=f"{row['subject']}{text}", message=text)
    now["services"] = [{"name": text, "owner": text, "owned": True, "incidents": 1}]
    now["gaps"] = [{"ref": text, "what": text, "why": text, "could_change_a_verdict": False}]
    before = deepcopy(now)
    before["incidents"] = [row | {"verdict": "pending"} for row in before["incidents"]]
    before |= {"findings": [], "services": [], "gaps": []}
    now["compliance"] = {**now["compliance"], "rate": None, "withheld": text}
    return compare(before, now)


def test_a_terminal_obeys_nothing() -> None:
    text = diff_text(_hostile())
    assert all(line.isprintable() for line in text.split("\n"))
    assert [line for line in text.split("\n") if line.startswith("/")] == []


def test_gitlab_pings_nobody_and_runs_nothing() -> None:
    text = diff_md(_hostile())
    assert [line for line in text.split("\n") if line.lstrip().startswith("/")] == []
    html = render_markdown(text)
    assert set(re.findall(r'href="([^"]*/)', html)) == {f"https://gitlab.example/{P}/-/work_items/"}
    for live in ("<img", "<script", "<strong", "onerror=alert(1)>"):
        assert live not in html
    assert "@all" not in text.replace("\\@all", "")


def test_as_markdown() -> None:
    text = diff_md(_week())
    assert text.startswith("# Incident reviews, 2026-11-09 beside 2026-11-23\n\n## Figures\n\n- on time")
    address = f"https://gitlab.example/{P}/-/work_items/"
    assert f"- [{P}#21]({address}21#Report): pending -> overdue, Odd traffic\n" in text
    assert f"IR002 late-review [{P}#21]({address}21#Report)\n" in text
    assert f"\n- {P}\\#20: pending -> overdue, (confidential)\n" in text
    assert filtered(text) == [], "a live reference would leave a trace on the issue"
    assert "<ul>" in render_markdown(text)


def test_a_tracker_without_anything_is_compared() -> None:
    nothing = audit_json(world.view(world.result((), gaps=(), catalog=None), plan=None))
    text = diff_text(compare(nothing, nothing))
    assert "Verdicts\n  none\n" in text
    assert "not told -> not told" in text


def test_waived_findings_count_as_none() -> None:
    waivers = [make.waiver(f"{P}#4", "IR001")]
    waived = audit_json(world.view(world.result(config=world.settings(waivers=waivers))))
    told = compare(_now(), waived)
    assert Key(code="IR001", subject=f"{P}#4") in told.findings.cleared
    assert Key(code="IR001", subject=f"{P}#7") in told.findings.new
