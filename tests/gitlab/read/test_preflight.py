from __future__ import annotations

import threading
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from audit.errors import PreflightError
from audit.gitlab.http.client import Client
from audit.gitlab.read.preflight import run_preflight
from audit.settings import Connection
from tests.gitlab.conftest import HERE, READER, TOKEN, settings
from tests.gitlab.http.test_client import free_port
from tests.sandbox import faults

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.gitlab.conftest import Desk, Open, Tracker

REPORTER, GUEST = 20, 10


def refused(desk: Desk, *, write: bool = False, waits: Sequence[float] = (), **given: Any) -> PreflightError:
    with pytest.raises(PreflightError) as caught:
        desk.preflight(settings(**given), write=write)
    assert caught.value.advice
    assert desk.waits == list(waits)
    return caught.value


def test_what_is_found_out(tracker: Tracker, open_desk: Open) -> None:
    tracker.production.visibility = "public"
    desk = open_desk(tracker.world, version="18.2.1")

    flight = desk.preflight()

    (project,) = flight.projects
    assert (flight.account.username, flight.account.bot) == ("auditor", True)
    assert (flight.version, flight.release, flight.enterprise) == ("18.2.1-ee", (18, 2), True)
    assert (project.id, project.path) == (tracker.production.id, "acme/sre/production")
    assert (project.incidents, project.reviews, project.visibility) == (True, True, "public")
    assert project.url.endswith("/acme/sre/production")
    assert (flight.warnings, flight.token_expires) == ((), None)
    assert desk.client.requests == 3


def test_projects_are_looked_up_while_the_server_is_asked(desk: Desk) -> None:
    looked_up = threading.Event()
    met: list[bool] = []
    desk.server.fault(faults.Hook(call=lambda _: looked_up.set()), path="sre%2Fproduction")
    desk.server.fault(faults.Hook(call=lambda _: met.append(looked_up.wait(5))), operation="Server")

    desk.preflight()

    assert met == [True]


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("", "the token is empty"),
        ("glcbt-64_abcdefghijkl", "a CI job token"),
        ("eyJhbGciOi.eyJpc3MiOi.c2lnbmF0dXJl", "JSON web token"),
        ("gldt-abcdefghijklmnop", "a deploy token"),
        ("glpat-with a space", "characters that no token has"),
    ],
)
def test_a_token_that_need_not_be_sent(tracker: Tracker, open_desk: Open, token: str, words: str) -> None:
    desk = open_desk(tracker.world, token=token)

    assert words in str(refused(desk))
    assert desk.client.requests == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"revoked": True}, "Token was revoked"),
        ({"expires_on": date(2026, 11, 22)}, "Token is expired"),
        ({"scopes": ("read_user",)}, "lacks the scope read_api, which reading needs (it has: read_user)"),
    ],
)
def test_a_token_that_opens_nothing(tracker: Tracker, open_desk: Open, given: dict[str, Any], words: str) -> None:
    tracker.world.token("glpat-odd-0123456789", user=tracker.bot, **({"scopes": ("api",)} | given))

    assert words in str(refused(open_desk(tracker.world, token="glpat-odd-0123456789")))


def test_a_token_that_is_unknown(tracker: Tracker, open_desk: Open) -> None:
    error = refused(open_desk(tracker.world, token="glpat-unknown-0123456789"))

    assert "does not accept the token" in str(error)
    assert "glpat" not in f"{error}{error.faults}{error.advice}"


def test_writing_needs_its_scope_and_the_other_faults_are_told_too(desk: Desk) -> None:
    error = refused(desk, write=True, projects={"incidents": ["acme/sre/production", "acme/none"]})

    assert error.faults == (
        "the token lacks the scope api, which posting needs (it has: read_api)",
        "project acme/none does not exist, or the token may not see it",
    )
    assert str(error) == "GitLab cannot serve the audit: 2 faults"


def test_a_token_that_ends_soon(tracker: Tracker, open_desk: Open) -> None:
    tracker.world.token("glpat-soon-0123456789", user=tracker.bot, expires_on=date(2026, 12, 7))
    tracker.world.token("glpat-later-0123456789", user=tracker.bot, expires_on=date(2026, 12, 8))

    soon = open_desk(tracker.world, token="glpat-soon-0123456789").preflight()
    later = open_desk(tracker.world, token="glpat-later-0123456789").preflight()

    assert soon.warnings == ("the token expires on 2026-12-07: rotate it before, do not make a new one",)
    assert (later.warnings, later.token_expires) == ((), date(2026, 12, 8))


def test_a_fine_grained_token_is_given_the_benefit_of_the_doubt(desk: Desk) -> None:
    told = {"scopes": ["granular"], "active": True, "revoked": False, "expires_at": None, "granular": True}
    desk.server.fault(faults.json_status(200, told), path="personal_access_tokens")

    (warning,) = desk.preflight(write=True).warnings

    assert "fine-grained" in warning


