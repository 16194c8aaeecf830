"""Whatever the tracker holds: the figures add up, agree between sections, and read alike in every output."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
import pytest
from hypothesis import Phase, example, given

from audit.model import Gap
from audit.report.formats.audit_json import audit_json
from audit.report.formats.details import details_md
from audit.report.formats.digest import digest
from audit.report.formats.html import report_html
from audit.report.formats.junit import junit_xml
from audit.report.formats.metrics import metrics_txt
from audit.report.formats.page_one import report_md
from audit.report.formats.terminal import summary
from tests import records as make
from tests.examples import examples
from tests.report import world
from tests.report.formats.pages import Page
from tests.report.world import AS_OF, P

if TYPE_CHECKING:
    from audit.engine.result import Result
    from audit.model import Issue
    from audit.report.figures.view import View

DUE = {"on_time", "late", "overdue", "missing"}
OPEN_LATE = {"overdue", "missing"}
A_WEEK_AGO = AS_OF - timedelta(days=7)
SERVICES = ("API", "Web", "Git", "Git", "Mail Room", "Nobody Knows It")
FAILED = Gap(ref=P, what="reviews", why="page 3 answered 502")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One incident, and what became of its review."""

    age: int
    """Days before the audited one on which it was declared."""
    severity: int | None
    services: tuple[str, ...]
    reviewed: int | None
    """Days after the declaration until the review was completed; -1: it is still open, None: there is none."""
    confidential: bool
    drill: bool
    requested: bool
    waived: bool


RECIPES = st.builds(
    Recipe,
    age=st.integers(0, 110),
    severity=st.sampled_from([1, 2, 2, 3, None]),
    services=st.lists(st.sampled_from(SERVICES), max_size=2, unique=True).map(tuple),
    reviewed=st.sampled_from([None, None, -1, -1, 3, 6, 9]),
    confidential=st.sampled_from([False, False, False, True]),
    drill=st.sampled_from([False, False, False, False, True]),
    requested=st.sampled_from([False, False, True]),
    waived=st.sampled_from([False, False, False, False, True]),
)


def recipe(age: int, services: str, reviewed: int | None = None, **fields: Any) -> Recipe:
    usual = {"severity": 2, "confidential": False, "drill": False, "requested": False, "waived": False}
    return Recipe(age=age, services=tuple(services.split()), reviewed=reviewed, **{**usual, **fields})


SOME = [
    recipe(100, "API", 3),
    recipe(60, "API Web", 9),
    recipe(40, "Web", confidential=True),
    recipe(40, "API", -1, confidential=True),
    recipe(30, "Git"),
    recipe(30, "Git", confidential=True),
    recipe(20, "API", waived=True),
    recipe(20, "API Git", 3),
    recipe(7, "Web", -1),
    recipe(3, "Web"),
]
"""One of each that could be counted twice, or not at all."""


def tracker(recipes: list[Recipe]) -> tuple[Issue, ...]:
    made: list[Issue] = []
    for number, recipe in enumerate(recipes, 1):
        declared = AS_OF - timedelta(days=recipe.age)
        labels = [f"Service::{name}" for name in recipe.services]
        labels += [f"Severity::{recipe.severity}"] if recipe.severity else []
        labels += ["Gameday"] if recipe.drill else []
        labels += ["Review-Requested"] if recipe.requested else []
        made.append(
            make.incident(number, labels=tuple(labels), created=str(declared), confidential=recipe.confidential)
        )
        if recipe.reviewed is not None and recipe.reviewed <= recipe.age:
            closed = {"closed": str(declared + timedelta(days=recipe.reviewed))} if recipe.reviewed >= 0 else {}
            made.append(make.review(100 + number, of=number, created=str(declared), **closed))
    return tuple(made)


def result_of(recipes: list[Recipe], *, failed: bool, as_of: date = AS_OF) -> Result:
    waived = [number for number, recipe in enumerate(recipes, 1) if recipe.waived]
    config = world.settings(waivers=[make.waiver(f"{P}#{number}", "IR001") for number in waived])
    return world.result(tracker(recipes), config=config, as_of=as_of, gaps=(FAILED,) if failed else ())


def agree(view: View) -> None:
    """Hold every figure against the rows of audit.json, from which anybody can count it again."""
    told = audit_json(view)
    rows = told["incidents"]
    the_verdicts_add_up(view, told, rows)
    the_weeks_add_up(view, rows)
    the_groups_add_up(view, rows)
    the_rules_add_up(view, told)
    the_lists_are_as_long_as_the_counts(view, rows)
    every_output_says_the_same(view, told)


def inside(row: dict[str, Any], first: date, last: date) -> bool:
    return row["due_on"] is not None and first <= date.fromisoformat(row["due_on"]) <= last


