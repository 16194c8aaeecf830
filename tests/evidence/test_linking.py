"""Sections 2 and 3: what is an incident and what a review, and which review belongs to which incident."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.evidence.audited_tracker import AuditedTracker
from audit.evidence.kinds import classify
from audit.evidence.linking import Linker, Pair
from audit.model import Link, Ref, Signal
from tests.examples import examples
from tests.records import PROJECT, incident, issue, records, review, settings, source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.evidence.kinds import Kinds
    from audit.model import Issue, Source

REVIEWS = "ops/reviews"
ELSEWHERE = "ops/other"
SOURCES = (source(), source(REVIEWS, incidents=False))
AT = f"https://gitlab.example/{PROJECT}/-/issues"
LINK = Signal.ISSUE_LINK
ROW = Signal.KEY_INFORMATION_ROW
ID = Signal.EXTERNAL_ID
TITLE = Signal.TITLE_REFERENCE
TEXT = Signal.DESCRIPTION_REFERENCE
MATCH = Signal.TITLE_MATCH
quick = examples(60)


def kinds(*issues: Issue, sources: tuple[Source, ...] = SOURCES, **fields: Any) -> Kinds:
    return classify(records(*issues, sources=sources), settings(**fields))


def pairs(*issues: Issue, zone: str = "UTC", **fields: Any) -> list[Pair]:
    return linker(*issues, zone=zone, **fields).pairs()


def linker(*issues: Issue, zone: str = "UTC", **fields: Any) -> Linker:
    held = records(*issues, sources=SOURCES, former_paths={"infra/tracker": PROJECT})
    return Linker(tracker=AuditedTracker.of(held, settings(timezone=zone, **fields), date(2027, 12, 31)))


def signals(*issues: Issue, **fields: Any) -> dict[int, Signal]:
    """Link one review; return its incidents by their number."""
    return {pair.incident.iid: pair.signal for pair in pairs(*issues, **fields)}


def to(*iids: int, project: str = PROJECT) -> tuple[Link, ...]:
    return tuple(Link(target=Ref(project, iid)) for iid in iids)


def table(*cells: str) -> str:
    """A Key Information table with one value column for each cell of its link row."""
    return (
        f"| Metric |{' V |' * len(cells)}\n|---|{'---|' * len(cells)}\n| Link to Incident Issue | {' | '.join(cells)} |"
    )


# What is an incident, what a review


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        pytest.param(issue(1, issue_type="incident"), "incident", id="type"),
        pytest.param(issue(1, labels=("incident",)), "incident", id="label"),
        pytest.param(issue(1, labels=("INCIDENT",)), "incident", id="label in capitals"),
        pytest.param(issue(1, labels=("incidents",)), None, id="longer label"),
        pytest.param(issue(1, labels=("IncidentReview",)), "review", id="review label"),
        pytest.param(issue(1, labels=("incidentreview",)), "review", id="review label in small letters"),
        pytest.param(issue(1, "Incident Review: api down"), "review", id="prefix"),
        pytest.param(issue(1, "2026-11-02 - rca: api down"), "review", id="date and prefix"),
        pytest.param(issue(1, "Incident Review process"), None, id="no prefix"),
        pytest.param(issue(1, description="# Incident Review"), None, id="words in the body"),
        pytest.param(issue(1, "RCA: x", issue_type="incident"), "incident", id="both: type and prefix"),
        pytest.param(issue(1, labels=("incident", "IncidentReview")), "incident", id="both: two labels"),
        pytest.param(issue(1, issue_type="incident", project=ELSEWHERE), None, id="incident elsewhere"),
        pytest.param(issue(1, "RCA: x", project=ELSEWHERE), None, id="review elsewhere"),
        pytest.param(issue(1, issue_type="incident", project=REVIEWS), None, id="incident among reviews"),
        pytest.param(issue(1, "RCA: x", project=REVIEWS), "review", id="review among reviews"),
        pytest.param(issue(1, "RCA", project=REVIEWS, issue_type="incident"), "review", id="both, among reviews"),
        pytest.param(issue(1), None, id="neither"),
    ],
)
def test_what_an_issue_is(one: Issue, kind: str | None) -> None:
    found = kinds(one)
    assert list(found.incidents) == ([one.ref] if kind == "incident" else [])
    assert list(found.reviews) == ([one.ref] if kind == "review" else [])


def test_a_review_counts_in_review_projects_only() -> None:
    assert not kinds(issue(1, "RCA: x"), sources=(source(reviews=False),)).reviews


def test_labels_and_prefixes_are_settings() -> None:
    names: dict[str, Any] = {"labels": {"incident": "outage", "review": "retro"}, "review": {"prefixes": "Retro"}}
    found = kinds(
        issue(1, labels=("outage",)), issue(2, labels=("retro",)), issue(3, "Retro: x"), issue(4, "RCA: x"), **names
    )
    assert [ref.iid for ref in found.incidents] == [1]
    assert [ref.iid for ref in found.reviews] == [2, 3]


HERE, THERE, FAR = Ref(PROJECT, 2), Ref(PROJECT, 3), Ref(ELSEWHERE, 9)


@pytest.mark.parametrize(
    ("issues", "reviews"),
    [
        pytest.param([review(1, moved=True, moved_to=HERE), review(2)], [2], id="moved to a review"),
        pytest.param([review(1, moved=True, moved_to=HERE), issue(2)], [2], id="moved to what looks like none"),
        pytest.param([review(1, duplicate_of=HERE), review(2)], [2], id="duplicate of a review"),
        pytest.param([review(1, duplicate_of=HERE), issue(2)], [2], id="duplicate of what looks like none"),
        pytest.param([review(1, moved=True, moved_to=HERE), incident(2)], [], id="moved to an incident"),
        pytest.param([review(1, duplicate_of=HERE), incident(2)], [], id="duplicate of an incident"),
        pytest.param([review(1, moved=True)], [], id="moved out of sight"),
        pytest.param([review(1, moved=True, moved_to=HERE)], [], id="moved to what was not read"),
        pytest.param([review(1, duplicate_of=HERE)], [], id="duplicate of what was not read"),
        pytest.param([review(1, duplicate_of=FAR), issue(9, project=ELSEWHERE)], [], id="duplicate of one elsewhere"),
        pytest.param(
            [review(1, moved=True, moved_to=HERE), review(2, duplicate_of=THERE), issue(3)], [3], id="chain of two"
        ),
        pytest.param([review(1, duplicate_of=HERE), review(2, moved=True)], [], id="chain that leads out of sight"),
        pytest.param([review(1, duplicate_of=HERE), review(2, duplicate_of=Ref(PROJECT, 1))], [], id="circle"),
        pytest.param(
            [review(1, duplicate_of=HERE), review(2, duplicate_of=THERE), review(3, duplicate_of=HERE)],
            [],
            id="chain into a circle",
        ),
    ],
)
def test_what_a_review_leads_to_is_the_review(issues: list[Issue], reviews: list[int]) -> None:
    assert [ref.iid for ref in kinds(*issues).reviews] == reviews


def test_a_chain_of_many_duplicates_leads_to_its_end() -> None:
    chain = [incident(i, duplicate_of=Ref(PROJECT, i + 1)) for i in range(1, 400)]
    found = kinds(*chain, incident(400))
    assert {found.final(one.ref).iid for one in chain} == {400}


# 1. Issue links


def test_an_issue_link_of_the_review() -> None:
    assert signals(incident(1), review(2, of=1)) == {1: LINK}


def test_an_issue_link_of_the_incident() -> None:
    assert signals(incident(1, links=to(2)), review(2)) == {1: LINK}


def test_issue_links_with_several_incidents() -> None:
    issues = (incident(1), incident(2), incident(3), issue(4), review(5, links=to(1, 2, 4)))
    assert signals(*issues) == {1: LINK, 2: LINK}


def test_an_incident_has_several_reviews() -> None:
    found = pairs(incident(1), review(3, of=1), review(2, of=1))
    assert [(pair.review.iid, pair.incident.iid) for pair in found] == [(2, 1), (3, 1)]


def test_an_issue_link_to_what_cannot_be_read_or_is_no_incident() -> None:
    assert signals(incident(1), issue(3), review(2, links=(Link(target=None), *to(3, 77)))) == {}


MOVED = {"moved": True, "moved_to": Ref(PROJECT, 3)}
SAME = {"duplicate_of": Ref(PROJECT, 3)}


@pytest.mark.parametrize("gone", [pytest.param(MOVED, id="moved"), pytest.param(SAME, id="duplicate")])
@pytest.mark.parametrize(
    ("build", "incidents"),
    [
        pytest.param(lambda gone: (incident(1, **gone), incident(3), review(4, of=1)), {3: LINK}, id="incident"),
        pytest.param(lambda gone: (incident(1, links=to(4)), issue(4, **gone), review(3)), {1: LINK}, id="review"),
        pytest.param(lambda gone: (issue(1, **gone), incident(3), review(4, of=1)), {3: LINK}, id="neither"),
        pytest.param(lambda gone: (incident(1, **gone), issue(3), review(4, of=1)), {}, id="incident to no incident"),
        pytest.param(
            lambda gone: (incident(1, **gone), incident(3), review(4, description=table("#1"))), {3: ROW}, id="row"
        ),
        pytest.param(
            lambda gone: (incident(1, "INC-7", **gone), incident(3), review(4, "RCA: INC-7")), {3: ID}, id="external id"
        ),
        pytest.param(
            lambda gone: (incident(1, "INC-7", **gone), issue(3), review(4, "RCA: INC-7")), {}, id="id to no incident"
        ),
        pytest.param(lambda gone: (incident(1, **gone), incident(3), review(4, "RCA #1")), {3: TITLE}, id="title"),
        pytest.param(lambda gone: (incident(1, **gone), incident(3), review(4, "RCA (1)")), {3: TITLE}, id="brackets"),
        pytest.param(
            lambda gone: (incident(1, **gone), issue(3), review(4, "RCA (1)")), {}, id="brackets to no incident"
        ),
        pytest.param(
            lambda gone: (incident(1, **gone), incident(3), review(4, description="#1 #3")), {3: TEXT}, id="description"
        ),
        pytest.param(
            lambda gone: (incident(1, "api down", **gone), incident(3, "api down"), review(4, "RCA: api down")),
            {3: MATCH},
            id="one title",
        ),
        pytest.param(
            lambda gone: (incident(1, "api down", **gone), incident(3, "web down"), review(4, "RCA: api down")),
            {3: MATCH},
            id="title of the other",
        ),
        pytest.param(
            lambda gone: (incident(1, "api down", **gone), issue(3, "api down"), review(4, "RCA: api down")),
            {},
            id="title to no incident",
        ),
    ],
)
def test_what_was_moved_or_is_a_duplicate_counts_for_where_it_leads(
    gone: dict[str, Any], build: Any, incidents: dict[int, Signal]
) -> None:
    assert signals(*build(gone)) == incidents


def test_a_link_tells_where_an_issue_that_was_not_read_leads() -> None:
    link = Link(target=FAR, points_to=Ref(PROJECT, 1))
    assert signals(incident(1), review(2, links=(link,))) == {1: LINK}
    onward = Link(target=FAR, points_to=Ref(PROJECT, 3))
    assert signals(incident(1), incident(3, duplicate_of=Ref(PROJECT, 1)), review(2, links=(onward,))) == {1: LINK}
    nowhere = Link(target=FAR, points_to=Ref(ELSEWHERE, 8))
    assert signals(incident(1), review(2, links=(nowhere,))) == {}


def test_a_text_names_an_issue_of_another_project_that_was_moved_here() -> None:
    old = issue(9, project=ELSEWHERE, moved=True, moved_to=Ref(PROJECT, 1))
    assert signals(old, incident(1), review(2, description="see ops/other#9")) == {1: TEXT}
    assert signals(old, incident(1), review(2, description=table(f"{ELSEWHERE}#9"))) == {1: ROW}


# 2. The row of the Key Information table


@pytest.mark.parametrize(
    ("description", "incidents"),
    [
        pytest.param(table("#1"), {1: ROW}, id="number"),
        pytest.param(table("#1 (closed)"), {1: ROW}, id="number as rendered"),
        pytest.param(table(f"{AT}/1"), {1: ROW}, id="address"),
        pytest.param(table(f"[the incident]({AT}/1)"), {1: ROW}, id="link"),
        pytest.param(table(f"[#2]({AT}/1)"), {1: ROW}, id="link whose text names another"),
        pytest.param(table("[#1](https://ops.example/ops/production/-/issues/1)"), {}, id="link to another host"),
        pytest.param(table(f"{AT}/1#note_5"), {1: ROW}, id="comment"),
        pytest.param(table(f"[INC](/{PROJECT}/-/work_items/1/?a=b#note_5)"), {1: ROW}, id="link to a comment"),
        pytest.param(table("[INC](#1)"), {1: ROW}, id="link to a number"),
        pytest.param(table("infra/tracker#1"), {1: ROW}, id="former path"),
        pytest.param(table("#1", "#2"), {1: ROW, 2: ROW}, id="two columns"),
        pytest.param(table("#1, #2"), {1: ROW, 2: ROW}, id="two in a cell"),
        pytest.param(table("", "#2"), {2: ROW}, id="blank column"),
        pytest.param(f"{table('#1')}\n\n{table('#2')}", {1: ROW, 2: ROW}, id="two tables"),
        pytest.param(f"{table('')}\n\n{table('#2')}", {2: ROW}, id="blank table, written table"),
        pytest.param(table("`#1`"), {}, id="code"),
        pytest.param(table(r"\#1"), {}, id="escaped"),
        pytest.param(table("<!-- #1 -->"), {}, id="comment"),
        pytest.param(table("#3"), {}, id="no incident"),
        pytest.param(table("#77"), {}, id="not read"),
        pytest.param(table("N/A"), {}, id="words"),
        pytest.param("| Link to Incident Issue (required) | #1, #2 |\n|---|---|", {1: ROW, 2: ROW}, id="required"),
        pytest.param(
            "## Key Information\n\n- 7. Link to Incident Issue?\n  - #1\n  - #2\n", {1: ROW, 2: ROW}, id="list"
        ),
        pytest.param(table("https://app.incident.io/x/incidents/5"), {1: ID}, id="incident.io number"),
        pytest.param(table("https://app.incident.io/x/incidents/01ARZ3NDEKTSV4RRFFQ69G5FAV"), {2: ID}, id="ULID"),
        pytest.param(f"```\n{table('#1')}\n```", {}, id="table in code"),
        pytest.param(f"<!--\n{table('#1')}\n-->", {}, id="table in a comment"),
        pytest.param(f"{table('#1')}\n\nlike #2", {1: ROW}, id="a statement before a guess"),
        pytest.param(f"{table('')}\n\nlike #2", {2: TEXT}, id="a guess where the row is blank"),
    ],
)
def test_the_link_row(description: str, incidents: dict[int, Signal]) -> None:
    issues = (
        incident(1, description="INC-5"),
        incident(2, description="https://app.incident.io/x/incidents/01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        issue(3),
        review(4, description=description),
    )
    assert signals(*issues) == incidents


def test_links_and_the_row_are_both_statements() -> None:
    issues = (incident(1), incident(2), incident(3), review(4, links=to(1, 2), description=table("#2", "#3")))
    assert signals(*issues) == {1: LINK, 2: LINK, 3: ROW}


# 3. External ids


@pytest.mark.parametrize(
    ("incident_text", "review_text", "found"),
    [
        pytest.param("INC-12", "INC-12", True, id="equal"),
        pytest.param("a INC-12, b", "(INC-12)", True, id="in prose"),
        pytest.param("INC-12", "INC-123", False, id="a part of it"),
        pytest.param("INC-12", "ZINC-12", False, id="a part of a word"),
        pytest.param("INC-12", "INC-12-a", False, id="a part of a name"),
        pytest.param("INC-12", "inc-12", False, id="small letters"),
        pytest.param("https://app.incident.io/x/incidents/12", "INC-12", True, id="number in an address"),
        pytest.param("INC-12", "[x](https://app.incident.io/x/incidents/12)", True, id="number in a link"),
        pytest.param("INC-12", "[INC-12](https://docs.example)", True, id="text of a link"),
        pytest.param("INC-01", "https://app.incident.io/x/incidents/01ARZ3NDEKTSV4RRFFQ69G5FAV", False, id="ULID"),
        pytest.param("INC-12", "`INC-12`", False, id="code"),
        pytest.param("INC-12", "<!-- INC-12 -->", False, id="comment"),
        pytest.param("<!-- INC-12", "INC-12", False, id="comment of the incident"),
    ],
)
def test_external_ids_of_texts(incident_text: str, review_text: str, found: bool) -> None:
    issues = incident(1, description=incident_text), review(2, description=review_text)
    assert signals(*issues) == ({1: ID} if found else {})


@pytest.mark.parametrize(
    ("incident_fields", "review_fields"),
    [
        pytest.param({"title": "INC-12 api"}, {"title": "RCA: INC-12"}, id="both titles"),
        pytest.param({"title": "INC-12 api"}, {"description": "INC-12"}, id="title and text"),
        pytest.param({"description": "INC-12"}, {"title": "RCA: INC-12"}, id="text and title"),
    ],
)
def test_external_ids_of_titles(incident_fields: dict[str, Any], review_fields: dict[str, Any]) -> None:
    assert signals(incident(1, **incident_fields), review(2, **review_fields)) == {1: ID}


def test_one_external_id_of_several_incidents_and_several_ids() -> None:
    issues = (incident(1, "INC-1"), incident(2, "INC-1 again"), incident(3, "INC-2"), incident(4, "INC-3"))
    assert signals(*issues, review(5, description="INC-1, INC-2")) == {1: ID, 2: ID, 3: ID}


def test_the_pattern_of_external_ids_is_a_setting() -> None:
    issues = (incident(1, "SEV-1"), incident(2, "INC-1"), review(3, description="SEV-1 INC-1"))
    assert signals(*issues, review={"external_id": r"SEV-\d+"}) == {1: ID}


def test_an_empty_text_holds_no_id_whatever_the_pattern() -> None:
    assert signals(incident(1, "1"), review(2, "RCA: 2"), review={"external_id": "[A-Z]{4}"}) == {}


# 4. The review's title


@pytest.mark.parametrize(
    ("title", "incidents"),
    [
        pytest.param("Incident Review #1", {1: TITLE}, id="number"),
        pytest.param("Incident Review: api down #1", {1: TITLE}, id="number at the end"),
        pytest.param("Incident Review for #1, #2", {1: TITLE, 2: TITLE}, id="two numbers"),
        pytest.param("Incident Review: production#1", {1: TITLE}, id="project"),
        pytest.param(f"Incident Review: {AT}/1", {1: TITLE}, id="address"),
        pytest.param("Incident Review (1)", {1: TITLE}, id="number in brackets"),
        pytest.param("Incident Review: api down ( 1 )", {1: TITLE}, id="blanks in brackets"),
        pytest.param("Incident Review: api down (#1)", {1: TITLE}, id="number sign in brackets"),
        pytest.param("Incident Review (1) for (2)", {1: TITLE, 2: TITLE}, id="two in brackets"),
        pytest.param("Incident Review [1]", {}, id="square brackets"),
        pytest.param("Incident Review 1", {}, id="number alone"),
        pytest.param("Incident Review (3)", {}, id="brackets with no incident"),
        pytest.param("Incident Review (77)", {}, id="brackets with what was not read"),
        pytest.param("Incident Review (1 of 2)", {}, id="more in brackets"),
        pytest.param("Incident Review #incident-1", {}, id="chat channel"),
        pytest.param("Incident Review #3", {}, id="no incident"),
    ],
)
def test_the_title_of_a_review(title: str, incidents: dict[int, Signal]) -> None:
    assert signals(incident(1), incident(2), issue(3), review(4, title)) == incidents


def test_a_number_in_a_title_means_the_reviews_project() -> None:
    other = review(4, "RCA #1", project=REVIEWS)
    assert signals(incident(1), other) == {}
    assert signals(incident(1), replace(other, title="RCA (1)")) == {}
    assert signals(incident(1), replace(other, title="RCA delivery#1")) == {}
    assert signals(incident(1), replace(other, title="RCA: production#1")) == {1: TITLE}


# 5. The description


@pytest.mark.parametrize(
    ("description", "incidents"),
    [
        pytest.param("about #1", {1: TEXT}, id="one"),
        pytest.param(f"#1, {AT}/1 and production#1+", {1: TEXT}, id="one, often"),
        pytest.param("#1 and #3, #77, delivery#8", {1: TEXT}, id="one, and others"),
        pytest.param("#1 and #2", {}, id="two"),
        pytest.param("#3", {}, id="no incident"),
        pytest.param(f"[#2]({AT}/1)", {1: TEXT}, id="a link whose text names another"),
        pytest.param("[#1](https://docs.example)", {}, id="a link that leads elsewhere"),
        pytest.param("#1 and `#2`", {1: TEXT}, id="another in code"),
        pytest.param("#1\n\n```\n#2\n```", {1: TEXT}, id="another in a fence"),
        pytest.param("#1 <!-- #2 -->", {1: TEXT}, id="another in a comment"),
        pytest.param(r"#1 and \#2", {1: TEXT}, id="another escaped"),
        pytest.param("#1 and #incident-2", {1: TEXT}, id="a chat channel"),
        pytest.param(f"#1 and {AT}/2#note_5", {1: TEXT}, id="a comment on another"),
        pytest.param("#1 and !2 and &2", {1: TEXT}, id="merge request and epic"),
        pytest.param("https://ops.example/ops/production/-/issues/1", {}, id="another host"),
        pytest.param("", {}, id="empty"),
    ],
)
def test_the_description_of_a_review(description: str, incidents: dict[int, Signal]) -> None:
    assert signals(incident(1), incident(2), issue(3), review(4, description=description)) == incidents


# 6. Equal titles


@pytest.mark.parametrize(
    ("incident_title", "review_title", "found"),
    [
        pytest.param("api down", "Incident Review: api down", True, id="equal"),
        pytest.param("2026-11-02: api down", "Incident Review: API  Down!", True, id="date, case and signs"),
        pytest.param("api down", "Incident Review: 2026-11-03 - api down", True, id="date of the review"),
        pytest.param("api down", "Incident Review: api is down", False, id="another word"),
        pytest.param("api do...", "Incident Review: api do...", False, id="both cut"),
        pytest.param("api do...", "Incident Review: api do", False, id="incident cut"),
        pytest.param("api do", "Incident Review: api do...", False, id="review cut"),
        pytest.param("api do", "Incident Review: api do\u2026", False, id="review cut otherwise"),
        pytest.param("2026-11-02", "Incident Review: 2026-11-02", False, id="nothing left"),
    ],
)
def test_equal_titles(incident_title: str, review_title: str, found: bool) -> None:
    assert signals(incident(1, incident_title), review(2, review_title)) == ({1: MATCH} if found else {})


def test_a_review_by_its_label_may_have_the_title_itself() -> None:
    assert signals(incident(1, "api down"), review(2, "api down")) == {1: MATCH}


@pytest.mark.parametrize(
    "twin",
    [
        pytest.param(incident(2, "api down"), id="another incident"),
        pytest.param(incident(2, "API down", created="2026-09-01"), id="long before"),
        pytest.param(incident(2, "api down", created="2026-11-20"), id="after the review"),
        pytest.param(incident(2, "api down", labels=("Gameday",)), id="out of scope"),
        pytest.param(incident(2, "api down..."), id="with dots"),
    ],
)
def test_a_title_that_two_incidents_share_tells_nothing(twin: Issue) -> None:
    assert signals(incident(1, "api down"), twin, review(3, "RCA: api down")) == {}


def test_an_issue_that_is_no_incident_may_have_the_title() -> None:
    assert signals(incident(1, "api down"), issue(2, "api down"), review(3, "RCA: api down")) == {1: MATCH}


@pytest.mark.parametrize(
    ("opened", "zone", "found"),
    [
        pytest.param("2026-11-02 10:00", "UTC", True, id="at the same instant"),
        pytest.param("2026-11-02 09:59", "UTC", False, id="a minute before"),
        pytest.param("2027-01-01 23:59", "UTC", True, id="60 days later"),
        pytest.param("2027-01-02 00:00", "UTC", False, id="61 days later"),
        pytest.param("2027-01-01 23:59", "Asia/Tokyo", False, id="61 days later in the zone"),
        pytest.param("2027-01-02 04:59", "America/New_York", True, id="60 days later in the zone"),
        pytest.param("2027-01-02 09:59", "Pacific/Kiritimati", True, id="declared a day later in the zone"),
    ],
)
def test_a_review_is_opened_soon_after(opened: str, zone: str, found: bool) -> None:
    issues = incident(1, "api down", created="2026-11-02 10:00"), review(2, "RCA: api down", created=opened)
    assert signals(*issues, zone=zone) == ({1: MATCH} if found else {})


# Which of them counts


EVERYTHING: list[tuple[Signal, dict[str, Any]]] = [
    (LINK, {"links": to(1)}),
    (ROW, {"description": table("#2")}),
    (ID, {"description": "INC-3"}),
    (TITLE, {"title": "RCA: six #4"}),
    (TEXT, {"description": "#5"}),
    (MATCH, {"title": "RCA: six"}),
]
INCIDENTS = (incident(1), incident(2), incident(3, "INC-3"), incident(4), incident(5), incident(6, "six"))


@pytest.mark.parametrize(
    ("first", "rest"),
    [
        pytest.param(ID, [TITLE, TEXT, MATCH], id="external id"),
        pytest.param(TITLE, [TEXT, MATCH], id="title reference"),
        pytest.param(TEXT, [MATCH], id="description reference"),
    ],
)
def test_the_first_guess_that_finds_any_decides_alone(first: Signal, rest: list[Signal]) -> None:
    fields: dict[str, Any] = {"title": "RCA: six", "description": ""}
    for signal in [*rest, first]:
        told = dict(EVERYTHING)[signal]
        fields["title"] = told.get("title", fields["title"])
        fields["description"] += f"\n\n{told.get('description', '')}"
    assert set(signals(*INCIDENTS, review(9, **fields)).values()) == {first}


def test_a_statement_leaves_no_room_for_a_guess() -> None:
    fields: dict[str, Any] = {"title": "RCA: six #4", "description": "INC-3 #5"}
    assert signals(*INCIDENTS, review(9, links=to(1), **fields)) == {1: LINK}
    assert signals(*INCIDENTS, review(9, title="RCA: six #4", description=f"INC-3\n\n{table('#2')}")) == {2: ROW}


@pytest.mark.parametrize(
    ("declared", "found"),
    [
        pytest.param("2026-11-05 10:00", True, id="at the same instant"),
        pytest.param("2026-11-05 10:01", False, id="a minute later"),
    ],
)
@pytest.mark.parametrize(
    ("signal", "fields"),
    [
        pytest.param(LINK, {"links": to(1)}, id="link"),
        pytest.param(ROW, {"description": table("#1")}, id="row"),
        pytest.param(ID, {"description": "INC-1"}, id="external id"),
        pytest.param(TITLE, {"title": "RCA #1"}, id="title reference"),
        pytest.param(TEXT, {"description": "#1"}, id="description reference"),
        pytest.param(MATCH, {"title": "RCA: one INC-1", "created": "2026-11-05 10:00"}, id="title match"),
    ],
)
def test_no_signal_finds_what_was_declared_after_the_review_was_completed(
    signal: Signal, fields: dict[str, Any], declared: str, found: bool
) -> None:
    done = review(2, closed="2026-11-05 10:00", **fields)
    expected = ID if signal is MATCH else signal
    assert signals(incident(1, "one INC-1", created=declared), done) == ({1: expected} if found else {})
    assert signals(incident(1, "one INC-1", created=declared), replace(done, closed_at=None)) == (
        {1: expected} if signal is not MATCH or found else {1: ID}
    )


def test_a_statement_about_a_later_incident_leaves_room_for_a_guess() -> None:
    done = review(2, "RCA: one", closed="2026-11-05", links=to(3), description=table("#3"))
    assert signals(incident(1, "one"), incident(3, created="2026-11-06"), done) == {1: MATCH}


def test_a_description_that_names_a_later_incident_besides_names_two() -> None:
    done = review(2, closed="2026-11-05", description="#1 and #3")
    assert signals(incident(1), incident(3, created="2026-11-06"), done) == {}


@pytest.mark.parametrize(
    ("one", "names"),
    [
        pytest.param(review(1), False, id="nothing"),
        pytest.param(review(1, of=7), True, id="link"),
        pytest.param(review(1, links=(Link(target=None),)), True, id="link that cannot be read"),
        pytest.param(review(1, description=table("#7")), True, id="row"),
        pytest.param(review(1, description=table("https://ops.example/g/p/-/issues/7")), True, id="row, another host"),
        pytest.param(review(1, description=table("N/A")), False, id="row with words"),
        pytest.param(review(1, description=table("", "g/p#7")), True, id="second column"),
        pytest.param(review(1, description=table("`#7`")), False, id="row with code"),
        pytest.param(review(1, description="#7"), False, id="reference elsewhere"),
        pytest.param(review(1, "RCA #7"), False, id="title"),
    ],
)
def test_whether_a_link_or_the_row_names_an_issue(one: Issue, names: bool) -> None:
    assert linker(one).names_an_issue(one) is names


def test_what_a_review_names_by_itself() -> None:
    one = review(
        9,
        "RCA for INC-3 (4)",
        description=f"#5 and {AT}/1\n\n{table('#2, #7', 'nobody#1')}",
        links=to(6),
        closed="2026-11-01",
    )
    told = (*INCIDENTS, issue(7, duplicate_of=Ref(PROJECT, 8)), issue(8), one)
    names = linker(*told)
    assert {ref.iid for ref in names.named_in_title(one)} == {3, 4}
    assert {ref.iid for ref in names.named_in_link_row(one)} == {2, 8}
    assert {ref.iid for ref in names.named_in_description(one)} == {1, 2, 5, 8}
    assert names.named_in_description(review(9)) == set()
    assert names.named_in_title(review(9, "RCA for INC-99")) == set()


# Whatever the tracker holds

NUMBERS = st.integers(min_value=1, max_value=8)
TITLES = st.sampled_from(["api down", "web down", "INC-1 x", "api down...", "#2", "(3)"])
TEXTS = st.sampled_from(["", "INC-1", "INC-2 #1", "#2", "#1 #2", table("#3"), table("#1", "#4"), "`#5`", f"{AT}/6"])
DAYS = st.integers(min_value=1, max_value=9).map(lambda day: f"2026-11-0{day} 10:00")
PATHS = st.sampled_from([PROJECT, REVIEWS])


@st.composite
def any_issue(draw: st.DrawFn, iid: int) -> Issue:
    fields: dict[str, Any] = {
        "title": draw(TITLES),
        "description": draw(TEXTS),
        "created": draw(DAYS),
        "links": to(*draw(st.lists(NUMBERS, max_size=2))),
    }
    if draw(st.integers(0, 9)) == 0:
        fields[draw(st.sampled_from(["moved_to", "duplicate_of"]))] = Ref(PROJECT, draw(NUMBERS))
    if draw(st.booleans()):
        return incident(iid, **fields)
    if draw(st.booleans()):
        fields["closed"] = "2026-11-05 10:00"
    return review(iid, **{**fields, "title": f"RCA: {fields['title']}"}, project=draw(PATHS))


@st.composite
def trackers(draw: st.DrawFn) -> list[Issue]:
    iids = range(1, draw(st.integers(min_value=1, max_value=8)) + 1)
    return [draw(any_issue(iid)) for iid in iids]


def statements(found: Iterable[Pair]) -> set[Pair]:
    return {pair for pair in found if pair.signal in {LINK, ROW}}


@quick
@given(trackers(), st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing(issues: list[Issue], random: Any) -> None:
    shuffled = list(issues)
    random.shuffle(shuffled)
    assert pairs(*shuffled) == pairs(*issues)


@quick
@given(trackers(), TITLES, DAYS)
def test_another_incident_never_changes_what_is_stated(issues: list[Issue], title: str, day: str) -> None:
    before = statements(pairs(*issues))
    assert statements(pairs(*issues, incident(99, title, created=day))) == before


@quick
@given(trackers())
def test_every_pair_joins_a_review_and_an_incident_that_were_read(issues: list[Issue]) -> None:
    found, read = pairs(*issues), kinds(*issues)
    assert all(pair.review in read.reviews and pair.incident in read.incidents for pair in found)
    assert [(pair.review, pair.incident) for pair in found] == sorted({(p.review, p.incident) for p in found})


@quick
@given(trackers())
def test_a_completed_review_never_covers_what_was_declared_later(issues: list[Issue]) -> None:
    read = kinds(*issues)
    for pair in pairs(*issues):
        completed = read.reviews[pair.review].closed_at
        assert completed is None or read.incidents[pair.incident].created_at <= completed


@quick
@given(trackers())
def test_a_review_guesses_by_one_signal_or_not_at_all(issues: list[Issue]) -> None:
    by_review: dict[Ref, set[Signal]] = {}
    for pair in pairs(*issues):
        by_review.setdefault(pair.review, set()).add(pair.signal)
    assert all(found <= {LINK, ROW} or len(found) == 1 for found in by_review.values())


@quick
@given(trackers())
def test_what_leads_elsewhere_is_no_review_and_leads_to_what_was_read(issues: list[Issue]) -> None:
    read = kinds(*issues)
    refs = {one.ref for one in issues}
    assert not any(one.moved_to or one.duplicate_of for one in read.reviews.values())
    assert set(read.leads_to.values()) <= refs
    assert all(read.final(end) == end for end in read.leads_to.values())
