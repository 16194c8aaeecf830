"""report.md and details.md: what a person reads, byte for byte, and what no title can do to it."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from audit.model import Gap, Ref, User
from audit.reminders.plan import Plan, Reason, Withheld
from audit.report.formats import details
from audit.report.formats.details import LIMIT, details_md
from audit.report.formats.markdown import Space, percent, points, severity, signed, yaml
from audit.report.formats.page_one import report_md
from audit.rules import RULES
from tests import records as make
from tests.reminders.rendering import filtered, html
from tests.report import world
from tests.report.world import HOSTILE, P

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.report.figures.view import View

GOLDEN = Path(__file__).parent / "golden"
# the golden reports do not change when a rule is added
ASKED = {"IR001", "IR002", "IR003", "IR007", "IR008", "IR012", "IR015", "SO001", "SO002", "SO003"}
ASKED |= {"IR016", "CA001", "CA002", "CA003"}


def _steady(view: View) -> View:
    """Without what changes with a library or a new field of the records."""
    basis = replace(view.basis, holidays="0.0", evidence_sha256="e" * 64, policy_sha256="f" * 64)
    return replace(view, basis=basis)


@cache
def _golden_views() -> dict[str, View]:
    rules = [rule for rule in RULES if rule.code in ASKED]
    failed = (Gap(ref=P, what="reviews", why="page 3 answered 502"),)
    mark = ("corrective action", "Severity::1")
    actions = (make.action(1, "Alert on queues", of=101, labels=mark), make.action(2, HOSTILE, of=3, assignees=()))
    everything = world.result((*world.issues(), *actions), rules=rules)
    earlier = {"incidents": [_told(1, "pending"), _told(2, "late"), _told(19, "missing")], "services": []}
    previous = world.previous() | earlier
    nightly = replace(world.RUN, edition="nightly", team="frontend")
    plan = replace(world.plan(everything), earlier=world.followed())
    return {
        "everything": world.view(everything, previous=previous, plan=plan),
        "nightly-of-a-team": world.view(everything, previous=previous, plan=plan, run=nightly),
        "nothing-due": world.view(world.result((make.incident(1, created="2026-11-20"),), rules=rules, gaps=())),
        "withheld": world.view(world.result(rules=rules, gaps=failed), plan=None),
    }


def _told(iid: int, verdict: str) -> dict[str, Any]:
    """An incident as an earlier audit told it."""
    return {
        "ref": f"{P}#{iid}",
        "verdict": verdict,
        "owners": ["frontend"] if iid == 2 else ["backend"],
        "due_on": "2026-11-09",
    }


@pytest.mark.parametrize("name", ["everything", "nightly-of-a-team", "nothing-due", "withheld"])
def test_the_report_reads_as_its_golden_copy(name: str) -> None:
    """After a wanted change: UPDATE_GOLDEN=1 pytest tests/report, then read the difference."""
    view = _steady(_golden_views()[name])
    for text, path in ((report_md(view), GOLDEN / f"{name}.md"), (details_md(view), GOLDEN / f"{name}-details.md")):
        if os.environ.get("UPDATE_GOLDEN"):  # noqa: TID251 - a switch of the tests, not of the program
            path.write_bytes(text.encode())
        assert path.read_bytes().decode() == text


ALLOWED = {
    *("h1", "h2", "p", "strong", "ul", "ol", "li", "a", "span", "code", "pre", "details", "summary"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


class _Page(HTMLParser):
    """What a browser would make of the report: its tags, rows and addresses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.rows: list[int] = []
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append(0)
        if tag in {"td", "th"}:
            self.rows[-1] += 1
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src"}]


def _page(text: str) -> _Page:
    return _Page(html(text))


