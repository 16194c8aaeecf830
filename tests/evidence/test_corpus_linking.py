"""Real cases: the corpus of public issues and catalogues, read where it lies (AUDIT_CORPUS)."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import pytest

from audit.catalog.catalog_file import CatalogText, parse
from audit.catalog.ownership import Ownership, ownership
from audit.evidence.audited_tracker import AuditedTracker
from audit.evidence.kinds import classify
from audit.evidence.linking import Linker, Pair
from audit.model import Catalog, Ref, Signal
from audit.text import labels
from audit.text.blocks import blocks
from audit.text.references import Naming, external_ids, references
from audit.text.visible import where
from tests.corpus import CORPUS, needs_corpus
from tests.records import issue, records, settings, source

pytestmark = needs_corpus
HOST = "gitlab.com"
EVERYTHING = re.compile("")


@lru_cache(maxsize=1)
def expected() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CORPUS / "expected.json").read_text())
    return found


@lru_cache(maxsize=1)
def rows() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in (CORPUS / "issues.jsonl").read_text().splitlines())


def table(cells: dict[str, str]) -> str:
    return "\n".join(["| Metric | Value |", "|---|---|", *(f"| {name} | {value} |" for name, value in cells.items())])


def markdown(row: dict[str, Any]) -> str:
    """Give a text back the headings and the table that a reader's page does not show as such."""
    truth = expected()["reviews"].get(row["url"], {})
    text = row["description"] or ""
    if truth.get("text_form") != "rendered":
        return text
    names = {section["name"] for section in truth["sections"]}
    lines = [f"## {line}" if line.strip() in names else line for line in text.split("\n")]
    cells = truth.get("key_information_cells", {})
    return "\n".join(lines) + (f"\n\n{table(cells)}" if cells else "")


def ref(row: dict[str, Any]) -> Ref:
    return Ref(row["project"], row["iid"])


def opened(row: dict[str, Any]) -> datetime:
    """Invent a time: incidents an hour apart in the order of their numbers, reviews a day after their neighbours."""
    return datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=row["iid"], days=row["kind"] == "review")


@lru_cache(maxsize=1)
def tracker() -> AuditedTracker:
    types: dict[str, dict[str, Any]] = {
        "incident": {"issue_type": "incident"},
        "review": {"labels": ("IncidentReview",)},
    }
    issues = [
        issue(
            row["iid"],
            row["title"] or f"untitled {row['iid']}",
            project=row["project"],
            description=markdown(row),
            created=opened(row).isoformat(),
            **types.get(row["kind"], {}),
        )
        for row in rows()
    ]
    held = records(*issues, sources=tuple(source(project) for project in projects()), hosts=(HOST,))
    return AuditedTracker.of(held, settings(), date(2100, 1, 1))


def projects() -> set[str]:
    return {row["project"] for row in rows()}


@lru_cache(maxsize=1)
def pairs() -> tuple[Pair, ...]:
    return tuple(Linker(tracker=tracker()).pairs())


def review_rows() -> list[dict[str, Any]]:
    return [row for row in rows() if row["kind"] == "review"]


def test_every_review_is_linked_with_its_incidents_and_no_others(record_property: Any) -> None:
    wrong: list[Any] = []
    for row in review_rows():
        truth = expected()["reviews"][row["url"]]
        mine = {str(pair.incident): pair.signal.value for pair in pairs() if pair.review == ref(row)}
        here = {one["ref"]: truth["signal"] for one in truth["incidents"] if one["record_here"]}
        if mine != here or set(mine) & set(truth["not_incidents"]):
            wrong.append((truth["ref"], mine, here))
    record_property("reviews", f"{len(review_rows()) - len(wrong)} of {len(review_rows())}")
    assert len(review_rows()) == len(expected()["reviews"])
    assert not wrong


def test_every_incident_has_its_reviews_and_no_others() -> None:
    for url, truth in expected()["incidents"].items():
        mine = {(str(pair.review), pair.signal.value) for pair in pairs() if str(pair.incident) == truth["ref"]}
        assert mine == {(one["ref"], one["signal"]) for one in truth.get("reviews", ()) if one["record_here"]}, url


def test_no_incident_and_nothing_else_is_taken_for_a_review() -> None:
    reviews = {truth["ref"] for truth in expected()["reviews"].values()}
    assert {str(one) for one in tracker().kinds.reviews} == reviews
    incidents = {truth["ref"] for truth in expected()["incidents"].values()}
    assert {str(one) for one in tracker().kinds.incidents} == incidents


def test_reviews_are_known_by_their_titles_alone() -> None:
    bare = [issue(row["iid"], row["title"] or "", project=row["project"]) for row in rows() if row["kind"] == "review"]
    found = classify(records(*bare, sources=tuple(source(project) for project in projects())), settings())
    assert len(found.reviews) == len(bare)


