"""What is asked of the destinations before anything is read: whether they are there, may be written, and who reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.errors import PreflightError, SettingsError
from audit.gitlab.write.destinations import CheckedDestinations, check_destinations
from tests.gitlab.conftest import HERE, TOKEN, Desk, settings
from tests.sandbox.faults import html_status, json_status

if TYPE_CHECKING:
    from tests.gitlab.conftest import Open, Tracker

PLACE = "acme/reports"


@pytest.fixture
def place(tracker: Tracker) -> Any:
    made = tracker.world.project(PLACE, former_paths=["acme/old-reports"])
    tracker.world.member(made, tracker.bot, 30)
    made.file("README.md", "Reports.")
    return made


@pytest.fixture
def desk(tracker: Tracker, place: Any, open_desk: Open) -> Desk:  # noqa: ARG001 - it is in the world
    return open_desk(tracker.world, token=TOKEN)


def checked(desk: Desk, *, write: bool = True, told: bool = False, **publish: Any) -> CheckedDestinations:
    chosen = settings(publish=publish, report={"confidential_destination": told})
    return check_destinations(desk.client, chosen, desk.preflight(chosen), write=write)


ALL: dict[str, Any] = {
    "issue": {"project": PLACE},
    "wiki": {"project": PLACE},
    "repository": {"project": PLACE},
}


def test_nothing_is_asked_where_nothing_is_published(desk: Desk) -> None:
    chosen = settings()
    flight = desk.preflight(chosen)
    before = desk.client.requests
    assert check_destinations(desk.client, chosen, flight, write=True).publish == chosen.publish
    assert desk.client.requests == before


def test_destinations_come_back_as_gitlab_has_them_today(desk: Desk) -> None:
    old: dict[str, Any] = {name: {"project": "acme/old-reports"} for name in ALL}
    found = checked(desk, **old).publish
    assert found.issue is not None
    assert found.wiki is not None
    assert found.repository is not None
    assert [one.project for one in (found.issue, found.wiki, found.repository)] == [PLACE] * 3
    assert found.repository.branch == "main"


def test_an_empty_repository_takes_any_branch(desk: Desk, place: Any) -> None:
    place.files.clear()
    found = checked(desk, repository={"project": PLACE, "branch": "reports"}).publish
    assert found.repository is not None
    assert found.repository.branch == "reports"


def unfit(tracker: Tracker, change: str) -> None:
    place = tracker.world.projects[PLACE]
    match change:
        case "role":
            tracker.world.member(place, tracker.bot, 10)
        case "archived":
            place.archived = True
        case "protected":
            place.protected = True
        case "features":
            place.issues_enabled, place.wiki_access = False, "disabled"


@pytest.mark.parametrize(
    ("change", "publish", "faults"),
    [
        (
            "role",
            {"issue": {"project": PLACE}, "wiki": {"project": PLACE}},
            [
                "publish.issue: the token's account needs the role Planner or Reporter in acme/reports",
                "publish.wiki: the token's account needs the role Developer in acme/reports",
            ],
        ),
        (
            "archived",
            {"issue": {"project": PLACE}},
            ["publish.issue: acme/reports is archived: nothing can be written there"],
        ),
        (
            "protected",
            {"repository": {"project": PLACE}},
            ["publish.repository: the token's account may not push to main of acme/reports"],
        ),
        (
            "features",
            {"issue": {"project": PLACE}, "wiki": {"project": PLACE}},
            ["publish.issue: acme/reports has issues disabled", "publish.wiki: acme/reports has its wiki disabled"],
        ),
        (
            "",
            {"repository": {"project": PLACE, "branch": "nope"}},
            ["publish.repository: acme/reports has no branch nope"],
        ),
    ],
    ids=["role", "archived", "protected", "features", "branch"],
)
def test_what_cannot_be_written_is_a_fault_and_in_a_dry_run_a_warning(
    desk: Desk, tracker: Tracker, change: str, publish: dict[str, Any], faults: list[str]
) -> None:
    unfit(tracker, change)
    with pytest.raises(PreflightError) as error:
        checked(desk, **publish)
    assert list(error.value.faults) == faults
    assert "publish" in error.value.advice
    assert set(faults) <= set(checked(desk, write=False, **publish).warnings)


def test_what_is_not_there_is_a_fault_in_a_dry_run_too(desk: Desk) -> None:
    with pytest.raises(PreflightError) as error:
        checked(desk, write=False, issue={"project": "acme/nope"}, wiki={"group": "nope"})
    missing = "does not exist, or the token may not see it"
    assert list(error.value.faults) == [f"publish.issue: acme/nope: {missing}", f"publish.wiki: nope: {missing}"]


def test_a_group_wiki_needs_a_licence(desk: Desk, tracker: Tracker, open_desk: Open) -> None:
    assert checked(desk, wiki={"group": "acme"}).warnings == ()
    free = open_desk(tracker.world, token=TOKEN, licensed=False)
    with pytest.raises(PreflightError, match="group wikis need Premium"):
        checked(free, wiki={"group": "acme"})


@pytest.mark.parametrize("path", ["/groups/acme/wikis", "/repository/branches"])
def test_a_server_that_fails_is_told_as_such(desk: Desk, path: str) -> None:
    desk.server.fault(json_status(400, {"message": "no"}), path=path, times=None)
    with pytest.raises(PreflightError, match="GitLab refused it"):
        checked(desk, wiki={"group": "acme"}, repository={"project": PLACE})


def test_a_public_destination_of_a_private_tracker_is_refused(desk: Desk, place: Any) -> None:
    place.visibility = "public"
    with pytest.raises(SettingsError) as error:
        checked(desk, write=False, **ALL)
    assert list(error.value.faults) == [
        f"publish.{name}: {PLACE} is public, and {HERE}, which is audited, is not" for name in ALL
    ]
    assert "allow_public" in error.value.advice
    assert checked(desk, **ALL, allow_public=True).warnings == ()
    confidential: dict[str, Any] = {"issue": {"project": PLACE, "confidential": True}}
    assert checked(desk, **confidential, told=True).warnings == ()


def test_what_is_told_in_confidence_is_never_published_to_everybody(desk: Desk, tracker: Tracker, place: Any) -> None:
    tracker.production.visibility = place.visibility = "public"
    assert checked(desk, **ALL).warnings == ()
    with pytest.raises(SettingsError, match="open to everybody") as error:
        checked(desk, issue={"project": PLACE}, allow_public=True, told=True)
    assert "confidential_destination" in error.value.faults[0]


def test_a_destination_that_more_people_see_is_worth_a_word(desk: Desk, tracker: Tracker, place: Any) -> None:
    place.visibility = "internal"
    assert checked(desk, issue={"project": PLACE}).warnings == (
        f"publish.issue: more people may read {PLACE} (internal) than {HERE}",
    )
    del place.members[tracker.bot.id]
    assert (
        "publish.issue: the token's account is no member of acme/reports: it may not write there"
        in checked(desk, issue={"project": PLACE}).warnings
    )


def test_a_feature_for_members_only_is_not_public(desk: Desk, place: Any) -> None:
    place.visibility = "public"
    place.wiki_access = "private"
    assert checked(desk, wiki={"project": PLACE}).warnings == ()


def test_issues_for_members_only_are_not_public_whatever_the_project_is(
    desk: Desk, tracker: Tracker, place: Any
) -> None:
    tracker.production.visibility = place.visibility = "public"
    row = desk.client.rest_get(f"/projects/{HERE.replace('/', '%2F')}")
    desk.server.fault(json_status(200, row | {"issues_access_level": "private"}), path="production$", times=None)
    with pytest.raises(SettingsError) as error:
        checked(desk, wiki={"project": PLACE})
    assert list(error.value.faults) == [f"publish.wiki: {PLACE} is public, and {HERE}, which is audited, is not"]


@pytest.mark.parametrize("write", [True, False])
def test_a_destination_of_which_no_answer_comes_is_left_out_and_told(desk: Desk, write: bool) -> None:
    desk.server.fault(html_status(502, "Bad Gateway"), path="acme%2Freports", times=None)
    found = checked(desk, write=write, issue={"project": PLACE}, wiki={"group": "acme"})
    assert (found.publish.issue, found.publish.wiki is None) == (None, False)
    ((left_out),) = found.unchecked
    assert (left_out.what, left_out.where) == ("publish.issue", PLACE)
    assert "the server failed" in left_out.why
    assert found.warnings[0].startswith("publish.issue: acme/reports: not checked, so that nothing is written there")
