"""The job log: what a person reads there, and what nobody must."""

import base64
import io
import logging
import sys
import warnings
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

import pytest

from audit import logs
from audit.logs import Mask, MaskingFormatter, ProgressDisplay, configure

SECRET = "s3cr3t/t0+ken=="
WATCHED = ("", "audit", "urllib3", "gitlab")


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, levels = list(root.handlers), [logging.getLogger(name).level for name in WATCHED]
    yield
    root.handlers[:] = handlers
    for name, level in zip(WATCHED, levels, strict=True):
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=False)


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


# --- masking -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spelling",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        *(base64.b64encode(f"{user}:{SECRET}".encode()).decode() for user in ("", "u", "us", "oauth2")),
    ],
)
def test_a_known_secret_is_masked_however_it_is_spelt(spelling: str) -> None:
    masked = Mask([SECRET])(f"before {spelling} after")
    assert masked.startswith("before ")
    assert masked.endswith(" after")
    assert "[MASKED]" in masked
    assert SECRET[:8] not in masked
    decodable = masked.removeprefix("before ").removesuffix(" after").partition("[MASKED]")
    assert len(decodable[0]) + len(decodable[2]) < len(spelling) / 1.5


def test_a_secret_that_contains_another_goes_whole() -> None:
    assert Mask(["abcdefgh", "abcdefghijkl"])("abcdefghijkl") == "[MASKED]"


