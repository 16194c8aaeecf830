from __future__ import annotations

import pytest

from audit.model import Gap, Level, Link, Ref
from tests.records import PROJECT, asked, evidence, found, incident, issue, review, settings
from tests.rules.one_rule import audited_by

pytestmark = pytest.mark.together

audited = audited_by("IR006")

PREFIX = "Incident Review: "
PAGE = Gap(ref=PROJECT, what="incidents", why="timeout")


@pytest.mark.parametrize(
    ("title", "outcome"),
    [
        ("Incident Review: Disk full on db-17", "conforms"),
        ("2026-11-02: RCA - the DISK", "conforms"),
        ("Disk full on db-17", "violates"),  # no prefix
        ("Review of the incident: Disk full", "violates"),
        ("Incident Review: storage", "violates"),
        ("Incident Review", "violates"),
        ("Incident Review: on db", "violates"),  # words of two letters
        ("Incident Review: diskette", "violates"),  # another word
        ("Incident Review: outage of 2026-11-02 10:00 UTC", "violates"),  # dates are taken off
        ("Incident Review: 2026-11-02", "violates"),
        ("Incident Review: 412", "conforms"),  # the incident's number
        ("Incident Review: (412)", "conforms"),
        ("Incident Review: #412", "conforms"),
        ("Incident Review: ops/production#412", "conforms"),
        ("Incident Review: https://gitlab.example/ops/production/-/issues/412", "conforms"),
        ("Incident Review: 41", "violates"),
        ("Incident Review: 4120", "violates"),
        ("Incident Review: INC-77", "conforms"),  # its external id
        ("Incident Review: INC-7", "violates"),
        ("Incident Review: INC-770", "violates"),
    ],
)
def test_when_it_is_violated(title: str, outcome: str) -> None:
    of = incident(412, "2026-11-02: Disk full on db-17 (UTC)", description="INC-77")
    assert asked(audited(of, review(500, title, of=412)), "IR006") == {outcome: 1}


@pytest.mark.parametrize(
    ("incident_title", "title", "outcome"),
    [
        ("データベースの遅延", "データベース障害", "conforms"),  # a script without spaces
        ("APIの遅延が発生", "API", "conforms"),
        ("データベースの遅延", "検索の停止", "violates"),
        ("遅延", "遅延", "violates"),  # two letters
        ("Störung im Café", "CAFE\u0301 geschlossen", "conforms"),  # however its accent is written
        ("Сбой базы данных", "разбор: сбой", "conforms"),
        ("502 from API2", "api errors", "conforms"),
        ("it's down", "its up", "violates"),
    ],
)
def test_words_of_every_language(incident_title: str, title: str, outcome: str) -> None:
    result = audited(incident(1, incident_title), review(500, PREFIX + title, of=1))
    assert asked(result, "IR006") == {outcome: 1}


def test_a_prefix_of_the_settings() -> None:
    german = settings(review={"prefixes": ["Nachbetrachtung"]})
    issues = (incident(1, "Platte voll"), review(2, "Nachbetrachtung: Platte voll", of=1))
    assert asked(audited(*issues, settings=german), "IR006") == {"conforms": 1}
    assert asked(audited(*issues), "IR006") == {"violates": 1}


def test_one_of_several_incidents_is_enough() -> None:
    links = tuple(Link(target=Ref(PROJECT, iid)) for iid in (1, 2))
    issues = (incident(1, "Disk full"), incident(2, "Login fails", labels=("Gameday",)))
    assert asked(audited(*issues, review(9, PREFIX + "login", links=links)), "IR006") == {"conforms": 1}


def test_a_reference_to_what_was_moved_counts_for_where_it_is() -> None:
    old = issue(3, "Disk full", issue_type="incident", closed="2026-11-02 12:00", moved=True, moved_to=Ref(PROJECT, 41))
    issues = (old, incident(41, "Full"), review(50, PREFIX + "ops/production#3", of=41))
    assert asked(audited(*issues), "IR006") == {"conforms": 1}


def test_the_number_of_another_incident_is_not_its() -> None:
    issues = (incident(1, "Disk"), incident(2, "Login"), review(50, PREFIX + "#2", of=1))
    assert asked(audited(*issues), "IR006") == {"violates": 1}


@pytest.mark.parametrize(
    ("title", "outcome"),
    [(PREFIX + "login", "unknown"), ("About the login", "violates"), (PREFIX + "disk", "conforms")],
)
def test_while_a_page_of_incidents_is_unread_the_title_may_be_anothers(title: str, outcome: str) -> None:
    issues = (incident(1, "Disk full"), review(50, title, of=1))
    assert asked(audited(*issues, gaps=(PAGE,)), "IR006") == {outcome: 1}


def test_who_is_asked() -> None:
    assert asked(audited(review(2, "Something")), "IR006") == {"not applicable": 1}  # of no incident
    assert asked(audited(incident(1, labels=("Severity::3",)), review(2, "x", of=1)), "IR006") == {"violates": 1}
    inline = settings(review={"where": "inline"})
    assert asked(audited(incident(1), settings=inline), "IR006") == {"not applicable": 1}
    assert evidence(incident(1), settings=inline).reviews["title_tells"].tolist() == [True]


@pytest.mark.parametrize(
    ("title", "faults"),
    [
        ("Disk full", "does not begin with a review prefix"),
        (PREFIX + "storage", f"does not tell that it is about {PROJECT}#1"),
        ("Storage", f"does not begin with a review prefix and does not tell that it is about {PROJECT}#1"),
    ],
)
def test_what_it_says(title: str, faults: str) -> None:
    one = found(audited(incident(1, "Disk full"), review(2, title, of=1)), "IR006")["#2"]
    assert one.message == f"The title of this review {faults}."
    assert (one.level, one.open) == (Level.ADVISORY, True)
    assert one.evidence == {
        "title": title,
        "title_prefix": title.startswith(PREFIX),
        "title_tells": title == "Disk full",
        "incidents": [f"{PROJECT}#1"],
    }
