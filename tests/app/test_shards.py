"""Shards of one pull: put together they give the bytes of one, and a missing one is never a smaller tracker."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from audit.sandbox.data.world import World
from tests.app.conftest import DAY, TOKEN, at
from tests.sandbox.server import Server
from tests.worlds.generated import generator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.app.conftest import CommandLine, Ended

MANY = 40


def many_projects() -> tuple[World, dict[str, Any]]:
    """Return projects of a group, half of them empty; confidential reviews and links across projects."""
    world = World(now=at(f"{DAY} 06:00"))
    ops = world.group("ops")
    anna, bot = world.user("anna"), world.user("auditor", bot=True)
    for user, level in ((anna, 30), (bot, 20)):
        world.member(ops, user, level)
    world.token(TOKEN, user=bot, scopes=("api",), kind="group")
    for name in ("Severity::1", "Severity::2", "IncidentReview", "Review-Requested", "Service::API"):
        world.label(ops, name)
    projects = [world.project(f"ops/p{number:03}") for number in range(MANY)]
    before: Any = None
    for number in range(0, MANY, 2):
        day = at("2026-10-01 10:00") + timedelta(days=number % 50)
        incident = projects[number].issue(
            f"API fails ({number})", author=anna, created_at=day, labels=("Severity::1", "Service::API")
        )
        if number % 4:
            continue
        review = projects[(number + 5) % MANY].issue(
            f"Incident Review: API fails ({number})",
            author=anna,
            created_at=day + timedelta(days=1),
            labels=("IncidentReview",),
            issue_type="issue",
            confidential=number % 3 == 0,
            description=f"## Summary\n\nSee {before.project.path}#{before.iid}." if before else "",
        )
        world.link(review, incident, at=day + timedelta(days=1), by=anna)
        before = incident
    return world, {"projects": {"incident_groups": ["ops"]}, "since": "2026-10-01"}


def listed_projects() -> tuple[World, dict[str, Any]]:
    """Return the same, with each project named by itself."""
    world, settings = many_projects()
    paths = [path for path in world.projects if path.startswith("ops/p")]
    return world, {**settings, "projects": {"incidents": paths}}


def large_project() -> tuple[World, dict[str, Any]]:
    world, settings, _ = generator.generate(seed=5, incidents=120, reviews=80, as_of=date.fromisoformat(DAY))
    return world, settings


@pytest.fixture(params=[many_projects, listed_projects, large_project], ids=lambda made: made.__name__)
def tracker_of(request: pytest.FixtureRequest) -> tuple[World, dict[str, Any]]:
    made: tuple[World, dict[str, Any]] = request.param()
    return made


@pytest.fixture
def served(
    typed: CommandLine, tracker_of: tuple[World, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    world, settings = tracker_of
    large = any("production" in path for path in settings["projects"].get("incidents", ()))
    typed.settings(json.dumps({**settings, "gitlab": {"requests_per_minute": 10**9}}))
    with Server(world) as server:
        monkeypatch.setenv("GITLAB_URL", server.url)
        monkeypatch.setenv("GITLAB_TOKEN", generator.TOKEN if large else TOKEN)
        yield server


def pull(typed: CommandLine, total: int, *numbers: int) -> list[str]:
    """Pull these shards, or all of them; return their files."""
    names = []
    for number in numbers or range(1, total + 1):
        names.append(f"shards/{number}-of-{total}.sqlite")
        ended = typed("pull", "-o", names[-1], "--shard", f"{number}/{total}")
        assert ended.status == 0, ended.err
    return names


def judged(typed: CommandLine, names: list[str], output: str, *words: str) -> Ended:
    return typed("run", *(word for name in names for word in ("--from", name)), "--output", output, *words)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.usefixtures("served")
def test_shards_give_the_bytes_of_one_pull(typed: CommandLine) -> None:
    assert typed("run", "--output", "whole").status in (3, 10)
    whole = files(typed.folder / "whole")
    for total in (2, 7):
        ended = judged(typed, pull(typed, total), f"merged-{total}", "--dry-run")
        assert ended.status in (3, 10), ended.err
        merged = files(typed.folder / f"merged-{total}")
        assert merged.keys() == whole.keys()
        assert [name for name in whole if merged[name] != whole[name]] == [], f"of {total} shards"


@pytest.fixture
def many(typed: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    world, settings = many_projects()
    typed.settings(json.dumps({**settings, "gitlab": {"requests_per_minute": 10**9}}))
    with Server(world) as server:
        monkeypatch.setenv("GITLAB_URL", server.url)
        monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
        yield server


@pytest.mark.usefixtures("many")
def test_a_missing_shard_is_a_gap_and_never_a_smaller_tracker(typed: CommandLine) -> None:
    typed("run", "--output", "whole")
    names = pull(typed, 3, 1, 3)
    ended = judged(typed, names, "merged")
    assert ended.status == 3
    audit = json.loads((typed.folder / "merged" / "audit.json").read_text())
    gaps = {(gap["ref"], gap["what"]) for gap in audit["gaps"] if gap["why"] == "shard 2 of 3 is missing"}
    assert gaps == {(f"ops/p{number:03}", what) for number in range(MANY) for what in ("incidents", "reviews")}
    assert all(gap["could_change_a_verdict"] for gap in audit["gaps"])
    assert audit["compliance"]["rate"] is None
    assert not any(source["complete"] for source in audit["sources"])


@pytest.mark.usefixtures("many")
def test_the_shards_of_gitlab_s_own_parallel(typed: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the component calls them: with what the last night left, and the pipeline's number."""
    for night in ("1", "2"):
        monkeypatch.setenv("CI_PIPELINE_ID", night)
        names = pull(typed, 2)
    assert judged(typed, names, "merged").status in (3, 10)
    monkeypatch.setenv("CI_PIPELINE_ID", "3")
    pull(typed, 2, 1)
    ended = judged(typed, names, "mixed")
    assert ended.status == 2
    assert "shards/1-of-2.sqlite and shards/2-of-2.sqlite are of two pipelines: 3 and 2" in ended.err


@pytest.mark.parametrize("text", ["", "1", "0/2", "3/2", "1/201", "a/b", "-1/2", "1/2/3", "1.0/2"])
def test_what_is_no_shard(typed: CommandLine, text: str) -> None:
    ended = typed("pull", "-o", "x", "--shard", text)
    assert ended.status == 2
    assert "is no shard: write it like 2/7" in ended.err


@pytest.mark.usefixtures("many")
def test_one_shard_alone_is_not_taken_for_the_whole(typed: CommandLine) -> None:
    (name,) = pull(typed, 2, 1)
    assert judged(typed, [name], "merged").status == 3
    ended = typed("pull", "-o", name)
    assert f"everything is read anew: {name} is shard 1/2" in ended.err


def test_a_shard_takes_its_share_of_the_rate_limit(typed: CommandLine, many: Server) -> None:
    settings = json.loads((typed.folder / "audit.yml").read_text())
    typed.settings(json.dumps({**settings, "gitlab": {"requests_per_minute": 60, "parallel": 1}}))
    pull(typed, 7, 3)
    # time stands still here, so each request waits for all before it
    assert max(typed.waits) == pytest.approx(7 * (len(many.requests) - 1), rel=0.2)
