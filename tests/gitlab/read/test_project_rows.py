"""The projects of the settings, several with one request, and one by one where GitLab does not answer that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from audit.errors import PreflightError
from tests.gitlab.conftest import HERE, settings
from tests.sandbox import faults

if TYPE_CHECKING:
    from audit.settings.settings import Settings
    from tests.gitlab.conftest import Open, Tracker
    from tests.sandbox.faults import Action

REPORTER = 20
SEVERAL = [HERE, "acme/sre/edge", "acme/sre/delivery"]


def several(tracker: Tracker) -> Settings:
    tracker.world.project("acme/sre/edge", visibility="public")
    tracker.world.project("acme/sre/delivery", archived=True)
    return settings(projects={"incidents": SEVERAL})


def alone(answer: Any) -> Any:
    """Leave of the projects only one."""
    del answer["data"]["projects"]["nodes"][1:]
    return answer


def renamed(answer: Any) -> Any:
    """Answer other projects than those that were asked for."""
    for node in answer["data"]["projects"]["nodes"]:
        node["fullPath"] += "-2"
    return answer


def roleless(answer: Any) -> Any:
    for node in answer["data"]["projects"]["nodes"]:
        node["maxAccessLevel"] = None
    return answer


def test_several_projects_are_one_request_and_the_same_as_one_by_one(tracker: Tracker, open_desk: Open) -> None:
    named = several(tracker)
    desk, slow = open_desk(tracker.world), open_desk(tracker.world)
    slow.server.fault(faults.Alter(change=renamed), operation="AuditedProjects")

    together, apart = desk.preflight(named), slow.preflight(named)

    assert [replace(one, url="") for one in together.projects] == [replace(one, url="") for one in apart.projects]
    assert [one.url.removeprefix(desk.server.url) for one in together.projects] == [
        one.url.removeprefix(slow.server.url) for one in apart.projects
    ]
    assert (desk.client.requests, slow.client.requests) == (3, 6)


@pytest.mark.parametrize("missing", ["a former path", "a spelling", "a number"])
def test_what_is_not_found_by_its_path_is_looked_up_alone(tracker: Tracker, open_desk: Open, missing: str) -> None:
    several(tracker)
    moved = tracker.world.project("acme/sre/web", former_paths=["acme/web"])
    name = {"a former path": "acme/web", "a spelling": "ACME/sre/Web", "a number": str(moved.id)}[missing]
    desk = open_desk(tracker.world)

    flight = desk.preflight(settings(projects={"incidents": [*SEVERAL, name]}))

    assert sorted(one.path for one in flight.projects) == sorted([*SEVERAL, "acme/sre/web"])
    former = {one.former_path for one in flight.projects} - {None}
    assert former == ({name} if missing == "a former path" else set())


@pytest.mark.parametrize(
    "action",
    [
        faults.graphql_timeout(),
        faults.html_status(502, "Bad Gateway"),
        faults.json_status(200, {"errors": [{"message": "Field 'projects' doesn't accept argument 'fullPaths'"}]}),
        faults.json_status(200, {"data": {"projects": None}}),
        faults.Alter(change=alone),
        faults.Alter(change=roleless),
    ],
    ids=["timeout", "502", "refused", "null", "in part", "no role"],
)
def test_what_is_not_answered_together_is_looked_up_one_by_one(
    tracker: Tracker, open_desk: Open, action: Action
) -> None:
    named = several(tracker)
    desk = open_desk(tracker.world)
    desk.server.fault(action, operation="AuditedProjects", times=None)

    flight = desk.preflight(named)

    assert flight.projects == open_desk(tracker.world, url=desk.server.url).preflight(named).projects
    assert [one.path for one in flight.projects] == sorted(SEVERAL)
    assert flight.warnings == ()


def test_a_role_through_a_group_that_shares_the_project_shows(tracker: Tracker, open_desk: Open) -> None:
    named = several(tracker)
    desk = open_desk(tracker.world)

    def shared(answer: Any) -> Any:
        for node in answer["data"]["projects"]["nodes"]:
            node |= {"maxAccessLevel": {"integerValue": REPORTER}, "issuesAccessLevel": {"stringValue": "PRIVATE"}}
        return answer

    desk.server.fault(faults.Alter(change=shared), operation="AuditedProjects")

    assert {(one.role, one.sees_confidential, one.visibility) for one in desk.preflight(named).projects} == {
        (REPORTER, True, "private")
    }


def test_issues_that_are_disabled_in_one_of_several(tracker: Tracker, open_desk: Open) -> None:
    named = several(tracker)
    tracker.world.projects["acme/sre/edge"].issues_enabled = False
    desk = open_desk(tracker.world)

    with pytest.raises(PreflightError, match="project acme/sre/edge has issues disabled"):
        desk.preflight(named)
