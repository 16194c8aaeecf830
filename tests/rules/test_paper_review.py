from __future__ import annotations

import pytest

from audit.model import Level
from audit.text.names import CUSTOMERS, LINK, ROWS, SEVERITY
from tests.records import PROJECT, added, asked, found, incident, review, settings, template, waiver
from tests.rules.one_rule import audited_by
from tests.rules.written import BLANK, EMPTY, text

pytestmark = pytest.mark.together

audited = audited_by("IR007", "IR008", "IR009", "IR016")

COMPLETED = "Incident::Review-Completed"
INLINE = settings(review={"where": "inline"})
NOTHING = text(BLANK, summary=None, details=None, outcomes="#9 limits the job.")


@pytest.mark.parametrize(
    ("description", "outcome"),
    [
        (EMPTY, "violates"),
        ("", "violates"),
        (NOTHING, "violates"),  # outcomes are none of the three
        (text({**BLANK, CUSTOMERS: "TBD"}, summary="...", details="..."), "violates"),
        (text({**BLANK, CUSTOMERS: "0"}, summary=None, details=None), "conforms"),
        (text({**BLANK, SEVERITY: "S2"}, summary=None, details=None), "conforms"),
        (text({**BLANK, LINK: "#1"}, summary=None, details=None), "conforms"),
        (text(BLANK, summary="A disk was full.", details="..."), "conforms"),
        (text(BLANK, summary="...", details="A job wrote without end."), "conforms"),
        (f"See #4 for a complete review.\n\n{EMPTY}", "conforms"),
        (f"See #2 for a complete review.\n\n{EMPTY}", "violates"),  # itself
        (f"See #99 for a complete review.\n\n{EMPTY}", "violates"),
        ("A disk was full, as everybody knows.", "violates"),  # in no section
    ],
)
def test_when_it_is_violated(description: str, outcome: str) -> None:
    other = (incident(3, "Else"), review(4, "Incident Review: else", of=3))
    one = review(2, of=1, description=description, closed="2026-11-06")
    assert ("#2" in found(audited(incident(1), one, *other), "IR016")) == (outcome == "violates")


def test_only_closed_ones() -> None:
    issues = (incident(1), review(2, of=1, description=EMPTY, closed="2026-11-20"))
    assert asked(audited(*issues, as_of="2026-11-19"), "IR016") == {"conforms": 1}
    assert asked(audited(*issues, as_of="2026-11-20"), "IR016") == {"violates": 1}


@pytest.mark.parametrize(
    ("labels", "outcome"),
    [(("Severity::3",), "violates"), ((), "violates"), (("Severity::2", "Gameday"), "not applicable")],
)
def test_who_is_asked(labels: tuple[str, ...], outcome: str) -> None:
    issues = (incident(1, labels=labels), review(2, of=1, closed="2026-11-06"))
    assert asked(audited(*issues), "IR016") == {outcome: 1}


def test_one_cause_gives_one_finding_waived_or_not() -> None:
    issues = (incident(1), review(2, of=1, description=EMPTY, closed="2026-11-06"))
    about_text = ("IR007", "IR008", "IR009", "IR016")
    assert [one.code for one in audited(*issues).findings if one.code in about_text] == ["IR016"]
    waived = audited(*issues, settings=settings(waivers=[waiver(f"{PROJECT}#2", "IR016")]))
    assert [one.code for one in waived.findings if one.code in about_text] == ["IR016"]
    assert asked(waived, "IR016") == {"waived": 1}


def test_an_inline_review_is_completed_by_its_label() -> None:
    opened = incident(1, description=EMPTY, closed="2026-11-02 12:00")
    assert asked(audited(opened, settings=INLINE), "IR016") == {"conforms": 1}
    for description, outcome in ((EMPTY, "violates"), (text(), "conforms")):
        done = incident(
            1,
            description=f"# Incident Review\n\n{description}",
            labels=("Severity::2", COMPLETED),
            label_events=(added(COMPLETED, "2026-11-06"),),
        )
        assert asked(audited(done, settings=INLINE), "IR016") == {outcome: 1}


def test_lines_of_the_trackers_own_templates_are_nothing() -> None:
    own = text(BLANK, summary="Say it in a sentence.", details="Tell the story.")
    one = review(2, of=1, description=own, closed="2026-11-06")
    assert asked(audited(incident(1), one), "IR016") == {"conforms": 1}
    assert asked(audited(incident(1), one, templates={PROJECT: (template(own),)}), "IR016") == {"violates": 1}


def test_what_it_says() -> None:
    one = found(audited(incident(1), review(2, of=1, description=EMPTY, closed="2026-11-06")), "IR016")["#2"]
    assert one.message == (
        "This review was completed on 2026-11-06 with nothing in its Key Information, summary or narrative."
    )
    assert (one.level, one.open) == (Level.ADVISORY, True)
    assert one.evidence == {
        "completed_on": "2026-11-06",
        "summary": "placeholder",
        "narrative": "placeholder",
        "blank_rows": list(ROWS),
    }