def _hostile_everywhere() -> View:
    """A report in which everything that has words says something hostile."""
    labels = ("Severity::2", f"Service::{HOSTILE}")
    git = ("Severity::2", "Service::Git")
    tracker = (
        make.incident(1, HOSTILE, labels=labels, created="2026-10-05"),
        make.review(101, HOSTILE, of=1, created="2026-10-06"),
        make.incident(2, HOSTILE, labels=labels, created="2026-11-19"),
        make.incident(3, HOSTILE, labels=git),
        make.incident(4, HOSTILE, labels=()),
        make.incident(5, HOSTILE, labels=("Severity::4",)),
        make.review(105, HOSTILE, of=5),
        make.incident(
            6,
            HOSTILE,
            labels=("Severity::3",),
            label_events=(make.added("Severity::1", "2026-11-02"), make.removed("Severity::1", "2026-11-04")),
        ),
        make.incident(7, HOSTILE),
        make.action(1, HOSTILE, of=3, labels=("corrective action", "Severity::1"), assignees=(User(username=HOSTILE),)),
        make.action(2, HOSTILE, of=2, assignees=()),
        make.incident(8, HOSTILE, labels=git, created="2026-11-20"),
        make.review(
            108, HOSTILE, of=8, labels=("IncidentReview", "Severity::1"), created="2026-11-20", closed="2026-11-21"
        ),
    )
    waiver = {"subject": f"{P}#7", "rules": ["IR001"], "reason": HOSTILE, "approved_by": HOSTILE}
    config = world.settings(
        policies=[{"from": "2026-01-01", "name": HOSTILE, "request_labels": [HOSTILE]}],
        waivers=[
            {**waiver, "expires": "2026-12-31"},
            {**waiver, "expires": "2026-11-01"},
            {**waiver, "subject": HOSTILE, "expires": "2026-12-31"},
        ],
    )
    gaps = (Gap(ref=HOSTILE, what="comments", why=HOSTILE), Gap(ref=f"{P}#1", what=HOSTILE, why=HOSTILE))
    result = world.result(tracker, config=config, gaps=gaps)
    held = Withheld(
        issue=Ref(P, 1),
        incident=Ref(P, 1),
        step=5,
        addressees=(HOSTILE,),
        internal=False,
        due_on=date(2026, 10, 12),
        reason=Reason.LADDER_EXHAUSTED,
    )
    plan = Plan(as_of=world.AS_OF, withheld=(held,), unreachable=(Ref(P, 2),), earlier=world.followed())
    ref = re.sub(r"[#\s]", "", HOSTILE) + "#1"
    previous = world.previous() | {"incidents": [_told(9, "late"), _told(1, "pending") | {"ref": ref}]}
    previous["findings"].append({"code": "IR001", "subject": HOSTILE})
    return world.view(replace(result, notes=(HOSTILE,), withheld=HOSTILE), plan=plan, previous=previous)


def test_hostile_words_reach_the_page_as_text_and_nothing_else() -> None:
    view = _hostile_everywhere()
    text = f"{report_md(view)}\n{details_md(view)}"
    page = _page(text)
    for name in ("Late", "Advice", "Corrective actions", "Since the last report"):
        assert "evil" in text.partition(f"## {name}\n")[2].partition("\n## ")[0], name
    assert "evil" in text.partition("## Late: ")[2].partition("\n## ")[0]
    assert page.tags <= ALLOWED
    assert filtered(text) == []
    assert not [address for address in page.addresses if "evil" in address]
    assert not re.search(r"^\s*/", text, re.MULTILINE)


def test_a_hostile_team_gets_an_edition_like_any_other() -> None:
    view = world.view(world.result((), gaps=()), run=replace(world.RUN, team=HOSTILE, edition="nightly"))
    text = f"{report_md(view)}\n{details_md(view)}"
    page = _page(text)
    assert "evil" in text
    assert page.tags <= ALLOWED
    assert filtered(text) == []


@pytest.mark.parametrize("written", [report_md, details_md])
def test_hostile_words_break_no_table(written: Callable[[View], str]) -> None:
    text = written(_hostile_everywhere())
    widths = [line.count(" | ") for line in text.splitlines() if line.startswith("| ---")]
    page = _page(text)
    assert widths
    assert all(cells > 1 for cells in page.rows)
    blocks = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    for block in blocks:
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(cells) == 1, block


def test_people_stand_in_backticks_so_that_nobody_is_notified() -> None:
    text = f"{report_md(world.usual())}\n{details_md(world.usual())}"
    assert "`@alice`" in text
    assert not re.search(r"(?<!\\)@\w", re.sub(r"`[^`\n]*`", "", text))


def test_no_issue_is_referred_to_alive_since_that_would_leave_a_trace_on_it() -> None:
    assert filtered(f"{report_md(world.usual())}\n{details_md(world.usual())}") == []


