"""Weekly and nightly side by side: a nightly run never replaces Monday's page."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from audit.gitlab.write.destinations import publish, targets
from audit.publishing import stamp
from audit.publishing.published import FinishedReport, Published, PublishState, Unpublished
from audit.report.formats.json_text import json_text
from audit.settings.publish_settings import PublishSettings
from tests.gitlab.conftest import HERE, TOKEN, at
from tests.gitlab.write.test_publish import AUDIT

if TYPE_CHECKING:
    from audit.sandbox.data.work_items import WorkItem
    from tests.gitlab.conftest import Desk, Open, Tracker

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 11, day) for day in (23, 24, 25))
ISSUE: dict[str, Any] = {"issue": {"project": HERE}}
FILES: dict[str, Any] = {"repository": {"project": HERE, "branch": "main"}}
WIKI: dict[str, Any] = {"wiki": {"project": HERE, "page": "Reviews"}}


@pytest.fixture
def desk(tracker: Tracker, open_desk: Open) -> Desk:
    tracker.world.member(tracker.production, tracker.bot, 30)
    return open_desk(tracker.world, token=TOKEN)


def night(desk: Desk, day: date, edition: str = "nightly", *, parts: dict[str, Any] = ISSUE, **fields: Any) -> str:
    """Publish the report of a day, and tell what came of it."""
    texts = {
        "report.md": f"# {edition.title()} of {day}\n\n[Late](details.md#late)\n",
        "details.md": f"# Details of {day}: all\n\nPage one: [the report](report.md).\n\n## Late\n",
        "audit.json": json_text(json.loads(AUDIT) | {"edition": edition}),
    }
    since = {MONDAY: f"**Since Monday:** {day.day} done."} if day > MONDAY else {}
    made = FinishedReport.of(texts, as_of=day, today=WEDNESDAY, edition=edition, since=since, web_url=desk.server.url)
    (done,) = publish(
        desk.client, targets(PublishSettings.model_validate(parts), replace(made, **fields)), bot="auditor"
    )
    assert isinstance(done, Published | Unpublished)
    return done.state if isinstance(done, Published) else done.why


def the_issue(tracker: Tracker) -> WorkItem:
    (issue,) = (one for one in tracker.production.issues.values() if one.title.startswith("Incident reviews"))
    return issue


def test_the_week_s_issue_keeps_the_page_of_monday_and_gets_one_line(desk: Desk, tracker: Tracker) -> None:
    assert night(desk, MONDAY, "weekly") == PublishState.CREATED
    page = stamp.above(the_issue(tracker).description)
    assert page.startswith(
        "# Weekly of 2026-11-23\n\n[Late](#late)\n\n<details>\n<summary>Details of 2026-11-23</summary>"
    )
    assert night(desk, TUESDAY) == PublishState.EDITED
    assert stamp.above(the_issue(tracker).description) == f"**Since Monday:** 24 done.\n\n{page}"
    assert night(desk, TUESDAY) == PublishState.UNCHANGED
    assert night(desk, WEDNESDAY) == PublishState.EDITED
    text = the_issue(tracker).description
    assert stamp.above(text) == f"**Since Monday:** 25 done.\n\n{page}"
    mark = stamp.read(text)
    assert mark is not None
    assert (mark.as_of, mark.until, mark.edition, mark.edited) == (MONDAY, WEDNESDAY, "weekly", False)
    # a run for an earlier day comes too late
    assert night(desk, TUESDAY) == PublishState.NEWER
    # the same day has nothing to add
    assert night(desk, MONDAY) == PublishState.NEWER
    assert the_issue(tracker).description == text


def test_a_weekly_report_that_is_written_again_begins_anew(desk: Desk, tracker: Tracker) -> None:
    night(desk, MONDAY, "weekly")
    night(desk, TUESDAY)
    assert night(desk, WEDNESDAY, "weekly") == PublishState.EDITED
    assert the_issue(tracker).description.startswith("# Weekly of 2026-11-25")


def test_where_no_weekly_report_was_written_the_nightly_one_stands_there_until_it_is(
    desk: Desk, tracker: Tracker
) -> None:
    assert night(desk, MONDAY) == PublishState.CREATED
    assert night(desk, WEDNESDAY) == PublishState.EDITED
    assert the_issue(tracker).description.startswith("# Nightly of 2026-11-25")
    # the page of the week is that of Monday, even if it comes late
    assert night(desk, MONDAY, "weekly") == PublishState.EDITED
    assert the_issue(tracker).description.startswith("# Weekly of 2026-11-23")


def test_on_monday_itself_a_nightly_run_changes_nothing(desk: Desk, tracker: Tracker) -> None:
    night(desk, MONDAY, "weekly")
    text = the_issue(tracker).description
    assert night(desk, MONDAY) == PublishState.WEEKLY
    assert the_issue(tracker).description == text


@pytest.mark.parametrize(
    "change",
    [lambda text: f"Thanks!\n\n{text}", lambda text: f"{text}\n\nMore.", lambda text: text.replace("Late", "Fine")],
)
def test_what_others_wrote_into_the_page_is_not_said_again_by_the_bot(
    desk: Desk, tracker: Tracker, caplog: pytest.LogCaptureFixture, change: Any
) -> None:
    night(desk, MONDAY, "weekly")
    text = the_issue(tracker).description = change(the_issue(tracker).description)
    assert night(desk, TUESDAY) == PublishState.WEEKLY
    assert the_issue(tracker).description == text
    assert "others have changed the text of http" in caplog.text


def test_a_command_below_a_stamp_that_fits_is_not_given_with_the_rights_of_the_bot(
    desk: Desk, tracker: Tracker
) -> None:
    night(desk, MONDAY, "weekly")
    mark = stamp.read(the_issue(tracker).description)
    assert mark is not None
    forged, _ = stamp.restamped("# Weekly\n\n/promote\n", mark, until=MONDAY)
    the_issue(tracker).description = forged
    assert night(desk, TUESDAY) == PublishState.WEEKLY
    assert the_issue(tracker).description == forged


def test_the_page_of_another_audit_is_left_alone(desk: Desk, tracker: Tracker) -> None:
    night(desk, MONDAY, "weekly", audit="one")
    text = the_issue(tracker).description
    assert night(desk, TUESDAY, audit="other") == PublishState.WEEKLY
    assert the_issue(tracker).description == text


def test_an_issue_that_should_be_confidential_becomes_so_by_a_nightly_run_too(desk: Desk, tracker: Tracker) -> None:
    night(desk, MONDAY, "weekly")
    closed = {"issue": {"project": HERE, "confidential": True}}
    night(desk, TUESDAY, parts=closed)
    assert the_issue(tracker).confidential
    assert the_issue(tracker).description.startswith("**Since Monday:** 24 done.")


def test_the_wiki_has_a_page_of_each_edition_with_its_details(desk: Desk, tracker: Tracker) -> None:
    root = f"{desk.server.url}/{HERE}/-/wikis"
    assert night(desk, MONDAY, "weekly", parts=WIKI) == PublishState.CREATED
    assert night(desk, TUESDAY, parts=WIKI) == PublishState.CREATED
    pages = tracker.production.wiki
    assert set(pages) == {"Reviews", "Reviews/Details", "Reviews/Nightly", "Reviews/Nightly/Details"}
    assert pages["Reviews"].content.startswith(f"# Weekly of 2026-11-23\n\n[Late]({root}/Reviews/Details#late)\n")
    assert pages["Reviews/Nightly"].content.startswith("# Nightly of 2026-11-24")
    assert f"[the report]({root}/Reviews/Nightly)." in pages["Reviews/Nightly/Details"].content
    assert night(desk, TUESDAY, parts=WIKI) == PublishState.UNCHANGED


def test_details_that_are_new_alone_are_told(desk: Desk, tracker: Tracker) -> None:
    night(desk, MONDAY, "weekly", parts=WIKI)
    tracker.production.wiki["Reviews/Details"].content = stamp.stamped("old", kind=stamp.PAGE, as_of=MONDAY)[0]
    assert night(desk, MONDAY, "weekly", parts=WIKI) == PublishState.EDITED


def test_details_that_somebody_else_wrote_are_left_alone_and_told(desk: Desk, tracker: Tracker) -> None:
    tracker.world.now = at("2026-11-23 06:00")
    night(desk, MONDAY, "weekly", parts=WIKI)
    tracker.production.wiki["Reviews/Details"].content = "Mine."
    del tracker.production.wiki["Reviews"]
    assert "somebody else wrote" in night(desk, MONDAY, "weekly", parts=WIKI)
    assert tracker.production.wiki["Reviews"].content.startswith("# Weekly"), "page one is written all the same"


def test_a_repository_holds_both_reports_of_a_day(desk: Desk, tracker: Tracker) -> None:
    def folders() -> set[str]:
        return {name.rpartition("/")[0] for name in tracker.production.files}

    assert night(desk, MONDAY, "weekly", parts=FILES) == PublishState.CREATED
    assert night(desk, MONDAY, parts=FILES) == PublishState.CREATED
    assert night(desk, MONDAY, parts=FILES) == PublishState.UNCHANGED
    assert night(desk, TUESDAY, parts=FILES) == PublishState.CREATED
    assert folders() == {"reports/2026-11-23", "reports/2026-11-23/nightly", "reports/2026-11-24"}
    assert tracker.production.files["reports/2026-11-23/report.md"].text.startswith("# Weekly")
    # a weekly run takes the place of a nightly one of its day
    assert night(desk, TUESDAY, "weekly", parts=FILES) == PublishState.EDITED
    assert tracker.production.files["reports/2026-11-24/report.md"].text.startswith("# Weekly")


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "reports/2026-11-23/nightly"),
        ("{}", "reports/2026-11-23"),
    ],
)
def test_what_cannot_be_read_there_may_be_a_weekly_report_only_as_a_pointer(
    desk: Desk, tracker: Tracker, text: str, folder: str
) -> None:
    night(desk, MONDAY, "weekly", parts=FILES)
    place = tracker.production.files
    place["reports/2026-11-23/audit.json"] = replace(place["reports/2026-11-23/audit.json"], text=text)
    done = night(desk, MONDAY, parts=FILES)
    assert (f"{folder}/report.md" in place) is (folder.endswith("nightly") or "somebody else" in done)


def test_an_issue_beside_a_wiki_or_a_site_links_to_the_details_there(desk: Desk, tracker: Tracker) -> None:
    night(desk, MONDAY, "weekly", pages_url="https://pages.example/audit/")
    assert "[Late](https://pages.example/audit/2026-11-23/report.html)" in the_issue(tracker).description
    texts = {"report.md": "[Late](details.md#late)", "details.md": "# Details: all\n"}
    made = FinishedReport.of(
        texts, as_of=MONDAY, today=MONDAY, edition="weekly", web_url="https://git", pages_url="https://p"
    )
    issue, _ = targets(PublishSettings.model_validate(ISSUE | WIKI), made)
    assert issue.body == f"[Late](https://git/{HERE}/-/wikis/Reviews/Details#late)"  # type: ignore[attr-defined]
