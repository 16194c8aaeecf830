"""What other settings ask of a snapshot, and it does not hold, is a gap."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from audit.model import Source
from audit.snapshot.fitting import fitted, shaping
from audit.snapshot.snapshot_file import SnapshotError
from tests.records import PROJECT, settings
from tests.snapshot.pulls import records

if TYPE_CHECKING:
    from audit.model import Records


def lacking(held: Records, then: dict[str, Any], now: dict[str, Any]) -> set[str]:
    """Return the gaps that other settings add, as `ref what: why`."""
    fit = fitted(held, shaping(settings(**then)), settings(**now))
    return {
        f"{gap.ref} {gap.what}: {gap.why.removeprefix('the snapshot was made by other settings: ')}"
        for gap in set(fit.gaps) - set(held.gaps)
    }


@pytest.mark.parametrize(
    ("then", "now", "gaps"),
    [
        ({"since": "2026-01-01"}, {"since": "2026-02-01"}, set()),
        (
            {"since": "2026-02-01"},
            {"since": "2026-01-01"},
            {f"{PROJECT} incidents: those declared before 2026-02-01 were not pulled"},
        ),
        (
            {"since": "2026-02-01"},
            {"since": "2026-02-01", "timezone": "Asia/Tokyo"},
            {f"{PROJECT} incidents: those declared before 2026-02-01 were not pulled"},
        ),
        ({"since": "2026-02-01"}, {"since": "2026-02-01", "timezone": "America/Lima"}, set()),
        (
            {"gitlab": {"hosts": ["old.example.com"]}},
            {"gitlab": {"hosts": ["git.example.com"]}},
            {f"{PROJECT} reviews: what addresses of git.example.com name was not pulled"},
        ),
        (
            {},
            {"labels": {"incident": ["outage"]}},
            {f"{PROJECT} incidents: those labelled outage were not pulled"},
        ),
        (
            {},
            {"labels": {"corrective_action": ["fix"]}},
            {f"{PROJECT} corrective actions: histories of those labelled fix were not pulled"},
        ),
        (
            {},
            {"review": {"where": "both"}},
            {f"{PROJECT} reviews: what texts of incidents name was not pulled (review.where)"},
        ),
        ({}, {"review": {"template": ["other"]}}, {f"{PROJECT} templates: those of other settings were pulled"}),
        (
            {},
            {"policy_page": {"project": "ops/handbook", "path": "review.md"}},
            {"ops/handbook policy page: another page was looked at"},
        ),
        (
            {},
            {"projects": {"incidents": [PROJECT], "incident_groups": ["elsewhere"]}},
            {"elsewhere incidents: no project of this group was pulled"},
        ),
    ],
)
def test_what_the_snapshot_does_not_hold(then: dict[str, Any], now: dict[str, Any], gaps: set[str]) -> None:
    assert lacking(records(), then, now) == gaps


def test_a_project_of_which_only_incidents_or_only_reviews_were_pulled() -> None:
    held = replace(
        records(),
        sources=(
            Source(project="ops/a", incidents=True, reviews=False),
            Source(project="ops/b", incidents=False, reviews=True),
        ),
    )
    then = {"projects": {"incidents": ["ops/a"], "reviews": ["ops/b"]}}
    now = {"projects": {"incidents": ["ops/b"], "reviews": ["ops/a", "ops/c"]}}
    assert lacking(held, then, now) == {
        "ops/b incidents: only its reviews were pulled",
        "ops/a reviews: only its incidents were pulled",
        "ops/c reviews: it was not pulled",
    }


def test_hosts_are_those_of_the_settings_that_judge() -> None:
    held = replace(records(), hosts=("gitlab.example.com", "here.example.com", "old.example.com:*"))
    then = shaping(settings(gitlab={"hosts": ["old.example.com"]}))
    assert fitted(held, then, settings(gitlab={"hosts": ["New.example.com"]})).hosts == (
        "gitlab.example.com",
        "here.example.com",
        "new.example.com:*",
    )


def test_a_snapshot_for_few_readers_is_not_judged_for_all() -> None:
    public = settings(publish={"allow_public": True})
    with pytest.raises(SnapshotError, match="not made for a public report"):
        fitted(records(), shaping(settings()), public)
    assert fitted(records(), shaping(public), settings()).issues == records().issues


def test_a_snapshot_that_tells_less_of_its_settings_is_not_judged_by_others() -> None:
    then = {name: value for name, value in shaping(settings()).items() if name != "hosts"}
    with pytest.raises(SnapshotError, match="other settings than this version"):
        fitted(records(), then, settings())