def test_a_server_that_tells_nothing_of_tokens(desk: Desk) -> None:
    desk.server.fault(faults.json_status(404, {"error": "404 Not Found"}), path="personal_access_tokens")

    assert "not known" in desk.preflight().warnings[0]


def test_what_may_be_no_gitlab_is_asked_for_no_project(desk: Desk) -> None:
    desk.server.fault(faults.json_status(404, {"error": "404 Not Found"}), path="personal_access_tokens")
    desk.server.fault(faults.json_status(404, {"error": "404 Not Found"}), operation="Server")

    assert "no GitLab answers" in str(refused(desk))
    assert desk.client.requests == 2


def test_all_projects_that_cannot_be_audited(tracker: Tracker, open_desk: Open) -> None:
    tracker.world.project("acme/sre/docs", issues_enabled=False)
    tracker.world.project("other/secret")
    named = ["acme/sre/production", "acme/none", "acme/sre/docs", "other/secret", "999"]

    error = refused(open_desk(tracker.world), projects={"incidents": named, "review_groups": ["nobody"]})

    assert error.faults == (
        "project acme/none does not exist, or the token may not see it",
        "project acme/sre/docs has issues disabled",
        "project other/secret does not exist, or the token may not see it",
        "project 999 does not exist, or the token may not see it",
        "group nobody does not exist, or the token may not see it",
    )
    assert "member" in error.advice
    assert "Enable issues in acme/sre/docs" in error.advice


def test_a_renamed_project_is_followed(tracker: Tracker, open_desk: Open) -> None:
    tracker.world.rename_project(tracker.production, "acme/sre/tracker")

    flight = open_desk(tracker.world).preflight()

    assert [(p.path, p.former_path) for p in flight.projects] == [("acme/sre/tracker", "acme/sre/production")]
    assert flight.warnings == ("project acme/sre/production is called acme/sre/tracker now: change the settings",)


def test_a_project_by_number_in_two_roles(tracker: Tracker, open_desk: Open) -> None:
    number = str(tracker.production.id)
    chosen = settings(projects={"incidents": [number], "reviews": ["acme/sre/production"]})

    flight = open_desk(tracker.world).preflight(chosen)

    assert [(p.path, p.incidents, p.reviews) for p in flight.projects] == [("acme/sre/production", True, True)]
    assert flight.warnings == ()


def test_a_group_with_its_subgroups(tracker: Tracker, open_desk: Open) -> None:
    tracker.world.project("acme/sre/edge/cdn", archived=True)
    tracker.world.project("acme/sre/docs", issues_enabled=False)
    chosen = settings(projects={"incident_groups": ["acme/sre"], "reviews": ["acme/sre/production"]})

    flight = open_desk(tracker.world).preflight(chosen)

    assert [(p.path, p.incidents, p.reviews, p.archived) for p in flight.projects] == [
        ("acme/sre/edge/cdn", True, False, True),
        ("acme/sre/production", True, True, False),
    ]
    assert flight.warnings == ("project acme/sre/docs is skipped: it has issues disabled",)


def test_a_group_without_anything_to_read(tracker: Tracker, open_desk: Open) -> None:
    tracker.world.project("acme/sre/edge/docs", issues_enabled=False)

    error = refused(open_desk(tracker.world), projects={"incident_groups": ["acme/sre/edge"]})

    assert str(error) == "the incident groups hold no project with issues"


@pytest.mark.parametrize("projects", [{"incidents": ["open/tracker"]}, {"incident_groups": ["open"]}])
def test_an_account_without_a_role_misses_confidential_issues(
    tracker: Tracker, open_desk: Open, projects: dict[str, list[str]]
) -> None:
    project = tracker.world.project("open/tracker", visibility="public")
    tracker.world.member(project, tracker.bot, GUEST)

    flight = open_desk(tracker.world).preflight(settings(projects=projects))

    (warning,) = flight.warnings
    assert warning.startswith("the token's account has no role of Planner, Reporter or above in open/tracker: ")


def test_a_group_that_holds_nothing_is_told(tracker: Tracker, open_desk: Open) -> None:
    tracker.world.group("acme/sre/empty")
    named = {"incidents": [HERE], "incident_groups": ["acme/sre/empty"]}

    preflight = open_desk(tracker.world).preflight(settings(projects=named))

    assert preflight.warnings == ("group acme/sre/empty holds no project that the token may see",)


def test_a_renamed_group(tracker: Tracker, open_desk: Open) -> None:
    tracker.world.groups["acme/sre-old"] = tracker.world.groups["acme/sre"]

    flight = open_desk(tracker.world).preflight(settings(projects={"incident_groups": ["acme/sre-old"]}))

    assert flight.warnings == ("group acme/sre-old is called acme/sre now: change the settings",)


