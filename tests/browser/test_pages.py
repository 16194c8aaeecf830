"""The pages in a real browser: what a reader sees and does, and what the pages may not do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.conftest import Opened, Opener

PAGES = ("report.html", "many.html", "hostile.html", "index.html")
INCIDENT, VERDICT, DUE = 1, 5, 7
PAPER = 703
"""Pixels between the margins of A4."""


def head(opened: Opened, name: str, table: str = "#incidents") -> Any:
    return opened.page.locator(f"{table} th", has_text=name).first


def field(opened: Opened, name: str) -> Any:
    return opened.page.locator(f"form [name={name}]")


def days(texts: list[str]) -> list[str]:
    return [text for text in texts if text != "–"]


def test_a_table_is_sorted_by_mouse_and_what_has_no_value_stands_last(browse: Opener) -> None:
    opened = browse("report.html")
    head(opened, "Due").get_by_role("button").click()
    rising = opened.column(DUE)
    assert head(opened, "Due").get_attribute("aria-sort") == "ascending"
    assert days(rising) == sorted(days(rising))
    assert len(set(days(rising))) > 3
    head(opened, "Due").get_by_role("button").click()
    falling = opened.column(DUE)
    assert head(opened, "Due").get_attribute("aria-sort") == "descending"
    assert days(falling) == sorted(days(rising), reverse=True)
    assert rising[-1] == falling[-1] == "–"
    assert opened.page.locator("#incidents [aria-sort]").count() == 1


def test_numbers_are_sorted_as_numbers(browse: Opener) -> None:
    opened = browse("report.html")
    head(opened, "Working days late", "#late-ones").get_by_role("button").click()
    late = [int(text) for text in opened.column(6, "#late-ones")]
    assert late == sorted(late)
    assert late[0] < 15 < late[-1]
    head(opened, "Incident").get_by_role("button").click()
    numbers = [int(text.partition("#")[2].split()[0]) for text in opened.column(INCIDENT)]
    assert numbers == sorted(numbers)


def test_what_is_due_today_has_the_fewest_days_left(browse: Opener) -> None:
    opened = browse("many.html")
    opened.page.evaluate("""() => {
      const cell = document.querySelector("#upcoming-ones td.days");
      cell.dataset.key = "0";
      cell.textContent = "due today";
    }""")
    head(opened, "Working days left", "#upcoming-ones").get_by_role("button").click()
    assert opened.column(6, "#upcoming-ones")[0] == "due today"


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_table_is_sorted_by_keyboard_and_says_so(browse: Opener, key: str) -> None:
    opened = browse("report.html")
    page = opened.page
    page.locator("#all .clear").focus()
    for _ in range(7):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Due"
    page.keyboard.press(key)
    assert days(opened.column(DUE)) == sorted(days(opened.column(DUE)))
    assert page.evaluate("document.activeElement.textContent") == "Due"
    assert page.locator("#incidents-status").inner_text() == "Sorted by Due, ascending."


def test_a_table_is_a_stop_of_the_keyboard_only_where_it_can_be_scrolled(browse: Opener) -> None:
    page = browse("report.html", viewport={"width": 1280, "height": 800}).page
    expect(page.locator("#all .table")).to_have_attribute("tabindex", "-1")
    page.set_viewport_size({"width": 680, "height": 800})
    expect(page.locator("#all .table")).to_have_attribute("tabindex", "0")
    assert "Wider than the screen" in page.evaluate(
        "getComputedStyle(document.querySelector('#all .table'), '::before').content"
    )


def test_filter_and_order_stand_in_the_address_and_come_back_from_it(browse: Opener) -> None:
    opened = browse("many.html")
    page = opened.page
    field(opened, "team").select_option("backend")
    field(opened, "verdict").select_option(label="on time")
    field(opened, "q").fill("case 104")
    head(opened, "Incident").get_by_role("button").click()
    head(opened, "Incident").get_by_role("button").click()
    assert opened.hash == "team=backend&verdict=on_time&q=case+104&sort-incidents=-incident"
    shown = opened.column(INCIDENT)
    assert len(shown) > 2
    assert shown == sorted(shown, reverse=True)
    assert all("Case 104" in text for text in shown)
    assert set(opened.column(VERDICT)) == {"on time"}
    assert f"{len(shown)} of 265 rows match." in page.locator("#incidents-status").inner_text()
    again = browse("many.html", opened.hash)
    assert again.column(INCIDENT) == shown
    assert field(again, "q").input_value() == "case 104"
    assert field(again, "team").input_value() == "backend"
    again.page.get_by_role("button", name="Clear").click()
    expect(again.page.locator("#incidents > tbody > tr")).to_have_count(100)
    assert again.hash == "sort-incidents=-incident"
    assert len(again.column(INCIDENT)) == 100


def test_a_team_leads_to_its_incidents(browse: Opener) -> None:
    opened = browse("report.html")
    opened.page.locator("#teams").get_by_role("link", name="frontend").click()
    expect(field(opened, "team")).to_have_value("frontend")
    assert opened.hash == "team=frontend"
    assert set(opened.column(4)) == {"frontend"}
    opened.page.go_back()
    expect(field(opened, "team")).to_have_value("")
    assert len(opened.column(4)) == 15
    opened.page.locator("nav").get_by_role("link", name="Late").click()
    assert opened.hash == "late"
    assert opened.said == []


@pytest.mark.parametrize("hash_", ["team=%3Cimg%20src=x%3E&sort-incidents=nothing", "verdict=&q=%E0%A4%A", "late"])
def test_an_address_that_says_nothing_known_changes_nothing(browse: Opener, hash_: str) -> None:
    opened = browse("report.html", hash_)
    rows = opened.page.locator("#incidents > tbody > tr")
    assert opened.said == []
    assert rows.count() == (0 if "%E0" in hash_ else 15)
    assert opened.page.locator("img").count() == 0


def test_a_long_table_is_shown_piece_by_piece(browse: Opener) -> None:
    opened = browse("many.html")
    page = opened.page
    assert len(opened.column(INCIDENT)) == 100
    page.locator("#all").get_by_role("button", name="Show 100 more of 165").click()
    assert len(opened.column(INCIDENT)) == 200
    page.locator("#all").get_by_role("button", name="Show 65 more of 65").click()
    assert len(opened.column(INCIDENT)) == 265
    assert page.locator("#all .more:visible").count() == 0
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 201
    page.locator("#late").get_by_role("button", name="Show all").click()
    assert len(opened.column(INCIDENT, "#late-ones")) > 40


def test_without_scripts_everything_can_be_read(browse: Opener) -> None:
    opened = browse("many.html", java_script_enabled=False)
    page = opened.page
    assert len(opened.column(INCIDENT)) == 265
    assert page.locator("button:visible, form:visible").count() == 0
    page.locator("summary", has_text="How to read this").click()
    page.locator("summary", has_text="Projects, calendars and hashes").click()
    assert page.get_by_text("sha256 of the evidence").is_visible()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_telephone_a_row_is_a_card_that_names_its_columns_and_nothing_is_cut_off(
    browse: Opener, name: str, scripts: bool
) -> None:
    page = browse(name, viewport={"width": 375, "height": 800}, java_script_enabled=scripts).page
    wide = """[...document.querySelectorAll(".table, td, figure, dl, p, pre, nav ul")].filter(
      (one) => one.tagName !== "PRE" && one.offsetParent && one.scrollWidth > one.clientWidth + 1).length"""
    assert page.evaluate(wide) == 0
    broken = r"""(() => {
      const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let text = texts.nextNode(); text; text = texts.nextNode())
        for (const day of text.data.matchAll(/\b\d{4}-\d\d-\d\d\b/g)) {
          const range = document.createRange();
          range.setStart(text, day.index);
          range.setEnd(text, day.index + 10);
          if (range.getClientRects().length > 1) found.push(text.data);
        }
      return found;
    })()"""
    assert page.evaluate(broken) == []
    columns = """[...document.querySelectorAll("table")].filter((one) => one.offsetParent).flatMap((table) => {
      const names = [...table.tHead.rows[0].cells].map((head) => head.textContent.trim());
      const cells = [...(table.tBodies[0].rows[0]?.cells ?? [])].slice(1);
      return cells.map((cell, place) => [getComputedStyle(cell, "::before").content, JSON.stringify(names[place + 1])]);
    })"""
    labelled = page.evaluate(columns)
    assert labelled
    assert all(shown == name for shown, name in labelled)


def test_the_head_of_a_long_table_stays_under_the_menu(browse: Opener) -> None:
    page = browse("many.html", viewport={"width": 1280, "height": 800}).page
    page.locator("#incidents > tbody > tr").nth(50).scroll_into_view_if_needed()
    top = "document.querySelector('#incidents th').getBoundingClientRect().top"
    menu = "document.querySelector('nav').getBoundingClientRect().bottom"
    assert abs(page.evaluate(top) - page.evaluate(menu)) <= 1


def copied(browse: Opener, name: str, row: str) -> Any:
    """Copy the link to a row, and open it in a page of its own."""
    opened = browse(name, permissions=["clipboard-read", "clipboard-write"])
    opened.page.locator(row).hover()
    opened.page.locator(row).locator(".copy").click()
    expect(opened.page.locator("#message")).to_have_text("The link is copied.")
    address = opened.page.evaluate("navigator.clipboard.readText()")
    return browse(name, address.partition("#")[2]).page


def test_a_row_has_a_link_that_leads_back_to_it(browse: Opener) -> None:
    page = copied(browse, "report.html", "#late-ones > tbody > tr:nth-child(2)")
    expect(page.locator("tr.at")).to_have_count(1)
    expect(page.locator("#late-ones > tbody > tr:nth-child(2)")).to_have_class("at")
    expect(page.locator("tr.at")).to_be_in_viewport()
    assert page.evaluate("document.activeElement.closest('tr').className") == "at"


def test_a_link_leads_into_what_is_folded_and_to_rows_that_are_not_shown_yet(browse: Opener) -> None:
    page = browse("report.html", "table=queue&row=git").page
    expect(page.locator("#queue tr.at")).to_be_in_viewport()
    page = browse("many.html", "table=incidents&row=ops%2Fproduction%231200").page
    expect(page.locator("#incidents tr.at")).to_contain_text("Case 1200")
    expect(page.locator("#incidents tr.at")).to_be_in_viewport()
    page = browse("many.html", "table=incidents&row=ops%2Fproduction%2399999").page
    expect(page.locator("#message")).to_have_text("ops/production#99999 is not in this table any more.")


def test_where_nothing_may_be_copied_the_address_leads_to_the_row(browse: Opener) -> None:
    opened = browse("report.html")
    opened.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    opened.page.locator("#late-ones .copy").first.focus()
    opened.page.keyboard.press("Enter")
    expect(opened.page.locator("#message")).to_have_text("The address now leads to this row.")
    assert opened.hash == "table=late-ones&row=ops%2Fproduction%234"


def test_what_is_folded_opens_to_a_link_and_to_a_search_in_the_page(browse: Opener) -> None:
    page = browse("report.html").page
    actions = page.locator("#actions > details")
    expect(actions).not_to_have_attribute("open", "")
    page.locator("nav").get_by_role("link", name="Corrective actions").click()
    expect(actions).to_have_attribute("open", "")
    # the browser searches for a text of the address as Ctrl-F does
    page = browse("report.html", ":~:text=sha256%20of%20the%20policy", java_script_enabled=False).page
    expect(page.get_by_text("sha256 of the policy")).to_be_in_viewport()


def test_severities_are_a_filter_too(browse: Opener) -> None:
    opened = browse("report.html")
    field(opened, "severity").select_option(label="S1 critical")
    assert set(opened.column(2)) == {"S1 critical"}
    assert opened.hash == "severity=1"
    field(opened, "severity").select_option(label="none")
    assert opened.column(2) == ["none"]
    assert opened.hash == "severity=none"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_nothing_complains_of_nothing_and_fits_every_screen(browse: Opener, name: str) -> None:
    opened = browse(name, viewport={"width": 1280, "height": 800})
    page = opened.page
    for width in (1280, 375, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.requests == [page.url]
    assert opened.said == []
    assert page.locator("img, iframe, object, embed, base, audio, video").count() == 0
    assert page.locator("script").count() == 2


def test_what_is_smuggled_into_a_page_is_refused(browse: Opener) -> None:
    opened = browse("report.html")
    smuggle = """() => {
          const image = document.createElement("img");
          image.src = "https://127.0.0.1:9/told.png";
          document.body.append(image);
          const script = document.createElement("script");
          try { script.textContent = "window.ran = true"; } catch { script.append("window.ran = true"); }
          document.body.append(script);
        }"""
    with opened.page.expect_event("requestfailed"):
        opened.page.evaluate(smuggle)
    assert opened.page.evaluate("window.ran") is None
    assert opened.refused == {"https://127.0.0.1:9/told.png": "csp"}
    assert any("Content Security Policy" in line for line in opened.said)


def test_the_page_is_dark_where_the_reader_wants_it(browse: Opener) -> None:
    page, shades = browse("report.html").page, {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        shades[scheme] = sum(int(part) for part in paper.strip("rgb()").split(","))
    assert shades["light"] > 700
    assert shades["dark"] < 120


def test_in_print_nothing_is_left_that_only_a_screen_can_do(browse: Opener) -> None:
    page = browse("many.html", viewport={"width": PAPER, "height": 1000}).page
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER
    assert page.locator("nav:visible, form:visible, .more:visible").count() == 0
    assert page.locator("#incidents > tbody > tr:visible").count() == 100
    assert page.locator("#all").get_by_text("165 more of 265 are not printed.").is_visible()
    assert page.get_by_text("sha256 of the evidence").is_visible(), "what is folded on the screen is printed"
    # every sheet has the head of its table, and only the last one the sum
    shown = "(name) => getComputedStyle(document.querySelector(name)).display"
    assert page.evaluate(shown, "thead button") == "contents"
    assert page.evaluate(shown, "tfoot") == "table-row-group"
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


DISTINCT = """() => {
  const seen = new Set();
  for (const one of document.querySelectorAll("body *")) {
    if (![...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())) continue;
    let path = "";
    for (let up = one; up; up = up.parentElement) {
      path += ` ${up.tagName}.${up.getAttribute("class")}${up.matches("td:first-child, th:first-child")}`;
    }
    one.toggleAttribute("data-distinct", !seen.has(path));
    seen.add(path);
  }
}"""
"""Marks the first of all texts that look alike, since the style asks for tags, classes and the first cell of a row."""


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("name", ["hostile.html", "index.html"])
def test_a_page_can_be_used_by_everybody(browse: Opener, name: str, width: int) -> None:
    """The rules of WCAG 2 up to AA, on a report that has every section; in the dark only contrasts are others."""
    page = browse(name, color_scheme="light", bypass_csp=True).page
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.set_viewport_size({"width": width, "height": 900})
    # the rows of a table are alike
    page.evaluate("document.querySelectorAll('tbody > tr:nth-child(n+3)').forEach((row) => row.remove())")
    page.evaluate(DISTINCT)
    levels = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    contrast = {"type": "rule", "values": ["color-contrast"]}
    for scheme, only, where in (
        ("light", {"runOnly": levels, "rules": {"color-contrast": {"enabled": False}}}, None),
        ("light", {"runOnly": contrast}, "[data-distinct]"),
        ("dark", {"runOnly": contrast}, "[data-distinct]"),
    ):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = Axe().run(page, where, options={**only, "resultTypes": ["violations"], "preload": False})
        assert found.response["passes"]
        assert found.violations_count == 0, found.generate_report()
