from __future__ import annotations

import json
import socket
import time
from typing import TYPE_CHECKING

import pytest

from audit.errors import GitLabError
from audit.gitlab.http.client import Client, issue_path, project_path
from audit.gitlab.http.failures import ADVICE, Cause, RequestError
from audit.gitlab.read.graphql_nodes import AccountNode, ServerAnswer
from audit.gitlab.read.rest_rows import ProjectRow
from audit.model import Ref
from audit.sandbox.limits import Limits
from audit.sandbox.wire import Reply
from audit.settings import Connection
from tests.gitlab.conftest import READER, TOKEN
from tests.sandbox import faults
from tests.sandbox.server import Server

if TYPE_CHECKING:
    from tests.gitlab.conftest import Desk, Open, Tracker
    from tests.sandbox.faults import Action

PROJECT = project_path("acme/sre/production")
NOTES = f"{issue_path(Ref('acme/sre/production', 1))}/notes"


def server(desk: Desk) -> ServerAnswer:
    return desk.client.query("server", ServerAnswer.model_validate)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_no_text_of_a_connection_shows_the_token() -> None:
    assert TOKEN not in repr(Connection.to("https://gitlab.example.com", TOKEN))


@pytest.mark.parametrize(
    "action",
    [
        faults.html_status(502, "Bad Gateway"),
        faults.json_status(500, {"message": "500 Internal Server Error"}),
        faults.too_many("7"),
        faults.too_many("0m7s"),
        faults.Drop(),
        faults.Truncate(keep=10),
    ],
    ids=["502", "500", "429", "429 in Go's words", "dropped", "cut off"],
)
def test_a_read_is_sent_again(desk: Desk, action: Action) -> None:
    desk.server.fault(action, method="GET")

    assert desk.client.rest_get(PROJECT)["path_with_namespace"] == "acme/sre/production"
    assert desk.client.requests == 2
    assert desk.waits in ([1.0], [7.0])


def test_graphql_is_read_again_after_the_limiter_said_stop(desk: Desk, tracker: Tracker) -> None:
    limited = {"errors": [{"message": "This endpoint has been requested too many times. Try again later."}]}
    desk.server.fault(faults.json_status(200, limited), operation="Server")

    assert server(desk).current_user == AccountNode.model_construct(
        id=tracker.bot.id, username="auditor", state="active", bot=True
    )
    assert desk.waits == [60.0]


def test_whoever_waits_is_told_why_once_until_something_is_answered(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="audit.gitlab")
    desk.server.fault(faults.html_status(502, "Bad Gateway"), times=3)
    desk.client.rest_get(PROJECT)
    desk.server.fault(faults.too_many("7"), method="GET")
    desk.client.rest_get(PROJECT)

    first, second = caplog.messages
    assert first.startswith("the server failed (GET /projects/")
    assert first.endswith("; trying again in 1 s")
    assert second.endswith("; trying again in 7 s")
    assert desk.waits == [1, 2, 4, 7]


def test_reading_gives_up(desk: Desk) -> None:
    desk.server.fault(faults.html_status(502, "Bad Gateway"), times=None)

    with pytest.raises(RequestError, match=r"^the server failed \(GET /projects/.*: 502, a page that is not") as caught:
        desk.client.rest_get(PROJECT)

    assert caught.value.cause is Cause.SERVER
    assert desk.waits == [1, 2, 4, 8]


def test_a_page_that_fails_in_the_middle_is_read_again(tracker: Tracker, open_desk: Open) -> None:
    issue = tracker.incident()
    for n in range(250):
        issue.comment(f"comment {n}", by=tracker.anna, at=issue.created_at)
    desk = open_desk(tracker.world)
    desk.server.fault(faults.html_status(502, "Bad Gateway"), path="page=2")

    rows = desk.client.rest_list(NOTES, sort="asc")

    assert [row["body"] for row in rows] == [f"comment {n}" for n in range(250)]
    assert desk.client.requests == 4


