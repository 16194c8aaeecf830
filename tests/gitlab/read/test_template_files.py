"""The templates of review projects and local files, over real HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read.template_files import holding_reviews, is_review_template, read_templates
from tests.gitlab.conftest import HERE, at, settings
from tests.sandbox import faults

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from audit.gitlab.read.template_files import Templates
    from audit.model import TemplateEdition
    from tests.gitlab.conftest import Desk, Open, Tracker

FOLDER = ".gitlab/issue_templates"
TREE = "/repository/tree"


def texts(editions: Mapping[str, tuple[TemplateEdition, ...]]) -> dict[str, tuple[str, ...]]:
    return {project: tuple(one.text for one in found) for project, found in editions.items()}


def read(desk: Desk, *projects: str, **review: Any) -> Templates:
    return read_templates(desk.client, settings(review=review), dict.fromkeys(projects or (HERE,), ()))


def test_every_template_of_reviews_in_the_folder_is_read(tracker: Tracker, desk: Desk) -> None:
    tracker.production.file(f"{FOLDER}/incident_review.md", "\ufeff# Summary\n\nWrite an ä here.\n")
    tracker.production.file(f"{FOLDER}/rca.md", "# Impact\n")
    tracker.production.file(f"{FOLDER}/bug.md", "no template of reviews\n")
    tracker.production.file(f"{FOLDER}/old/incident_review.md", "# Old\n")
    tracker.production.file(f"{FOLDER}/rca.txt", "no template\n")
    tracker.production.file("README.md", "no template\n")

    read_all = read(desk)

    assert texts(read_all.editions) == {HERE: ("# Summary\n\nWrite an ä here.\n", "# Impact\n")}
    assert read_all.files == (f"{HERE}:{FOLDER}/incident_review.md", f"{HERE}:{FOLDER}/rca.md")
    assert read_all.gaps == ()
    assert "Summary" not in repr(read_all)
    assert desk.client.requests == 3


@pytest.mark.parametrize(
    ("file", "names", "is_one"),
    [
        *((name, (), True) for name in ("incident_review.md", "Incident Review.md", "review-of-incident.md", "RCA.md")),
        *((name, (), True) for name in ("postmortem.md", "post-mortem.md", "PostMortem.md", "Post_Mortem_API.md")),
        *((name, (), True) for name in ("retro.md", "team-retrospective.md", "IncidentReview.md", "sev1 rca.md")),
        *((name, (), False) for name in ("incident.md", "review.md", "bug.md", "retros.md", "post.md")),
        *((name, ("lessons", "Outage.md"), True) for name in ("lessons.md", "Lessons.md", "outage.md")),
        *((name, ("lessons", "Outage.md"), False) for name in ("rca.md", "lessons-old.md", "incident_review.md")),
        ("lessons.md", (".gitlab/issue_templates/lessons.md",), True),
    ],
)  # fmt: skip
def test_which_files_are_templates_of_reviews(file: str, names: tuple[str, ...], is_one: bool) -> None:
    assert is_review_template(file, names) is is_one


def test_a_template_that_the_settings_name(tracker: Tracker, desk: Desk) -> None:
    tracker.production.file(f"{FOLDER}/rca.md", "by its name")
    tracker.production.file(f"{FOLDER}/lessons.md", "by the settings")

    assert texts(read(desk, template="lessons").editions) == {HERE: ("by the settings",)}


class Edited:
    """A template with an edition of each month from January to June, and one more file."""

    def __init__(self, tracker: Tracker) -> None:
        for month in range(1, 7):
            self.commit(tracker, {f"{FOLDER}/rca.md": f"# Edition {month}"}, month)
        self.commit(tracker, {"README.md": "hello"}, 6)

    def commit(self, tracker: Tracker, files: dict[str, str | None], month: int) -> None:
        when = at(f"2026-{month:02}-01 12:00")
        tracker.production.commit(files, message="Edit", by=tracker.anna, at=when)


def since(templates: Templates) -> list[tuple[str, str]]:
    return [(f"{one.since:%m-%d}" if one.since else "", one.text) for one in templates.editions.get(HERE, ())]


def test_editions_in_force_when_a_review_was_opened(tracker: Tracker, desk: Desk) -> None:
    Edited(tracker)
    opened = {
        HERE: {at("2026-02-01 11:59"), at("2026-01-20 00:00"), at("2026-04-01 12:00"), at("2025-12-01 00:00")}
    }  # before the first

    found = read_templates(desk.client, settings(), opened)

    assert since(found) == [("01-01", "# Edition 1"), ("04-01", "# Edition 4"), ("06-01", "# Edition 6")]
    # the folder, the commits of the file, and three editions
    assert (desk.client.requests, found.gaps) == (5, ())
    assert desk.server.requests[1].query["first_parent"] == "true"


def test_one_commit_in_two_projects_is_read_once(tracker: Tracker, desk: Desk) -> None:
    Edited(tracker)
    fork = tracker.world.project("acme/sre/fork")
    fork.files.update(tracker.production.files)
    fork.commits += tracker.production.commits
    moment = {at("2026-03-20 00:00")}

    found = read_templates(desk.client, settings(), {HERE: moment, "acme/sre/fork": moment})

    assert texts(found.editions) == dict.fromkeys((HERE, "acme/sre/fork"), ("# Edition 3", "# Edition 6"))
    assert desk.client.requests == 1 + 2 + 2


def test_what_came_before_a_file_was_renamed_counts_as_its_first_edition(tracker: Tracker, desk: Desk) -> None:
    """GitLab lists the commits of the former name too, and has no file of this name in them."""
    for month, text in ((1, "former"), (2, None), (3, "# Edition 3"), (4, "# Edition 4")):
        when = at(f"2026-{month:02}-01 12:00")
        tracker.production.commit({f"{FOLDER}/rca.md": text}, message="Edit", by=tracker.anna, at=when)
    opened = {HERE: {at("2026-02-20 00:00"), at("2026-03-20 00:00")}}

    found = read_templates(desk.client, settings(), opened)

    assert since(found) == [("02-01", "# Edition 3"), ("03-01", "# Edition 3"), ("04-01", "# Edition 4")]
    assert found.gaps == ()


@pytest.mark.parametrize("path", ["/repository/commits", "/repository/files/"])
def test_editions_that_cannot_be_read_are_a_gap(tracker: Tracker, desk: Desk, path: str) -> None:
    Edited(tracker)
    desk.server.fault(faults.html_status(502, "Bad Gateway"), path=path, times=None)

    found = read_templates(desk.client, settings(), {HERE: {at("2026-02-20 00:00")}})

    assert found.editions == {}
    assert [(gap.ref, gap.what) for gap in found.gaps] == [(HERE, "templates")]


def test_the_pull_reads_the_editions_of_the_reviews_only(tracker: Tracker, desk: Desk) -> None:
    Edited(tracker)
    tracker.incident(created="2026-02-20 10:00")
    tracker.review(created="2026-03-20 10:00")

    chosen = {"review": {"where": "both"}}
    assert [one.text for one in desk.pull().templates[HERE]] == ["# Edition 3", "# Edition 6"]
    assert [one.text for one in desk.pull(settings(**chosen)).templates[HERE]] == [
        *("# Edition 2", "# Edition 3", "# Edition 6"),
    ]


def test_a_long_folder_is_read_to_its_end(tracker: Tracker, desk: Desk) -> None:
    for n in range(120):
        tracker.production.file(f"{FOLDER}/rca-{n:03}.md", f"Template {n}")

    assert len(read(desk).editions[HERE]) == 120


def test_what_several_projects_share_is_read_once(tracker: Tracker, desk: Desk) -> None:
    for path in ("acme/sre/one", "acme/sre/two"):
        tracker.world.project(path).file(f"{FOLDER}/incident_review.md", "the same")

    shared = read(desk, "acme/sre/two", "acme/sre/one")

    assert texts(shared.editions) == {"acme/sre/one": ("the same",), "acme/sre/two": ("the same",)}
    assert shared.files == (f"acme/sre/one:{FOLDER}/incident_review.md", f"acme/sre/two:{FOLDER}/incident_review.md")
    asked = [request.path for request in desk.server.requests if "/files/" in request.path]
    assert asked == [
        "/api/v4/projects/acme%2Fsre%2Fone/repository/files/.gitlab%2Fissue_templates%2Fincident_review.md"
    ]


@pytest.mark.parametrize("folder", ["docs/forms", "docs/forms/"])
def test_another_folder(tracker: Tracker, desk: Desk, folder: str) -> None:
    tracker.production.file("docs/forms/incident_review.md", "ours")

    assert texts(read(desk, templates=folder).editions) == {HERE: ("ours",)}


@pytest.mark.parametrize("holds", ["nothing", "other files"])
def test_no_folder_is_no_gap(tracker: Tracker, desk: Desk, holds: str) -> None:
    if holds == "other files":
        tracker.production.file("README.md", "hello")

    missing = read(desk)

    assert (missing.editions, missing.files, missing.gaps) == ({}, (), ())
    assert desk.client.requests == 1


def test_an_empty_setting_asks_for_nothing(tracker: Tracker, desk: Desk) -> None:
    tracker.production.file(f"{FOLDER}/incident_review.md", "text")

    assert read(desk, templates="").editions == {}
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
    tracker.production.file(f"{FOLDER}/incident_review.md", "lost")
    tracker.world.project("acme/sre/other").file(f"{FOLDER}/incident_review.md", "found")
    desk.server.fault(faults.html_status(502, "Bad Gateway"), path=f"production.*{path}", times=None)
    desk.server.fault(faults.html_status(502, "Bad Gateway"), operation="Folders", times=None)

    partly = read(desk, HERE, "acme/sre/other")

    assert texts(partly.editions) == {"acme/sre/other": ("found",)}
    assert [(gap.ref, gap.what) for gap in partly.gaps] == [(HERE, "templates")]
    assert "the server failed" in partly.gaps[0].why


def test_a_file_deleted_meanwhile_is_none(tracker: Tracker, desk: Desk) -> None:
    tracker.production.file(f"{FOLDER}/incident_review.md", "gone")
    desk.server.fault(faults.json_status(404, {"message": "404 File Not Found"}), path="/repository/files/")

    gone = read(desk)

    assert (gone.editions, gone.gaps) == ({}, ())


def test_what_concerns_everything_ends_the_audit(desk: Desk) -> None:
    desk.server.fault(faults.json_status(401, {"message": "401 Unauthorized"}), path=TREE, times=None)

    with pytest.raises(RequestError) as error:
        read(desk)

    assert error.value.cause is Cause.TOKEN


def test_a_large_file_pointer_is_no_template(tracker: Tracker, desk: Desk) -> None:
    tracker.production.file(f"{FOLDER}/incident_review.md", "version https://git-lfs.github.com/spec/v1\n")

    (gap,) = read(desk).gaps

    assert gap.why == f"{FOLDER}/incident_review.md is kept in Git LFS"


def test_local_files(desk: Desk, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    good.write_text("ours", encoding="utf-8")
    bad.write_bytes(b"\xff\xfe")
    names = [str(good), str(bad), str(tmp_path / "none.md"), str(good)]

    local = read(desk, templates="", template_files=names)

    assert texts(local.editions) == {HERE: ("ours",)}
    assert local.files == (str(good),)
    assert [(gap.ref, gap.why) for gap in local.gaps] == [
        (str(bad), "it is not UTF-8 text"),
        (str(tmp_path / "none.md"), "the file cannot be read: No such file or directory"),
    ]


def test_the_pull_reads_them_where_reviews_were_read(tracker: Tracker, desk: Desk) -> None:
    for path in (HERE, "acme/sre/empty", "acme/sre/runbooks"):
        project = tracker.world.projects.get(path) or tracker.world.project(path)
        project.file(f"{FOLDER}/incident_review.md", f"of {path}")
    tracker.review()
    chosen = settings(projects={"incidents": [HERE, "acme/sre/empty"]})

    records = desk.pull(chosen)

    assert texts(records.templates) == {HERE: (f"of {HERE}",)}
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


# What an earlier pull read


def test_a_file_that_has_not_changed_is_not_read_again(tracker: Tracker, desk: Desk) -> None:
    tracker.production.file(f"{FOLDER}/incident_review.md", "## Summary\n")
    opened = {HERE: {at("2026-11-03 10:00")}}
    first = read_templates(desk.client, settings(), opened)
    before = desk.client.requests

    second = read_templates(desk.client, settings(), opened, first.pulled, at("2026-11-04 00:00"))

    assert second == first
    assert desk.client.requests - before == 1


def test_a_file_that_changed_and_changed_back_is_read_again_for_a_later_review(tracker: Tracker, desk: Desk) -> None:
    path, known_at = f"{FOLDER}/incident_review.md", at("2026-11-04 00:00")
    tracker.production.file(path, "## Summary\n")
    first = read_templates(desk.client, settings(), {HERE: {at("2026-11-03 10:00")}})
    for day, text in (("2026-11-20 10:00", "## Narrative\n"), ("2026-11-21 10:00", "## Summary\n")):
        tracker.production.commit({path: text}, message="x", by=tracker.anna, at=at(day))
    opened = {HERE: {at("2026-11-03 10:00"), at("2026-11-20 12:00")}}

    second = read_templates(desk.client, settings(), opened, first.pulled, known_at)

    assert second == read_templates(desk.client, settings(), opened)
    assert any("Narrative" in edition.text for edition in second.editions[HERE])


def test_a_file_that_changed_is_read_again(tracker: Tracker, desk: Desk) -> None:
    tracker.production.file(f"{FOLDER}/incident_review.md", "## Summary\n")
    opened = {HERE: {at("2026-11-03 10:00")}}
    first = read_templates(desk.client, settings(), opened)
    text: dict[str, str | None] = {f"{FOLDER}/incident_review.md": "## Narrative\n"}
    tracker.production.commit(text, message="x", by=tracker.anna, at=at("2026-11-20 10:00"))

    second = read_templates(desk.client, settings(), opened, first.pulled, at("2026-11-04 00:00"))

    assert second == read_templates(desk.client, settings(), opened)
    assert second.editions != first.editions


@pytest.mark.parametrize("refused", [False, True])
def test_the_folders_of_several_projects_are_listed_together(tracker: Tracker, desk: Desk, refused: bool) -> None:
    other = tracker.world.project("acme/sre/other")
    tracker.world.project("acme/sre/none")
    for project in (tracker.production, other):
        project.file(f"{FOLDER}/incident_review.md", "## Summary\n")
        project.file(f"{FOLDER}/bug.md", "x")
    if refused:
        unknown = {"errors": [{"message": "Field 'tree' doesn't exist on type 'Repository'"}]}
        desk.server.fault(faults.json_status(200, unknown), operation="Folders")

    found = read(desk, HERE, "acme/sre/other", "acme/sre/none")

    assert sorted(found.editions) == [other.path, HERE]
    assert desk.server.count(path="/repository/tree") == (3 if refused else 0)
