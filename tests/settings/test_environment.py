"""Address and token from the environment: what is taken, and what is refused with which advice."""

import pytest

from audit.errors import UsageError
from audit.settings import Connection, connection_from

TOKEN = "glpat-0123456789abcdefghij"
ON_CI = {
    "GITLAB_TOKEN": TOKEN,
    "CI_SERVER_URL": "https://gitlab.example.com",
    "CI_API_V4_URL": "https://gitlab.example.com/api/v4",
    "CI_API_GRAPHQL_URL": "https://gitlab.example.com/api/graphql",
}


def with_url(url: str) -> dict[str, str]:
    return {"GITLAB_TOKEN": TOKEN, "GITLAB_URL": url}


@pytest.mark.parametrize(
    ("environ", "url", "graphql_url", "web_url"),
    [
        (with_url("https://g.org"), "https://g.org", "https://g.org/api/graphql", "https://g.org"),
        (with_url("https://g.org/"), "https://g.org", "https://g.org/api/graphql", "https://g.org"),
        (with_url("https://g.org/api/v4/"), "https://g.org", "https://g.org/api/graphql", "https://g.org"),
        (with_url("https://g.org/git"), "https://g.org/git", "https://g.org/git/api/graphql", "https://g.org/git"),
        (with_url("HTTPS://G.org"), "https://g.org", "https://g.org/api/graphql", "https://g.org"),
        (with_url("http://127.0.0.1:8"), "http://127.0.0.1:8", "http://127.0.0.1:8/api/graphql", "http://127.0.0.1:8"),
        (
            ON_CI,
            "https://gitlab.example.com",
            "https://gitlab.example.com/api/graphql",
            "https://gitlab.example.com",
        ),
        (  # the job's own GitLab is not the one that is audited
            {**ON_CI, "GITLAB_URL": "https://g.org"},
            "https://g.org",
            "https://g.org/api/graphql",
            "https://g.org",
        ),
        (  # jobs reach the API by a proxy
            {**ON_CI, "CI_API_V4_URL": "https://proxy/x/api/v4", "CI_API_GRAPHQL_URL": "https://proxy/x/api/graphql"},
            "https://proxy/x",
            "https://proxy/x/api/graphql",
            "https://gitlab.example.com",
        ),
        (
            {"GITLAB_TOKEN": TOKEN, "GITLAB_URL": "", "CI_SERVER_URL": "https://g.org"},
            "https://g.org",
            "https://g.org/api/graphql",
            "https://g.org",
        ),
    ],
)
def test_addresses(environ: dict[str, str], url: str, graphql_url: str, web_url: str) -> None:
    connection = connection_from(environ)
    assert connection == Connection(url=url, graphql_url=graphql_url, web_url=web_url, token=TOKEN)


def test_the_token_is_in_no_repr() -> None:
    assert TOKEN not in repr(connection_from(ON_CI))


def test_the_host_is_the_one_of_references() -> None:
    assert connection_from(with_url("https://GitLab.example.com:8443/git")).host == "gitlab.example.com:8443"


@pytest.mark.parametrize(
    ("token", "message", "advice"),
    [
        (None, "GITLAB_TOKEN is not set", "project or group access token"),
        ("", "GITLAB_TOKEN is empty", "protected variable is empty on a branch that is not protected"),
        (" \n", "GITLAB_TOKEN is empty", "protected variable"),
        (f"{TOKEN}\n", "GITLAB_TOKEN holds white space", "Paste it again"),
        (f" {TOKEN}", "GITLAB_TOKEN holds white space", "Paste it again"),
        (f"{TOKEN}…", "GITLAB_TOKEN holds white space, a line break or another character", "Paste it again"),
        (f'"{TOKEN}"', "GITLAB_TOKEN holds quotes", "Remove them"),
        ("$AUDIT_TOKEN", "GITLAB_TOKEN holds the name of a variable", "Define that variable"),
        ("glcbt-64_abcdefghij", "GITLAB_TOKEN is a CI job token", "access token"),
    ],
)
def test_tokens_that_cannot_be_right(token: str | None, message: str, advice: str) -> None:
    environ = {"GITLAB_URL": "https://g.org"} | ({} if token is None else {"GITLAB_TOKEN": token})
    with pytest.raises(UsageError) as caught:
        connection_from(environ)
    assert str(caught.value).startswith(message)
    assert advice in caught.value.advice
    assert TOKEN not in str(caught.value) + caught.value.advice


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "GITLAB_URL is not set"),
        ({"GITLAB_URL": ""}, "GITLAB_URL is empty"),
        ({"GITLAB_URL": "gitlab.example.com"}, "GITLAB_URL is not an address that begins with https://"),
        ({"GITLAB_URL": "ssh://git@g.org"}, "GITLAB_URL holds more than an address"),
        ({"GITLAB_URL": "https://u:passw0rd@g.org"}, "GITLAB_URL holds more than an address"),
        ({"GITLAB_URL": "https://g.org?private_token=passw0rd"}, "GITLAB_URL holds more than an address"),
        ({"GITLAB_URL": "https://"}, "GITLAB_URL is not an address"),
        ({"GITLAB_URL": "https://g.org:port"}, "GITLAB_URL is not an address"),
        ({"GITLAB_URL": "https://[::1"}, "GITLAB_URL is not an address"),
        ({"GITLAB_URL": "https://g.org/ x"}, "GITLAB_URL is not an address"),
        ({"GITLAB_URL": "http://g.org"}, "GITLAB_URL is plain http"),
        ({"GITLAB_URL": "http://10.0.0.1"}, "GITLAB_URL is plain http"),
        ({"GITLAB_URL": "http://localhost.evil.org"}, "GITLAB_URL is plain http"),
        ({"CI_SERVER_URL": "http://g.org"}, "CI_SERVER_URL is plain http"),
        ({"CI_SERVER_URL": "https://g.org", "CI_API_V4_URL": "https://g.org/v4"}, "CI_API_V4_URL does not end in"),
        ({"CI_SERVER_URL": "https://g.org", "CI_API_GRAPHQL_URL": "http://g.org"}, "CI_API_GRAPHQL_URL is plain http"),
    ],
)
def test_addresses_that_are_refused(environ: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        connection_from({"GITLAB_TOKEN": TOKEN, **environ})
    assert str(caught.value).startswith(message)
    assert caught.value.advice
    assert "passw0rd" not in str(caught.value) + caught.value.advice


@pytest.mark.parametrize(
    "url", ["http://localhost", "http://gitlab.localhost:80", "http://[::1]:80", "http://127.1.2.3"]
)
def test_plain_http_to_this_machine(url: str) -> None:
    assert connection_from(with_url(url)).url == url


@pytest.mark.parametrize(("value", "allowed"), [("1", True), ("0", False), ("", False)])
def test_plain_http_on_request(value: str, allowed: bool) -> None:
    environ = {**with_url("http://g.org"), "GITLAB_ALLOW_HTTP": value}
    if allowed:
        assert connection_from(environ).url == "http://g.org"
    else:
        with pytest.raises(UsageError, match="plain http"):
            connection_from(environ)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(UsageError, match="GITLAB_TOKEN is not set; GITLAB_URL is not set") as caught:
        connection_from({})
    assert caught.value.exit_status == 2
