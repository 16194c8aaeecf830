"""Pulls for the tests of snapshots."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from audit.model import Catalog, Gap, Mention, Records, Ref, Service, Source, TemplateEdition, Unasked
from audit.pull_model import Pull, PulledList
from audit.snapshot.seal import key_name
from audit.snapshot.snapshot import Snapshot
from tests.records import ANNA, PROJECT, at, incident, review

if TYPE_CHECKING:
    from audit.model import Issue

TOKEN = "glpat-snapshots-0123456789"
GITLAB = "https://gitlab.example.com"


def records(*issues: Issue, **fields: Any) -> Records:
    return Records(
        sources=(Source(project=PROJECT, incidents=True, reviews=True, labels=("Severity::2",)),),
        issues=issues or (incident(1, description="half \ud83d"), review(2, of=1)),
        catalog=Catalog(services=(Service(name="api"),), origin="ops/runbooks:services.yml@abc"),
        accounts={"zoe": ANNA, "anna": ANNA},
        gaps=(Gap(ref=PROJECT, what="labels", why="503"),),
        unasked=(Unasked(issue=Ref(PROJECT, 1), place="x/y", mention=Mention.ROW, why="403"),),
        hosts=("gitlab.example.com",),
        templates={PROJECT: (TemplateEdition(origin="x", project=PROJECT, since=at("2026-01-01"), text="## Summary"),)},
        page_commit=(at("2026-01-01"), "abc"),
        **fields,
    )


def pull(*issues: Issue, **fields: Any) -> Pull:
    start = at("2026-11-23 02:00")
    given: dict[str, Any] = {
        "started_at": start,
        "ended_at": start,
        "until": at("2026-11-24"),
        "full_at": start,
        **fields,
    }
    return Pull(
        records=given.pop("records", None) or records(*issues),
        release=(18, 5),
        account=ANNA,
        key="0" * 64,
        lists=(PulledList(query="q", members={1: date(2026, 11, 1)}),),
        labels={PROJECT: {3: "Severity::2"}},
        **given,
    )


def snapshot(*issues: Issue, **fields: Any) -> Snapshot:
    given = {
        "texts": {b"\x00\xff": b"text", b"a": b""},
        "settings": {"since": None},
        "signer": key_name(TOKEN),
        **fields,
    }
    return Snapshot(pull=given.pop("pull", None) or pull(*issues), gitlab=GITLAB, **given)
