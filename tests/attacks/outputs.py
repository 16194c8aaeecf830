"""Every output of the program made from hostile fields, each with what returns the words that are alive in it."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from audit.contract.audit_file import read_audit
from audit.gitlab.write.repository_files import RepositoryFiles
from audit.gitlab.write.weekly_issue import WeeklyIssue
from audit.gitlab.write.wiki_page import ReportPage
from audit.logs import Mask, MaskingFormatter
from audit.publishing.published import FinishedReport
from audit.report.formats import FORMATS
from audit.report.formats.audit_json import audit_json
from audit.report.formats.digest import digest
from audit.report.formats.json_text import json_text
from audit.report.formats.reminders_json import reminders_json
from audit.report.formats.terminal import summary
from audit.report.history import archive, diff, diff_words
from tests.attacks import alive
from tests.attacks.hostile_tracker import AS_OF, HostileTracker
from tests.attacks.hostile_view import hostile_view
from tests.report import world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from audit.report.figures.view import View
    from tests.attacks.planting import Planter


@dataclass(frozen=True, kw_only=True)
class Output:
    """One output, made from hostile fields."""

    name: str
    text: str
    check: Callable[[str], list[str]]

    @property
    def alive(self) -> list[str]:
        """The words that are alive in it."""
        return self.check(self.text)


def of_report(planter: Planter) -> Iterator[Output]:
    """Yield what is made of a View whose every field is hostile: the files, what is published, chat and terminal."""
    view = hostile_view(planter)
    files = {one.name: "".join(one.text(view)) for one in FORMATS}
    for name, text in files.items():
        yield Output(name=name, text=text, check=alive.BY_FILE[name])
    yield from _of_teams(view)
    yield from _published(files)
    told = digest(view, "https://gitlab.example/r")
    yield Output(name="digest", text=f"{told.title}\n{told.text}\n{told.markdown}", check=alive.lines)
    yield Output(name="terminal", text=summary(view, None), check=alive.lines)


def _of_teams(view: View) -> Iterator[Output]:
    """Yield the further files of each output, like those of the teams."""
    for one in FORMATS:
        for name, text in one.others(view).items():
            assert re.fullmatch(r"[a-z0-9-]+\.[a-z]+", name)
            yield Output(name=name, text=text, check=alive.BY_FILE[one.name])


def _published(files: dict[str, str]) -> Iterator[Output]:
    """Yield what stands in GitLab: around the report, which is looked at by itself, is nothing but a stamp."""
    report = FinishedReport.of(files, as_of=AS_OF, today=AS_OF)
    body = report.texts["report.md"]
    about: dict[str, Any] = {"audit": "a", "as_of": AS_OF, "today": AS_OF, "body": body}
    issue = WeeklyIssue(
        project="g/p", title="Reviews", week="2026-W48", series="s", labels=(), confidential=False, **about
    )
    text = issue.description({"2026-W47": "https://gitlab.example/g/p/-/issues/1"})[0]
    yield Output(name="weekly issue", text=text, check=partial(alive.around, body=body))
    page = ReportPage(place="g/p", of_group=False, page="Reviews", **about)
    yield Output(name="wiki page", text=page.content[0], check=partial(alive.around, body=body))
    commit = RepositoryFiles(project="g/p", branch="main", folder="reports/2026-11-23", as_of=AS_OF, texts=report.texts)
    assert all(commit.texts[name] == report.texts[name] for name in commit.texts)
    yield Output(name="commit", text=f"{commit.message}\n{commit.folder}\n{commit.where}", check=alive.lines)


def of_tracker(planter: Planter) -> Iterator[Output]:
    """Yield what is made of a tracker whose every field is hostile: notes, reminders.json, and what commands print."""
    tracker = HostileTracker(planter=planter)
    named = tracker.names()
    for kind, body in tracker.notes():
        yield Output(name=kind, text=body, check=partial(alive.note, named=named))
    plan = reminders_json(tracker.plan)
    yield Output(name="reminders.json", text=json_text(plan), check=alive.BY_FILE["reminders.json"])
    for one in FORMATS:
        yield Output(name=one.name, text="".join(one.text(tracker.view)), check=alive.BY_FILE[one.name])
    yield from _of_teams(tracker.view)
    for text in tracker.explanations():
        yield Output(name="explain", text=text, check=alive.lines)
    data = audit_json(tracker.view)
    yield from _compared(data)
    yield Output(name="archive", text=archive.archive_html({"2026-11-23": json_text(data)}), check=alive.html)
    yield Output(name="log", text="".join(_logged(planter)), check=alive.lines)


def _compared(data: dict[str, Any]) -> Iterator[Output]:
    """Yield what `diff` prints of this audit beside another one."""
    difference = diff.compare(world.audit_file(world.previous()), read_audit(json_text(data), "now"))
    yield Output(name="diff as text", text=diff_words.diff_text(difference), check=alive.lines)
    yield Output(name="diff as Markdown", text=diff_words.diff_md(difference), check=alive.markdown)
    yield Output(name="diff as JSON", text=json_text(diff.diff_json(difference)), check=alive.data)


def _logged(planter: Planter) -> Iterator[str]:
    """Yield the lines of the log: warnings and errors with words from the tracker in their arguments."""
    formatter = MaskingFormatter(Mask())
    for row in range(planter.rows):
        words = planter.at("words in the log", row)
        for level in (logging.INFO, logging.ERROR):
            yield formatter.format(logging.LogRecord("audit", level, "", 0, "no label %s", (words,), None)) + "\n"
