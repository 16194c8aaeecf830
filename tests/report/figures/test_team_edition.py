"""Editions: one team's rows alone, with figures of their own; and the nightly layout."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from audit.errors import UsageError
from audit.model import Catalog, Gap, Link, Ref, Service
from audit.reminders.plan import EarlierReminder, FollowUp, Proposal
from audit.report.figures.team_edition import team_named
from audit.report.formats.audit_json import audit_json
from audit.report.formats.details import details_md
from tests import records as make
from tests.report import world
from tests.report.world import AS_OF, RUN, SECRET, P

if TYPE_CHECKING:
    from audit.engine.result import Result
    from audit.report.figures.view import View

FRONTEND = replace(RUN, team="frontend")
MINE = [f"{P}#{iid}" for iid in (2, 4, 9, 12, 21, 30)]


def _tracker() -> list[Any]:
    """The usual one, with a further incident that is of both teams, actions, and a secret of the frontend's."""
    both = ("Severity::1", "Service::API", "Service::Web")
    hidden = ("Severity::1", "Service::Web")
    return [
        *world.issues(),
        make.incident(30, "Everything is slow", labels=both, created="2026-11-10"),
        make.review(130, of=30, created="2026-11-11", closed="2026-11-12"),
        make.incident(31, f"{SECRET} of the frontend", labels=hidden, confidential=True, created="2026-11-03"),
        make.action(1, "Cache it", of=130, labels=("corrective action", "Severity::1")),
        make.action(2, "Not theirs", of=1, labels=("corrective action", "Severity::1")),
    ]


@cache
def _result() -> Result:
    waivers = [
        make.waiver(f"{P}#4", "IR002", expires="2026-11-01"),
        make.waiver(f"{P}#7", "IR001", expires="2026-11-01"),
    ]
    return world.result(_tracker(), config=world.settings(waivers=waivers))


@cache
def _whole() -> View:
    return world.view(_result())


@cache
def _team() -> View:
    earlier = (
        _followed(4, FollowUp.COMMENTED),
        _followed(3, FollowUp.NOTHING),
    )
    proposals = (_proposed(4), _proposed(3))
    plan = replace(
        world.plan(_result()),
        earlier=earlier,
        proposals=proposals,
        unread=(Ref(P, 9), Ref(P, 1)),
        unreachable=(Ref(P, 4), Ref(P, 3)),
    )
    return world.view(_result(), run=FRONTEND, plan=plan)


def _proposed(iid: int) -> Proposal:
    ref = Ref(P, iid)
    return Proposal(issue=ref, incident=ref, by="alice", on=AS_OF, reason="Done elsewhere.", url="", internal=False)


def _followed(iid: int, outcome: FollowUp) -> EarlierReminder:
    ref = Ref(P, iid)
    return EarlierReminder(issue=ref, incident=ref, step=1, posted_on=AS_OF, follow_up=outcome, confidential=False)


def test_a_team_edition_holds_the_rows_of_its_team_as_the_whole_report_has_them() -> None:
    view, whole = _team(), _whole()
    assert [row.ref for row in view.incidents] == MINE
    assert view.incidents == tuple(row for row in whole.incidents if row.ref in MINE)
    assert view.late == tuple(row for row in whole.late if row.incident.ref in MINE)
    assert [row.name for row in view.services] == ["web"]
    assert [row.title for row in view.actions.late] == ["Cache it"]
    subjects = {*MINE, "web", f"{make.TOOLS}#1", *(row.review.ref for row in view.incidents if row.review)}
    assert view.findings == tuple(row for row in whole.findings if row.subject in subjects)


def test_its_figures_are_of_these_rows() -> None:
    view = _team()
    assert sum(view.verdicts.values()) == view.total == len(MINE)
    assert (view.verdicts["missing"], view.verdicts["overdue"], view.verdicts["late"]) == (1, 1, 1)
    assert (view.compliance.on_time, view.compliance.due, view.compliance.open_late) == (2, 5, 2)
    assert view.no_owner.blocked == 0
    late = next(row for row in view.basis.rules if row.code == "IR002")
    assert late.conforms + late.violates + late.waived + late.not_applicable + late.unknown == len(MINE)
    assert {change.ref for reading in view.sensitivity for change in reading.changes} <= set(MINE)
    assert (view.sources[0].incidents, view.sources[0].reviews) == (6, 5)


def test_its_reminders_waivers_and_gaps_are_of_these_rows() -> None:
    view = _team()
    assert view.reminders is not None
    assert {row.incident for row in view.reminders.planned} == {f"{P}#4", f"{P}#21"}
    assert view.effect is not None
    assert [(row.posted, row.waiting + row.moved) for row in view.effect.steps] == [(1, 1)]
    assert [row.incident for row in view.decisions.proposals] == [f"{P}#4"]
    assert (view.reminders.unread, view.reminders.unreachable) == ((f"{P}#9",), (f"{P}#4",))
    assert [row.subject for row in view.decisions.lapsed] == [f"{P}#4"]
    assert [gap.ref for gap in view.gaps] == [f"{P}#9"]


def test_it_says_what_it_is_and_the_whole_report_does_not() -> None:
    assert "**The edition of team frontend**" in details_md(_team())
    assert "The edition of team" not in details_md(_whole())


def test_an_incident_of_two_teams_is_in_both_editions() -> None:
    backend = world.view(_result(), run=replace(RUN, team="backend"), plan=None)
    assert f"{P}#30" in {row.ref for row in backend.incidents}
    assert backend.reminders is None


