"""What the descriptions of reviews say to all who ask: each is parsed once, and little of it is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from audit.model import Ref
from audit.text.descriptions import BLANK, Description, Descriptions, Durations
from audit.text.documents import document
from audit.text.names import CUSTOMERS, LINK, SEVERITY
from audit.text.placeholders import State
from audit.text.references import NOTHING_NAMED, Mentions
from tests.records import PROJECT, TOOLS, evidence, incident, records, review, settings, template
from tests.rules.written import text as written

if TYPE_CHECKING:
    from audit.model import Issue


def reader(*incidents: Ref, **fields: Any) -> Descriptions:
    return Descriptions.of(records(**fields), settings(), frozenset(incidents))


def said(text: str) -> Description:
    return reader().read(review(9, description=text))


def numbers(named: Mentions) -> list[int]:
    return [one.iid for one in named.issues]


def test_what_is_kept_of_a_description() -> None:
    text = written({CUSTOMERS: "", LINK: "[#4](#5-b) and #1"}, outcomes="#9 limits the job, for &8.\n\n`#7`")
    told = said(f"See #99.\n\n{text}\n\n# Other\n\n#98")
    assert numbers(told.link_row) == [1]
    assert numbers(told.naming) == [99, 1, 9, 98]
    assert (numbers(told.outcomes), told.outcomes.other_work) == ([9], True)
    assert (told.has_table, told.blank_rows, told.untouched) == (True, (CUSTOMERS,), False)
    assert (told.summary, told.narrative) == (State.WRITTEN, State.WRITTEN)
    assert told.severities == {2}
    assert told.durations == Durations(disagree=False)


def test_durations_of_the_first_column_that_disagrees() -> None:
    rows = "| Start Time | 09:00 | 10:00 |\n| End Time | 09:30 | 10:30 |\n| Total Duration | 30 min | 2 h |"
    told = said(f"# Key Information\n\n| Metric | A | B |\n|---|---|---|\n{rows}\n")
    assert told.durations == Durations(disagree=True, stated=timedelta(hours=2), counted=timedelta(minutes=30))


def test_nothing_at_all() -> None:
    assert said("") == BLANK
    assert {BLANK.link_row, BLANK.naming, BLANK.outcomes} == {NOTHING_NAMED}
    assert BLANK.untouched


def test_outcomes_of_a_review_within_its_incident_begin_at_its_heading() -> None:
    text = "# Corrective Actions\n\n#1\n\n# Incident Review\n\n## Corrective Actions\n\n#2\n"
    one = incident(3, description=text)
    assert numbers(reader(Ref(PROJECT, 3)).read(one).outcomes) == [2]
    assert numbers(reader().read(one).outcomes) == [1, 2]


def test_a_text_that_names_nothing_is_not_parsed_for_it_but_read_when_it_is_asked_for() -> None:
    told = reader()
    plain, naming = review(1, description="# Summary\n\nA disk."), review(2, description="# Outcomes\n\n&8")
    document.cache_clear()
    assert told.naming(plain) is BLANK
    assert document.cache_info().misses == 0
    assert told.naming(naming).outcomes.other_work
    assert told.read(plain).summary is State.WRITTEN
    assert told.naming(plain) is told.read(plain)


def test_each_description_is_parsed_once_whatever_is_asked_of_it() -> None:
    many: list[Issue] = [incident(number, description=f"{number} INC-{number}") for number in range(1, 13)]
    texts = [written({LINK: link}, outcomes=f"#{n} INC-{n}") for n, link in enumerate(["", "#2", "N/A"] * 4, 1)]
    many += [review(100 + number, description=text) for number, text in enumerate(texts)]
    many += [review(200 + number, of=1, description=text) for number, text in enumerate(texts)]
    document.cache_clear()
    held = evidence(*many)
    assert len(held.reviews) == 24
    assert document.cache_info().misses == len(set(texts))


def test_templates_are_the_trackers_own() -> None:
    form = "# Summary\n\nTell what every shift should know.\n"
    assert reader().read(review(1, description=form)).summary is State.WRITTEN
    assert reader(templates={PROJECT: (template(form),)}).read(review(1, description=form)).summary is State.PLACEHOLDER


def test_templates_are_each_projects_own() -> None:
    form = "# Summary\n\nTell what every shift should know.\n"
    texts = reader(templates={PROJECT: (template(form),), TOOLS: (template("# Summary\n\nTell it shortly.\n"),)})
    assert texts.read(review(1, description=form)).summary is State.PLACEHOLDER
    assert texts.read(review(1, project=TOOLS, description=form)).summary is State.WRITTEN


def test_severities_of_several_columns() -> None:
    rows = f"| Metric | A | B | C |\n|---|---|---|---|\n| {SEVERITY} | S1 | severity::3 | all |\n"
    assert said(f"# Key Information\n\n{rows}").severities == {1, 3}
