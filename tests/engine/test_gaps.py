"""What could not be read, and whether the compliance rates are withheld for it (POLICY.md section 4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audit.engine.gaps import in_window
from audit.model import UNSEEN_CONFIDENTIAL, Catalog, Gap, Link, Ref, Service
from tests.records import (
    CATALOG,
    PROJECT,
    added,
    audited,
    evidence,
    incident,
    issue,
    records,
    review,
    settings,
    source,
    weighed,
)

pytestmark = pytest.mark.together

HIDDEN = (Link(target=None),)
ONE = f"{PROJECT}#1"
CANNOT = "1 verdict cannot be told because something could not be read"


def page(what: str, ref: str = PROJECT, why: str = "the server timed out") -> Gap:
    return Gap(ref=ref, what=what, why=why)


@pytest.mark.parametrize(
    ("made", "what", "why", "could"),
    [
        ({"links": HIDDEN}, "links", "a linked issue cannot be read with this token", True),
        ({"moved": True}, "target", "it was moved to an issue that is not read", True),
        (
            {"labels": ("Severity::3",), "label_events": (added(None, "2026-11-02"),)},
            "labels",
            "a label was added to it that has been deleted since",
            True,
        ),
        (
            {"labels": ("Severity::3",), "history_read": False},
            "history",
            "its label and state events could not be read",
            True,
        ),
        # not required, whatever is behind the link
        ({"links": HIDDEN, "labels": ("Severity::3", "backstage")}, "links", None, False),
    ],
)
def test_gaps_of_an_incident(made: dict[str, Any], what: str, why: str | None, could: bool) -> None:
    labels = () if what == "labels" else source().labels
    result = weighed(incident(1, **made), sources=(source(labels=labels),))
    gap = result.gaps[0]
    assert (gap.ref, gap.what, gap.could_change_a_verdict) == (ONE, what, could)
    assert why is None or gap.why == why
    assert len(result.gaps) == 1
    assert result.withheld == (CANNOT if could else None)


@pytest.mark.parametrize(
    ("made", "of_review", "why_not"),
    [
        ({}, None, "nothing is hidden"),
        ({"labels": ()}, None, "no severity is data"),
        ({"labels": (), "links": HIDDEN}, None, "no severity is data, whatever is linked"),
        ({"links": HIDDEN}, {}, "a review is found"),
        ({"links": HIDDEN, "labels": ("Gameday",)}, None, "it is out of scope"),
    ],
)
def test_what_withholds_nothing(made: dict[str, Any], of_review: dict[str, Any] | None, why_not: str) -> None:
    issues = [incident(1, **made)] if of_review is None else [incident(1, **made), review(2, of=1, **of_review)]
    result = weighed(*issues)
    assert result.withheld is None, why_not
    assert not any(gap.could_change_a_verdict for gap in result.gaps), why_not


@pytest.mark.parametrize(
    ("created", "withheld"),
    [
        ("2026-11-17", None),  # due on the 24th, after the window
        ("2026-11-16", CANNOT),  # due on the audited day, a Monday
        ("2026-08-25", CANNOT),  # due on 1 September, the first of 84 days
        ("2026-08-24", None),  # due on 31 August
    ],
)
def test_the_window(created: str, withheld: str | None) -> None:
    result = weighed(incident(1, created=created, links=HIDDEN))
    assert result.verdicts.tolist() == ["inconclusive"]
    assert result.withheld == withheld
    assert [gap.could_change_a_verdict for gap in result.gaps] == [withheld is not None]


@pytest.mark.parametrize(("days", "inside"), [(1, [16]), (3, [16]), (4, [13, 14, 15, 16]), (84, list(range(9, 17)))])
def test_the_window_is_a_setting_and_ends_on_the_audited_day(days: int, inside: list[int]) -> None:
    """Declared on the 13th to the 15th, a weekend, is due on the 20th; the 16th is due on the audited day."""
    held = evidence(
        *(incident(day, created=f"2026-11-{day:02}") for day in range(9, 18)), settings=settings(window=days)
    )
    assert held.incidents.loc[in_window(held), "iid"].tolist() == inside


def test_an_incident_without_a_due_day_counts() -> None:
    config = settings(policies=[{"anchor": "closed"}])
    result = weighed(incident(1, created="2020-11-02", links=HIDDEN), settings=config)
    assert result.withheld == CANNOT


@pytest.mark.parametrize("what", ["incidents", "reviews"])
def test_a_page_that_failed(what: str) -> None:
    result = weighed(issue(9), gaps=(page(what),))
    assert result.withheld == f"a page of {what} of {PROJECT} could not be read"
    assert [gap.could_change_a_verdict for gap in result.gaps] == [True]


def test_many_lists_that_one_thing_hides_are_told_in_a_word() -> None:
    why = "shard 2 of 7 is missing"
    hidden = tuple(replace(page(what, f"a/{n}"), why=why) for n in range(30) for what in ("incidents", "reviews"))
    result = weighed(issue(9), gaps=(*hidden, page("reviews", "b/c")))
    assert result.withheld == (
        f"the incidents and reviews of 30 projects could not be read whole ({why}); "
        "a page of reviews of b/c could not be read"
    )


def test_the_reasons_are_told_together() -> None:
    gaps = (page("reviews", "b/c"), page("reviews", "a/b"), page("incidents", "b/c"), page("catalogue"))
    result = weighed(incident(1, links=HIDDEN), incident(2, moved=True), gaps=gaps)
    assert result.withheld == (
        "2 verdicts cannot be told because something could not be read; "
        "a page of incidents of b/c could not be read; "
        "a page of reviews of a/b could not be read; "
        "a page of reviews of b/c could not be read"
    )
    assert [(gap.ref, gap.what, gap.could_change_a_verdict) for gap in result.gaps] == [
        ("a/b", "reviews", True),
        ("b/c", "incidents", True),
        ("b/c", "reviews", True),
        (PROJECT, "catalogue", False),
        (ONE, "links", True),
        (f"{PROJECT}#2", "target", True),
    ]


def test_a_page_of_reviews_makes_what_is_missing_inconclusive() -> None:
    result = weighed(incident(1), incident(2), review(3, of=2), gaps=(page("reviews"),))
    assert result.verdicts.tolist() == ["inconclusive", "overdue"]
    assert result.withheld is not None
    assert result.withheld.startswith("1 verdict cannot be told")


def test_the_reason_of_the_shell_goes_before_our_own() -> None:
    gap = page("links", ONE)
    result = weighed(incident(1, links_read=False), gaps=(gap,))
    assert [(one.why, one.could_change_a_verdict) for one in result.gaps] == [("the server timed out", True)]


def test_only_the_gap_that_hides_something_could_change_a_verdict() -> None:
    gaps = (page("comments", ONE), page("history", ONE), page("users", "@boss"), page("labels"))
    result = weighed(incident(1, links=HIDDEN, history_read=False), gaps=gaps)
    assert {gap.what: gap.could_change_a_verdict for gap in result.gaps} == {
        "comments": False,
        "history": False,  # a review is required by its severity of today
        "users": False,
        "labels": False,
        "links": True,
    }


def test_a_history_that_was_not_read() -> None:
    result = weighed(
        incident(1, labels=("Severity::3",), history_read=False),
        gaps=(page("history", ONE),),
    )
    assert [(gap.what, gap.could_change_a_verdict) for gap in result.gaps] == [("history", True)]
    assert result.withheld == CANNOT


def test_every_gap_of_a_kind_is_kept() -> None:
    gaps = (page("reviews", why="timeout"), page("reviews", why="502"), page("reviews", why="502"))
    assert [gap.why for gap in weighed(gaps=gaps).gaps] == ["502", "timeout"]


def test_links_say_nothing_of_an_inline_review() -> None:
    result = weighed(incident(1, links=HIDDEN), gaps=(page("reviews"),), settings=settings(review={"where": "inline"}))
    assert result.verdicts.tolist() == ["overdue"]
    assert [gap.what for gap in result.gaps] == ["reviews"]


def test_a_link_that_can_be_read_is_no_gap() -> None:
    result = weighed(incident(1, links=(Link(target=Ref("else/where", 5)),)))
    assert (result.gaps, result.withheld) == ((), None)


def test_a_server_that_hides_unreadable_links_is_named_once() -> None:
    assert weighed(incident(1), incident(2)).notes == ()
    told = weighed(incident(1), incident(2), unreadable_links_shown=False).notes
    assert told == (
        "This server does not show links whose other end cannot be read, so a review behind one looks missing.",
    )
    assert records().unreadable_links_shown


def test_confidential_issues_out_of_sight_are_said_once_and_change_no_verdict() -> None:
    gaps = tuple(Gap(ref=path, what=UNSEEN_CONFIDENTIAL, why="no role") for path in ("a/b", "a/c"))
    result = weighed(incident(1), gaps=gaps)
    assert [note for note in result.notes if "confidential issues" in note] == list(result.notes)
    assert len(result.notes) == 1
    assert [gap.could_change_a_verdict for gap in result.gaps] == [False, False]
    assert result.withheld is None


UNREAD = Gap(ref="ops/tools", what="catalogue", why="the server failed")


@pytest.mark.parametrize(
    ("labels", "policy", "decisive"),
    [
        pytest.param(("Service::new",), {}, True, id="it may say that nobody owns the service"),
        pytest.param(("Service::API",), {}, False, id="a known service"),
        pytest.param((), {}, False, id="no service"),
        pytest.param(("Service::new",), {"unowned": "require"}, False, id="which exempts nothing here"),
        pytest.param(("Service::new",), {"severities": [1]}, False, id="nothing is required"),
    ],
)
def test_a_file_of_the_catalogue_that_could_not_be_read(
    labels: tuple[str, ...], policy: dict[str, Any], decisive: bool
) -> None:
    catalog = replace(CATALOG, unread=(UNREAD,))
    result = audited(
        incident(1, labels=("Severity::2", *labels)), catalog=catalog, settings=settings(policies=[policy])
    )

    assert [gap for gap in result.gaps if gap.what == "catalogue"] == [replace(UNREAD, could_change_a_verdict=decisive)]
    assert "SO002" not in {finding.code for finding in result.findings if labels}


def test_a_catalogue_without_a_single_owner_is_a_gap_that_changes_nothing() -> None:
    result = weighed(incident(1), catalog=Catalog(services=(Service(name="api"),), origin="shop.yml"))

    (gap,) = [gap for gap in result.gaps if gap.what == "catalogue"]
    assert gap.ref == "shop.yml"
    assert gap.why.startswith("no service of the catalogue has an owner")
    assert not gap.could_change_a_verdict