def test_the_throttle_is_obeyed(tracker: Tracker, open_desk: Open) -> None:
    limits = Limits(requests_per_minute=1, go_durations=True)
    waits: list[float] = []
    desk = open_desk(tracker.world, limits=limits, clock=lambda: sum(waits), sleep=waits.append)

    for _ in range(3):
        desk.client.rest_get(PROJECT)

    assert waits == [60.0, 60.0]


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        (faults.html_status(502, "Bad Gateway", after=True), Cause.SERVER),
        (faults.Drop(after=True), Cause.UNREACHABLE),
        (faults.Hang(after=True), Cause.NO_ANSWER),
        (faults.html_status(200, "Sign in", after=True), Cause.NOT_JSON),
    ],
)
def test_a_write_is_sent_once_and_its_end_is_unsure(
    tracker: Tracker, open_desk: Open, action: Action, kind: Cause
) -> None:
    issue = tracker.incident()
    desk = open_desk(tracker.world, token=TOKEN, timeout=0.3)
    desk.server.fault(action, method="POST")

    with pytest.raises(RequestError) as caught:
        desk.client.rest_post(NOTES, body="hello")

    assert (caught.value.cause, caught.value.unsure) == (kind, True)
    assert [note.body for note in issue.comments] == ["hello"]
    assert desk.waits == []


def test_a_write_that_is_refused_is_not_unsure(tracker: Tracker, open_desk: Open) -> None:
    tracker.incident()
    desk = open_desk(tracker.world, token=TOKEN)

    with pytest.raises(RequestError) as blank:
        desk.client.rest_post(NOTES, body="")
    with pytest.raises(RequestError) as command:
        desk.client.rest_post(NOTES, body="/close")

    assert (blank.value.cause, blank.value.unsure) == (Cause.REFUSED, False)
    assert (command.value.cause, command.value.unsure) == (Cause.NOT_STORED, False)


def test_writing_works(tracker: Tracker, open_desk: Open) -> None:
    issue = tracker.incident()
    desk = open_desk(tracker.world, token=TOKEN)

    number = desk.client.rest_post(NOTES, body="one", internal=True)["id"]
    assert desk.client.rest_put(f"{NOTES}/{number}", body="two")["body"] == "two"
    assert [(note.body, note.internal) for note in issue.comments] == [("two", True)]
    desk.client.rest_delete(f"{NOTES}/{number}")
    assert issue.comments == []


def test_a_limit_on_writing_is_told_with_the_wait(tracker: Tracker, open_desk: Open) -> None:
    tracker.incident()
    desk = open_desk(tracker.world, token=TOKEN)
    desk.server.fault(faults.too_many("9"), method="POST")

    with pytest.raises(RequestError) as caught:
        desk.client.rest_post(NOTES, body="hello")

    assert (caught.value.cause, caught.value.wait, desk.client.requests) == (Cause.RATE_LIMITED, 9.0, 1)


