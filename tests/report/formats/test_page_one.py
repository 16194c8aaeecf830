"""report.md: read in a minute, and as short for any tracker."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from audit.model import Catalog, Ref, Service, Team, User
from audit.reminders.plan import Plan, Proposal
from audit.report.formats import page_one
from audit.report.formats.markdown import sparkline
from audit.report.formats.page_one import LIMIT, report_md, since_lines
from tests import records as make
from tests.attack_strings import ATTACKS
from tests.report import world
from tests.report.world import HOSTILE, P

if TYPE_CHECKING:
    from audit.report.figures.view import View

LINES = 60
MANY = 12
"""More than any list of the page shows."""
LONG = "sub-group-of-a-group/" * 12 + "production"


@cache
def _crowded(path: str = P, title: str = HOSTILE * 4, name: str = "a" * 200) -> View:
    """Everything that can be on the page, as often and as long as a tracker can have it."""
    services = tuple(Service(name=f"{name}{n}", label=f"{name}{n}", owner=f"{name}{n}") for n in range(MANY))
    unowned = tuple(Service(name=f"{n}{name}", label=f"{n}{name}") for n in range(MANY))
    teams = tuple(Team(name=f"{name}{n}", manager=f"m{name}{n}") for n in range(MANY))
    accounts = {f"m{name}{n}": User(username=f"m{name}{n}") for n in range(MANY)}
    every = tuple(f"Service::{name}{n}" for n in range(MANY))
    late = [
        make.incident(
            number,
            title,
            project=path,
            labels=("Severity::2", "Review-Requested", *every[number % MANY :]),
            created="2026-10-05",
            assignees=tuple(User(username=f"{name}-{n}") for n in range(9)),
        )
        for number in range(1, MANY + 1)
    ]
    due = [replace(one, ref=Ref(path, one.ref.iid + 100), created_at=make.at("2026-11-16")) for one in late]
    waiting = [
        make.incident(200 + n, title, project=path, labels=("Severity::1", f"Service::{n}{name}"), created="2026-10-01")
        for n in range(MANY)
    ]
    proposals = tuple(
        Proposal(
            issue=one.ref, incident=one.ref, by=name, on=date(2026, 11, 2), reason=title, url=one.url, internal=False
        )
        for one in late
    )
    config = world.settings(
        waivers=[],
        projects={"incidents": [path]},
        policies=[{"from": "2026-01-01", "name": name}],
        report={"target": 90},
    )
    result = world.result(
        (*late, *due, *waiting),
        config=config,
        gaps=(),
        catalog=Catalog(services=services + unowned, teams=teams, teams_given=True),
        accounts=accounts,
        sources=(make.source(path, url=f"https://gitlab.example/{path}"),),
    )
    plan = Plan(as_of=world.AS_OF, proposals=proposals, unreachable=tuple(one.ref for one in late))
    run = replace(world.RUN, team="", url="https://gitlab.example/" + "x" * 300)
    return world.view(replace(result, notes=(title,) * 9), plan=plan, run=run, previous=world.previous())


WAYS: dict[str, dict[str, Any]] = {
    "hostile titles": {},
    "long paths": {"path": LONG},
    "every character escaped": {"title": "[*_`" * 60, "name": "_*" * 99},
    "wide characters": {"title": "界" * 300, "name": "界" * 200},
    **{f"attack {n}": {"title": text * 5} for n, text in enumerate(ATTACKS[:6])},
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_it_is_short_whatever_the_tracker_holds(way: dict[str, Any]) -> None:
    view = _crowded(**way)
    for edition in (view, replace(view, run=replace(view.run, team="t" * 300, edition="nightly"))):
        text = report_md(edition)
        assert len(text.encode()) <= LIMIT
        assert len(text.splitlines()) <= LINES
        assert f"**Complete the {MANY} late reviews of team " in text
        assert f"## Late: {len(view.late)}" in text
        assert f"## Needs a decision: {view.decisions.count}" in text


def test_an_ordinary_crowd_is_shown_in_full_size() -> None:
    text = report_md(_crowded(title="Checkout answers 500 to a part of requests", name="payment-service-"))
    assert f"## Needs a decision: {2 * MANY}, the first 5 here" in text
    assert f"## Due this week: {MANY}, the first 5 here" in text
    assert f"## Late: {MANY}, the longest 10 here" in text
    assert text.count("\n| [#") == 15
    assert len(text.splitlines()) <= LINES
    # of many names two are shown
    assert f" and {MANY - 3} more | " in text


def test_the_lists_give_way_before_the_page_becomes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_one, "LIMIT", 1)
    text = report_md(_crowded())
    assert len(text.encode()) <= 6_000
    assert "https://" not in text
    assert "| ---" in text, "the figures stay"
    assert ", the longest 0 here" not in text
    assert f"## Late: {MANY}\n" in text


def test_a_project_is_named_where_there_are_several() -> None:
    sources = tuple(make.source(path) for path in (P, "ops/tools", "web/tools"))
    tracker = [make.incident(n, project=source.project, created="2026-10-05") for n, source in enumerate(sources, 1)]
    config = world.settings(waivers=[], projects={"incidents": [one.project for one in sources]})
    text = report_md(world.view(world.result(tracker, config=config, gaps=(), sources=sources)))
    for name in ("| [production#1]", "| [ops/tools#2]", "| [web/tools#3]"):
        assert name in text
    assert "| [#1](" in report_md(world.view(world.result(tracker[:1], config=world.settings(waivers=[]), gaps=())))


@pytest.mark.parametrize(
    ("values", "share", "line"),
    [
        ((0, 1, 2, 4, 7), False, "`▁▂▃▅█` from 0 to 7"),
        ((3, 3), False, "`██` 3 throughout"),
        ((0, 0), False, "`▁▁` 0 throughout"),
        ((5, 7, 5), False, "`▆█▆` between 5 and 7, now 5"),
        ((None, 2, None), False, "`·█·` 2 when it was last known"),
        ((None, None), False, "–"),
        ((0.5, None, 1.0), True, "`▅·█` from 50 % to 100 %"),
        ((4, 2, 6), False, "`▆▃█` between 2 and 6, now 6"),
        ((0.0, 0.0), True, "`▁▁` 0 % throughout"),
    ],
)
def test_a_line_is_drawn_and_said_in_words(values: tuple[float | None, ...], share: bool, line: str) -> None:
    assert sparkline(values, share=share) == line


def test_what_has_happened_since_is_known_for_each_earlier_day_of_the_week() -> None:
    tracker = (
        make.incident(1, created="2026-11-16"),  # due on the 23rd
        make.incident(2, created="2026-11-17"),  # due on the 24th, done on the 25th
        make.review(102, of=2, created="2026-11-18", closed="2026-11-25"),
        make.incident(3, created="2026-11-24"),
        make.incident(4, created="2026-11-23"),
    )
    made = world.result(tracker, config=world.settings(waivers=[]), as_of=date(2026, 11, 26), gaps=())
    assert since_lines(world.view(made)) == {
        date(2026, 11, 25): "**Since Wed 2026-11-25:** 0 done, 0 new, 0 newly late (as of Thu 2026-11-26).",
        date(2026, 11, 24): "**Since Tue 2026-11-24:** 1 done, 0 new, 0 newly late (as of Thu 2026-11-26).",
        date(2026, 11, 23): "**Since Mon 2026-11-23:** 1 done, 1 new, 1 newly late (as of Thu 2026-11-26).",
    }
    assert since_lines(world.usual()) == {}
