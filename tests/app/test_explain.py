"""What `explain` tells of one incident: how its verdict was reached, and what each rule says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.app.explain import explain
from audit.engine.sensitivity import compared
from audit.model import Gap, Link, Outcome, Ref, Verdict
from audit.rules import RULES
from audit.sandbox.demo import texts
from tests.records import (
    PROJECT,
    added,
    at,
    audited,
    closed,
    incident,
    issue,
    removed,
    reopened,
    review,
    settings,
    source,
    waiver,
)

if TYPE_CHECKING:
    from audit.engine.result import Result
    from audit.model import Issue

API = ("Severity::2", "Service::API")
ONE = f"{PROJECT}#1"


def told(*issues: Issue, iid: int = 1, **fields: Any) -> list[str]:
    return text_of(audited(*issues, **fields), iid).splitlines()


def text_of(result: Result, iid: int = 1) -> str:
    text = explain(compared(result), Ref(PROJECT, iid))
    assert text is not None
    return text


def part(lines: list[str], heading: str) -> list[str]:
    """Return what stands under a heading, up to the next one."""
    start = next(at for at, line in enumerate(lines) if line.startswith(heading))
    following = (at for at in range(start + 1, len(lines)) if not lines[at].startswith(" "))
    return lines[start : next(following, len(lines))]


def test_the_questions_come_in_the_order_in_which_the_verdict_was_reached() -> None:
    lines = told(incident(1, labels=API), review(2, of=1))
    assert lines[0] == f"{PROJECT}#1: overdue"
    assert [line for line in lines if line.endswith(":") or "? " in line or line.startswith("Rules")] == [
        "In scope? Yes",
        "Is a review required? Yes",
        "When is it due? Monday 2026-11-09, to midnight in UTC",
        f"Which review? {PROJECT}#2",
        "Who owns the service? backend (api)",
        "Which verdict as of 2026-11-23? The first that holds",
        "Would another reading of the policy change it? Yes",
        "Rules that it violates, each with the sentence that it rests on",
        "Rules whose outcome is unknown",
        "Rules that it conforms to",
        "Rules that do not apply",
    ]


def test_every_rule_is_told_once_and_quoted_where_the_handbook_says_it() -> None:
    text = "\n".join(told(incident(1, labels=API), review(2, of=1)))
    words = " ".join(text.split())
    for rule in RULES:
        assert text.count(f"{rule.code} {rule.name}") == 1
    quoted = [rule for rule in RULES if rule.quoted and f"{rule.code} {rule.name}: " in text]
    assert quoted
    for rule in quoted:
        assert f'{rule.code} {rule.name}: "{rule.sentence}"' in words


def test_an_ordinary_incident_fits_on_a_page() -> None:
    values = texts.facts_of(
        severity="Severity::2",
        start=at("2026-11-02 10:00"),
        end=at("2026-11-02 11:00"),
        link="#1",
        customers="3",
        requests="9",
    )
    written = texts.review_text(values, summary="A pool was small.", details="It filled up.", outcomes="1. #9")
    looked = review(
        2, "Incident Review: Something broke 1", of=1, labels=("IncidentReview", "Severity::2"), description=written
    )
    lines = told(incident(1, labels=API), looked)
    assert len(lines) <= 62
    assert max(map(len, lines)) <= 120


def test_who_is_no_incident_is_not_told() -> None:
    result = audited(incident(1), issue(2))
    assert explain(result, Ref(PROJECT, 2)) is None
    assert explain(result, Ref(PROJECT.upper(), 1)) is not None


@pytest.mark.parametrize(
    ("issues", "verdict", "before"),
    [
        ([incident(1, labels=("Gameday",))], "out_of_scope: the policy does not cover it", ""),
        ([incident(1, labels=("Severity::4",))], "not_required: every criterion", "out_of_scope"),
        ([incident(1)], "missing: it has no review", "exempt_unowned, pending, overdue"),
        (
            [incident(1), review(2, of=1, closed="2026-11-10")],
            "late: its review was completed",
            "inconclusive, on_time",
        ),
    ],
)
def test_the_verdict_is_the_first_that_holds(issues: list[Issue], verdict: str, before: str) -> None:
    lines = part(told(*issues), "Which verdict")
    assert lines[-1].startswith(f"  {verdict}")
    assert before in "".join(lines[1:-1])
    assert ("".join(lines[1:-1]).endswith(": no")) is bool(before)


def test_an_incident_out_of_scope_is_asked_nothing_more() -> None:
    lines = told(incident(1, labels=("Gameday", "Severity::1")))
    assert "In scope? No: label Gameday" in lines
    assert not any(line.startswith(("Is a review", "When is", "Which review", "Would")) for line in lines)
    assert any("no review: IR003 unassigned-review" in line for line in lines)


def test_why_a_review_is_required() -> None:
    events = (added("Review-Requested", "2026-11-02 11:00"), removed("Review-Requested", "2026-11-02 14:00"))
    ones = settings(policies=[{"name": "ours", "from": "2026-01-01", "more_information_labels": "more"}])
    lines = part(told(incident(1, labels=("severity:3",), label_events=events), settings=ones), "Is a review")
    assert lines == [
        "Is a review required? Yes",
        "  user facing: yes, as no label says otherwise",
        "  severity 1 or 2, the one of today: no; it has 3 by label severity:3",
        "  requested by label (Review-Requested): yes, the label was removed on 2026-11-02 14:00 UTC",
        "  more information needed, by label (more): no",
    ]


def test_the_severity_tells_where_it_comes_from() -> None:
    peak = settings(policies=[{"severity_by": "peak"}])
    events = (added("Severity::1", "2026-11-02 10:00"), removed("Severity::1", "2026-11-02 18:00"))
    field = "\n".join(told(incident(1, labels=(), severity=2)))
    assert "it has 2 by GitLab's own field" in field
    assert "it has none" in "\n".join(told(incident(1, labels=())))
    worse = "\n".join(told(incident(1, labels=("Severity::3",), label_events=events), settings=peak))
    assert "severity 1 or 2, the worst that stood: yes; it has 3 by label Severity::3, at its worst 1" in worse
    assert "user facing: no, by label Backstage" in "\n".join(told(incident(1, labels=("Backstage", "Severity::1"))))


@pytest.mark.parametrize(
    ("policy", "line"),
    [
        ({}, "  policy in force that day: without a name (always)"),
        ({"from": "2026-01-01", "name": "ours"}, "  policy in force that day: ours (from 2026-01-01 on)"),
    ],
)
def test_the_policy_goes_by_its_name(policy: dict[str, Any], line: str) -> None:
    assert line in told(incident(1), settings=settings(policies=[policy]))


def test_a_policy_that_ended_tells_its_last_day() -> None:
    two = [{"from": "2026-01-01", "name": "old"}, {"from": "2026-11-10", "name": "new"}]
    assert "  policy in force that day: old (from 2026-01-01 to 2026-11-09)" in told(
        incident(1), settings=settings(policies=two)
    )


def test_how_the_due_day_was_counted() -> None:
    place = settings(calendars={"default": {"country": "DE", "subdivision": "BY", "closures": ["2026-11-05"]}})
    assert part(told(incident(1), settings=place), "When is it due?") == [
        "When is it due? Tuesday 2026-11-10, to midnight in UTC",
        "  5 working days after Monday 2026-11-02, when it was declared",
        "  days off: Sat, Sun; public holidays of DE-BY; 1 closure",
    ]
    resolved = settings(policies=[{"anchor": "resolved"}])
    assert "When is it due? No day yet: the clock starts when it is resolved" in told(incident(1), settings=resolved)


def test_which_signal_found_the_review_and_what_else_it_covers() -> None:
    first = review(3, closed="2026-11-06", links=(Link(target=Ref(PROJECT, 1)), Link(target=Ref(PROJECT, 2))))
    second = review(4, f"Incident Review: see #{1}", description=f"{PROJECT}#1", of=1, created="2026-11-04")
    lines = part(told(incident(1), incident(2), first, second), "Which review?")
    assert lines == [
        f"Which review? {PROJECT}#3",
        "  Incident Review: number 3",
        "  found by issue_link (signal 1: an issue link)",
        "  opened 2026-11-03, completed 2026-11-06, assigned to nobody",
        f"  also {PROJECT}#4 by issue_link: the one completed first counts, else the one opened first",
        f"  it covers {PROJECT}#2 as well",
    ]


def test_a_guess_is_called_one() -> None:
    lines = told(incident(1, "The disk is full"), review(2, "Incident Review: The disk is full"))
    assert "  found by title_match (signal 6, a guess: both have the same title)" in lines


def test_an_inline_review_is_the_incident_itself() -> None:
    inline = settings(review={"where": "inline"})
    done = added("Incident::Review-Completed", "2026-11-05 10:00")
    lines = told(
        incident(1, labels=("Severity::2", "Incident::Review-Completed"), label_events=(done,)), settings=inline
    )
    assert f"Which review? {PROJECT}#1" in lines
    assert "  found by inline (the incident is its own review)" in lines
    assert "  2026-11-05 10:00 UTC: added Incident::Review-Completed" in lines


def test_events_of_the_incident_and_of_its_review_stand_in_one_order() -> None:
    events = (added("Severity::2", "2026-11-02 10:00"), added("colour", "2026-11-02 11:00"), added(None, "2026-11-04"))
    states = (closed("2026-11-03 09:00"), reopened("2026-11-03 12:00"))
    looked = review(2, of=1, state_events=(closed("2026-11-05 08:00"),), closed="2026-11-05 08:00")
    berlin = settings(timezone="Europe/Berlin")
    lines = part(told(incident(1, label_events=events, state_events=states), looked, settings=berlin), "Events")
    assert lines[1:] == [
        "  2026-11-02 11:00 CET: declared, added Severity::2",
        "  2026-11-03 10:00 CET: closed",
        f"  2026-11-03 11:00 CET: review {PROJECT}#2 opened",
        "  2026-11-03 13:00 CET: reopened",
        "  2026-11-04 01:00 CET: added a label that was deleted since",
        f"  2026-11-05 09:00 CET: review {PROJECT}#2 closed",
    ]


def test_unowned_and_unknown_services_are_told() -> None:
    nobody = part(told(incident(1, labels=("Severity::2", "Service::Git"))), "Who owns")
    assert nobody[0] == "Who owns the service? Nobody that is known (git)"
    assert "which the policy exempts" in nobody[1]
    unknown = part(told(incident(1, labels=("Severity::2", "Service::Moon"))), "Who owns")
    assert unknown[1] == "  in no entry of the catalogue: Moon"
    flagged = settings(policies=[{"unowned": "flag"}])
    kept = part(told(incident(1, labels=("Severity::2", "Service::Git")), settings=flagged), "Who owns")
    assert "which the policy does not exempt" in kept[1]


def test_another_reading_that_would_change_the_verdict() -> None:
    lines = part(told(incident(1), as_of="2026-11-09"), "Would another reading")
    assert lines == [
        "Would another reading of the policy change it? Yes",
        "  if calendar days are counted instead of working days: missing, due 2026-11-07",
    ]
    assert "Would another reading of the policy change it? No" in told(incident(1, closed="2026-11-02 11:00"))


@pytest.mark.parametrize(
    ("some", "verdict", "words"),
    [
        ([waiver(ONE, "IR001")], Verdict.WAIVED, "valid through 2026-12-31, approved by a.manager"),
        ([waiver(ONE, "IR001", expires="2026-11-22")], Verdict.MISSING, "lapsed on 2026-11-22"),
        ([waiver(ONE, "IR003")], Verdict.MISSING, "2026-12-31, and changes nothing today, approved"),
        ([waiver(ONE.upper(), "IR002")], Verdict.WAIVED, f"IR001, IR002 of {ONE.upper()}: valid"),
    ],
)
def test_waivers_that_name_it_are_told(some: list[dict[str, Any]], verdict: Verdict, words: str) -> None:
    lines = told(incident(1), settings=settings(waivers=some))
    assert lines[0].endswith(f": {verdict}")
    assert words in " ".join("\n".join(part(lines, "Waivers")).split())


def test_a_waived_rule_says_what_it_would_be() -> None:
    lines = told(incident(1), settings=settings(waivers=[waiver(f"{PROJECT}#1", "IR001")]))
    assert "  waived: a valid waiver on the missing or late review names it; without it: missing" in lines
    mine = part(lines, "Rules that it would violate without a waiver")
    assert mine[1].startswith('  IR001 missing-review: "All user facing')
    assert "      waived by a.manager: Reviewed with the supplier." in mine


def test_what_could_not_be_read_of_it() -> None:
    hidden = incident(1, links=(Link(target=None),))
    gaps = (
        Gap(ref=PROJECT, what="templates", why="the server failed"),
        Gap(ref="elsewhere#1", what="history", why="not its own"),
    )
    lines = part(told(hidden, gaps=gaps), "What could not be read")
    assert lines[1:] == [
        f"  templates of {PROJECT}: the server failed",
        f"  links of {PROJECT}#1: a linked issue cannot be read with this token (could change a verdict)",
        "  Open it as somebody who may read where it leads. If that is the review, make the bot a Reporter there.",
    ]
    assert "  something is out of sight: a linked issue cannot be read with this token" in told(hidden)
    assert not any("could not be read" in line for line in told(incident(1)))


def test_what_limits_the_whole_audit_is_told_too() -> None:
    lines = part(told(incident(1), unreadable_links_shown=False), "How far this can be trusted")
    assert lines[1].startswith("  This server does not show links")


def test_a_criterion_that_cannot_be_told_says_why() -> None:
    lines = told(
        incident(1, labels=("Severity::4",), label_events=(added(None, "2026-11-02 11:00"),)),
        sources=(source(labels=()),),
    )
    assert "Is a review required? Cannot be told" in lines
    assert "  cannot be told: a label was added to it that has been deleted since" in lines
    assert any(line.startswith("  IR001 missing-review") for line in part(lines, "Rules whose outcome is unknown"))


def test_a_confidential_incident_is_told_and_called_so() -> None:
    secret = incident(1, "Keys leaked", confidential=True, labels=API)
    lines = told(secret, review(2, of=1))
    assert lines[1] == "  Keys leaked"
    assert lines[3] == f"CONFIDENTIAL: {PROJECT}#1. Keep this text among those who may read it there."
    of_review = told(incident(1), review(2, of=1, confidential=True))
    assert of_review[3].startswith(f"CONFIDENTIAL: {PROJECT}#2.")
    assert not any("CONFIDENTIAL" in line for line in told(incident(1), review(2, of=1)))


def test_of_a_review_its_incidents_are_told() -> None:
    both = review(4, of=1, links=(Link(target=Ref(PROJECT, 2)),))
    result = audited(incident(1, labels=API), incident(2), review(3, of=1), both, review(5))
    first = text_of(result)
    assert text_of(result, 3) == f"{PROJECT}#3 is a review and has no verdict: that of its incident follows\n\n{first}"
    head = f"{PROJECT}#4 is a review and has no verdict: that of its incidents follows\n\n"
    assert text_of(result, 4) == f"{head}{first}\n{text_of(result, 2)}"
    assert text_of(result, 5) == f"{PROJECT}#5 is a review and has no verdict, and no incident is known for it\n"
    assert explain(result, Ref(PROJECT, 6)) is None


def test_a_text_cannot_steer_the_terminal() -> None:
    lines = told(incident(1, "red \x1b[31m\u202e text\nRules"))
    assert "\x1b" not in "".join(lines)
    assert lines[1] == "  red [31m text Rules"


def test_corrective_actions_and_reviews_are_named_where_they_are_found() -> None:
    action = issue(5, labels=("corrective action", "Severity::1"), created="2026-11-04")
    both = review(2, closed="2026-11-05", links=(Link(target=Ref(PROJECT, 1)), Link(target=Ref(PROJECT, 5))))
    mine = part(told(incident(1), both, action), "Rules that it violates")
    assert any(f"advisory of {PROJECT}#5: " in line for line in mine)


def test_subjects_are_named_where_they_differ() -> None:
    one, other = review(2, of=1, assignees=()), review(3, of=1, labels=("IncidentReview", "Severity::2"))
    lines = told(incident(1), one, other)
    rule = [line for line in lines if line.startswith("  IR005 review-severity")]
    assert [f"({PROJECT}#2)" in rule[0], f"({PROJECT}#3)" in rule[1]] == [True, True]


def test_each_outcome_is_counted_from_what_is_told() -> None:
    result = audited(incident(1, labels=API), incident(2), review(3, of=1))
    for counted in result.outcomes:
        some = result.by_subject[counted.code].tolist()
        assert (counted.conforms, counted.violates) == (some.count(Outcome.CONFORMS), some.count(Outcome.VIOLATES))
        assert (counted.waived, counted.unknown) == (some.count(Outcome.WAIVED), some.count(Outcome.UNKNOWN))
        assert counted.not_applicable == some.count(Outcome.NOT_APPLICABLE)
