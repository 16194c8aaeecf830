"""One browser for each module, and the pages that it opens.

The browser is the chromium of the system, or what the variable AUDIT_BROWSER names, which must then work.
"""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

from audit.model import User
from audit.report.formats.audit_json import audit_json
from audit.report.formats.html import report_html
from audit.report.formats.json_text import json_text
from audit.report.history.archive import archive_html
from tests import records as make
from tests.report import world
from tests.report.formats.test_html import hostile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Dialog, Page, ViewportSize

NAMED = os.environ.get("AUDIT_BROWSER")  # noqa: TID251 - of the tests, not of the program
FOUND = NAMED or shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


SCREEN: ViewportSize = {"width": 1280, "height": 720}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if FOUND is None:
        pytest.skip("needs a browser: install chromium, or set AUDIT_BROWSER to one")
    # its crash reports and settings would otherwise be kept at home
    own = {f"XDG_{what}_HOME": str(tmp_path_factory.mktemp(what.lower())) for what in ("CONFIG", "CACHE")}
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=FOUND,
            args=list(ARGUMENTS),
            env={**os.environ, **own},  # noqa: TID251 - of the tests, not of the program
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every kind of page."""
    folder = tmp_path_factory.mktemp("site")
    for name, text in {
        "report.html": report_html(world.view(world.result(), previous=world.previous())),
        "many.html": _many(),
        "hostile.html": hostile(),
        "index.html": _archive(),
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _many() -> str:
    """The report of 250 incidents beside the usual ones: every other one has a review."""
    alice = (User(username="alice"),)
    tracker = [*world.issues()]
    for iid in range(1001, 1251):
        day = f"2026-{10 + iid % 2}-{1 + iid % 20:02}"
        service = ("Service::API", "Service::Web")[iid % 3 == 0]
        tracker.append(make.incident(iid, f"Case {iid}", labels=("Severity::2", service), created=f"{day} 09:00"))
        if iid % 2:
            tracker.append(make.review(iid + 1000, of=iid, created=day, closed=f"{day} 18:00", assignees=alice))
    return report_html(world.view(world.result(tracker), plan=None))


def _archive() -> str:
    told = audit_json(world.usual())
    days = [f"2026-{month:02}-{day:02}" for month in (9, 10, 11) for day in (2, 9, 16, 23)]
    texts = {
        day: json_text({**told, "as_of": day, "compliance": {**told["compliance"], "rate": place / len(days)}})
        for place, day in enumerate(days)
    }
    night = json_text({**told, "as_of": "2026-11-24", "edition": "nightly"})
    files = ("due.ics", "due-backend.ics", "badge.svg")
    return archive_html({**texts, "2026-11-24": night, "2026-08-31": "{"}, files)


class Opened:
    """A page, and all that it did since it was opened."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.said: list[str] = []
        """On the console, errors, and dialogs."""
        self.refused: dict[str, str | None] = {}
        """Address of a request that came to nothing, and why."""
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("requestfailed", lambda request: self.refused.update({request.url: request.failure}))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", self._refuse)

    def _refuse(self, dialog: Dialog) -> None:
        self.said.append(dialog.message)
        dialog.dismiss()

    def leave(self) -> None:
        """Leave the page, and forget all that it did and was set to."""
        self.page.goto("about:blank")
        self.page.emulate_media(media="null", color_scheme="null")
        for kept in (self.requests, self.said, self.refused):
            kept.clear()

    def column(self, number: int, table: str = "#incidents") -> list[str]:
        """Return the words of a column's cells, of the rows that can be seen."""
        cells = self.page.locator(f"{table} > tbody > tr:visible > td:nth-child({number})")
        return [text.strip() for text in cells.all_inner_texts()]

    @property
    def hash(self) -> str:
        return self.page.url.partition("#")[2]


class Opener:
    """Opens pages of the site, in contexts that are used again: to make one takes three times as long as to use it."""

    def __init__(self, browser: Browser, site: Path) -> None:
        self.browser = browser
        self.site = site
        self._free: dict[str, list[Opened]] = defaultdict(list)
        """By the settings of their contexts."""
        self._taken: list[tuple[str, Opened]] = []

    def __call__(self, name: str, hash_: str = "", *, viewport: ViewportSize = SCREEN, **context: Any) -> Opened:
        kind = repr(sorted(context.items()))
        free = self._free[kind]
        opened = free.pop() if free else Opened(self.browser.new_context(**context).new_page())
        self._taken.append((kind, opened))
        opened.page.set_viewport_size(viewport)
        opened.page.goto((self.site / name).as_uri() + (f"#{hash_}" if hash_ else ""))
        return opened

    def leave(self) -> None:
        """Leave every page."""
        for kind, opened in self._taken:
            opened.leave()
            self._free[kind].append(opened)
        self._taken.clear()


@pytest.fixture(scope="module")
def opener(browser: Browser, site: Path) -> Opener:
    return Opener(browser, site)


@pytest.fixture
def browse(opener: Opener) -> Iterator[Opener]:
    yield opener
    opener.leave()
