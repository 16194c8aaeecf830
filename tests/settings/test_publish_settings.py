"""The destinations in audit.yml, and what is said of those that cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.errors import SettingsError, UsageError
from audit.settings import Settings, addresses_from, load, settings_hash

if TYPE_CHECKING:
    from pathlib import Path

MINIMAL = "projects: {incidents: g/p}\n"


def loaded(folder: Path, text: str) -> Settings:
    path = folder / "audit.yml"
    path.write_text(MINIMAL + text, encoding="utf-8")
    return load(path)


def test_the_shortest_settings_of_each_destination(tmp_path: Path) -> None:
    text = "publish: {issue: {project: g/r}, wiki: {group: g}, repository: {project: g/r}, notify: }"
    publish = loaded(tmp_path, text).publish
    assert publish.issue is not None
    assert publish.wiki is not None
    assert publish.repository is not None
    assert publish.issue.titled(week=5, year=2026) == "Incident reviews, week 5 of 2026"
    assert (publish.wiki.group, publish.wiki.page) == ("g", "Incident reviews")
    assert (publish.repository.branch, publish.repository.folder) == ("", "reports")
    assert publish.notify is None
    assert not publish.allow_public
    notify = loaded(tmp_path, "publish: {notify: {}}").publish.notify
    assert notify is not None
    assert (notify.urls_from, notify.when) == (("INCIDENT_AUDIT_NOTIFY",), "weekly")


@pytest.mark.parametrize(
    ("publish", "fault"),
    [
        ("{issue: {}}", "2:11: publish.issue.project: is missing"),
        ("{issue: {project: https://x.org/g/r}}", "2:19: publish.issue.project: should be a path like group/project"),
        (
            "{issue: {project: g/r, title: '{month}'}}",
            "2:33: publish.issue.title: may hold {week} and {year} in braces",
        ),
        (f"{{issue: {{project: g/r, title: '{'x' * 201}'}}}}", "2:33: publish.issue.title: should be at most 200"),
        ("{wiki: {page: Reviews}}", "2:11: publish.wiki: names a wiki by `project` or by `group`"),
        ("{wiki: {project: g/r, group: g}}", "2:11: publish.wiki: names a wiki by `project` or by `group`"),
        ("{wiki: {group: /g}}", "2:18: publish.wiki.group: should be a path like group/project"),
        ("{wiki: {project: g/r, page: a//b}}", "2:32: publish.wiki.page: should be the title of a wiki page"),
        ("{wiki: {project: g/r, page: ../b}}", "2:32: publish.wiki.page: should be the title of a wiki page"),
        ("{repository: {project: g/r, folder: ../x}}", "2:38: publish.repository.folder: should be a folder"),
        ("{notify: {when: daily}}", "2:20: publish.notify.when: should be one of 'weekly' or 'always'"),
        ("{issue: {project: g/r, labels: INCIDENT}}", "2:1: publish: gives the week's issue a label of incidents"),
        ("{issue: {project: g/r, labels: [incidentreview]}}", "2:1: publish: gives the week's issue a label of"),
        ("{issue: {project: g/r, title: 'Incident Review {week}'}}", "2:1: publish: begins the title of the week's"),
    ],
)
def test_a_fault_has_its_place_and_plain_words(tmp_path: Path, publish: str, fault: str) -> None:
    with pytest.raises(SettingsError) as error:
        loaded(tmp_path, f"publish: {publish}")
    (found,) = error.value.faults
    assert found.removeprefix(f"{tmp_path / 'audit.yml'}:").startswith(fault), found


@pytest.mark.parametrize("key", ["urls_from: slack://secret-token/x", "urls: slack://secret-token/x"])
def test_an_address_in_the_file_is_refused_and_not_repeated(tmp_path: Path, key: str) -> None:
    with pytest.raises(SettingsError) as error:
        loaded(tmp_path, f"publish: {{notify: {{{key}}}}}")
    assert "secret-token" not in " ".join(error.value.faults)
    if key.startswith("urls_from"):
        assert error.value.faults[0].endswith("holds addresses, never an address itself")


def test_a_fault_elsewhere_hides_none_of_the_destinations(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as error:
        loaded(tmp_path, "labels: 3\npublish: {issue: {project: g/r, labels: incident}}")
    assert [fault.split(": ")[1] for fault in error.value.faults] == ["labels"]


def test_the_addresses_come_from_the_environment() -> None:
    environ = {"ONE": "json://a/b  \n mailto://c", "TWO": "slack://d/e/f", "EMPTY": " "}
    assert addresses_from(environ, ["ONE", "TWO"]) == ("json://a/b", "mailto://c", "slack://d/e/f")
    with pytest.raises(UsageError, match="MISSING and EMPTY are not set or empty") as error:
        addresses_from(environ, ["ONE", "MISSING", "EMPTY"])
    assert "protected variable" in error.value.advice
    with pytest.raises(UsageError, match="MISSING is not set or empty"):
        addresses_from(environ, ["MISSING"])


def test_where_the_report_goes_moves_no_verdict(tmp_path: Path) -> None:
    assert settings_hash(loaded(tmp_path, "publish: {wiki: {group: g}}")) == settings_hash(loaded(tmp_path, ""))