def test_a_project_that_answers_oddly(desk: Desk) -> None:
    desk.server.fault(faults.text_status(403, "Forbidden"), path="sre%2Fproduction")

    assert "project acme/sre/production: GitLab forbids it (GET /projects" in str(refused(desk))


def test_a_token_that_is_not_active_but_opens(desk: Desk) -> None:
    told = {"scopes": ["api"], "active": False, "revoked": False, "expires_at": None}
    desk.server.fault(faults.json_status(200, told), path="personal_access_tokens")

    error = refused(desk)
    assert str(error) == "the token is revoked or expired"
    assert "a new project or group access token is a new account, whose reminders begin anew" in error.advice


def test_where_nothing_can_be_posted(tracker: Tracker, open_desk: Open) -> None:
    tracker.world.project("acme/sre/old", archived=True)
    tracker.world.project("open/tracker", visibility="public")
    named = settings(projects={"incidents": ["acme/sre/old", "open/tracker"]})

    warnings = open_desk(tracker.world, token=TOKEN).preflight(named, write=True).warnings

    assert "project acme/sre/old is archived: nothing can be posted there" in warnings
    assert any("no member of open/tracker" in warning for warning in warnings)


@pytest.mark.parametrize("version", ["16.6.0", "unknown"])
def test_an_old_server(tracker: Tracker, open_desk: Open, version: str) -> None:
    desk = open_desk(tracker.world)
    account = {"id": "gid://gitlab/User/7", "username": "x", "state": "active", "bot": True}
    answer = {"metadata": {"version": version, "enterprise": False}, "currentUser": account}
    desk.server.fault(faults.json_status(200, {"data": answer}), operation="Server")

    (warning,) = desk.preflight().warnings

    assert "old" in warning


def test_a_server_that_does_not_say_who_asks(desk: Desk) -> None:
    desk.server.fault(faults.json_status(200, {"data": {"metadata": None, "currentUser": None}}), operation="Server")

    assert "whose token" in str(refused(desk))


def test_a_server_that_is_not_there() -> None:
    connection = Connection.to(f"http://127.0.0.1:{free_port()}", READER)
    with (
        Client(connection, timeout=5, parallel=1, sleep=lambda _: None) as client,
        pytest.raises(PreflightError, match="no connection"),
    ):
        run_preflight(client, settings(), today=date(2026, 11, 23), write=False)


@pytest.mark.parametrize("url", ["gitlab.example.com", "ftp://gitlab.example.com", "https://"])
def test_an_address_that_is_none(url: str) -> None:
    with (
        Client(Connection.to(url, READER), timeout=5, parallel=1) as client,
        pytest.raises(PreflightError, match="begins with https://"),
    ):
        run_preflight(client, settings(), today=date(2026, 11, 23), write=False)


def test_an_address_that_was_copied_from_a_page_of_a_project(tracker: Tracker, open_desk: Open) -> None:
    root = open_desk(tracker.world).server.url
    with (
        Client(Connection.to(f"{root}/acme/sre", READER), timeout=5, parallel=1) as client,
        pytest.raises(PreflightError) as caught,
    ):
        run_preflight(client, settings(), today=date(2026, 11, 23), write=False)

    assert str(caught.value) == f"no GitLab answers at {root}/acme/sre (status 404)"
    assert "/acme/sre may be a group or project in it" in caught.value.advice


def test_a_login_page_in_the_place_of_gitlab(desk: Desk) -> None:
    desk.server.fault(faults.html_status(200, "Sign in"), path="personal_access_tokens", times=None)

    error = refused(desk, waits=[1, 2, 4, 8])

    assert str(error) == f"no GitLab answers at {desk.client.url} (status 200)"
    assert "a proxy or a login page" in error.advice


def test_a_blocked_account(tracker: Tracker, open_desk: Open) -> None:
    gone = tracker.world.user("gone", state="blocked")
    tracker.world.token("glpat-gone-0123456789", user=gone)

    error = refused(open_desk(tracker.world, token="glpat-gone-0123456789"))

    assert "does not let the token's account in" in str(error)
    assert "Your account has been blocked" in str(error)
    assert "Ask an administrator" in error.advice


def test_a_server_that_speaks_no_https(tracker: Tracker, open_desk: Open) -> None:
    url = open_desk(tracker.world).server.url.replace("http:", "https:")
    with (
        Client(Connection.to(url, READER), timeout=5, parallel=1, sleep=lambda _: None) as client,
        pytest.raises(
            PreflightError,
            match=r"no secure connection to .* \((wrong version number|record layer failure)\): does it speak https\?",
        ),
    ):
        run_preflight(client, settings(), today=date(2026, 11, 23), write=False)


def test_a_blocked_address(tracker: Tracker, open_desk: Open) -> None:
    desk = open_desk(tracker.world)
    desk.server.fault(faults.text_status(403, "Forbidden\n"), times=None)

    assert "blocks this address" in refused(desk).advice