def test_what_is_confidential_is_in_no_team_edition_since_its_owner_is_told_nowhere() -> None:
    text = details_md(_team())
    assert f"{P}#31" in {row.ref for row in _whole().incidents}
    assert r"\#31" not in text
    assert SECRET not in text
    config = world.settings(report={"confidential_destination": True})
    told = world.view(world.result(_tracker(), config=config), run=FRONTEND)
    assert f"{P}#31" in {row.ref for row in told.incidents}


def test_a_failed_page_withholds_the_rate_of_every_team_and_an_incident_of_others_that_of_theirs() -> None:
    failed = world.result(_tracker(), gaps=(Gap(ref=P, what="reviews", why="page 3 answered 502"),))
    view = world.view(failed, run=FRONTEND)
    assert view.compliance.withheld
    assert [gap.ref for gap in view.gaps] == [P]
    blind = make.incident(40, labels=("Severity::1", "Service::API"), links=(Link(target=None),))
    others = world.result([*_tracker(), blind])
    assert world.view(others).compliance.withheld
    assert world.view(others, run=FRONTEND).compliance.withheld is None


def _earlier(**fields: Any) -> dict[str, Any]:
    return {**audit_json(_whole()), "as_of": "2026-11-22", **fields}


def test_a_team_is_compared_with_itself() -> None:
    view = world.view(_result(), run=FRONTEND, previous=_earlier())
    delta = view.changes
    assert delta is not None
    assert (delta.points, delta.open_late, delta.new, delta.cleared) == (0, 0, (), ())
    assert (delta.blocked, delta.median) == (None, None)
    assert len(delta.still) == sum(row.outcome == "violates" for row in view.findings)
    assert (delta.turns.changed, delta.turns.appeared, delta.turns.gone) == ((), (), ())


def test_what_the_team_had_before_counts_although_it_has_it_no_more() -> None:
    rows = [row | {"owners": ["frontend"]} if row["ref"] == f"{P}#3" else row for row in _earlier()["incidents"]]
    delta = world.view(_result(), run=FRONTEND, previous=_earlier(incidents=rows)).changes
    assert delta is not None
    assert delta.turns.gone == (f"{P}#3",)
    assert delta.open_late == -1
    assert {key.subject for key in delta.cleared} >= {f"{P}#3"}


@pytest.mark.parametrize(
    "fields", [{"withheld": "a page failed"}, {"window": {"from": "2026-01-01", "to": "2026-01-02"}}]
)
def test_there_is_nothing_to_compare_where_the_team_had_no_rate(fields: dict[str, Any]) -> None:
    previous = _earlier()
    previous["compliance"] |= fields
    delta = world.view(_result(), run=FRONTEND, previous=previous).changes
    assert delta is not None
    assert (delta.points, delta.open_late) == (None, 0)


@pytest.mark.parametrize("name", ["backend", "group:default/backend", "Group:backend"])
def test_a_team_may_be_named_as_the_catalogues_format_names_it(name: str) -> None:
    services = (Service(name="api", label="API", owner="backend", form="Backstage"),)
    held = make.evidence(make.incident(1), catalog=Catalog(services=services))
    assert team_named(name, held) == "backend"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("frontent", "Did you mean frontend?"),
        ("Frontend", "Did you mean frontend?"),
        ("FRONTBACKEND", "Did you mean frontend or backend?"),
        ("zzz", "Its teams are: backend, frontend."),
    ],
)
def test_an_unknown_team_is_refused_with_the_nearest_names(name: str, words: str) -> None:
    with pytest.raises(UsageError, match="has no team") as caught:
        team_named(name, _result().evidence)
    assert caught.value.advice == words


def test_the_owner_of_a_service_is_a_team_although_no_file_of_teams_is_given() -> None:
    catalog = Catalog(services=(Service(name="api", label="API", owner="core"), Service(name="git", owner="")))
    evidence = world.result((), catalog=catalog, gaps=()).evidence
    assert team_named("core", evidence) == "core"
    with pytest.raises(UsageError, match="has no team"):
        team_named("", evidence)


def test_without_a_catalogue_there_is_no_team() -> None:
    with pytest.raises(UsageError, match="no service catalogue names any"):
        team_named("core", world.result((), catalog=None, gaps=()).evidence)


def _headings(text: str) -> list[str]:
    return re.findall(r"^## (.*)$", text, re.MULTILINE)


def test_a_nightly_edition_begins_with_what_changed_and_folds_what_hardly_does() -> None:
    weekly = details_md(_whole())
    nightly = details_md(world.view(_result(), run=replace(RUN, edition="nightly")))
    assert _headings(weekly)[0] == "Needs a decision"
    assert _headings(nightly)[:3] == ["Since the last report", "Reminders", "Needs a decision"]
    folded = [name for name in _headings(weekly) if name not in _headings(nightly)]
    assert {"No-owner queue", "Escaped reviews", "Advice", "Corrective actions", "All verdicts"} <= set(folded)
    assert {"Needs a decision", "Late", "How to read this"}.isdisjoint(folded)
    for name in folded:
        assert nightly.count(f"<summary>{name}</summary>") == 1
        assert weekly.count(f"<summary>{name}</summary>") == 0


def test_both_editions_say_the_same() -> None:
    def words(text: str) -> list[str]:
        layout = r"^(?:## .*|</?details>|<summary>(?:%s)</summary>)$"
        names = "|".join(re.escape(name) for name in _headings(details_md(_whole())))
        return sorted(line for line in re.sub(layout % names, "", text, flags=re.MULTILINE).splitlines() if line)

    assert words(details_md(_whole())) == words(details_md(world.view(_result(), run=replace(RUN, edition="nightly"))))
