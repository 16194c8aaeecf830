"""By team and by service: counted as the headline counts, told only by what is public."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from audit.model import Catalog, Service, Team
from audit.report.formats.details import details_md
from tests import records as make
from tests.report import world
from tests.report.world import SECRET, P

if TYPE_CHECKING:
    from audit.model import Issue
    from audit.report.figures.groups import GroupRow, Groups
    from audit.report.figures.view import View

API = ("Severity::2", "Service::API")
WEB = ("Severity::2", "Service::Web")
GIT = ("Severity::2", "Service::Git")
ADDRESS = f"https://gitlab.example/{P}"


def _view(*tracker: Issue, run: Any = world.RUN, **fields: Any) -> View:
    config = world.settings(waivers=[], **fields.pop("config", {}))
    return world.view(world.result(tracker, config=config, gaps=(), rules=(), **fields), run=run)


def _numbers(row: GroupRow) -> tuple[int, ...]:
    return (row.due, row.not_on_time, row.on_time, row.open, row.open_late, row.blocked)


def _by_name(groups: Groups) -> dict[str, tuple[int, ...]]:
    return {row.name: _numbers(row) for row in groups.rows}


def _tracker() -> tuple[Issue, ...]:
    return (
        make.incident(1, labels=API, created="2026-11-02"),
        make.review(101, of=1, closed="2026-11-05 12:00"),
        make.incident(2, labels=API, created="2026-11-02"),
        make.review(102, of=2, closed="2026-11-11 12:00"),
        make.incident(3, labels=API, created="2026-06-01"),  # open late, and due before the window
        make.incident(4, labels=API, created="2026-11-20"),  # pending
        make.incident(5, labels=(*API, "Service::Web"), created="2026-11-04"),
        make.incident(6, labels=GIT, created="2026-11-04"),
        make.incident(7, labels=("Severity::2",), created="2026-11-04"),
        make.incident(8, labels=("Severity::4", "Service::Mail Room"), created="2026-11-04"),  # not required
    )


def test_teams_and_services_are_counted_as_the_headline_counts() -> None:
    view = _view(*_tracker())
    assert _by_name(view.teams) == {
        "backend": (3, 2, 1, 3, 2, 0),
        "frontend": (1, 1, 0, 1, 1, 0),
        "": (1, 1, 0, 1, 1, 1),
    }
    assert _by_name(view.by_service) == {
        "api": (3, 2, 1, 3, 2, 0),
        "web": (1, 1, 0, 1, 1, 0),
        "git": (0, 0, 0, 0, 0, 1),
        "": (1, 1, 0, 1, 1, 0),
    }
    assert (view.teams.repeated, view.by_service.repeated, view.teams.untold) == (1, 1, 0)


def test_where_each_incident_has_one_name_the_rows_add_up_to_the_headline() -> None:
    view = _view(*(issue for issue in _tracker() if issue.ref.iid != 5))
    for groups in (view.teams, view.by_service):
        due, _, on_time, _, open_late, blocked = (
            sum(column) for column in zip(*map(_numbers, groups.rows), strict=True)
        )
        assert (due, on_time, open_late) == (view.compliance.due, view.compliance.on_time, view.compliance.open_late)
        assert blocked == view.no_owner.blocked
    assert "rows do not add up" not in details_md(view)


def test_teams_go_by_name_and_services_by_what_is_open_late() -> None:
    tracker = (
        make.incident(1, labels=API, created="2026-11-20"),
        make.incident(2, labels=WEB, created="2026-10-20"),
        make.incident(3, labels=("Severity::2", "Service::Lost"), created="2026-11-20"),
        make.incident(4, created="2026-10-20"),
    )
    view = _view(*tracker)
    assert [row.name for row in view.teams.rows] == ["backend", "frontend", ""]
    assert [row.name for row in view.by_service.rows] == ["web", "Lost", "api", ""]


def test_the_median_is_that_of_the_time_to_review_and_open_ones_count_in_it() -> None:
    view = _view(
        make.incident(1, labels=API, created="2026-11-02"),
        make.review(101, of=1, closed="2026-11-05 12:00"),
        make.incident(2, labels=API, created="2026-11-02"),
        make.incident(3, labels=WEB, created="2026-11-02"),
        make.incident(4, labels=GIT, created="2026-11-02"),
    )
    assert {row.name: (row.median, row.timed) for row in view.by_service.rows} == {
        "api": (3, 2),
        "web": (None, 1),
        "git": (None, 0),
    }
    text = details_md(view).partition("By team and by service")[2]
    assert "| api | 2 (1 late) | 1 | 1 (1 late) | 0 | 3 |" in text
    assert "| web | 1 (1 late) | 0 | 1 (1 late) | 0 | not yet known |" in text
    assert "| git | 0 | 0 | 0 | 1 | – |" in text


def test_a_confidential_incident_is_told_of_no_service_and_no_team() -> None:
    secret = make.incident(9, labels=API, confidential=True, created="2026-11-04")
    hidden, told = _view(*_tracker(), secret), _view(*_tracker())
    assert (hidden.teams.rows, hidden.by_service.rows) == (told.teams.rows, told.by_service.rows)
    assert (hidden.teams.untold, hidden.by_service.untold) == (1, 1)
    text = details_md(hidden)
    assert "1 confidential incident counts in no row.\nSo the rows do not add up to the figures of page one." in text
    open_ = _view(*_tracker(), secret, config={"report": {"confidential_destination": True}})
    assert _by_name(open_.teams)["backend"] == (4, 3, 1, 4, 3, 0)
    assert open_.teams.untold == 0


def test_a_service_that_only_confidential_incidents_name_is_not_there() -> None:
    view = world.usual()
    assert SECRET not in [row.name for row in view.by_service.rows]
    # the confidential ones that are open, and no others
    assert view.by_service.untold == view.teams.untold == 2


def test_incidents_that_count_nowhere_are_in_no_sum() -> None:
    secret = make.incident(1, labels=("Severity::4", "Service::API"), confidential=True)
    both = make.incident(2, labels=("Severity::4", "Service::API", "Service::Web"))
    view = _view(secret, both)
    assert (view.teams.rows, view.teams.repeated, view.teams.untold) == ((), 0, 0)
    assert "Nothing is told of any team or service." in details_md(view)


def test_several_services_of_one_team_count_once_for_the_team() -> None:
    catalog = Catalog(
        services=(Service(name="api", label="API", owner="backend"), Service(name="db", label="DB", owner="backend"))
    )
    view = _view(make.incident(1, labels=(*API, "Service::DB")), catalog=catalog)
    assert _by_name(view.teams) == {"backend": (1, 1, 0, 1, 1, 0)}
    assert (view.teams.repeated, view.by_service.repeated) == (0, 1)
    text = details_md(view)
    assert "1 incident of several services counts in the row of each.\nSo the rows do not add up" in text


def test_a_row_leads_to_the_nearest_search() -> None:
    catalog = Catalog(
        services=(Service(name="api", label="API", owner="backend"),),
        teams=(Team(name="backend", label="group::back end"), Team(name="other", label="")),
        teams_given=True,
    )
    source = make.source(url=ADDRESS, labels=("service::api", "Service::API", "Group::Back End", "service::lost"))
    other = make.source("ops/other", url="https://gitlab.example/ops/other", incidents=False, labels=source.labels)
    tracker = (
        make.incident(1, labels=API),
        make.incident(2, labels=("Severity::2", "Service::Lost")),
        make.incident(3, labels=("Severity::2", "Service::Nowhere")),
    )
    view = _view(*tracker, catalog=catalog, sources=(source, other))
    found = {row.name: [search.url for search in row.searches] for row in (*view.teams.rows, *view.by_service.rows)}
    query = f"{ADDRESS}/-/issues?state=all&label_name%5B%5D="
    assert found == {
        "backend": [f"{query}Group%3A%3ABack+End"],
        "api": [f"{query}service%3A%3Aapi"],  # the first spelling of two
        "Lost": [f"{query}service%3A%3Alost"],
        "Nowhere": [],
        "": [],
    }


def test_many_searches_are_cut() -> None:
    sources = tuple(
        make.source(f"ops/p{number}", url=f"https://gitlab.example/ops/p{number}", labels=("Service::API",))
        for number in range(5)
    )
    text = details_md(_view(make.incident(1, labels=API), sources=(make.source(), *sources)))
    (line,) = [line for line in text.partition("| Service | Due |")[2].splitlines() if line.startswith("| api |")]
    assert line.count("label_name") == 3
    assert line.endswith(" and others |")


def test_a_team_edition_tells_of_that_team_alone() -> None:
    view = _view(*_tracker(), run=replace(world.RUN, team="backend"))
    assert _by_name(view.teams) == {"backend": (3, 2, 1, 3, 2, 0)}
    assert _by_name(view.by_service) == {"api": (3, 2, 1, 3, 2, 0)}
    assert (view.teams.repeated, view.by_service.repeated) == (0, 0)
