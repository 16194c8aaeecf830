"""What a user does with snapshots: pull, judge without GitLab, try another policy, write on their word."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from tests.app.conftest import DAY, READER, SETTINGS, at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.app.conftest import CommandLine, Ended, Tracker
    from tests.sandbox.server import Server

SECRET = "Acme lost its ledger"
FILE = "x.sqlite"


@pytest.fixture
def pulled(typed: CommandLine, server: Server) -> Server:
    ended = typed("pull", "-o", FILE)
    assert ended.status == 0, ended.err
    assert ended.out.startswith(f"Snapshot: {FILE}, 6 issues of 1 project (")
    return server


@pytest.fixture(scope="module")
def kept() -> list[bytes]:
    """The snapshot of whichever test without network comes first."""
    return []


@pytest.fixture
def offline(typed: CommandLine, kept: list[bytes], request: pytest.FixtureRequest) -> Iterator[None]:
    """Lay a snapshot down, and take network and token away."""
    if not kept:
        request.getfixturevalue("pulled")
        kept.append((typed.folder / FILE).read_bytes())
    (typed.folder / FILE).write_bytes(kept[0])
    with pytest.MonkeyPatch.context() as patch:
        for name in ("GITLAB_URL", "GITLAB_TOKEN"):
            patch.delenv(name, raising=False)
        yield


def files(folder: Path, day: str = DAY) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "reports" / day).iterdir())}


def verdicts(typed: CommandLine, day: str = DAY) -> dict[str, str]:
    return {row["ref"]: row["verdict"] for row in json.loads(typed.read("audit.json", day))["incidents"]}


def refused(ended: Ended, *words: str) -> None:
    assert ended.status == 2, ended.err
    assert all(word in ended.err for word in words), ended.err
    assert "Traceback" not in ended.err


def test_a_snapshot_is_judged_without_network_and_token(
    pulled: Server, typed: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GITLAB_URL", "GITLAB_TOKEN"):
        monkeypatch.delenv(name)
    before = len(pulled.requests)
    ended = typed("run", "--from", FILE)
    assert ended.status == 10, ended.err
    assert "1 snapshot of 2026-11-23: 6 issues of 1 project" in ended.err
    assert "the seal is not checked" in ended.err
    assert "(0 requests to GitLab)" in ended.out
    assert "No reminders were planned by this run." in typed.read("details.md")
    assert "reminders.json" not in files(typed.folder)
    assert len(pulled.requests) == before


@pytest.mark.usefixtures("offline")
def test_it_gives_the_same_bytes_on_a_later_day(typed: CommandLine) -> None:
    typed("run", "--from", FILE)
    first = files(typed.folder)
    typed.today = "2027-03-01"
    typed("run", "--from", FILE)
    assert files(typed.folder) == first
    assert list((typed.folder / "reports").iterdir()) == [typed.folder / "reports" / DAY]


def test_with_comments_it_gives_the_bytes_of_a_run_that_reads_everything(pulled: Server, typed: CommandLine) -> None:
    assert typed("run").status == 10
    whole, before = files(typed.folder), len(pulled.requests)
    assert typed("run", "--from", FILE, "--dry-run").status == 10
    assert files(typed.folder) == whole
    asked = {request.operation for request in pulled.requests[before:]} - {None}
    read = {request.operation for request in pulled.requests[:before]} - {None}
    assert {"activity", "counts"} <= {name.lower() for name in read if name}, read
    assert not {name for name in asked if name and name.lower().startswith(("activity", "counts", "issues"))}


@pytest.mark.usefixtures("offline")
def test_a_later_day_is_refused(typed: CommandLine) -> None:
    refused(typed("run", "--from", FILE, "--as-of", "2026-11-24"), "is of 2026-11-23 and tells nothing of 2026-11-24")
    assert not (typed.folder / "reports").exists()


@pytest.mark.usefixtures("offline")
def test_an_earlier_day_is_judged_as_such(typed: CommandLine) -> None:
    assert typed("run", "--from", FILE, "--as-of", "2026-11-04").status == 0
    assert verdicts(typed, "2026-11-04")["ops/production#5"] == "pending"


@pytest.mark.usefixtures("offline")
def test_another_policy_can_be_tried(typed: CommandLine) -> None:
    typed("run", "--from", FILE, "--output", "now")
    typed.settings(SETTINGS + "policies: [{due_days: 60}]\n")
    typed("run", "--from", FILE, "--output", "then")
    ended = typed("diff", "now", "then")
    assert "overdue" in ended.out
    assert "pending" in ended.out


@pytest.mark.parametrize(
    ("settings", "status", "words"),
    [
        ("projects: {incidents: [ops/other]}", 2, "holds none of the incident projects of these settings"),
        ("projects: {incidents: [ops/production, ops/other]}", 3, "ops/other"),
        ("since: 2026-01-01", 3, "those declared before 2026-10-01 were not pulled"),
        ("labels: {incident: [incident, outage]}", 3, "those labelled outage were not pulled"),
        ("labels: {review: [IncidentReview, PIR]}", 3, "those labelled PIR were not pulled"),
        ("review: {prefixes: [Incident Review, PIR]}", 3, "those whose title begins with PIR were not pulled"),
        ("review: {template: other.md}", 10, "those of other settings were pulled"),
        ("labels: {corrective_action: [infradev]}", 10, ""),
        ("catalog: {services: {project: ops/runbooks, path: other.yml}}", 2, "holds the service catalogue of other"),
    ],
)
@pytest.mark.usefixtures("offline")
def test_what_other_settings_ask_for_and_was_not_pulled(
    typed: CommandLine, settings: str, status: int, words: str
) -> None:
    kept = [line for line in SETTINGS.strip().splitlines() if line.partition(":")[0] != settings.partition(":")[0]]
    if settings.startswith("catalog"):
        kept = kept[:2]
    typed.settings("\n".join([*kept, settings, ""]))
    ended = typed("run", "--from", FILE)
    assert ended.status == status, ended.err
    assert words in (ended.err if status == 2 else json.dumps(json.loads(typed.read("audit.json"))["gaps"]))


@pytest.mark.usefixtures("offline")
def test_settings_that_ask_for_less_make_no_gap(typed: CommandLine) -> None:
    typed.settings(SETTINGS.replace("2026-10-01", "2026-11-05"))
    typed("run", "--from", FILE)
    audit = json.loads(typed.read("audit.json"))
    assert [row["ref"] for row in audit["incidents"]] == ["ops/production#6"]
    assert audit["gaps"] == []


def change(statement: str) -> None:
    with closing(sqlite3.connect(FILE)) as store, store:
        store.execute(statement)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (b"", "is no snapshot"),
        (b"incidents: 3", "is no snapshot"),
        (None, "cannot be read: No such file or directory"),
    ],
)
@pytest.mark.usefixtures("typed", "server")
def test_a_file_that_is_none(typed: CommandLine, made: bytes | None, words: str) -> None:
    if made is not None:
        (typed.folder / FILE).write_bytes(made)
    refused(typed("run", "--from", FILE), words)


@pytest.mark.usefixtures("offline")
def test_a_file_that_was_changed(typed: CommandLine) -> None:
    change("UPDATE issues SET body = replace(body, 'API slow', 'API fast')")
    refused(typed("run", "--from", FILE), "is a damaged snapshot")


def posted(server: Server) -> list[str]:
    return [request.method for request in server.requests if request.method == "POST" and "/notes" in request.path]


def apply(typed: CommandLine) -> Ended:
    return typed("run", "--from", FILE, "--apply")


def test_what_is_pulled_today_is_written_on(pulled: Server, typed: CommandLine) -> None:
    ended = apply(typed)
    assert ended.status == 10, ended.err
    assert "the seal is not checked" not in ended.err
    assert len(posted(pulled)) == 2
    assert apply(typed).status == 10
    assert len(posted(pulled)) == 2


def test_yesterday_s_pull_is_written_on(pulled: Server, typed: CommandLine) -> None:
    typed.today = "2026-11-24"
    assert apply(typed).status == 10
    assert len(posted(pulled)) == 2


def test_an_older_pull_is_not(pulled: Server, typed: CommandLine) -> None:
    typed.today = "2026-11-25"
    refused(apply(typed), "--apply speaks for today")
    assert posted(pulled) == []


def test_another_token_s_pull_is_not_written_on(
    pulled: Server, typed: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", READER)
    refused(apply(typed), "does not bear the seal of this token, so nothing is posted on its word")
    assert posted(pulled) == []


@pytest.mark.usefixtures("pulled")
def test_a_forged_pull_is_not_written_on(typed: CommandLine) -> None:
    change("UPDATE about SET value = '0' WHERE name = 'seal'")
    refused(apply(typed), "does not bear the seal")


@pytest.mark.usefixtures("pulled")
def test_a_pull_of_another_gitlab_is_not_written_on(typed: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLAB_URL", "http://localhost:1")
    refused(apply(typed), "is of another GitLab, http://127.0.0.1")


def test_a_pull_does_not_overwrite_what_is_no_snapshot(typed: CommandLine, server: Server) -> None:
    (typed.folder / FILE).write_text("precious")
    refused(typed("pull", "-o", FILE), "is no snapshot, so it is not overwritten")
    assert (typed.folder / FILE).read_text() == "precious"
    assert server.requests == []


@pytest.mark.usefixtures("pulled")
def test_a_pull_that_fails_leaves_the_file(typed: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (typed.folder / FILE).read_bytes()
    monkeypatch.setenv("GITLAB_TOKEN", "glpat-unknown-0123456789")
    assert typed("pull", "-o", FILE).status == 1
    assert (typed.folder / FILE).read_bytes() == before


def secrets(tracker: Tracker) -> Any:
    """Add a confidential incident with a confidential review that is complete but for a row, and its twins by title."""
    incident = tracker.incident(SECRET, "Severity::1", "Service::API", confidential=True)
    text = f"## Summary\n\n{SECRET} {SECRET}\n\n| Key | Value |\n|---|---|\n| Customers Affected | |\n"
    tracker.review(f"RCA: {SECRET}", of=incident, confidential=True, description=text)
    tracker.incident(f"Twin of {SECRET}", "Severity::1", "Service::API", confidential=True)
    return tracker.production.issue(
        f"RCA: Twin of {SECRET}",
        author=tracker.world.users["anna"],
        created_at=at("2026-11-03 10:00"),
        labels=("IncidentReview",),
        issue_type="issue",
        confidential=True,
    )


@pytest.fixture
def hiding(typed: CommandLine, tracker: Tracker, server: Server) -> Server:
    typed.settings(SETTINGS)
    secrets(tracker)
    return server


def words_in(file: Path) -> bytes:
    with closing(sqlite3.connect(file)) as store:
        return "\n".join(store.iterdump()).encode("utf-8", "replace") + file.read_bytes()


@pytest.mark.parametrize("texts", ["keep", "drop"])
@pytest.mark.usefixtures("hiding")
def test_a_snapshot_does_not_hold_what_is_confidential(typed: CommandLine, texts: str) -> None:
    typed.settings(SETTINGS + f"snapshot: {{texts: {texts}}}\n")
    assert typed("pull", "-o", FILE).status == 0
    held = words_in(typed.folder / FILE)
    assert all(word.encode() not in held for word in (*SECRET.split()[:2], "ledger", "Twin"))
    assert (b"API errors" in held) is (texts == "keep")
    assert typed("run", "--output", "online").status == 10
    assert typed("run", "--from", FILE, "--dry-run", "--output", "offline").status == 10
    online, offline = (json.loads((typed.folder / name / "audit.json").read_text()) for name in ("online", "offline"))
    for audit in (online, offline):
        for row in audit["incidents"]:
            row["title"] = row.get("title") and ""
    assert offline["incidents"] == online["incidents"]
    assert [(one["code"], one["subject"]) for one in offline["findings"]] == [
        (one["code"], one["subject"]) for one in online["findings"]
    ]
    assert offline["gaps"] == online["gaps"] == []


@pytest.mark.usefixtures("hiding")
def test_a_title_that_was_not_kept_is_shown_as_such(typed: CommandLine) -> None:
    typed.settings(SETTINGS + "snapshot: {texts: drop}\n")
    typed("pull", "-o", FILE)
    typed("run", "--from", FILE)
    assert "(title not kept)" in typed.read("report.html")
    assert "\ua66e" not in typed.read("report.html") + typed.read("report.md") + typed.read("audit.json")


@pytest.mark.usefixtures("hiding")
def test_texts_that_were_not_kept_are_a_gap_under_other_names(typed: CommandLine) -> None:
    typed("pull", "-o", FILE)
    typed.settings(SETTINGS + "review: {sections: {summary: [Overview]}}\n")
    typed("run", "--from", FILE)
    gaps = json.loads(typed.read("audit.json"))["gaps"]
    assert [(one["ref"], one["what"]) for one in gaps] == [(f"ops/production#{iid}", "description") for iid in (10, 8)]


KEEPING = SETTINGS + f"snapshot: {{file: {FILE}}}\n"


@pytest.mark.usefixtures("typed", "server")
def test_a_run_keeps_what_it_pulled_and_builds_on_it(typed: CommandLine, tracker: Tracker) -> None:
    typed.settings(KEEPING)
    assert typed("run").status == 10
    first = verdicts(typed)
    tracker.incident("New one", "Severity::1", "Service::API", created="2026-11-23 01:00")
    tracker.world.now = at("2026-11-24 06:00")
    typed.today = "2026-11-24"
    ended = typed("run")
    assert ended.status == 10
    assert "read anew" not in ended.err
    assert verdicts(typed, "2026-11-24") == {**first, "ops/production#7": "pending"}


def test_a_night_that_reads_only_changes_gives_the_bytes_of_one_that_reads_everything(
    typed: CommandLine, server: Server, tracker: Tracker
) -> None:
    twin = secrets(tracker)
    typed.settings(KEEPING)
    typed("run", "--output", "before")
    everything = len(server.requests)
    anna = tracker.world.users["anna"]
    tracker.world.now = at("2026-11-24 05:00")
    changed = tracker.incident("Disk full", "Severity::1", "Service::API", created="2026-11-24 01:00")
    tracker.review(f"RCA: {SECRET}", of=changed, created="2026-11-24 02:00", description="## Summary\n\nWritten.")
    twin.close(at=at("2026-11-24 03:00"), by=anna)
    typed.today = "2026-11-24"
    typed("run", "--output", "built")
    built = server.requests[everything:]
    typed.settings(SETTINGS)
    typed("run", "--output", "whole")
    folders = [typed.folder / name for name in ("built", "whole")]
    names = sorted(path.name for path in folders[1].iterdir())
    assert [name for name in names if (folders[0] / name).read_bytes() != (folders[1] / name).read_bytes()] == []
    assert any("updatedAfter:" in str(request.body) for request in built)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE about SET value = '0' WHERE name = 'seal'", "does not bear the seal of this token"),
        ("UPDATE issues SET body = '[]'", "is a damaged snapshot"),
    ],
)
@pytest.mark.usefixtures("typed", "server")
def test_a_snapshot_in_doubt_is_not_built_on(typed: CommandLine, statement: str, why: str) -> None:
    typed.settings(KEEPING)
    typed("run", "--output", "one")
    change(statement)
    ended = typed("run", "--output", "two")
    assert ended.status == 10
    assert f"everything is read anew: {FILE} {why}" in ended.err
    assert "read anew" not in typed("run", "--output", "three").err, "a good one takes its place"


@pytest.mark.usefixtures("typed", "server")
def test_a_snapshot_that_cannot_be_written_costs_no_report(typed: CommandLine) -> None:
    (typed.folder / "file").touch()
    typed.settings(SETTINGS + "snapshot: {file: file/x.sqlite}\n")
    ended = typed("run")
    assert ended.status == 10
    assert "cannot be written" in ended.err
    assert "the next run cannot build on this one" in ended.err


def test_a_file_of_others_is_refused_before_anything_is_read(typed: CommandLine, server: Server) -> None:
    (typed.folder / FILE).write_text("precious")
    typed.settings(KEEPING)
    refused(typed("run"), "is no snapshot, so it is not overwritten")
    assert not {"Counts", "counts"} & {one.operation for one in server.requests}
