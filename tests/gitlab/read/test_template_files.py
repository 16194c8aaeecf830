"""The templates of review projects and local files, over real HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read.template_files import holding_reviews, read_templates
from tests.gitlab.conftest import HERE, settings
from tests.sandbox import faults

if TYPE_CHECKING:
    from pathlib import Path

    from audit.gitlab.read.template_files import Templates
    from tests.gitlab.conftest import Desk, Open, Tracker

FOLDER = ".gitlab/issue_templates"
TREE = "/repository/tree"


def read(desk: Desk, *projects: str, **review: Any) -> Templates:
    return read_templates(desk.client, settings(review=review), projects or (HERE,))


def test_every_markdown_file_of_the_folder_is_read(tracker: Tracker, desk: Desk) -> None:
    tracker.production.file(f"{FOLDER}/review.md", "\ufeff# Summary\n\nWrite an ä here.\n")
    tracker.production.file(f"{FOLDER}/incident.md", "# Impact\n")
    tracker.production.file(f"{FOLDER}/old/review.md", "# Old\n")
    tracker.production.file(f"{FOLDER}/notes.txt", "no template\n")
    tracker.production.file("README.md", "no template\n")

    read_all = read(desk)

    assert read_all.texts == {HERE: ("# Impact\n", "# Summary\n\nWrite an ä here.\n")}
    assert read_all.files == (f"{HERE}:{FOLDER}/incident.md", f"{HERE}:{FOLDER}/review.md")
    assert read_all.gaps == ()
    assert "Summary" not in repr(read_all)
    assert desk.client.requests == 3


def test_a_long_folder_is_read_to_its_end(tracker: Tracker, desk: Desk) -> None:
    for n in range(120):
        tracker.production.file(f"{FOLDER}/{n:03}.md", f"Template {n}")

    assert len(read(desk).texts[HERE]) == 120


def test_what_several_projects_share_is_read_once(tracker: Tracker, desk: Desk) -> None:
    for path in ("acme/sre/one", "acme/sre/two"):
        tracker.world.project(path).file(f"{FOLDER}/review.md", "the same")

    shared = read(desk, "acme/sre/two", "acme/sre/one")

    assert shared.texts == {"acme/sre/one": ("the same",), "acme/sre/two": ("the same",)}
    assert shared.files == (f"acme/sre/one:{FOLDER}/review.md", f"acme/sre/two:{FOLDER}/review.md")
    asked = [request.path for request in desk.server.requests if "/files/" in request.path]
    assert asked == ["/api/v4/projects/acme%2Fsre%2Fone/repository/files/.gitlab%2Fissue_templates%2Freview.md"]


@pytest.mark.parametrize("folder", ["docs/forms", "docs/forms/"])
def test_another_folder(tracker: Tracker, desk: Desk, folder: str) -> None:
    tracker.production.file("docs/forms/review.md", "ours")

    assert read(desk, templates=folder).texts == {HERE: ("ours",)}


@pytest.mark.parametrize("holds", ["nothing", "other files"])
def test_no_folder_is_no_gap(tracker: Tracker, desk: Desk, holds: str) -> None:
    if holds == "other files":
        tracker.production.file("README.md", "hello")

    missing = read(desk)

    assert (missing.texts, missing.files, missing.gaps) == ({}, (), ())
    assert desk.client.requests == 1


def test_an_empty_setting_asks_for_nothing(tracker: Tracker, desk: Desk) -> None:
    tracker.production.file(f"{FOLDER}/review.md", "text")

    assert read(desk, templates="").texts == {}
    assert desk.client.requests == 0


def test_a_repository_that_may_not_be_read_is_a_gap_that_says_what_to_do(tracker: Tracker, open_desk: Open) -> None:
    guest = tracker.world.user("guest")
    tracker.world.member(tracker.production, guest, 10)
    tracker.world.token("glpat-guest", user=guest, scopes=("read_api",))

    (gap,) = read(open_desk(tracker.world, token="glpat-guest")).gaps

    assert (gap.ref, gap.what, gap.could_change_a_verdict) == (HERE, "templates", False)
    assert "GitLab forbids it (GET /projects/acme%2Fsre%2Fproduction/repository/tree: 403, 403 Forbidden)" in gap.why
    assert "set `review.templates` to an empty text" in gap.why


@pytest.mark.parametrize("path", [TREE, "/repository/files/"])
def test_a_server_that_fails_is_a_gap_and_the_rest_is_read(tracker: Tracker, desk: Desk, path: str) -> None:
    tracker.production.file(f"{FOLDER}/review.md", "lost")
    tracker.world.project("acme/sre/other").file(f"{FOLDER}/review.md", "found")
    desk.server.fault(faults.html_status(502, "Bad Gateway"), path=f"production.*{path}", times=None)

    partly = read(desk, HERE, "acme/sre/other")

    assert partly.texts == {"acme/sre/other": ("found",)}
    assert [(gap.ref, gap.what) for gap in partly.gaps] == [(HERE, "templates")]
    assert "the server failed" in partly.gaps[0].why


def test_a_file_deleted_meanwhile_is_none(tracker: Tracker, desk: Desk) -> None:
    tracker.production.file(f"{FOLDER}/review.md", "gone")
    desk.server.fault(faults.json_status(404, {"message": "404 File Not Found"}), path="/repository/files/")

    gone = read(desk)

    assert (gone.texts, gone.gaps) == ({}, ())


def test_what_concerns_everything_ends_the_audit(desk: Desk) -> None:
    desk.server.fault(faults.json_status(401, {"message": "401 Unauthorized"}), path=TREE, times=None)

    with pytest.raises(RequestError) as error:
        read(desk)

    assert error.value.cause is Cause.TOKEN


def test_a_large_file_pointer_is_no_template(tracker: Tracker, desk: Desk) -> None:
    tracker.production.file(f"{FOLDER}/review.md", "version https://git-lfs.github.com/spec/v1\n")

    (gap,) = read(desk).gaps

    assert gap.why == f"{FOLDER}/review.md is kept in Git LFS"


def test_local_files(desk: Desk, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    good.write_text("ours", encoding="utf-8")
    bad.write_bytes(b"\xff\xfe")
    names = [str(good), str(bad), str(tmp_path / "none.md"), str(good)]

    local = read(desk, templates="", template_files=names)

    assert local.texts == {HERE: ("ours",)}
    assert local.files == (str(good),)
    assert [(gap.ref, gap.why) for gap in local.gaps] == [
        (str(bad), "it is not UTF-8 text"),
        (str(tmp_path / "none.md"), "the file cannot be read: No such file or directory"),
    ]


def test_the_pull_reads_them_where_reviews_were_read(tracker: Tracker, desk: Desk) -> None:
    for path in (HERE, "acme/sre/empty", "acme/sre/runbooks"):
        project = tracker.world.projects.get(path) or tracker.world.project(path)
        project.file(f"{FOLDER}/review.md", f"of {path}")
    tracker.review()
    chosen = settings(projects={"incidents": [HERE, "acme/sre/empty"]})

    records = desk.pull(chosen)

    assert records.templates == {HERE: (f"of {HERE}",)}
    assert "of acme" not in repr(records)


def test_gaps_of_templates_are_told_with_the_others(tracker: Tracker, desk: Desk) -> None:
    tracker.review()
    desk.server.fault(faults.html_status(502, "Bad Gateway"), path=TREE, times=None)

    records = desk.pull()

    assert [(gap.ref, gap.what) for gap in records.gaps] == [(HERE, "templates")]
    assert records.templates == {}


@pytest.mark.parametrize(
    ("where", "expected"), [("issue", ["acme/sre/looks"]), ("inline", [HERE, "acme/sre/looks"]), ("both", None)]
)
def test_whose_templates(tracker: Tracker, desk: Desk, where: str, expected: list[str] | None) -> None:
    tracker.world.project("acme/sre/looks")
    projects = {"incidents": [HERE], "reviews": ["acme/sre/looks"]}
    chosen = settings(projects=projects, review={"where": where})

    held = holding_reviews(chosen, desk.preflight(chosen).projects)

    assert sorted(held) == sorted(expected or [HERE, "acme/sre/looks"])