@pytest.mark.parametrize(
    ("action", "kind", "words"),
    [
        (faults.json_status(401, {"message": "401 Unauthorized"}), Cause.TOKEN, "does not accept the token"),
        (
            faults.json_status(401, {"error": "invalid_token", "error_description": "Token was revoked."}),
            Cause.TOKEN,
            "Token was revoked",
        ),
        (
            faults.json_status(403, {"error": "insufficient_scope", "error_description": "higher privileges"}),
            Cause.SCOPE,
            "scope",
        ),
        (faults.text_status(403, "Forbidden\n"), Cause.FORBIDDEN, "403, Forbidden"),
        (faults.json_status(404, {"message": "404 Project Not Found"}), Cause.NOT_FOUND, "or the token may not see it"),
        (faults.json_status(400, {"error": "state does not have a valid value"}), Cause.REFUSED, "valid value"),
        (faults.html_status(200, "Sign in"), Cause.NOT_JSON, "the answer is not GitLab's"),
        (faults.json_status(409, {"message": {"base": ["taken"]}}), Cause.REFUSED, "taken"),
        (faults.html_status(504, "Gateway Timeout"), Cause.TOO_HEAVY, "too long"),
    ],
)
def test_what_an_answer_means(desk: Desk, action: Action, kind: Cause, words: str) -> None:
    desk.server.fault(action, times=None)

    with pytest.raises(GitLabError, match=words) as caught:
        desk.client.rest_get(PROJECT)

    assert isinstance(caught.value, RequestError)
    assert caught.value.cause is kind
    assert caught.value.advice == ADVICE.get(kind, "")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (
            {"errors": [{"message": "Query has complexity of 314, which exceeds max complexity of 250"}]},
            Cause.TOO_HEAVY,
        ),
        ({"errors": [{"message": "Timeout on Project.issues"}], "data": {"project": None}}, Cause.TOO_HEAVY),
        ({"errors": [{"message": "Field 'x' doesn't exist on type 'Issue'"}]}, Cause.UNSUPPORTED),
        ({"errors": [{"message": "odd"}, {"message": "Invalid token"}]}, Cause.TOKEN),
        ({"errors": [{"message": "odd"}], "data": {"currentUser": None}}, Cause.REFUSED),
        ({"data": None}, Cause.NOT_JSON),
        (["x"], Cause.NOT_JSON),
    ],
)
def test_graphql_answers_200_to_almost_everything(desk: Desk, body: object, kind: Cause) -> None:
    desk.server.fault(faults.json_status(200, body), times=None)

    with pytest.raises(RequestError) as caught:
        server(desk)

    assert caught.value.cause is kind


def test_half_of_a_surrogate_pair_is_a_question_mark(desk: Desk) -> None:
    """No file can hold one, so whatever encodes the text later would fail."""
    body = json.dumps({"version": "\ud800", "names": ["\udfffx", "\U0001f469"]}).encode()
    desk.server.fault(faults.Answer(reply=Reply(status=200, body=body, headers={})))

    assert desk.client.rest_get("/version") == {"version": "?", "names": ["?x", "\U0001f469"]}


def test_a_list_that_is_none(desk: Desk) -> None:
    for answer in (faults.json_status(200, {"message": "hello"}), faults.html_status(200, "Sign in")):
        planned = desk.server.fault(answer, times=None)
        with pytest.raises(RequestError, match="not GitLab's"):
            desk.client.rest_list("/users")
        planned.times = 0


@pytest.mark.parametrize(
    "body",
    ["<html>", "{", "[1]", "null", '"hello"', '{"id": "7"}', "[" * 100_000, '{"path_with_namespace": "\\ud800"}'],
)
def test_a_damaged_answer_is_read_again(desk: Desk, body: str) -> None:
    desk.server.fault(faults.text_status(200, body), times=2)

    assert desk.client.get(PROJECT, ProjectRow).path_with_namespace == "acme/sre/production"
    assert desk.waits == [1.0, 2.0]


def test_an_answer_that_stays_of_another_form_is_an_error_with_its_place(desk: Desk) -> None:
    row = {"id": 7, "path_with_namespace": ["a"], "web_url": "x"}
    desk.server.fault(faults.json_status(200, row), times=None)

    with pytest.raises(RequestError, match=r"another form than GitLab's .*path_with_namespace") as caught:
        desk.client.get(PROJECT, ProjectRow)

    assert caught.value.cause is Cause.MALFORMED
    assert caught.value.advice


def test_a_server_that_hangs_is_asked_twice(tracker: Tracker, open_desk: Open) -> None:
    desk = open_desk(tracker.world, timeout=0.2)
    desk.server.fault(faults.Hang(), times=None)

    with pytest.raises(RequestError, match="did not answer in time") as caught:
        desk.client.rest_get(PROJECT)

    assert (caught.value.cause, desk.client.requests) == (Cause.NO_ANSWER, 2)


