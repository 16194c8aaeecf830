"""The digest by chat and mail, sent for real: to a web hook and a mail server on loopback."""

from __future__ import annotations

import email
import json
import logging
import sys
import threading
from dataclasses import dataclass, field
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller

from audit.app.digest_sender import INSTALL, Receivers
from audit.errors import UsageError
from audit.logs import MASKED
from audit.report.formats.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

DIGEST = Digest(
    title="Incident reviews: week 48 of 2026",
    text="3 of 4 on time\nOpen late: 1\nAs of Mon 2026-11-23: https://gitlab.example/g/r/-/work_items/7",
    markdown="- **3 of 4 on time**\n- Open late: 1\n- [the report](https://gitlab.example/g/r/-/work_items/7)",
)
SECRET = "T0P-SECRET-token"


@dataclass(kw_only=True)
class Hook:
    """A web hook, as chats have one."""

    port: int
    got: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200


@pytest.fixture
def hook() -> Iterator[Hook]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            made.got.append({"path": self.path} | json.loads(self.rfile.read(length)))
            self.send_response(made.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        made = Hook(port=server.server_port)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield made
        server.shutdown()
        thread.join()


class Inbox:
    """Keeps the mails that come in."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.mails.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 OK"


class MailServer(Controller):
    """One whose port the system chooses."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def test_a_chat_that_likes_plain_text(hook: Hook) -> None:
    receivers = Receivers([f"json://127.0.0.1:{hook.port}/{SECRET}"])
    assert receivers.names == ("receiver 1 (JSON)",)
    assert receivers.send(DIGEST) == [("receiver 1 (JSON)", None)]
    (got,) = hook.got
    assert (got["title"], got["message"]) == (DIGEST.title, DIGEST.text)


def test_a_chat_that_likes_markdown(hook: Hook) -> None:
    url = f"mmost://127.0.0.1:{hook.port}/{SECRET}?format=markdown"
    assert Receivers([url]).send(DIGEST) == [("receiver 1 (Mattermost)", None)]
    text = hook.got[0]["text"]
    assert "- **3 of 4 on time**" in text
    assert "[the report](https://gitlab.example/g/r/-/work_items/7)" in text


def test_mail() -> None:
    inbox = Inbox()
    server = MailServer(inbox, hostname="127.0.0.1", port=0)
    server.start()
    try:
        url = f"mailto://127.0.0.1:{server.port}?from=audit@example.org&to=leads@example.org&mode=insecure"
        assert Receivers([url]).send(DIGEST) == [("receiver 1 (E-Mail)", None)]
    finally:
        server.stop()
    (mail,) = inbox.mails
    assert (mail["Subject"], mail["To"]) == (DIGEST.title, "leads@example.org")
    body = mail.get_body(("html", "plain"))
    assert body is not None
    for words in ("3 of 4 on time", "Open late: 1", "https://gitlab.example/g/r/-/work_items/7"):
        assert words in body.get_content()


def test_who_did_not_get_it_is_told_without_the_address(hook: Hook, caplog: pytest.LogCaptureFixture) -> None:
    hook.status = 500
    away = f"json://{SECRET}@127.0.0.1:1/{SECRET}"
    receivers = Receivers([f"json://127.0.0.1:{hook.port}/{SECRET}", away])
    with caplog.at_level(logging.DEBUG):
        (_, first), (name, second) = receivers.send(DIGEST)
    assert "500" in (first or "")
    assert name == "receiver 2 (JSON)"
    assert "onnection" in (second or "")
    for part in (SECRET, "127.0.0.1"):
        assert part not in f"{first} {second}"
    assert MASKED in (second or "")
    assert not [record for record in caplog.records if record.name.startswith("apprise")]


@pytest.mark.parametrize("url", [f"nonsense://{SECRET}", SECRET, f"slack://{SECRET}"])
def test_an_address_that_apprise_does_not_know(url: str) -> None:
    with pytest.raises(UsageError) as error:
        Receivers(["json://127.0.0.1:1/", url])
    assert error.value.message == "apprise does not know the address of receiver 2 of the digest"
    assert SECRET not in error.value.message + error.value.advice


def test_without_apprise_the_install_command_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(UsageError, match="not installed") as error:
        Receivers(["json://127.0.0.1:1/"])
    assert INSTALL in error.value.advice
