"""Pictures of the example report: ``python -m tests.browser.pictures [FOLDER]``, by hand after its pages have changed.

Draws ``report.png`` (page one as GitLab renders it), which the README shows, beside the example. With a FOLDER it draws
there what one looks at before a release: the details as GitLab renders them, and report.html at 1280 and 375 pixels,
light, dark and printed.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS, FOUND
from tests.reminders.rendering import html

if TYPE_CHECKING:
    from playwright.sync_api import Browser

EXAMPLE = Path(__file__).parents[2] / "reports" / "example"
WIDTH = 1180
"""Pixels of the text of a wide issue."""
STYLE = """
body { font: 14px/1.5 system-ui, "Noto Sans", Arial, sans-serif; color: #3a383f; background: #fff; margin: 24px 28px }
h1 { font-size: 24px; margin: 0 0 14px } h2 { font-size: 20px; margin: 22px 0 12px }
h1, h2 { line-height: 1.25; font-weight: 600; color: #18171d }
p, ul, ol { margin: 0 0 12px } ul, ol { padding-left: 24px } li { margin: 3px 0 }
a { color: #0b5cad; text-decoration: none }
code { font: 12px/1.5 "DejaVu Sans Mono", monospace; background: #ececef; padding: 2px 4px; border-radius: 4px }
pre { background: #fbfafd; border: 1px solid #dcdcde; padding: 8px 12px; border-radius: 4px; overflow: auto }
pre code { background: none; padding: 0 }
table { border-collapse: collapse; margin: 0 0 14px } th, td { border: 1px solid #dcdcde; padding: 7px 10px }
td, th { vertical-align: top; text-align: left } th { font-weight: 600; background: #fbfafd }
details { margin: 0 0 12px }
"""


def main(folder: Path | None = None) -> None:
    """Draw the pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=FOUND, args=list(ARGUMENTS))
        _markdown(browser, "report.md", EXAMPLE / "report.png")
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            _markdown(browser, "details.md", folder / "details.png", opened=True)
            for width in (1280, 375):
                for scheme in ("light", "dark"):
                    _page(browser, folder / f"report-{width}-{scheme}.png", width, color_scheme=scheme)
            _page(browser, folder / "report-print.png", 794, media="print")
        browser.close()


def _markdown(browser: Browser, name: str, to: Path, *, opened: bool = False) -> None:
    body = html((EXAMPLE / name).read_text(encoding="utf-8"))
    body = body.replace("<details>", "<details open>") if opened else body
    page = browser.new_page(viewport={"width": WIDTH, "height": 600})
    page.set_content(f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{re.sub('<!--.*?-->', '', body)}")
    page.screenshot(path=to, full_page=True)
    page.close()


def _page(browser: Browser, to: Path, width: int, media: str = "screen", **context: Any) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, **context)
    page.emulate_media(media=media)  # type: ignore[arg-type]
    page.goto((EXAMPLE / "report.html").as_uri())
    page.screenshot(path=to, full_page=True)
    page.close()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