def the_verdicts_add_up(view: View, told: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    figure, counts = view.compliance, Counter(row["verdict"] for row in rows)
    assert {name: number for name, number in told["verdicts"].items() if number} == counts
    assert sum(told["verdicts"].values()) == view.total == len(rows)
    outside = sum(number for name, number in told["verdicts"].items() if name not in DUE)
    assert figure.due + figure.due_elsewhere + outside == view.total
    due = [row["verdict"] for row in rows if row["verdict"] in DUE and inside(row, figure.first, figure.last)]
    assert (due.count("on_time"), len(due)) == (figure.on_time, figure.due)
    assert (figure.last - figure.first).days + 1 == view.window
    exempt = [row for row in rows if row["verdict"] == "exempt_unowned" and inside(row, figure.first, figure.last)]
    assert len(exempt) == figure.exempt_due
    withheld = figure.withheld is not None
    assert figure.rate == (None if withheld or not due else due.count("on_time") / len(due))
    everything = len(due) + len(exempt)
    assert figure.rate_counting_exempt == (None if withheld or not everything else due.count("on_time") / everything)


def the_weeks_add_up(view: View, rows: list[dict[str, Any]]) -> None:
    open_now = view.trend.open_before
    for week in view.trend.weeks:
        due = Counter(row["verdict"] for row in rows if inside(row, week.first, week.last))
        assert (week.on_time, week.late, week.pending) == (due["on_time"], due["late"], due["pending"])
        assert week.open_late == due["overdue"] + due["missing"]
        assert week.due == week.on_time + week.late + week.open_late
        open_now += week.inflow - week.outflow
        assert week.open_at_end == open_now
    assert open_now == view.compliance.open_late + view.verdicts["pending"]
    times = view.time_to_review
    today = [row for row in rows if row["verdict"] == "pending" and row["due_on"] == AS_OF.isoformat()]
    if view.as_of == AS_OF:
        assert times.completed + times.open == view.compliance.due + len(today)


def the_groups_add_up(view: View, rows: list[dict[str, Any]]) -> None:
    figure = view.compliance
    counted = [
        row
        for row in rows
        if row["verdict"] in OPEN_LATE | {"pending", "exempt_unowned"}
        or (row["verdict"] in DUE and inside(row, figure.first, figure.last))
    ]
    public = [row for row in counted if not row["confidential"]]
    for groups, names in ((view.teams, "owners"), (view.by_service, "services")):
        assert groups.untold == len(counted) - len(public)
        assert groups.repeated == sum(len(row[names]) > 1 for row in public)
        several = [(row, name) for row in public for name in row[names] or [""]]
        assert sum(one.due for one in groups.rows) == sum(
            row["verdict"] in DUE and inside(row, figure.first, figure.last) for row, _ in several
        )
        for one in groups.rows:
            mine = Counter(row["verdict"] for row, name in several if name == one.name)
            assert one.open_late == mine["overdue"] + mine["missing"]
            assert one.open == one.open_late + mine["pending"]
            assert one.blocked == mine["exempt_unowned"]
            assert one.due == one.on_time + one.not_on_time


def the_rules_add_up(view: View, told: dict[str, Any]) -> None:
    found = Counter((row["code"], row["outcome"]) for row in told["findings"])
    for rule in view.basis.rules:
        assert (rule.violates, rule.waived) == (found[rule.code, "violates"], found[rule.code, "waived"])
    of_incidents = [rule for rule in view.basis.rules if rule.code in {"IR001", "IR002", "IR012", "IR015", "SO002"}]
    for rule in of_incidents:
        everything = rule.conforms + rule.violates + rule.waived + rule.not_applicable + rule.unknown
        assert everything == view.total, rule.code
    assert [one.violated for one in view.advice.counts] == [found[one.code, "violates"] for one in view.advice.counts]
    assert all(one.violated <= one.examined for one in view.advice.counts)


def the_lists_are_as_long_as_the_counts(view: View, rows: list[dict[str, Any]]) -> None:
    counts, outside, queue = view.verdicts, view.not_counted, view.no_owner
    assert len(view.late) == view.compliance.open_late == counts["overdue"] + counts["missing"]
    assert {row.incident.ref for row in view.late} == {row["ref"] for row in rows if row["verdict"] in OPEN_LATE}
    assert len(outside.pending) == counts["pending"]
    assert len(outside.exempt) == counts["exempt_unowned"] == queue.blocked
    assert len(outside.waived) == counts["waived"]
    assert len(outside.inconclusive) == counts["inconclusive"]
    named = {row.ref for service in queue.services for row in service.incidents}
    assert len(named) + len(queue.untold) == queue.blocked
    near = [row for row in rows if row["verdict"] == "pending" and inside(row, view.as_of, view.upcoming.last)]
    assert len(near) == view.upcoming.this_week <= len(view.upcoming.rows)
    decide = view.decisions
    asked = (queue.services, queue.untold, decide.unanswered, decide.proposals, decide.lapsed, decide.unreachable)
    assert decide.count == len({row.subject for row in decide.rows}) <= sum(map(len, asked))
    nobody = {row.incident.ref for row in view.late if row.may_be_named and not row.addressees}
    assert nobody <= {row.ref for one in decide.rows for row in one.incidents}
    figures, weeks = view.compliance, view.twelve_weeks
    assert (weeks.on_time[-1], weeks.open_late[-1]) == (figures.rate, figures.open_late)
    assert (weeks.blocked[-1], weeks.median[-1]) == (queue.blocked, view.time_to_review.median)
    moved = [row.ref for one in view.priorities for row in one.incidents]
    assert len(moved) == len(set(moved))


def every_output_says_the_same(view: View, told: dict[str, Any]) -> None:
    page, behind, html = (
        report_md(view),
        details_md(view),
        re.sub(r"\s+", " ", Page(report_html(view)).words.replace("\xa0", " ")),
    )
    chat, screen, gauges = digest(view).text, summary(view, None), metrics_txt(view)
    figure = view.compliance
    texts = (page, html, chat, screen)
    if figure.withheld:
        assert all("The rate is withheld" in text for text in texts)
        assert "\nincident_review_compliance_ratio " not in gauges
    elif figure.rate is None:
        assert all("No review was due" in text for text in texts)
        assert "none due" in page
        assert "none due" in html
        assert "100 %" not in page.partition("## First")[0]
    else:
        share = re.search(r"were on time \((\d+ %)", page)
        assert share is not None
        headline = f"{figure.on_time} of {figure.due} reviews due were on time ({share[1]}"
        assert all(headline in text for text in texts)
        assert f"incident_review_compliance_ratio {told['compliance']['rate']}\n" in gauges
    assert f"| Open late | **{figure.open_late}**" in page
    assert re.search(
        rf"Open late {figure.open_late} (?:{view.verdicts['overdue']} with an open review|no review)", html
    )
    assert f"Open late: {figure.open_late}" in chat
    assert f"incident_review_open_late {figure.open_late}\n" in gauges
    assert f"incident_review_blocked_by_no_owner {view.no_owner.blocked}\n" in gauges
    late = behind.partition("\n## Late\n")[2].partition("\n## ")[0]
    assert len(re.findall(r"^\| .*#\d", late, re.MULTILINE)) == figure.open_late
    heads = re.findall(r"^(?:No review|Overdue) \((\d+)\)$", screen, re.MULTILINE)
    assert sum(map(int, heads)) == figure.open_late
    assert junit_xml(view).count("<failure>") == sum(
        row["level"] == "violation" and row["outcome"] == "violates" for row in told["findings"]
    )
    for verdict, number in view.verdicts.items():
        assert f'incident_review_incidents{{verdict="{verdict}"}} {number}\n' in gauges
    assert f"| **sum** | **{view.total}** |" in behind


# to make a failing example smaller would take minutes
@examples(2, phases=(Phase.explicit, Phase.generate))
@example(recipes=[], failed=False)
@example(recipes=SOME, failed=True)
@given(recipes=st.lists(RECIPES, min_size=16, max_size=24), failed=st.sampled_from([False, False, False, True]))
def test_the_figures_of_any_tracker_add_up_and_agree(recipes: list[Recipe], *, failed: bool) -> None:
    before = world.view(result_of(recipes, failed=False, as_of=A_WEEK_AGO))
    result = result_of(recipes, failed=failed)
    now = world.view(result, previous=audit_json(before))
    agree(before)
    agree(now)
    the_changes_are_those_of_the_figures(before, now)
    for team in ("backend", "frontend"):
        the_edition_of_a_team_is_its_row(now, world.view(result, run=replace(world.RUN, team=team)))


def the_edition_of_a_team_is_its_row(whole: View, edition: View) -> None:
    rows = audit_json(edition)["incidents"]
    the_verdicts_add_up(edition, audit_json(edition), rows)
    the_weeks_add_up(edition, rows)
    the_rules_add_up(edition, audit_json(edition))
    the_lists_are_as_long_as_the_counts(edition, rows)
    figure, team = edition.compliance, edition.run.team
    row = next((one for one in whole.teams.rows if one.name == team), None)
    told = (row.due, row.on_time, row.open, row.open_late) if row else (0, 0, 0, 0)
    open_now = figure.open_late + edition.verdicts["pending"]
    assert told == (figure.due, figure.on_time, open_now, figure.open_late)
    page, mine = f"{report_md(edition)}\n{details_md(edition)}", {one["ref"] for one in rows}
    assert mine == {one.ref for one in whole.incidents if team in one.owners}
    for one in whole.incidents:
        if one.ref not in mine:
            number = int(one.ref.rpartition("#")[2])
            assert not re.search(rf"\\#(?:{number}|{number + 100})\b|broke {number}\b", page), one.ref


def the_changes_are_those_of_the_figures(before: View, now: View) -> None:
    delta = now.changes
    assert delta is not None
    assert delta.since == A_WEEK_AGO
    earlier, later = before.compliance, now.compliance
    assert delta.open_late == later.open_late - earlier.open_late
    assert delta.blocked == now.no_owner.blocked - before.no_owner.blocked
    told = earlier.rate is not None and later.rate is not None
    assert (delta.points is not None) is told
    if earlier.rate is not None and later.rate is not None:
        assert delta.points == pytest.approx((later.rate - earlier.rate) * 100)
    for keys, view in ((delta.cleared, before), (delta.new, now)):
        violating = {(row.code, row.subject) for row in view.findings if row.outcome == "violates"}
        assert violating == {(key.code, key.subject) for key in (*keys, *delta.still)}
