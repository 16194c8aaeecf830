"""A large tracker is told whole in the data, and in a report that GitLab takes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from audit.model import Ref
from audit.reminders.plan import Plan
from audit.report.formats.audit_json import audit_json
from audit.report.formats.details import LIMIT, details_md
from audit.report.formats.findings_csv import findings_csv
from audit.report.formats.json_text import json_text
from tests import records as make
from tests.report import world

if TYPE_CHECKING:
    from audit.engine.result import Result

pytestmark = pytest.mark.no_cover  # long ways through what other tests measure

TIMES = 120
"""Told whole it would have 1.2 MB, and GitLab takes 1."""


def _grown(result: Result) -> Result:
    """The usual tracker, again and again in other projects."""
    evidence = result.evidence
    projects = [f"ops/p{number:04}" for number in range(TIMES)]
    issues = tuple(
        replace(issue, ref=Ref(project, issue.ref.iid)) for project in projects for issue in evidence.records.issues
    )
    grown = replace(
        evidence,
        incidents=_repeated(evidence.incidents, projects),
        reviews=_repeated(evidence.reviews, projects),
        actions=_repeated(evidence.actions, projects),
        records=replace(evidence.records, issues=issues),
    )
    findings = tuple(
        replace(finding, subject=finding.subject.replace(world.P, project).replace(make.TOOLS, project))
        for finding in result.findings
        for project in projects
    )
    verdicts = pd.concat([result.verdicts] * TIMES, ignore_index=True)
    return replace(result, evidence=grown, verdicts=verdicts, findings=findings)


def _repeated(frame: pd.DataFrame, projects: list[str]) -> pd.DataFrame:
    many = pd.concat([frame] * len(projects), ignore_index=True)
    many["project"] = [project for project in projects for _ in range(len(frame))]
    many["ref"] = many["project"] + "#" + many["iid"].astype(str)
    if "review" in many:
        numbers = many["review"].str.extract(r"(#\d+)$")[0]
        many["review"] = (many["project"] + numbers).fillna("")
    return many


def _reminded(grown: Result) -> Plan:
    refs = [Ref(project, 4) for project in sorted(set(grown.evidence.incidents["project"]))]
    one = world.followed()[0]
    earlier = tuple(replace(one, issue=ref, incident=ref, posted_on=world.AS_OF) for ref in refs)
    return Plan(as_of=world.AS_OF, earlier=earlier)


def _before(grown: Result) -> dict[str, Any]:
    """An audit in which every verdict was another one, and every finding is gone."""
    refs = grown.evidence.incidents["ref"]
    return world.previous() | {
        "incidents": [{"ref": ref, "verdict": "pending"} for ref in refs],
        "findings": [{"code": "IR003", "subject": ref} for ref in refs],
    }


def test_a_large_tracker_is_told_in_a_report_that_gitlab_takes() -> None:
    late = (make.action(900 + iid, "!" * 90, of=iid, created="2026-01-04") for iid in (1, 2, 3))
    grown = _grown(world.result((*world.issues(), *late), gaps=()))
    view = world.view(grown, plan=_reminded(grown), previous=_before(grown))
    text = details_md(view)
    data = json_text(audit_json(view))
    table = findings_csv(view)
    assert view.total == TIMES * 15 == len(json.loads(data)["incidents"])
    assert len(view.actions.late) == TIMES * 3
    assert len(text.encode()) <= LIMIT
    assert world.SECRET not in text + data + table