@pytest.mark.parametrize("pause", [0.05, 0.2])
def test_a_drip_ends_at_the_deadline_of_the_whole_request(tracker: Tracker, open_desk: Open, pause: float) -> None:
    desk = open_desk(tracker.world, timeout=0.4)
    desk.server.fault(faults.Drip(size=8, pause=pause), times=None)
    begun = time.monotonic()

    with pytest.raises(RequestError, match="did not answer in time") as caught:
        desk.client.rest_get(PROJECT)

    assert caught.value.cause is Cause.NO_ANSWER
    assert 0.7 < time.monotonic() - begun < 2, "two tries of 0.4 seconds"


def test_a_drip_that_ends_in_time_is_an_answer(tracker: Tracker, open_desk: Open) -> None:
    desk = open_desk(tracker.world, timeout=5)
    desk.server.fault(faults.Drip(size=400, pause=0.01))

    assert desk.client.get(PROJECT, ProjectRow).path_with_namespace == "acme/sre/production"
    assert (desk.client.requests, desk.waits) == (1, [])


@pytest.mark.parametrize("action", [faults.too_many(None), faults.too_many(None, as_json=True)])
def test_a_limit_that_does_not_say_how_long_is_waited_out(desk: Desk, action: Action) -> None:
    desk.server.fault(action, method="GET", times=3)

    assert desk.client.get(PROJECT, ProjectRow).path_with_namespace == "acme/sre/production"
    assert desk.waits == [60, 60, 60]


@pytest.mark.parametrize(("asks", "waits"), [("1m0s", [60] * 10), ("0", None), ("100000", [120] * 5)])
def test_a_limit_that_never_ends_is_given_up(desk: Desk, asks: str, waits: list[float] | None) -> None:
    desk.server.fault(faults.too_many(asks), method="GET", times=None)

    with pytest.raises(RequestError) as caught:
        desk.client.rest_get(PROJECT)

    assert caught.value.cause is Cause.RATE_LIMITED
    assert waits in (None, desk.waits)
    assert 500 < sum(desk.waits) <= 600
    assert len(desk.waits) < 50


def test_an_operation_that_hangs_does_not_mean_that_the_server_is_lost(tracker: Tracker, open_desk: Open) -> None:
    desk = open_desk(tracker.world, timeout=0.1)
    desk.server.fault(faults.Hang(), path="/users", times=None)
    causes = set()

    for number in range(10):
        with pytest.raises(RequestError) as caught:
            desk.client.rest_list("/users", username=str(number))
        causes.add(caught.value.cause)

    assert causes == {Cause.NO_ANSWER}


def test_once_the_patience_is_used_up_what_failed_is_not_sent_again(tracker: Tracker, open_desk: Open) -> None:
    waits: list[float] = []
    desk = open_desk(tracker.world, sleep=waits.append, clock_of_client=lambda: sum(waits), patience=40)
    planned = desk.server.fault(faults.html_status(502, "Bad Gateway"), path="/users", times=None)
    for number in range(9):
        with pytest.raises(RequestError):
            desk.client.rest_get(f"/users/{number}")

    assert waits == [1, 2, 4, 8] * 2 + [1, 2, 4] + [1, 2]
    assert planned.seen == 17
    assert desk.client.get(PROJECT, ProjectRow).path_with_namespace == "acme/sre/production"
    desk.client.retries.renew()
    planned.times = 0
    assert desk.client.rest_list("/users")


def test_a_server_that_is_not_there() -> None:
    connection = Connection.to(f"http://127.0.0.1:{free_port()}", TOKEN)
    words = r"no connection to 127.0.0.1:\d+ \(Connection refused\)"
    with (
        Client(connection, timeout=5, parallel=1, sleep=lambda _: None) as client,
        pytest.raises(RequestError, match=words) as caught,
    ):
        client.rest_get(PROJECT)

    assert caught.value.cause is Cause.UNREACHABLE


def test_a_server_that_is_gone_for_good_ends_the_audit(tracker: Tracker, open_desk: Open) -> None:
    desk = open_desk(tracker.world)
    desk.server.fault(faults.Drop(), times=None)
    kinds = []

    for _ in range(9):
        with pytest.raises(RequestError) as caught:
            desk.client.rest_get(PROJECT)
        kinds.append(caught.value.cause)

    assert kinds[:7] == [Cause.UNREACHABLE] * 7
    assert kinds[7:] == [Cause.LOST] * 2
    assert caught.value.fatal


