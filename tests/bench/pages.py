"""Benchmark: how long the pages take to write and to use, and how large they become.

``python -m tests.bench.pages [incidents ...]`` prints, for trackers of so many incidents (100, 10,000 and 100,000 where
none are named), the CPU seconds, bytes, lines and words of report.md, details.md and report.html, and in Chromium the
milliseconds until the page can be used, to sort its table of all incidents, and to filter it. The Views are made by the
real core of generated issues.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from audit.model import User
from audit.report.formats.details import details_md
from audit.report.formats.html import report_html
from audit.report.formats.page_one import report_md
from tests import records as make
from tests.report import world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from audit.model import Issue
    from audit.report.figures.view import View

SIZES = (100, 10_000, 100_000)
_WORDS = ("Checkout", "Search", "Registry", "Pages", "Runner", "Mail", "Login", "Queue", "Import", "Webhook")
_TROUBLES = (
    "answers 500 to a part of requests",
    "is slow in one region",
    "does not arrive",
    "is down after a change",
)
_SORT = """async () => {
  const button = [...document.querySelectorAll("#incidents th button")].find((one) => one.textContent === "Due");
  const started = performance.now();
  button.click();
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - started;
}"""
_FILTER = """async () => {
  const field = document.querySelector("form [name=q]");
  const started = performance.now();
  field.value = "checkout 500";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - started;
}"""
_MORE = """async () => {
  const button = [...document.querySelectorAll("#all .more")].at(-1);
  document.querySelector("form").reset();
  await new Promise((done) => setTimeout(done, 50));
  const started = performance.now();
  button.click();
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - started;
}"""
_LOADED = "performance.timing.loadEventEnd - performance.timing.navigationStart"


def tracker(count: int) -> Iterator[Issue]:
    """Incidents of three years; three of five have a review, of which one of four is open."""
    alice = (User(username="alice"),)
    for number in range(1, count + 1):
        day = world.AS_OF - timedelta(days=1 + number * 1095 // count)
        labels = (f"Severity::{1 + number % 4}", ("Service::API", "Service::Web", "Service::Git")[number % 3])
        title = f"{_WORDS[number % 10]} {_TROUBLES[number % 4]}, number {number}"
        yield make.incident(number, title, labels=labels, created=f"{day} 09:00")
        if number % 5 > 1:
            closed = (
                {} if number % 4 == 0 else {"closed": f"{min(day + timedelta(days=number % 9), world.AS_OF)} 12:00"}
            )
            yield make.review(
                1_000_000 + number, f"Incident Review: {title}", of=number, created=str(day), assignees=alice, **closed
            )


def timed(render: Callable[[View], str], view: View) -> tuple[str, str]:
    started = time.process_time()
    text = render(view)
    size = f"{len(text.encode()):,} bytes, {len(text.splitlines()):,} lines, {len(text.split()):,} words"
    return text, f"{time.process_time() - started:.2f} s of CPU, {size}"


def browsed(path: Path) -> str:
    """Open a page in Chromium and use its large table."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(path.as_uri())
        loaded, sort, again, sifted = (page.evaluate(one) for one in (_LOADED, _SORT, _SORT, _FILTER))
        unfolded, whole = page.evaluate(_MORE), page.evaluate(_SORT)
        rows = page.locator("#incidents > tbody > tr").count()
        browser.close()
    return (
        f"loaded after {loaded:.0f} ms, sorted in {sort:.0f} ms, again in {again:.0f} ms,"
        f" filtered in {sifted:.0f} ms; {rows} rows shown in {unfolded:.0f} ms, and sorted in {whole:.0f} ms"
    )


def main(*sizes: int) -> None:
    """Measure each size."""
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes or SIZES:
            started = time.perf_counter()
            since = world.settings(waivers=[], policies=[{"from": date(2020, 1, 1).isoformat(), "name": "handbook"}])
            view = world.view(world.result(tuple(tracker(size)), config=since, gaps=()), plan=None)
            print(f"{size:,} incidents: View in {time.perf_counter() - started:.1f} s")  # noqa: T201
            (_, page), (_, behind) = timed(report_md, view), timed(details_md, view)
            text, html = timed(report_html, view)
            path = Path(folder) / f"{size}.html"
            path.write_text(text, encoding="utf-8")
            print(f"  report.md {page}\n  details.md {behind}\n  report.html {html}")  # noqa: T201
            print(f"  Chromium: {browsed(path)}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
