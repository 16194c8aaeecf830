from __future__ import annotations

import pytest

from audit.model import Level, Ref
from audit.text.names import LINK
from tests.records import PROJECT, added, asked, evidence, found, incident, review, settings, source
from tests.rules.one_rule import audited_by
from tests.rules.written import text

pytestmark = pytest.mark.together

audited = audited_by("IR009")

COMPLETED = "Incident::Review-Completed"
INLINE = settings(review={"where": "inline"})
BOTH = settings(review={"where": "both"})
UNTOLD = text(details=None)
OTHER = (incident(3, "Else"), review(4, "Incident Review: else", of=3))


@pytest.mark.parametrize(
    ("description", "outcome"),
    [
        (text(), "conforms"),
        (text(details=None), "violates"),
        (text(details="1. ..."), "violates"),
        (text(details="### What happened\n\n..."), "violates"),
        (text(details="No"), "conforms"),
        (text(details=None) + "\n\n# Timeline\n\n09:00 the disk is full", "conforms"),
        (text(details="...") + "\n\n# root cause analysis\n\nA job.", "conforms"),  # one written is enough
        (text(details="...") + "\n\n# What were the root causes?\n\n1. ...", "violates"),
    ],
)
def test_when_it_is_violated(description: str, outcome: str) -> None:
    assert asked(audited(incident(1), review(2, of=1, description=description)), "IR009") == {outcome: 1}


@pytest.mark.parametrize(
    ("pointer", "outcome"),
    [
        ("See #4 for a complete review.", "conforms"),
        ("See [there](https://gitlab.example/ops/production/-/work_items/4).", "conforms"),
        ("#2", "violates"),  # itself
        ("#1", "violates"),  # its incident
        ("#3", "conforms"),  # another incident
        ("#99", "violates"),  # not read
        ("https://ops.example/ops/production/-/issues/4", "violates"),  # another GitLab
        ("`#4`", "violates"),
        ("<!-- #4 -->", "violates"),
        ("https://gitlab.example/ops/production/-/issues/4#note_5", "violates"),  # a comment
    ],
)
def test_a_reference_to_another_review_that_was_read(pointer: str, outcome: str) -> None:
    one = review(2, of=1, description=f"{pointer}\n\n{UNTOLD}")
    assert ("#2" in found(audited(incident(1), one, *OTHER), "IR009")) == (outcome == "violates")


def test_a_reference_to_a_duplicate_counts_for_the_review_that_it_is_one_of() -> None:
    twin = review(5, closed="2026-11-04", duplicate_of=Ref(PROJECT, 4))
    one = review(2, of=1, description=f"See #5.\n\n{UNTOLD}")
    assert "#2" not in found(audited(incident(1), one, twin, *OTHER), "IR009")
    own = review(5, closed="2026-11-04", duplicate_of=Ref(PROJECT, 2))
    assert "#2" in found(audited(incident(1), one, own, *OTHER), "IR009")


def test_a_review_of_another_project() -> None:
    far = (incident(3, "Else", project="ops/other"), review(4, project="ops/other", of=3))
    one = review(2, of=1, description=f"See other#4.\n\n{UNTOLD}")
    result = audited(incident(1), one, *far, sources=(source(), source("ops/other")))
    assert "#2" not in found(result, "IR009")


def test_a_review_opened_later_does_not_exist_yet() -> None:
    later = review(4, created="2026-11-20")
    one = review(2, of=1, description=f"See #4.\n\n{UNTOLD}")
    assert "#2" in found(audited(incident(1), one, later, as_of="2026-11-19"), "IR009")
    assert "#2" not in found(audited(incident(1), one, later, as_of="2026-11-20"), "IR009")


def test_an_inline_review_may_point_to_another_incidents() -> None:
    first = incident(1, description=text())
    untold = text({LINK: "#2"}, details=None)
    second = incident(2, description=f"As in #1.\n\n{untold}")
    assert found(audited(first, second, settings=INLINE), "IR009") == {}
    assert list(found(audited(first, incident(2, description=untold), settings=INLINE), "IR009")) == ["#2"]
    drill = incident(1, description=text(), labels=("Gameday",))  # has no review, but is an incident
    assert found(audited(drill, second, settings=INLINE), "IR009") == {}


def test_its_own_incident_is_no_other_review_even_where_it_has_an_inline_one() -> None:
    done = incident(1, labels=("Severity::2", COMPLETED), label_events=(added(COMPLETED, "2026-11-05"),))
    held = evidence(done, review(2, of=1, description=f"#1\n\n{UNTOLD}"), settings=BOTH)
    assert held.reviews["points_elsewhere"].tolist() == [False, False]
    assert held.reviews["inline"].tolist() == [True, False]


@pytest.mark.parametrize(("as_of", "outcome"), [("2026-11-04", "conforms"), ("2026-11-05", "violates")])
def test_only_when_it_is_ripe(as_of: str, outcome: str) -> None:
    assert asked(audited(incident(1), review(2, of=1, description=UNTOLD), as_of=as_of), "IR009") == {outcome: 1}


@pytest.mark.parametrize(
    ("labels", "outcome"), [(("Severity::3",), "violates"), (("Severity::2", "Gameday"), "not applicable")]
)
def test_who_is_asked(labels: tuple[str, ...], outcome: str) -> None:
    issues = (incident(1, labels=labels), review(2, of=1, description=UNTOLD))
    assert asked(audited(*issues), "IR009") == {outcome: 1}


def test_a_paper_review_has_that_finding_alone() -> None:
    assert asked(audited(incident(1), review(2, of=1, closed="2026-11-06")), "IR009") == {"not applicable": 1}
    assert asked(audited(incident(1), review(2, of=1)), "IR009") == {"violates": 1}


def test_the_headings_are_settings() -> None:
    german = settings(review={"sections": {"narrative": "Hergang"}})
    one = review(2, of=1, description="## Hergang\n\nEin Auftrag schrieb ohne Ende.")
    assert asked(audited(incident(1), one), "IR009") == {"violates": 1}
    assert asked(audited(incident(1), one, settings=german), "IR009") == {"conforms": 1}


@pytest.mark.parametrize(
    ("details", "state", "message"),
    [
        (
            None,
            "absent",
            "This review has no section that tells what happened, and names no other review or incident.",
        ),
        (
            "...",
            "placeholder",
            "What happened is not written in this review yet, and it names no other review or incident.",
        ),
    ],
)
def test_what_it_says(details: str | None, state: str, message: str) -> None:
    one = found(audited(incident(1), review(2, of=1, description=text(details=details))), "IR009")["#2"]
    assert one.message == message
    assert (one.level, one.open) == (Level.ADVISORY, True)
    assert one.evidence == {
        "narrative": state,
        "points_elsewhere": False,
        "due_on": "2026-11-09",
        "completed_on": None,
    }