def test_the_token_is_told_to_nobody(tracker: Tracker, open_desk: Open) -> None:
    desk = open_desk(tracker.world)
    desk.server.fault(faults.json_status(400, {"error": f"bad token {READER}"}))

    with pytest.raises(RequestError) as caught:
        desk.client.rest_get(PROJECT)

    assert READER not in f"{caught.value}{caught.value.__dict__}{caught.value.__cause__}"


def test_a_redirect_to_another_host_does_not_take_the_token_along(tracker: Tracker, open_desk: Open) -> None:
    with Server(tracker.world) as other:
        desk = open_desk(tracker.world)
        desk.server.fault(faults.moved(f"{other.url}/api/v4{PROJECT}"))

        with pytest.raises(RequestError) as caught:
            desk.client.rest_get(PROJECT)

        assert caught.value.cause is Cause.NOT_FOUND
        assert [request.user for request in other.requests] == [None]


def test_a_redirected_query_is_no_answer(tracker: Tracker, open_desk: Open) -> None:
    desk = open_desk(tracker.world)
    desk.server.fault(faults.moved(f"{desk.server.url}/api/v4/version"), method="POST")

    with pytest.raises(RequestError) as caught:
        server(desk)

    assert caught.value.cause is Cause.REDIRECTED


def test_graphql_may_have_an_address_of_its_own(tracker: Tracker) -> None:
    with Server(tracker.world) as rest, Server(tracker.world) as graphql:
        connection = Connection.to(rest.url, READER, f"{graphql.url}/api/graphql")
        with Client(connection, timeout=5, parallel=1) as client:
            client.query("server", ServerAnswer.model_validate)
            client.rest_get(PROJECT)

    assert [len(rest.requests), len(graphql.requests)] == [1, 1]


def test_pages_of_a_server_that_calls_itself_otherwise(tracker: Tracker, open_desk: Open) -> None:
    issue = tracker.incident()
    for n in range(101):
        issue.comment(f"comment {n}", by=tracker.anna, at=issue.created_at)
    desk = open_desk(tracker.world, public_url="https://gitlab.example.com")

    assert len(desk.client.rest_list(NOTES)) == 101


@pytest.mark.parametrize(
    ("bundle", "words"),
    [
        ("/no/such/authorities.pem", "REQUESTS_CA_BUNDLE names no file"),
        (__file__, "the file that REQUESTS_CA_BUNDLE names holds no certificate"),
    ],
)
def test_a_bundle_of_authorities_that_is_none(
    monkeypatch: pytest.MonkeyPatch, tracker: Tracker, open_desk: Open, bundle: str, words: str
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)
    url = open_desk(tracker.world).server.url.replace("http:", "https:")
    with (
        Client(Connection.to(url, TOKEN), timeout=5, parallel=1, sleep=lambda _: None) as client,
        pytest.raises(RequestError) as caught,
    ):
        client.rest_get(PROJECT)

    assert words in str(caught.value)
    assert "PEM" in caught.value.advice
    assert not caught.value.passing


def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_port()}")
    connection = Connection.to("https://gitlab.example.com", TOKEN)
    words = r"the proxy on the way to gitlab.example.com gives no connection \(Connection refused\)"
    with (
        Client(connection, timeout=5, parallel=1, sleep=lambda _: None) as client,
        pytest.raises(RequestError, match=words) as caught,
    ):
        client.rest_get(PROJECT)

    assert caught.value.cause is Cause.UNREACHABLE


def test_a_proxy_that_asks_for_a_password(tracker: Tracker, open_desk: Open) -> None:
    desk = open_desk(tracker.world)
    desk.server.fault(faults.html_status(407, "Proxy Authentication Required"))
    with pytest.raises(RequestError, match="the proxy on the way refused it") as caught:
        desk.client.rest_get(PROJECT)

    assert "HTTPS_PROXY" in caught.value.advice
    assert "<html" not in str(caught.value)