NAMED = ("corrective_action_refs", "confidential_refs", "refs")


def refs_of(truth: dict[str, Any]) -> set[str]:
    """What a text names by the reading of a person; epics are no issues."""
    incidents = [one["ref"] for one in truth.get("incidents", ()) if truth["signal"] != Signal.TITLE_MATCH]
    return {found for found in [*incidents, *(found for key in NAMED for found in truth.get(key, ()))] if "#" in found}


@lru_cache(maxsize=1)
def everywhere() -> Naming:
    """Say that every project that a text names was read."""
    truths = [truth for part in PARTS for truth in expected()[part].values()]
    paths = {found.partition("#")[0] for truth in truths for found in refs_of(truth)} | projects()
    return Naming(hosts=frozenset({HOST}), projects={path.lower(): path for path in paths})


PARTS = ("reviews", "incidents", "corrective_actions")


@pytest.mark.parametrize("part", PARTS)
def test_references_in_texts(part: str) -> None:
    by_url = {row["url"]: row for row in rows()}
    told = {url: refs_of(truth) for url, truth in expected()[part].items() if truth["text_form"] != "none"}
    missed = {}
    for url, wanted in told.items():
        text = f"{by_url[url]['title']}\n{where(blocks(markdown(by_url[url])), EVERYTHING, naming=True)}"
        found = {str(one) for one in references(text, by_url[url]["project"], everywhere())}
        if not wanted <= found:
            missed[url] = wanted - found
    assert any(told.values())
    assert not missed


def test_external_ids_in_texts() -> None:
    by_url = {row["url"]: row for row in rows()}
    checked = 0
    for part in ("reviews", "incidents"):
        for url, truth in expected()[part].items():
            text = f"{by_url[url]['title']}\n{where(blocks(markdown(by_url[url])), EVERYTHING)}"
            wanted = {one.rpartition("/")[2] for one in truth.get("external_ids", ())}
            assert wanted <= external_ids(text, settings().review.external_id), url
            checked += len(wanted)
    assert checked > 10


# Catalogues


def catalogues() -> list[str]:
    """Return those of GitLab's own form; those of other tools have tests of their own."""
    return (
        sorted(name for name, truth in expected()["catalogues"].items() if "owners" in truth) if CORPUS.is_dir() else []
    )


@lru_cache(maxsize=8)
def catalog(name: str) -> Catalog:
    truth = expected()["catalogues"][name]
    teams = truth.get("teams_file")
    files = [CatalogText(text=(CORPUS / "catalog" / path).read_text(), origin=path) for path in (name, teams) if path]
    return parse(files[:1], files[1:])


def owned(name: str) -> Ownership:
    return ownership(catalog(name), settings())


@pytest.mark.parametrize("name", catalogues())
def test_a_catalogues_services_and_owners(name: str) -> None:
    truth = expected()["catalogues"][name]
    found = catalog(name)
    wanted = {service: owner for owner, some in truth["owners"].items() for service in some}
    assert (len(found.services), len(found.teams)) == (truth["services"], truth["teams"])
    assert {one.name: one.owner for one in found.services} == wanted


@pytest.mark.parametrize("name", catalogues())
def test_a_catalogues_unowned_services(name: str) -> None:
    assert owned(name).unowned == set(expected()["catalogues"][name]["unowned"])


@pytest.mark.parametrize("name", catalogues())
def test_a_catalogues_labels(name: str) -> None:
    truth = expected()["catalogues"][name]
    found = owned(name)
    for one in truth["labels"]:
        text = labels.value(one["label"], "Service")
        assert text is not None
        assert labels.key(text) == one["key"]
        assert one["service"] in {service.name for service in found.services(text)}
    shared = {key for key, some in found.by_label.items() if len(some) > 1}
    assert shared == {labels.key(label) for label in truth["ambiguous_labels"]}


@pytest.mark.parametrize("name", catalogues())
def test_labels_of_incidents_lead_to_services(name: str) -> None:
    truth = expected()["catalogues"][name]
    for label, services in truth["incident_labels"].items():
        text = labels.value(label, "Service")
        assert text is not None
        assert [one.name for one in owned(name).services(text)] == services


@pytest.mark.parametrize("name", catalogues())
def test_a_catalogues_teams_and_weights(name: str) -> None:
    truth = expected()["catalogues"][name]
    found = catalog(name)
    managers = {team.name: team.manager for team in found.teams}
    unowned = owned(name).unowned
    owners = {one.owner for one in found.services if one.name not in unowned}
    assert {one for one in owners if not managers.get(one)} == set(truth["owners_without_manager"])
    assert owners - set(managers) == set(truth["owners_not_in_teams_file"])
    weights = {one.name: one.weight for one in found.services}
    assert {service: weights[service] for service in truth["sla_weighting"]} == truth["sla_weighting"]
