from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from audit.model import Verdict
from audit.reminders.plan import Reason
from audit.report.figures.view import Run, build_view
from audit.report.formats.audit_json import audit_json
from audit.sandbox.demo.tracker import demo_world
from audit.settings.loader import load
from tests.worlds.auditing import Audited, audited

if TYPE_CHECKING:
    from audit.sandbox.demo.tracker import Demo
    from audit.settings.settings import Settings


@pytest.fixture(scope="module")
def demo() -> Demo:
    return demo_world()


@pytest.fixture(scope="module")
def settings(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("demo")
    (folder / "audit.yml").write_text(demo.settings_text, encoding="utf-8")
    return load(folder / "audit.yml")


@pytest.fixture(scope="module")
def run(demo: Demo, settings: Settings) -> Audited:
    return audited(demo.world, settings, token=demo.token, as_of=demo.as_of)


def test_all_ten_verdicts_occur(run: Audited) -> None:
    assert Counter(run.result.verdicts) == {
        Verdict.ON_TIME: 24,
        Verdict.NOT_REQUIRED: 7,
        Verdict.LATE: 6,
        Verdict.OVERDUE: 5,
        Verdict.MISSING: 4,
        Verdict.PENDING: 4,
        Verdict.EXEMPT_UNOWNED: 3,
        Verdict.OUT_OF_SCOPE: 3,
        Verdict.WAIVED: 1,
        Verdict.INCONCLUSIVE: 1,
    }
    assert len(run.result.evidence.reviews) == 40


def test_the_headline_stands(run: Audited) -> None:
    assert run.result.withheld is None
    assert run.result.gaps == ()
    compliance = audit_json(build_view(run.result, run.plan, previous=None, run=Run(version="0", url="")))["compliance"]
    assert (compliance["on_time"], compliance["due"], compliance["open_late"]) == (22, 35, 9)


def test_it_becomes_better_month_by_month(run: Audited) -> None:
    incidents = run.result.evidence.incidents.assign(verdict=run.result.verdicts)
    counted = incidents[incidents["verdict"].isin(["on_time", "late", "overdue", "missing"])]
    counted = counted[counted["due_on"] <= "2026-11-23"]
    rates = counted["verdict"].eq("on_time").groupby(counted["due_on"].dt.month).mean()
    assert list(rates.loc[[9, 10, 11]].round(2)) == [0.44, 0.58, 0.79]


def test_reminders_reach_half_a_dozen_people(run: Audited) -> None:
    people = {name for reminder in run.plan.planned for name in reminder.addressees}
    assert people == {
        *("marcus.oyelaran", "nadia.rahman", "tomas.vrba", "ingrid.solheim", "sofia.lindgren", "owen.gallagher")
    }
    assert [reminder.step for reminder in run.plan.planned] == [1, 1, 1, 1, 2, 1]
    assert [reminder.internal for reminder in run.plan.planned].count(True) == 1
    assert {one.reason for one in run.plan.withheld} == {Reason.SNOOZED, Reason.UNREACHABLE, Reason.RECENT_COMMENT}


@pytest.mark.parametrize(
    ("code", "subjects"),
    [
        ("IR003", ["Incident Review: Nightly backup takes fourteen hours"]),
        ("IR004", ["Incident Review: Redis memory grows without bound"]),
        ("IR005", ["Incident Review: ARM runners pick jobs for the wrong architecture"]),
        ("IR006", ["Incident Review: what happened on Thursday"]),
        ("IR012", ["Webhooks delivered twice"]),
        ("IR013", ["Incident Review: Stale release assets after publication"]),
        ("IR014", ["Incident Review: certificate rotation on the bastion hosts"]),
        ("IR015", ["Some users see another language"]),
        ("IR016", ["Incident Review: macOS runners wait for disk space"]),
        ("SO001", ["pages", "search"]),
        ("SO003", ["mail-relay"]),
    ],
)
def test_a_finding_has_its_example(run: Audited, code: str, subjects: list[str]) -> None:
    titles = {str(issue.ref): issue.title for issue in run.result.evidence.records.issues}
    found = [titles.get(f.subject, f.subject) for f in run.result.findings if f.code == code]
    assert found == subjects


def test_one_waiver_holds_and_one_has_lapsed(run: Audited) -> None:
    assert [waiver.expires for waiver in run.result.lapsed_waivers] == [dt.date(2026, 10, 31)]
    assert run.result.unused_waivers == ()
    assert [finding.code for finding in run.result.findings if finding.waived] == ["IR002"]


def test_holidays_of_two_teams_move_due_days(run: Audited) -> None:
    incidents = run.result.evidence.incidents
    due = dict(zip(incidents["title"], incidents["due_on"].dt.strftime("%Y-%m-%d"), strict=True))
    days = {
        "CDN serves stale pages in the west zone": "2026-09-08",  # Labor Day
        "Route leak slows traffic from Asia": "2026-11-18",  # Veterans Day
        "Index corruption on a replica": "2026-11-20",  # the Saxon holiday
        "Origin shield returns 503 for a third of requests": "2026-11-27",  # Thanksgiving
    }
    assert {title: due[title] for title in days} == days


def test_the_story_can_be_stopped_earlier() -> None:
    early = demo_world(dt.date(2026, 9, 14))
    assert 15 <= len(early.world.issues) <= 25
    assert "waivers:" in early.settings_text
