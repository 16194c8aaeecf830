"""A description that is too long to be read whole changes what the rules on its text say, and nothing else."""

from __future__ import annotations

import pytest

from audit.model import Gap
from audit.text.blocks import MOST_EVENTS
from audit.text.names import LINK
from tests.records import PROJECT, asked, audited, incident, review, settings
from tests.rules.written import EMPTY, text

pytestmark = pytest.mark.together

FILLER = "\n\n" + "a\n" * (MOST_EVENTS // 2) + "\n"
ON_TEXT = ("IR007", "IR008", "IR009", "IR010", "IR013", "IR016")


@pytest.mark.parametrize("summary", ["It broke.", "..."])
def test_what_its_text_says_is_unknown_of_that_review_alone(summary: str) -> None:
    long = review(3, of=1, closed="2026-11-05", description=text(summary=summary, outcomes="None yet.") + FILLER)
    other = review(4, of=2, closed="2026-11-05", description=text({LINK: "#2"}, outcomes="g/p&9"))
    result = audited(incident(1), incident(2), long, other)
    assert {code: asked(result, code).get("unknown") for code in ON_TEXT} == dict.fromkeys(ON_TEXT, 1)
    assert list(result.verdicts) == ["on_time", "on_time"]
    (gap,) = result.gaps
    assert (gap.ref, gap.what, gap.could_change_a_verdict) == (str(long.ref), "description", False)
    assert result.withheld is None


@pytest.mark.parametrize(
    ("unread", "files", "unknown"),
    [(PROJECT, (), True), ("ours.md", ("ours.md",), True), ("ours.md", (), False), ("ops/other", (), False)],
)
def test_without_its_template_nobody_knows_what_a_review_lacks(
    unread: str, files: tuple[str, ...], unknown: bool
) -> None:
    done = review(3, of=1, closed="2026-11-05", description=text(summary="...", details="It broke."))
    gap = Gap(ref=unread, what="templates", why="the server failed")
    chosen = settings(review={"template_files": files})
    result = audited(incident(1), done, gaps=(gap,), settings=chosen)
    found = [code for code in ("IR007", "IR008", "IR009", "IR016") if "unknown" in asked(result, code)]
    assert found == (["IR007", "IR008", "IR009", "IR016"] if unknown else [])
    assert "unknown" not in asked(result, "IR010")
    assert result.withheld is None


def test_what_does_not_rest_on_its_text_is_known() -> None:
    waiting = audited(incident(1), review(3, of=1, description=EMPTY + FILLER), as_of="2026-11-03")
    assert [asked(waiting, code) for code in ("IR007", "IR008", "IR009", "IR016")] == [{"conforms": 1}] * 4


def test_a_link_row_beyond_the_budget_names_its_incident() -> None:
    row = "| Link to Incident Issue | #1 |\n"
    result = audited(incident(1), review(3, closed="2026-11-05", description=f"{FILLER}\n{row}"))
    assert list(result.verdicts) == ["on_time"]
