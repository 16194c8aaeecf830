"""The night of an upgrade that changes verdicts: what the edition changes is told apart, and its first plan waits."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.app.conftest import DAY

if TYPE_CHECKING:
    from tests.app.conftest import CommandLine, Tracker
    from tests.sandbox.server import Server

EARLIER, NEXT = "2026-11-20", "2026-11-24"
RUN = ("run", "--as-of", DAY)


def of_an_edition_before(typed: CommandLine) -> None:
    """Write the report of an earlier day, and make it one of an edition that had another due day for one incident."""
    typed("run", "--as-of", EARLIER)
    place = typed.folder / "reports" / EARLIER / "audit.json"
    written = json.loads(place.read_text(encoding="utf-8"))
    del written["tool"]["edition"], written["tool"]["confirmed_edition"], written["ahead"]
    (late,) = [row for row in written["incidents"] if row["verdict"] == "overdue"]
    late.update(verdict="pending", due_on="2026-11-26")
    written["findings"] = [row for row in written["findings"] if row["subject"] != late["ref"]]
    place.write_text(json.dumps(written), encoding="utf-8")


def notes(tracker: Tracker) -> int:
    every = (note for issue in tracker.production.issues.values() for note in issue.comments)
    return sum(note.author.username == "auditor" for note in every)


def test_what_the_edition_changes_is_no_change_since_the_last_report(typed: CommandLine, server: Server) -> None:
    of_an_edition_before(typed)
    dry = typed(*RUN)
    since = typed.read("details.md").partition("## Since the last report")[2]
    assert "**This edition of the program judges 1 incident otherwise on the evidence of the last report**" in since
    assert "- due days: 1 ([ops/production#3](" in since
    assert "No verdict of an incident changed." in since
    assert "the first plan after an upgrade: to post them, incident-audit run --apply --confirm-plan" in dry.out
    assert json.loads(typed.read("audit.json"))["tool"]["confirmed_edition"] == 1
    assert server.requests


def test_its_first_plan_waits_for_one_confirmation(typed: CommandLine, server: Server, tracker: Tracker) -> None:
    of_an_edition_before(typed)
    held = typed(*RUN, "--apply")
    assert held.status == 1
    assert "nobody was reminded: this program judges otherwise than the one that wrote the last report" in held.err
    typed.today = NEXT
    again = typed("run", "--as-of", NEXT, "--apply")
    assert again.status == 1, "nobody has confirmed it in the meantime"
    assert notes(tracker) == 0
    (plan,) = set[str](re.findall(r"--confirm-plan ([0-9a-f]{12})", again.err))
    assert typed("run", "--as-of", NEXT, "--apply", "--confirm-plan", plan).status == 10
    assert notes(tracker) == 2
    last = typed("run", "--as-of", NEXT, "--apply")
    assert last.status == 10, "once is enough"
    assert json.loads(typed.read("audit.json", NEXT))["tool"]["confirmed_edition"] == 2
    assert server.requests


def test_a_report_of_a_day_to_come_is_no_previous_one_and_no_headline(typed: CommandLine, server: Server) -> None:
    typed.today = EARLIER
    typed("run", "--as-of", "2026-11-22")
    typed("run", "--as-of", EARLIER)
    typed.today = DAY
    typed(*RUN)
    assert f"Since the report of {EARLIER}:" in typed.read("details.md")
    later = typed.folder / "reports" / "2999-01-01"
    typed("run", "--as-of", "2026-12-01")
    assert not later.exists()
    typed("archive", "reports")
    page = (typed.folder / "reports" / "index.html").read_text(encoding="utf-8")
    assert f'<a href="{DAY}/report.html">weekly report of {DAY}</a>' in page
    assert "2 reports written before their day are left out." in page
    assert server.requests
