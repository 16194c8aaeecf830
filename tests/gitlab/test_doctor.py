from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from audit.gitlab.doctor import diagnose, labels_in_use
from audit.sandbox import faults
from tests.gitlab.conftest import settings

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
    assert {"outage", "needs::More", "Gameday", "team::Unowned", "Review-Snoozed::*"} <= unmatched
    assert (found.remind_from, found.gaps) == (TODAY, ())


def test_labels_that_cannot_be_read(desk: Desk) -> None:
    flight = desk.preflight()
    desk.server.fault(faults.graphql_timeout(), operation="Labels", times=None)

    (gap,) = diagnose(desk.client, settings(), flight, as_of=TODAY).gaps

    assert gap.what == "labels"


def test_each_spelling_once() -> None:
    uses = labels_in_use(settings(), ["incident", "incident", "Incident"])

    assert next(use for use in uses if use.setting == "labels.incident").spellings == ("Incident", "incident")
