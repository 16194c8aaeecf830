"""The short settings file: what a sample of a tracker becomes, and that every form of it loads."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from audit.settings import load
from audit.settings.first_file import (
    Answers,
    CatalogCandidate,
    SampledIssue,
    TrackerSample,
    first_file,
    looks_like_review,
)

if TYPE_CHECKING:
    from pathlib import Path

    from audit.settings import Settings

ANSWERS = Answers(today=date(2026, 11, 29))
SCHEMA = "audit-settings.schema.json"


def incident(title: str = "API down", *labels: str) -> SampledIssue:
    return SampledIssue(title=title, labels=labels, issue_type="incident")


def review(title: str, *labels: str) -> SampledIssue:
    return SampledIssue(title=title, labels=labels)


def text_of(answers: Answers = ANSWERS, **fields: Any) -> str:
    return first_file(TrackerSample(path="g/p", **fields), answers, SCHEMA)


def loaded(text: str, folder: Path) -> Settings:
    path = folder / "audit.yml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def live(**fields: Any) -> dict[str, Any]:
    """Return the settings that are in effect, and no comment, in a file of this sample."""
    found: dict[str, Any] = yaml.safe_load(text_of(**fields))
    return found


def line(key: str, **fields: Any) -> str:
    (only,) = [one.strip() for one in text_of(**fields).splitlines() if one.strip().lstrip("#").startswith(f"{key}:")]
    return only


def test_without_a_tracker_each_line_says_what_to_change(tmp_path: Path) -> None:
    text = first_file(None, ANSWERS, SCHEMA)
    assert text.splitlines()[0] == f"# yaml-language-server: $schema={SCHEMA}"
    settings = loaded(text, tmp_path)
    assert settings.projects.incidents == ("group/production",)
    assert settings.since == date(2026, 9, 6)
    assert settings.reminders.remind_from == date(2026, 11, 29)
    # without the lines for a reader, and those that are no settings
    assert sum(not one.startswith("# ") for one in text.splitlines()) <= 18
    assert text.count("CHANGE") >= 7


def test_a_tracker_is_described_as_it_is(tmp_path: Path) -> None:
    text = text_of(
        Answers(today=date(2026, 11, 29), timezone="Europe/Berlin", country="DE"),
        labels=("severity::1", "severity::2", "Service::API", "Service::Git", "IncidentReview", "Service::"),
        issues=(
            incident("API down", "severity::1"),
            review("Incident Review: API down", "IncidentReview"),
            review("Incident Review: Git slow", "IncidentReview"),
            review("Dark mode"),
        ),
        templates=("Bug.md", "incident_review.md"),
        review_templates=("incident_review.md",),
        services=CatalogCandidate(
            source={"project": "g/r", "path": "services.yml"}, why="by its usual name; 3 services"
        ),
        teams=CatalogCandidate(source={"project": "g/r", "path": "teams.yml"}, why="by its usual name"),
    )
    settings = loaded(text, tmp_path)
    assert (settings.timezone, settings.calendars.default.country) == ("Europe/Berlin", "DE")
    assert settings.labels.review == ("IncidentReview",)
    assert settings.review.prefixes == ("Incident Review",)
    assert settings.review.template == ("incident_review.md",)
    assert settings.catalog.services[0].project == "g/r"
    assert settings.catalog.teams[0].path == "teams.yml"
    for words in (
        "# What g/p used on 2026-11-29, and how it was found.",
        "  incidents: [g/p] # 1 of the 4 issues that were looked at are of type incident",
        "timezone: Europe/Berlin # as answered",
        "  severity_scope: severity # the tracker has severity::1, severity::2",
        "  service_scope: Service # the tracker has Service::API, Service::Git",
        "  review: [IncidentReview] # by name; IncidentReview on 2 of the issues that were looked at",
        "  prefixes: [Incident Review] # so begin 2 of 2 titles of reviews",
    ):
        assert words in text


def test_a_group_goes_under_its_own_key() -> None:
    assert live(group=True)["projects"] == {"incident_groups": ["g/p"]}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("severity::1", "severity::2"), {"severity_scope": "severity"}),
        (("Sev:1", "Sev:2", "Sev:3"), {"severity_scope": "Sev"}),
        (("priority::1", "priority::2", "priority::3", "sev::1", "sev::2"), {"severity_scope": "sev"}),
        (("level::1", "level::2"), {"severity_scope": "level"}),
        (("S1", "S2", "bug"), {"plain_severity": True}),
        (("sev1", "SEV-2", "P2"), {"severities": {1: ["sev1"], 2: ["SEV-2", "P2"]}}),
        (
            ("severity::critical", "severity::High", "severity::odd"),
            {"severities": {1: ["severity::critical"], 2: ["severity::High"]}},
        ),
        (("severity::s1", "severity::s2"), {"severities": {1: ["severity::s1"], 2: ["severity::s2"]}}),
        (("sev1", "bug"), {}),
        ((), {}),
    ],
)
def test_severities_as_the_tracker_spells_them(
    names: tuple[str, ...], expected: dict[str, Any], tmp_path: Path
) -> None:
    fields: dict[str, Any] = {"labels": names, "issues": (incident(),)}
    assert (live(**fields).get("labels") or {}) == expected
    settings = loaded(text_of(**fields), tmp_path)
    levels = {name: settings.labels.severity_of(name) for name in names}
    assert not expected or sorted({level for level in levels.values() if level})[:2] == [1, 2]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("component::api", "service::API", "service::web"), "service_scope: service # the tracker has service::API"),
        (("Component: api",), "service_scope: Component # the tracker has Component: api"),
        (("Service::API", "Service::Git", "service::api"), "service_scope: Service # the tracker has Service::API, Se"),
        (("team::x",), "#service_scope: Service # CHANGE if labels name services"),
        (tuple(f"service::{n}" for n in range(9)), " and 6 more"),
    ],
)
def test_the_scope_of_services(names: tuple[str, ...], words: str) -> None:
    assert words in line("service_scope", labels=names)


def test_an_incident_known_by_its_label() -> None:
    fields: dict[str, Any] = {
        "labels": ("Incidents", "incident"),
        "issues": (review("x", "Incidents"), review("y", "Incidents")),
    }
    assert line("incident", **fields) == "incident: [Incidents] # by name; on 2 of the issues that were looked at"
    assert "none of the 2 issues that were looked at is of type incident" in text_of(**fields)
    assert "#incident" not in text_of()
    assert "  incident:" not in text_of()


def test_a_review_label_that_is_used_goes_before_one_that_is_not() -> None:
    fields: dict[str, Any] = {"labels": ("Incident Review", "Postmortem", "review::done"), "issues": ()}
    assert live(**fields)["labels"]["review"] == ["Incident Review"]
    fields["issues"] = (review("PM", "Postmortem"),)
    assert live(**fields)["labels"]["review"] == ["Postmortem"]
    assert "# CHANGE if reviews have a label: none of the tracker's looks like it, so titles decide" in text_of()
    assert "  #review: [IncidentReview]" in text_of()


@pytest.mark.parametrize(
    ("label", "is_one"),
    [
        *(
            (name, True)
            for name in ("IncidentReview", "incident-review", "Postmortem", "post mortem", "RCA", "RootCause")
        ),
        *((name, False) for name in ("review", "incident", "orca", "needs review")),
    ],
)
def test_labels_that_look_like_those_of_reviews(label: str, is_one: bool) -> None:
    assert looks_like_review(label) is is_one


@pytest.mark.parametrize(
    ("titles", "prefixes"),
    [
        (("[RCA] one", "[RCA] two", "Other: x"), ["[RCA]"]),
        (("Postmortem - one", "Postmortem - two"), ["Postmortem"]),
        (("Review: a", "RCA: b", "Review: c", "RCA: d"), ["Review", "RCA"]),
        (("one", "two"), None),
        (("RCA: one",), None),
    ],
)
def test_how_titles_of_reviews_begin(titles: tuple[str, ...], prefixes: list[str] | None) -> None:
    issues = tuple(review(title, "Postmortem") for title in titles)
    begins = live(labels=("Postmortem",), issues=issues).get("review")
    assert begins == ({"prefixes": prefixes} if prefixes else None)


def test_reviews_without_a_label_are_known_by_their_titles() -> None:
    issues = (review("Incident review: a"), review("Incident review: b"), review("Incident template"))
    assert live(issues=issues)["review"] == {"prefixes": ["Incident review"]}


def test_templates_that_have_other_names_are_named() -> None:
    assert "#template: [a.md] # CHANGE if one of these is that of reviews: a.md, b.md" in line(
        "template", templates=("a.md", "b.md")
    )


def test_a_catalogue_without_teams_and_none_at_all() -> None:
    places = CatalogCandidate(source={"group": "g", "path": "catalog-info.yaml"}, why="9 of 10 repositories have one")
    assert live(services=places)["catalog"] == {"services": {"group": "g", "path": "catalog-info.yaml"}}
    assert "# CHANGE: none was found by its usual names\n  #services: {project: " in text_of()


def test_foreign_words_stay_in_their_comment(tmp_path: Path) -> None:
    odd = "service::a\n# projects: {incidents: [evil/x]}\x1b[2J"
    text = text_of(labels=(odd, "service::'b'"), unread=("labels of g/p:\nbroken",), templates=("x\n- y: #.md",))
    assert "\x1b" not in text
    assert "# not read: labels of g/p: broken" in text
    assert loaded(text, tmp_path).projects.incidents == ("g/p",)


def test_no_line_is_longer_than_a_screen() -> None:
    long = tuple(f"Service::{'x' * 40}{n}" for n in range(9))
    text = text_of(labels=long, templates=tuple(f"{'t' * 30}{n}.md" for n in range(9)))
    assert max(len(one) for one in text.splitlines()) <= 206