@pytest.mark.parametrize("secret", ["", "a", "review"])
def test_what_is_too_short_for_a_token_cuts_no_words(secret: str) -> None:
    assert Mask([secret])("a review of an incident") == "a review of an incident"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("glpat-abcdefghijklmnopqrst", "[MASKED]"),
        ("token glpat-AbC_12.ab.0x9z!", "token [MASKED]!"),
        ("glnew-0123456789abcdefABCD", "[MASKED]"),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.dBjftJeZ4CVP", "[MASKED]"),
        ("https://oauth2:abc@g.org/x?y", "https://[MASKED]@g.org/x?y"),
        ("https://abc@g.org", "https://[MASKED]@g.org"),
        ("PRIVATE-TOKEN: abc", "PRIVATE-TOKEN: [MASKED]"),
        ("{'Private-Token': 'abc', 'Accept': 'x'}", "{'Private-Token': '[MASKED]', 'Accept': 'x'}"),
        ("{b'JOB-TOKEN': b'abc'}", "{b'JOB-TOKEN': b'[MASKED]'}"),
        ("Authorization: Bearer abc", "Authorization: Bearer [MASKED]"),
        ('"authorization": "Basic dTpw"', '"authorization": "Basic [MASKED]"'),
        ("GET /x?private_token=abc&page=2", "GET /x?private_token=[MASKED]&page=2"),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, masked: str) -> None:
    assert Mask()(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "gitlab-com/gl-infra/production#12",
        "glue-service-production-of-the-team",
        "https://gitlab.com/@me/x and a@b.org",
        "the token of the bot",
        "an authorization is needed",
        "Review-Requested::2026-11-30",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert Mask([SECRET])(text) == text


def test_whose_account_a_library_asks_for_is_not_logged() -> None:
    """It may be a manager who is known of a confidential incident alone; our own lines are told as they are."""
    stream = io.StringIO()
    configure(verbose=True, stream=stream)
    line = '"GET /api/v4/users?username=%s&page=2 HTTP/1.1" 200 None'
    logging.getLogger("urllib3.connectionpool").debug(line, "zed%2Ea")
    logging.getLogger("audit").info("GET /x?username=%s", "zed")
    assert stream.getvalue().splitlines() == [
        'urllib3.connectionpool: "GET /api/v4/users?username=[MASKED]&page=2 HTTP/1.1" 200 None',
        "GET /x?username=zed",
    ]


# --- lines ---------------------------------------------------------------------------------------------------------


def test_only_what_is_wrong_names_its_level(stream: io.StringIO) -> None:
    configure(stream=stream)
    log = logging.getLogger("audit.app.nightly")
    log.debug("detail")
    log.info("read %d of %d", 3, 4)
    log.warning("two severities")
    log.error("no report")
    assert stream.getvalue().splitlines() == ["read 3 of 4", "warning: two severities", "error: no report"]


def test_libraries_speak_up_from_warnings_on_and_are_masked(stream: io.StringIO) -> None:
    configure([SECRET], stream=stream)
    logging.getLogger("urllib3.connectionpool").info("connected")
    logging.getLogger("urllib3.connectionpool").warning("retrying /x?t=%s", SECRET)
    assert stream.getvalue() == "warning: urllib3.connectionpool: retrying /x?t=[MASKED]\n"


def test_verbose_adds_our_details_and_each_request_only(stream: io.StringIO) -> None:
    configure(verbose=True, stream=stream)
    for name in ("audit.pull", "urllib3", "gitlab", "markdown_it"):
        logging.getLogger(name).debug("detail")
    assert stream.getvalue().splitlines() == ["detail", "urllib3: detail", "gitlab: detail"]


def test_arguments_and_tracebacks_are_masked_too(stream: io.StringIO) -> None:
    configure([SECRET], stream=stream)
    try:
        int(SECRET)
    except ValueError:
        logging.getLogger("audit").exception("with %s", {"token": SECRET})
    assert "base 10: '[MASKED]'" in stream.getvalue()
    assert SECRET not in stream.getvalue()


def test_warnings_of_python_go_the_same_way(stream: io.StringIO) -> None:
    configure([SECRET], stream=stream)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn(f"deprecated {SECRET}", UserWarning, stacklevel=1)
    assert "UserWarning: deprecated [MASKED]" in stream.getvalue()


def test_a_title_neither_moves_the_cursor_nor_opens_a_section(stream: io.StringIO) -> None:
    configure(stream=stream)
    logging.getLogger("audit").info("title: %s", "x\r\x1b[0Ksection_start:1:a\x9b")
    assert stream.getvalue() == "title: x\\x0d\\x1b[0Ksection_start:1:a\\x9b\n"


def test_configured_twice_it_writes_once(stream: io.StringIO) -> None:
    configure([SECRET], stream=io.StringIO())
    configure([SECRET], stream=stream)
    logging.getLogger("audit").info("once")
    assert stream.getvalue() == "once\n"


def test_secrets_that_are_found_later_are_masked_from_then_on(stream: io.StringIO) -> None:
    configure([SECRET], verbose=True, stream=stream)
    logs.mask([SECRET, "hook-of-the-chat"])
    logging.getLogger("urllib3").debug("POST /hook-of-the-chat for %s", SECRET)
    assert stream.getvalue() == f"urllib3: POST /{logs.MASKED} for {logs.MASKED}\n"


def test_without_a_stream_it_writes_to_the_stderr_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    configure()
    later = io.StringIO()
    monkeypatch.setattr(sys, "stderr", later)
    logging.getLogger("audit").info("later")
    assert later.getvalue() == "later\n"


# --- progress ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "lines"),
    [
        ([(n, 5) for n in range(6)], ["Read (5) ..."]),
        ([(n, 340) for n in range(341)], ["Read (340) ...", *(f"Read: {n} of 340" for n in range(34, 341, 34))]),
        ([(3, 3)], ["Read (3) ..."]),
        ([(0, 3), (3, 3), (3, 3)], ["Read (3) ..."]),
        ([(0, None)], ["Read ..."]),
        ([(0, 0), (50, 0), (70, 70)], ["Read ..."]),
        ([(0, 1000), (999, 1000)], ["Read (1000) ...", "Read: 999 of 1000"]),
        ([(0, 2), (2, 2), (0, 2), (2, 2)], ["Read (2) ...", "Read (2) ..."]),
    ],
)
def test_a_job_log_gets_few_lines_a_stage(
    stream: io.StringIO, steps: list[tuple[int, int | None]], lines: list[str]
) -> None:
    with ProgressDisplay(stream) as progress:
        for done, total in steps:
            progress("Read", done, total)
    assert stream.getvalue().splitlines() == lines


def test_a_terminal_gets_one_bar_a_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    with ProgressDisplay(terminal) as progress:
        for done in range(301):
            progress("Incidents", done, 300)
        progress("Reviews", 0, 0)
    assert "Incidents" in terminal.getvalue()
    assert "Reviews" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[?25h"), "the cursor is shown again"


def test_a_terminal_that_moves_no_cursor_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    terminal = Terminal()
    with ProgressDisplay(terminal) as progress:
        progress("Reviews", 0, 3)
    assert terminal.getvalue() == "Reviews (3) ...\n"


def test_closing_what_never_began_is_fine(stream: io.StringIO) -> None:
    logs.ProgressDisplay(stream).close()
    assert stream.getvalue() == ""


@pytest.mark.parametrize("text", ["a\nerror: b", "a\u202eb", "a\U000e0041b", "a\u2028b", "a\ud800b"])
def test_words_of_the_tracker_begin_no_line_and_hide_nothing(text: str) -> None:
    formatter = MaskingFormatter(Mask())
    line = formatter.format(logging.LogRecord("audit", logging.INFO, "", 0, "%s", (text,), None))
    assert all(one.startswith(("a", "  ")) and one.isprintable() for one in line.split("\n"))
