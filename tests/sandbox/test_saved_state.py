from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest
import requests

from audit.sandbox.data import saved_state
from audit.sandbox.data.item_json import row_of
from audit.sandbox.demo.settings_text import PRODUCTION
from audit.sandbox.demo.tracker import demo_world
from audit.settings.loader import load
from tests.sandbox.server import Server
from tests.worlds.auditing import audited

if TYPE_CHECKING:
    from pathlib import Path

    from audit.sandbox.demo.tracker import Demo


def send(demo: Demo, method: str, path: str, **data: object) -> None:
    with Server(demo.world) as server:
        url = f"{server.url}/api/v4/projects/{PRODUCTION.replace('/', '%2F')}/{path}"
        answer = requests.request(method, url, json=data, headers={"PRIVATE-TOKEN": demo.token}, timeout=10)
        assert answer.ok, answer.text


def test_the_second_process_finds_what_the_first_wrote(tmp_path: Path) -> None:
    memory = tmp_path / "sandbox.json"
    first = demo_world()
    (tmp_path / "audit.yml").write_text(first.settings_text, encoding="utf-8")
    settings = load(tmp_path / "audit.yml")
    assert not saved_state.restore(first.world, memory)
    posted = audited(first.world, settings, token=first.token, as_of=first.as_of, apply=True)
    assert posted.ledger is not None
    assert (len(posted.ledger.posted), len(posted.plan.status_notes)) == (6, 1)  # five are one note with a reminder
    saved_state.save(first.world, memory)

    second = demo_world()
    assert saved_state.restore(second.world, memory)
    again = audited(second.world, settings, token=second.token, as_of=second.as_of, apply=True)
    assert (again.plan.planned, again.plan.status_notes, again.plan.heal) == ((), (), ())


def test_everything_that_can_be_written_comes_back(tmp_path: Path) -> None:
    demo, memory = demo_world(), tmp_path / "sandbox.json"
    note = next(n.id for n in demo.world.projects[PRODUCTION].issues[2].comments)
    send(demo, "POST", "issues/1/notes", body="written by hand")
    send(demo, "POST", "issues", title="A new issue", labels="a label of its own")
    send(demo, "PUT", "issues/3", state_event="reopen", add_labels="backstage", due_date="2026-12-01")
    send(demo, "POST", "issues/1/notes", body="/relate #5")
    send(demo, "POST", "wikis", title="Weekly report", content="All is well.")
    send(demo, "PUT", "wikis/Weekly-report", content="All is better.")
    send(
        demo,
        "POST",
        f"issues/1/notes/{demo.world.projects[PRODUCTION].issues[1].comments[0].id}/award_emoji",
        name="eyes",
    )
    one = {"action": "create", "file_path": "reports/a.md", "content": "a"}
    send(demo, "POST", "repository/commits", branch="main", commit_message="A report", actions=[one])
    written = demo.world.notes[note]
    written.issue.notes.remove(written)
    saved_state.save(demo.world, memory)

    fresh = demo_world()
    assert saved_state.restore(fresh.world, memory)
    assert [row_of(i) for i in fresh.world.issues.values()] == [row_of(i) for i in demo.world.issues.values()]
    assert sorted(fresh.world.notes) == sorted(demo.world.notes)
    assert [link.id for link in fresh.world.links] == [link.id for link in demo.world.links]
    assert fresh.world.projects[PRODUCTION].wiki["Weekly-report"].history == ["All is well.", "All is better."]
    assert fresh.world.projects[PRODUCTION].files["reports/a.md"].text == "a"
    assert fresh.world.projects[PRODUCTION].commits == demo.world.projects[PRODUCTION].commits
    assert "a label of its own" in fresh.world.projects[PRODUCTION].labels
    send(fresh, "POST", "issues/1/notes", body="and once more")
    assert len({n.id for n in fresh.world.notes.values()}) == len(demo.world.notes) + 1


def test_an_untouched_world_remembers_nothing(tmp_path: Path) -> None:
    demo = demo_world()
    saved_state.save(demo.world, tmp_path / "sandbox.json")
    assert json.loads((tmp_path / "sandbox.json").read_text())["state"]["issues"] == []
    assert list(tmp_path.iterdir()) == [tmp_path / "sandbox.json"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda kept: kept | {"version": 0}, "another version"),
        (lambda kept: kept | {"origin": "of another story"}, "another version"),
        (lambda kept: kept | {"state": kept["state"] | {"pages": [["x"]]}}, "damaged"),
        (lambda _: ["no mapping"], "another version"),
        (lambda _: None, "another version"),
    ],
)
def test_a_file_that_does_not_fit_is_ignored_with_a_message(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, change: object, why: str
) -> None:
    demo, memory = demo_world(), tmp_path / "sandbox.json"
    saved_state.save(demo.world, memory)
    assert callable(change)
    memory.write_text(json.dumps(change(json.loads(memory.read_text()))))
    before = [row_of(issue) for issue in demo.world.issues.values()]
    with caplog.at_level(logging.WARNING, logger="audit"):
        assert not saved_state.restore(demo.world, memory)
    assert why in caplog.text
    assert [row_of(issue) for issue in demo.world.issues.values()] == before


def test_a_file_that_is_no_json_is_ignored_with_a_message(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    memory = tmp_path / "sandbox.json"
    memory.write_bytes(b'{"version": 1, "state"\xff')
    with caplog.at_level(logging.WARNING, logger="audit"):
        assert not saved_state.restore(demo_world().world, memory)
    assert "cannot be read" in caplog.text
