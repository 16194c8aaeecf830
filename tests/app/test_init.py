"""init: short settings, filled in from a tracker, and every setting; nothing is half written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema_rs
import pytest
import yaml

from audit.settings import example, load
from tests.app.conftest import SETTINGS
from tests.sandbox import faults

if TYPE_CHECKING:
    from tests.app.conftest import CommandLine, Tracker
    from tests.sandbox.server import Server

SCHEMA = "audit-settings.schema.json"


@pytest.fixture
def fresh(typed: CommandLine) -> CommandLine:
    (typed.folder / "audit.yml").unlink()
    return typed


def test_the_short_file_loads_and_is_never_overwritten(fresh: CommandLine) -> None:
    ended = fresh("init")
    assert ended.status == 0
    text = (fresh.folder / "audit.yml").read_text()
    assert load(fresh.folder / "audit.yml").projects.incidents == ("group/production",)
    again = fresh("init")
    assert again.status == 2
    assert "is there already" in again.err
    assert (fresh.folder / "audit.yml").read_text() == text


@pytest.mark.parametrize("options", [(), ("--full",)])
def test_editors_find_the_schema_beside_it_without_a_network(fresh: CommandLine, options: tuple[str, ...]) -> None:
    assert fresh("init", *options).status == 0
    text = (fresh.folder / "audit.yml").read_text()
    assert text.startswith(f"# yaml-language-server: $schema={SCHEMA}\n")
    schema = json.loads((fresh.folder / SCHEMA).read_text())
    settings = json.loads(json.dumps(yaml.safe_load(text), default=str))
    assert jsonschema_rs.validator_for(schema).is_valid(settings)


def test_full_writes_every_setting(fresh: CommandLine) -> None:
    assert fresh("init", "--full").status == 0
    assert (fresh.folder / "audit.yml").read_text() == example(SCHEMA)
    assert "Leave one of them out" in fresh("init", "--full", "--from", "g/p", "b.yml").err


def test_from_a_tracker_it_leads_to_a_dry_run(fresh: CommandLine, server: Server, tracker: Tracker) -> None:
    tracker.production.file(".gitlab/issue_templates/incident_review.md", "# Summary\n")
    ended = fresh("init", "--from", "/ops/production/", "--timezone", "Europe/Berlin", "--country", "DE")
    assert ended.status == 0, ended.err
    settings = load(fresh.folder / "audit.yml")
    assert settings.projects.incidents == ("ops/production",)
    assert (settings.labels.severity_scope, settings.labels.review) == ("Severity", ("IncidentReview",))
    assert settings.review.template == ("incident_review.md",)
    assert [source.path for source in (*settings.catalog.services, *settings.catalog.teams)] == [
        "services.yml",
        "teams.yml",
    ]
    assert "by its usual name; 2 services" in (fresh.folder / "audit.yml").read_text()
    assert ended.err.count("asking ") == 1
    assert fresh("doctor").status == 0
    assert fresh("run").status == 10
    assert server.count(method="POST", path="/api/v4") == 0


def test_from_a_group_and_its_catalogues_beside_the_code(fresh: CommandLine, server: Server, tracker: Tracker) -> None:
    del tracker.runbooks.files["services.yml"]
    entity = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: api}\nspec: {owner: a}\n"
    tracker.production.file("catalog-info.yaml", entity)
    assert fresh("init", "--from", "ops").status == 0
    settings = load(fresh.folder / "audit.yml")
    assert settings.projects.incident_groups == ("ops",)
    assert [(one.group, one.path) for one in settings.catalog.services] == [("ops", "catalog-info.yaml")]
    assert server.requests


def test_a_file_that_is_no_catalogue_is_not_proposed(fresh: CommandLine, server: Server, tracker: Tracker) -> None:
    tracker.runbooks.file("services.yml", "version: 3\n")
    assert fresh("init", "--from", "ops/production").status == 0
    assert not load(fresh.folder / "audit.yml").catalog.services
    assert "# not read: catalogue: " in (fresh.folder / "audit.yml").read_text()
    assert server.requests


def test_a_catalogue_in_a_folder(fresh: CommandLine, server: Server, tracker: Tracker) -> None:
    for name in ("services.yml", "teams.yml"):
        tracker.runbooks.file(f"services/{name}", tracker.runbooks.files[name].text)
        del tracker.runbooks.files[name]
    assert fresh("init", "--from", "ops/production").status == 0
    assert [one.path for one in load(fresh.folder / "audit.yml").catalog.services] == ["services/services.yml"]
    assert server.requests


def test_what_cannot_be_read_is_said_in_the_file(fresh: CommandLine, server: Server) -> None:
    fresh.settings(SETTINGS)
    (fresh.folder / "audit.yml").unlink()
    refused = faults.json_status(403, {"message": "403 Forbidden"})
    for path in ("/issues", "/repository/tree", "/groups/ops/projects"):
        server.fault(refused, path=path, times=None)
    server.fault(refused, operation="Labels", times=None)
    assert fresh("init", "--from", "ops/production").status == 0
    text = (fresh.folder / "audit.yml").read_text()
    for what in ("labels", "issues", "repository"):
        assert f"# not read: {what} of ops/production: " in text
    assert "# not read: projects of ops: " in text
    assert load(fresh.folder / "audit.yml").projects.incidents == ("ops/production",)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--from", "ops/gone"), "project ops/gone does not exist, or the token may not see it"),
        (("--from", "ops/production", "--timezone", "Mars"), "Mars: "),
        (("--country", "XX"), "XX: "),
        (("--country", "Germany"), "Germany: should look like two capital letters, like DE"),
        (("--from", "production"), "group production does not exist, or the token may not see it"),
        (("--from", "ops / production"), "ops / production: should be a path like group/project"),
        (("--from", "https://git.example.com/ops/production/-/issues"), "outer slashes; write ops/production"),
    ],
)
def test_nothing_is_written_where_something_is_wrong(
    fresh: CommandLine, server: Server, words: tuple[str, ...], fault: str
) -> None:
    ended = fresh("init", *words)
    assert ended.status in (1, 2)
    assert fault in ended.err
    assert "Traceback" not in ended.err
    assert list(fresh.folder.iterdir()) == []
    assert not server.count(path="/issues")


def test_a_folder_that_cannot_be_written(fresh: CommandLine) -> None:
    ended = fresh("init", "no/such/folder/audit.yml")
    assert (ended.status, "cannot be written" in ended.err) == (2, True)
