"""What GitLab refuses for good takes nobody's place, over HTTP; and what is heeded gets its emoji."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.app.conftest import DAY, SETTINGS, at
from tests.sandbox.faults import json_status

if TYPE_CHECKING:
    from pathlib import Path

    from audit.sandbox.data.work_items import WorkItem
    from tests.app.conftest import CommandLine, Tracker
    from tests.sandbox.server import Server

RUN = ("run", "--as-of", DAY)
GROUP = SETTINGS.replace("{incidents: [ops/production]}", "{incident_groups: [ops]}")


def of_bot(issue: WorkItem) -> int:
    return sum(note.author.username == "auditor" for note in issue.comments)


@pytest.mark.parametrize("most", [3, 30])
def test_archived_projects_starve_nobody(typed: CommandLine, server: Server, tracker: Tracker, most: int) -> None:
    """Three incidents of an archived project are due first; the live ones are reminded of on the first night."""
    archived = tracker.world.project("ops/arch")
    for number in range(3):
        archived.issue(
            f"Old {number}",
            author=tracker.world.users["anna"],
            created_at=at("2026-10-05 10:00"),
            labels=("Severity::1", "Service::API"),
            assignees=(tracker.world.users["anna"],),
        )
    archived.archived = True
    typed.settings(f"{GROUP}reminders: {{max_reminders: {most}}}\n")
    for _ in range(2):
        ended = typed(*RUN, "--apply")
        assert ended.status == 10
        withheld = json.loads(typed.read("reminders.json"))["withheld"]
        assert sum(one["reason"] == "cannot_post" for one in withheld) == 3
        assert of_bot(tracker.production.issues[4]) == 1
    assert not [one for one in server.requests if one.status == 403]
    assert "Nothing can be posted on" in typed.read("details.md")


def test_a_refusal_that_nobody_foresaw_leaves_its_place_to_the_next(
    typed: CommandLine, server: Server, tracker: Tracker
) -> None:
    typed.settings(f"{SETTINGS}reminders: {{max_reminders: 1}}\n")
    server.fault(json_status(403, {"message": "403 Forbidden"}), method="POST", path="issues/4/notes", times=None)
    ended = typed(*RUN, "--apply")
    assert ended.status == 1, "what failed is told"
    assert (of_bot(tracker.production.issues[4]), of_bot(tracker.production.issues[5])) == (0, 1)
    (posted,) = json.loads(typed.read("reminders.json"))["posted"]
    assert posted["issue"] == "ops/production#5", "in place of the one that was refused"


def test_within_the_same_numbers_a_person(typed: CommandLine, server: Server, tracker: Tracker) -> None:
    """Of four reviews of one person the first is refused: three are asked about, as ever."""
    anna = tracker.world.users["anna"]
    for number in range(3):
        made = tracker.incident(
            f"Outage {number}", "Severity::1", "Service::API", created=f"2026-11-0{number + 3} 10:00"
        )
        tracker.review(f"Incident Review: outage {number}", of=made, created="2026-11-06 10:00", assignees=(anna,))
    server.fault(json_status(403, {"message": "403 Forbidden"}), method="POST", path="issues/4/notes", times=None)
    typed(*RUN, "--apply")
    posted = json.loads(typed.read("reminders.json"))["posted"]
    asked = [one["issue"] for one in posted if one["issue"] != "ops/production#5"]
    assert len(asked) == 3
    assert "ops/production#4" not in asked


def test_what_is_heeded_gets_an_emoji_once_and_a_refused_one_is_no_failure(
    typed: CommandLine, server: Server, tracker: Tracker
) -> None:
    anna = tracker.world.users["anna"]
    command = tracker.production.issues[4].comment("@auditor snooze 3d thanks", by=anna, at=at("2026-11-20 10:00"))
    server.fault(json_status(403, {"message": "403 Forbidden"}), path="award_emoji", times=1)
    assert typed(*RUN, "--apply").status == 10
    assert not command.awards
    for _ in range(2):
        assert typed(*RUN, "--apply").status == 10
        assert [award.name for award in command.awards] == ["thumbsup"]


def test_the_templates_are_written_to_begin_with(typed: CommandLine, tmp_path: Path) -> None:
    assert typed("init", "--templates", "words").status == 0
    assert {path.name for path in (tmp_path / "words").iterdir()} == {
        "reminder.md.j2",
        "status.md.j2",
        "answer.md.j2",
    }
    again = typed("init", "--templates", "words")
    assert again.status == 2
    assert "nothing was written" in again.err
    assert not (tmp_path / "note-templates").exists()
    assert typed("init", "--templates").status == 0
    assert (tmp_path / "note-templates" / "status.md.j2").exists()