@pytest.mark.parametrize(
    ("address", "linked"),
    [
        ("https://gitlab.example/g/p/-/issues/1", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("", False),
    ],
)
def test_only_web_addresses_are_linked(address: str, linked: bool) -> None:
    assert Space().ref("g/p#1", address).startswith("[") is linked


def test_an_address_cannot_end_its_link() -> None:
    assert Space().ref("g/my_p#1", "https://x.example/a)b <c>") == r"[g/my_p#1](https://x.example/a%29b%20%3Cc%3E)"


@pytest.mark.parametrize("text", ["www.evil.example/x#1", "www.evil.example/x"])
def test_a_path_that_looks_like_an_address_is_no_link(text: str) -> None:
    assert _page(f"{Space().ref(text)}\n").addresses == []


def test_a_name_cannot_leave_the_patch_for_the_catalogue() -> None:
    assert yaml('a"\n```\nb\\') == r'"a\" ``` b\\"'


@pytest.mark.parametrize(
    ("rate", "text"), [(0.7, "70 %"), (1.0, "100 %"), (0.999, "99 %"), (0.0, "0 %"), (0.001, "1 %"), (2 / 3, "67 %")]
)
def test_a_share_is_all_or_nothing_only_where_it_is(rate: float, text: str) -> None:
    assert percent(rate) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(5.0, "+5 points"), (-1.0, "-1 point"), (0.04, "no change"), (None, "not known"), (-3.26, "-3.3 points")],
)
def test_points(number: float | None, text: str) -> None:
    assert points(number) == text


def test_differences_and_severities_are_told_in_words() -> None:
    assert [signed(n) for n in (3, -2, 0, None)] == ["+3", "-2", "no change", "not known"]
    assert [severity(n) for n in (1, 2, 3, 4, None)] == ["S1 critical", "S2 high", "S3 medium", "S4 low", "none"]


def test_a_list_is_shown_folded_and_cut() -> None:
    cut = Space(most_rows=30).listing(range(50))
    assert (len(cut.shown), len(cut.folded), cut.left_out, cut.total) == (20, 10, 20, 50)
    short = Space(most_rows=30).listing(range(3))
    assert (len(short.shown), len(short.folded), short.left_out) == (3, 0, 0)
    few = Space(most_rows=5).listing(range(50))
    assert (len(few.shown), few.left_out) == (5, 45)


def _many(count: int) -> View:
    title = "!" * 90
    tracker = tuple(make.incident(iid, title, created="2026-10-05") for iid in range(1, count + 1))
    return world.view(world.result(tracker, config=world.settings(waivers=[]), gaps=()), plan=None)


def test_the_first_twenty_are_shown_and_the_rest_is_folded() -> None:
    text = details_md(_many(25))
    late = text.partition("## Late")[2].partition("## No-owner")[0]
    shown, _, folded = late.partition("<details>")
    assert "25 incidents without a completed review" in late
    assert "<summary>5 more</summary>" in late
    assert (shown.count("[ops/production#"), folded.count("[ops/production#")) == (20, 5)


def test_a_report_that_is_too_long_for_gitlab_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(details, "LIMIT", 120_000)
    text = details_md(_many(400))
    assert len(text.encode()) <= 120_000
    assert "300 more of 400 are not shown here; audit.json holds every one." in text
    assert LIMIT < 1_048_576


def test_a_report_that_cannot_be_cut_short_enough_is_still_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(details, "LIMIT", 1)
    text = details_md(_many(10))
    assert "5 more of 10 are not shown here" in text


def test_what_is_left_out_can_be_looked_up_where_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(details, "LIMIT", 1)
    lapsed = [make.waiver(f"{P}#{number}", "IR001", expires="2026-11-01") for number in range(1, 8)]
    tracker = tuple(make.incident(number, assignees=(make.ANNA,)) for number in range(1, 8))
    config = world.settings(waivers=lapsed, reminders={"per_person": 7})
    made = world.result(tracker, config=config, gaps=())
    sections = dict(re.findall(r"^## (.*)\n([\s\S]*?)(?=^## |\Z)", details_md(world.view(made)), re.MULTILINE))
    places = {"Needs a decision": "the settings hold", "Reminders": "reminders.json holds", "Late": "audit.json holds"}
    for name, place in places.items():
        assert f"2 more of 7 are not shown here; {place} every one." in sections[name]
