"""A list of REST of which a row is deleted between two pages: the row behind it must not slip through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.gitlab.http.failures import RequestError
from audit.gitlab.http.rest_pages import RestPage, every_row
from audit.sandbox.limits import Limits
from tests.gitlab.conftest import at, settings
from tests.sandbox import faults

if TYPE_CHECKING:
    from tests.gitlab.conftest import Open, Tracker


class Listed:
    """A list that is cut into pages of two by number; before each page, one more of these rows is deleted."""

    def __init__(self, *rows: str, deleted: str = "", counted: bool = True) -> None:
        self.rows, self.deleted, self.counted = list(rows), list(deleted), counted
        self.read = 0

    def page(self, target: str, _query: dict[str, Any]) -> RestPage:
        self.read += 1
        number = int(target.partition("page=")[2] or 1)
        cut = self.rows[2 * number - 2 : 2 * number]
        total = len(self.rows) if self.counted else None
        onward = f"page={number + 1}" if len(self.rows) > 2 * number else ""
        if self.deleted:
            self.rows.remove(self.deleted.pop(0))
        return RestPage(cut, onward, total)


def test_a_list_that_stands_still_or_grows_is_read_once() -> None:
    listed = Listed(*"abcde")
    assert every_row(listed.page, "/x", {}) == list("abcde")
    assert listed.read == 3
    assert every_row(Listed(*"abcde", counted=False).page, "/x", {}) == list("abcde")


@pytest.mark.parametrize("deleted", ["a", "ab", "c"])
def test_a_list_that_became_shorter_is_read_anew(deleted: str) -> None:
    listed = Listed(*"abcde", deleted=deleted)
    assert every_row(listed.page, "/x", {}) == [row for row in "abcde" if row not in deleted]


def test_one_that_goes_on_becoming_shorter_is_an_error() -> None:
    rows = [str(number) for number in range(40)]
    listed = Listed(*rows)
    listed.deleted = rows[:-3]
    with pytest.raises(RequestError, match="became shorter each time"):
        every_row(listed.page, "/x", {})


def test_no_project_of_a_group_slips_through(tracker: Tracker, open_desk: Open) -> None:
    world = tracker.world
    world.member(world.groups["acme"], tracker.bot, 20)
    for number in range(6):
        project = world.project(f"acme/team/p{number}")
        project.issue("Outage", author=tracker.anna, created_at=at("2026-11-02 10:00"))
    desk = open_desk(world, limits=Limits(page=3))
    paths = set(world.projects) - {"acme/team/p0"}

    def delete(_: object) -> None:
        gone = world.projects.pop("acme/team/p0", None)
        if gone is not None:
            del world.projects_by_id[gone.id]

    desk.server.fault(faults.Hook(call=delete, after=True), path=r"groups/\d+/projects")
    chosen = settings(projects={"incident_groups": ["acme"]})
    assert {project.path for project in desk.preflight(chosen).projects} == paths
