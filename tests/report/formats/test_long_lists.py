"""A label of very many services, on very many incidents: no output holds the product of the two."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import pytest

from audit.contract.audit_file import read_audit
from audit.model import Catalog, Service, User
from audit.report.formats import texts
from tests import records as make
from tests.report import world

if TYPE_CHECKING:
    from audit.report.figures.view import View

pytestmark = pytest.mark.no_cover  # long ways through what other tests measure

SERVICES, INCIDENTS = 500, 40


@cache
def _view() -> View:
    services = tuple(Service(name=f"svc-{number:03}", label="API", owner="core") for number in range(SERVICES))
    people = tuple(User(username=f"dri-{number:02}") for number in range(30))
    labels = ("Severity::2", "Service::API")
    tracker = (
        *(make.incident(iid, labels=labels, created="2026-10-05") for iid in range(1, INCIDENTS)),
        make.incident(900, labels=labels, created="2026-10-05"),
        make.review(901, of=900, assignees=people),
    )
    return world.view(world.result(tracker, catalog=Catalog(services=services), gaps=()))


def test_a_row_shows_twenty_names_and_says_how_many_more_there_are() -> None:
    made = texts(_view(), _view())
    for name in ("details.md", "report.html"):
        assert made[name].count(" and 480 more") >= INCIDENTS - 1
    rows = json.loads(made["audit.json"])["incidents"]
    assert {len(row["services"]) for row in rows} == {20}
    assert {row["services_in_all"] for row in rows} == {SERVICES}
    (review,) = (row["review"] for row in rows if row["review"])
    assert (len(review["assignees"]), review["assignees_in_all"]) == (20, 30)
    assert read_audit(made["audit.json"], "here").incidents[0].services_in_all == SERVICES


def test_no_output_grows_with_the_product() -> None:
    made = texts(_view(), _view())
    assert max(map(len, made.values())) < 1_000_000


def test_every_service_is_counted_all_the_same() -> None:
    groups = _view().by_service
    assert len(groups.rows) == SERVICES
    assert {row.open_late for row in groups.rows} == {INCIDENTS - 1}
    assert groups.repeated == INCIDENTS - 1, "one of them is waived"
