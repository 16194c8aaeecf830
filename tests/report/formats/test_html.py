"""report.html: what stands on the page, and what no title can make of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from audit.model import Gap
from audit.report.figures.reminder_summary import ProposalRow
from audit.report.formats import html, pages
from audit.report.formats.details import details_md
from audit.report.formats.html import everything, report_html
from audit.report.formats.markdown import beside
from audit.report.formats.page_one import report_md
from audit.report.formats.pages import labels, web, yaml
from tests import records as make
from tests.report import world
from tests.report.formats.pages import Page
from tests.report.formats.test_markdown import _hostile_everywhere
from tests.report.world import HOSTILE, SECRET, P
from tests.worlds.generated.traps.hostile import TITLES

if TYPE_CHECKING:
    from audit.report.figures.view import View

ALLOWED = {
    *("html", "head", "meta", "title", "link", "style", "script", "body", "header", "nav", "main", "section", "footer"),
    *(
        "h1",
        "h2",
        "h3",
        "p",
        "a",
        "strong",
        "small",
        "ul",
        "ol",
        "li",
        "dl",
        "div",
        "dt",
        "dd",
        "time",
        "bdi",
        "code",
        "pre",
    ),
    *("table", "thead", "tbody", "tfoot", "tr", "th", "td", "details", "summary", "span", "figure", "figcaption"),
    *("svg", "desc", "rect", "line", "polyline", "circle", "text", "form", "label", "select", "option", "input"),
    "button",
}


def view() -> View:
    """The usual tracker, of which one verdict was another one before."""
    before = [{"ref": f"{P}#3", "verdict": "pending"}]
    return world.view(previous=world.previous() | {"incidents": before})


@cache
def usual() -> str:
    return report_html(view())


@cache
def hostile() -> str:
    """A report in which everything that has words or an address says something hostile."""
    view = _hostile_everywhere()
    address = f'javascript:alert(1)//"><script>{HOSTILE}'
    tracker = tuple(make.incident(iid, title, created="2026-10-05") for iid, title in enumerate(TITLES, 1))
    titles = world.view(world.result(tracker, gaps=())).late
    assert view.reminders is not None
    proposal = ProposalRow(incident=HOSTILE, by=(HOSTILE,), on=world.AS_OF, reason=HOSTILE, url=address)
    planned = world.usual().reminders.planned  # type: ignore[union-attr]
    return report_html(
        replace(
            view,
            decisions=replace(view.decisions, proposals=(proposal,)),
            reminders=replace(view.reminders, planned=planned, held=True, plan=HOSTILE),
            incidents=tuple(replace(row, url=address) for row in view.incidents),
            late=(*titles, *(replace(row, incident=replace(row.incident, url=address)) for row in view.late)),
            urls=dict.fromkeys(view.urls, address),
            run=replace(view.run, url=address, team=HOSTILE),
        )
    )


def words(text: str) -> str:
    return " ".join(Page(text).words.replace("\xa0", " ").split())


def test_the_page_says_what_the_report_says() -> None:
    told = words(usual())
    for sentence in (
        "Incident reviews: week 48 of 2026, Mon 2026-11-23",
        "Nobody owns them, so that 1 incident cannot be reviewed.",
        "5 incidents without a completed review after the due day, the oldest first.",
        "Mail does not arrive",
        "S1 critical",
        "The DRI was away.",
        "2 confidential incidents stand in none.",
        "every incident that was read has exactly one verdict",
    ):
        assert sentence in told


def plain(markdown: str) -> str:
    """Return a line of the Markdown report without its marks, as one reads it."""
    text = re.sub(r"\[((?:[^\]\\]|\\.)*)\]\([^)]*\)", r"\1", markdown)
    return " ".join(re.sub(r"\*\*|`|\\(?=[^\w\s])|^(?:- |\d+\. )", "", text).split())


@pytest.mark.parametrize("previous", [True, False])
def test_page_one_is_the_first_screen_in_the_same_words(previous: bool) -> None:
    page = view() if previous else world.usual()
    told = words(report_html(page)).replace(f"{P}#", "#")
    lines = report_md(page).split("## Due this week")[0].splitlines()
    sentences = [plain(line) for line in lines if line[:1] not in {"", "#", "|"} and not line.startswith("As of")]
    assert len(sentences) == (8 if previous else 7)
    assert [sentence for sentence in sentences if sentence not in told] == []
    figures = [[plain(cell) for cell in line.split(" | ")] for line in lines if line.startswith("| ")][2:]
    assert len(figures) == 4
    for name, today, changed, weeks in figures:
        value, _, says = today.partition(": ")
        line = re.sub(r"^\S+ ", "", weeks.removesuffix(" |"))
        assert f"{name.removeprefix('| ')} {value} {says} " in told
        assert line in told
        assert changed in {"–", "not known"} or f"{changed} since 2026-11-16" in told


def test_how_to_read_it_says_the_same_in_both() -> None:
    section = details_md(view()).partition("## How to read this")[2].partition("**The policy")[0]
    told = words(usual())
    lines = [plain(line) for line in section.splitlines() if line.startswith("- ")]
    assert len(lines) > 9
    assert [line for line in lines if line not in told] == []


@pytest.mark.parametrize("edition", ["weekly", "nightly"])
def test_the_page_has_the_sections_of_the_markdown_report_in_its_order(edition: Literal["weekly", "nightly"]) -> None:
    view = world.view(run=replace(world.RUN, edition=edition))
    written = re.findall(r"^(?:## |<summary>)([A-Z].*?)(?:</summary>)?$", details_md(view), re.MULTILINE)
    shown = re.findall(r"<h2 id=[^>]*>(.*?)</h2>", report_html(view))
    assert (shown[0], shown[-1]) == ("First", "All incidents")
    assert [name for name in written if name in shown] == shown[1:-1]
    assert set(re.findall(r"^## (.*)$", details_md(view), re.MULTILINE)) <= set(shown)


def test_a_withheld_rate_is_told_nowhere() -> None:
    failed = (Gap(ref=P, what="reviews", why="page 3 answered 502"),)
    told = words(report_html(world.view(world.result(gaps=failed), plan=None)))
    assert "The rate is withheld: " in told
    assert "Of what could be read, 2 of 7 reviews due were on time;" in told
    assert "page 3 answered 502" in told
    assert "25 %" not in told


def test_a_week_without_a_due_day_says_so() -> None:
    told = words(report_html(world.view(world.result((make.incident(1, created="2026-11-20"),), gaps=()), plan=None)))
    assert "No review was due in the last 84 days (none due); 1 is open" in told
    assert "1 needs a decision:" in told
    assert "No reminders were planned by this run." in told


def test_the_nightly_edition_begins_with_what_changed_and_folds_what_hardly_does() -> None:
    view = world.view(run=replace(world.RUN, edition="nightly"), previous=world.previous())
    text = report_html(view)
    places = [text.index(f'<section id="{name}"') for name in ("since", "decisions", "trend", "all")]
    assert places == sorted(places)
    assert text.count('<details class="folded">') == 7
    folded = re.findall(r'<details class="folded">\s*<summary><h2 id="(\w+)-title">', usual())
    assert folded == ["no_owner", "escaped", "advice", "actions", "outside", "since", "reminders", "reading"]


def test_what_is_folded_says_how_much_it_holds() -> None:
    told = words(usual())
    assert "No-owner queue 1 service" in told
    assert "Corrective actions 0 open, 0 late" in told


def test_each_column_of_a_table_is_named_for_the_cards_of_a_narrow_screen() -> None:
    assert labels(
        '<table id="a" data-step="20">\n<thead><tr><th scope="col">One</th><th scope="col" class="n">Two'
    ) == ("@media screen and (max-width: 40rem) {\n}")
    made = labels('<table id="a"><thead><tr><th scope="col">One</th><th scope="col">Two days</th></tr></thead>')
    assert '#a > * > tr > td:nth-child(2)::before { content: "Two days"; }' in made
    page = Page(usual())
    for name in ("late-ones", "incidents", "verdicts", "queue"):
        assert f'#{name} > * > tr > td:nth-child(1)::before {{ content: "' in page.inlined["style"][0]


def test_severities_to_filter_by_stand_worst_first_and_none_last() -> None:
    assert everything(_view(), 100).severities == (1, 2, 3, 4, 0)


def test_the_same_view_gives_the_same_bytes() -> None:
    assert report_html(view()) == usual()


@pytest.mark.parametrize("make_page", [usual, hostile])
def test_nothing_runs_and_nothing_is_loaded_but_what_stands_in_the_page(make_page: object) -> None:
    page = Page(make_page())  # type: ignore[operator]
    assert page.stack == []
    assert page.tags <= ALLOWED
    assert page.allowed("default-src") == ["'none'"]
    assert page.allowed("style-src") == page.hashes("style")
    assert page.allowed("script-src") == page.hashes("script")
    assert (len(page.hashes("style")), len(page.hashes("script"))) == (1, 2)
    assert "unsafe" not in page.policy
    assert "http" not in page.policy
    names = {name for _, name, _ in page.attributes}
    assert not {name for name in names if name.startswith("on")}
    assert names.isdisjoint({"style", "src", "srcset", "action", "formaction", "ping", "xlink:href", "srcdoc"})
    assert not any(mark in text for text in page.inlined["style"] for mark in ("url(", "@import", "</"))


@pytest.mark.parametrize("make_page", [usual, hostile])
def test_links_lead_into_the_page_or_to_the_web_and_tell_nobody_whence(make_page: object) -> None:
    text: str = make_page()  # type: ignore[operator]
    page = Page(text)
    links = [value for tag, name, value in page.attributes if (tag, name) == ("a", "href")]
    outward = [value for value in links if not value.startswith("#")]
    hosts = {value.split("/")[2] for value in outward}
    assert hosts <= {"gitlab.example", "firehydrant.com", "notes.justin.abrah.ms"}
    assert page.values("rel").count("noopener noreferrer") == len(outward)
    targets = {value[1:] for value in links if value.startswith("#")}
    assert targets <= set(page.values("id"))
    assert len(page.values("id")) == len(set(page.values("id")))


def test_no_table_of_the_templates_is_left_out_of_these_tests() -> None:
    templates = Path(__file__).parents[3] / "templates/html"
    sources = "".join(path.read_text(encoding="utf-8") for path in templates.glob("*.j2"))
    tables = set(re.findall(r'(?:table|advised)\("([\w-]+)"', sources))
    assert len(tables) > 25
    assert tables - {"reading-"} <= {*Page(hostile()).values("id"), *Page(usual()).values("id")}


def test_hostile_sourcesstand_in_the_page_as_words() -> None:
    page = Page(hostile())
    assert "<img src=x onerror=alert(1)>" in page.words
    assert "<script>alert(1)</script>" in page.words
    assert "{{ config.items() }}" in page.words
    assert not any(mark in hostile() for mark in "\u202e\u2028\x07\x1b\u200b")


def test_a_confidential_record_is_told_nowhere() -> None:
    assert SECRET.casefold() not in usual().casefold()
    assert "(confidential)" in usual()
    told = world.view(world.result(config=world.settings(report={"confidential_destination": True})))
    assert f"{SECRET} leaked" in report_html(told)


def _view() -> View:
    return world.usual()


def test_the_large_table_holds_every_incident_with_what_asks_for_something_first() -> None:
    held = everything(_view(), 100)
    assert [line.incident.verdict for line in held.lines] == [
        *("missing", "overdue", "overdue", "overdue", "overdue", "pending"),
        *("exempt_unowned", "waived", "inconclusive"),
        *("on_time", "on_time", "late"),
        *("not_required", "not_required", "out_of_scope"),
    ]
    assert (held.left_out, held.total) == (0, 15)
    late = [line.incident.due_on for line in held.lines[:5]]
    assert late == sorted(late, key=lambda day: day or date.max)
    assert held.verdicts[0] == next(iter(_view().verdicts))


def test_the_large_table_is_cut_where_nobody_reads_on_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "ROWS", 6)
    monkeypatch.setattr(pages, "SECTION_ROWS", 2)
    text = report_html(_view())
    told = words(text)
    assert "6 of them are shown" in told
    assert "the other 9 are in audit.json." in told
    assert "3 more of 5 are not shown here; audit.json holds every one." in told
    assert text.count("<tr data-t") == 6


def test_a_row_names_its_teams_and_services_by_their_place_in_the_filters() -> None:
    labels = ("Severity::2", "Service::API", "Service::Web")
    held = everything(world.view(world.result((make.incident(1, labels=labels), make.incident(2)), gaps=())), 10)
    assert (held.teams, held.services) == (("backend", "frontend"), ("api", "web"))
    assert [(line.teams, line.services) for line in held.lines] == [("0 1", "0 1"), ("", "")]


def test_what_is_not_there_leaves_nothing_and_the_rest_stands_escaped_on_one_line() -> None:
    made = pages.environment().from_string("{{ nothing }}|{{ words }}|{{ number }}")
    assert made.render(nothing=None, words="a <b>\n\u202ec", number=7) == "|a &lt;b&gt; c|7"


@pytest.mark.parametrize(
    ("address", "linked"),
    [
        ("https://gitlab.example/g/p/-/issues/1", True),
        ("HTTP://gitlab.example/", True),
        ("javascript:alert(1)", False),
        ("java\nscript:https://x", False),
        ("//evil.example", False),
        ("https:/evil", False),
        ("", False),
    ],
)
def test_only_web_addresses_are_linked(address: str, linked: bool) -> None:
    assert bool(web(address)) is linked


def test_a_review_of_the_same_project_goes_by_its_number() -> None:
    assert (beside("g/p#15", "g/p#12"), beside("g/q#15", "g/p#12"), beside("g/p/q#1", "g/p#1")) == (
        "#15",
        "g/q#15",
        "g/p/q#1",
    )


def test_a_name_cannot_leave_its_line_of_the_patch() -> None:
    assert yaml('a"\nb: c') == r'"a\" b: c"'
