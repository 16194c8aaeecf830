from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from audit.gitlab.read.labels_in_use import diagnose, labels_in_use
from tests.gitlab.conftest import settings
from tests.sandbox import faults

if TYPE_CHECKING:
    from tests.gitlab.conftest import Desk, Tracker

TODAY = date(2026, 11, 23)


def test_how_the_tracker_spells_what_the_settings_name(tracker: Tracker, desk: Desk) -> None:
    for name in ("INCIDENT", "severity:2", "Review-requested"):
        tracker.world.label(tracker.production, name)
    chosen = settings(
        labels={"incident": ["Incident", "outage"]}, policies=[{"more_information_labels": ["needs::More"]}]
    )

    found = diagnose(desk.client, chosen, desk.preflight(chosen), as_of=TODAY)

    uses = {(use.setting, use.configured): use.spellings for use in found.uses}
    assert uses["labels.incident", "Incident"] == ("INCIDENT", "incident")
    assert uses["labels.review", "IncidentReview"] == ("IncidentReview",)
    assert uses["labels.severity_scope", "severity::*"] == ("Severity::1", "severity:2")
    assert uses["labels.service_scope", "Service::*"] == ("Service::API",)
    assert uses["policies[0].request_labels", "Review-Requested"] == ("Review-requested",)
    unmatched = {use.configured for use in found.unmatched}
    assert {"outage", "needs::More", "Gameday", "Review-Snoozed::*"} <= unmatched
    assert {use.configured for use in found.unmatched if use.chosen} == {"outage", "needs::More"}
    assert "team::Unowned" not in {use.configured for use in found.uses}  # a label of the catalogue's teams
    assert (found.remind_from, found.gaps) == (TODAY, ())


@pytest.mark.parametrize(("where", "asked"), [("issue", False), ("inline", True)])
def test_the_completed_label_matters_where_reviews_are_inline(where: str, asked: bool) -> None:
    uses = labels_in_use(settings(review={"where": where}), [])

    assert ("labels.review_completed" in {use.setting for use in uses}) is asked


def test_which_templates_there_are(tracker: Tracker, desk: Desk) -> None:
    tracker.production.file(".gitlab/issue_templates/incident_review.md", "text")
    desk.server.fault(faults.html_status(502, "Bad Gateway"), path="/repository/files/", times=None, skip=1)

    found = diagnose(desk.client, settings(), desk.preflight(), as_of=TODAY)
    assert (found.reviews.templates.files, found.gaps) == (
        ("acme/sre/production:.gitlab/issue_templates/incident_review.md",),
        (),
    )

    failed = diagnose(desk.client, settings(), desk.preflight(), as_of=TODAY)
    assert (failed.reviews.templates.files, [gap.what for gap in failed.gaps]) == ((), ["templates"])


def test_labels_that_cannot_be_read(desk: Desk) -> None:
    flight = desk.preflight()
    desk.server.fault(faults.graphql_timeout(), operation="Labels|.*LabelOfProjects|LabelsOfProjects", times=None)

    (gap,) = diagnose(desk.client, settings(), flight, as_of=TODAY).gaps

    assert gap.what == "labels"


def test_each_spelling_once() -> None:
    uses = labels_in_use(settings(), ["incident", "incident", "Incident"])

    assert next(use for use in uses if use.setting == "labels.incident").spellings == ("Incident", "incident")
