from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.catalog.catalog_file import CatalogText
from audit.errors import CatalogError
from audit.gitlab.read.catalog_files import CatalogTexts, path_pattern, read_catalog_texts
from tests.gitlab.conftest import settings
from tests.sandbox import faults

if TYPE_CHECKING:
    from pathlib import Path

    from tests.gitlab.conftest import Desk, Tracker

PLACE = {"project": "acme/sre/runbooks", "path": "services/catalog.yml"}


def read(desk: Desk, **catalog: Any) -> CatalogTexts:
    return read_catalog_texts(desk.client, settings(catalog=catalog))


def test_a_file_of_a_repository(tracker: Tracker, desk: Desk) -> None:
    commit = tracker.world.project("acme/sre/runbooks").file("services/catalog.yml", "services: [ä]\n").commit_id

    texts = read(desk, services=PLACE, teams=PLACE)

    origin = f"acme/sre/runbooks:services/catalog.yml@{commit}"
    assert texts.services == (CatalogText(text="services: [ä]\n", origin=origin),)
    assert texts.teams == texts.services
    assert desk.client.requests == 1


def test_a_local_file(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "teams.yml"
    file.write_text("teams: []\n", encoding="utf-8-sig")

    assert read(desk, teams={"file": str(file)}) == CatalogTexts(
        teams=(CatalogText(text="teams: []\n", origin=str(file)),)
    )
    assert read(desk) == CatalogTexts()
    assert desk.client.requests == 0


@pytest.mark.parametrize("place", [PLACE, {"project": "no/body", "path": "x.yml"}])
def test_a_file_that_is_not_there(tracker: Tracker, desk: Desk, place: dict[str, str]) -> None:
    tracker.world.project("acme/sre/runbooks")

    with pytest.raises(
        CatalogError, match=f"no file {place['path']} at the default branch of {place['project']}"
    ) as error:
        read(desk, services=place)

    assert "`catalog`" in error.value.advice


@pytest.mark.parametrize(
    ("text", "words"), [("version https://git-lfs.github.com/spec/v1\n", "Git LFS"), ("\udcff", "UTF-8")]
)
def test_a_file_that_is_no_text(desk: Desk, tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "catalog.yml"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(CatalogError, match=words):
        read(desk, services={"file": str(file)})


def test_a_local_file_that_is_not_there(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="No such file"):
        read(desk, services={"file": str(tmp_path / "none.yml")})


def test_a_server_that_fails(desk: Desk) -> None:
    desk.server.fault(faults.html_status(502, "Bad Gateway"), times=None)

    with pytest.raises(CatalogError, match=r"cannot be read: .*the server failed"):
        read(desk, services=PLACE)


@pytest.mark.parametrize(
    ("pattern", "fits", "others"),
    [
        ("**/catalog-info.yaml", "catalog-info.yaml a/catalog-info.yaml a/b/catalog-info.yaml", "x-catalog-info.yaml"),
        ("services/*.yml", "services/a.yml", "services/a/b.yml services/a.yaml a/services/a.yml"),
        ("services/**", "services/a.yml services/a/b.yml", "services"),
        ("a?.yml", "ab.yml", "a.yml a/.yml abc.yml"),
        ("a+(b).yml", "a+(b).yml", "aab.yml"),
    ],
)
def test_what_a_pattern_fits(pattern: str, fits: str, others: str) -> None:
    assert [path for path in f"{fits} {others}".split() if path_pattern(pattern).fullmatch(path)] == fits.split()


def origins(texts: CatalogTexts) -> str:
    return " ".join(one.origin.partition("@")[0].removeprefix("acme/sre/") for one in texts.services)


def test_the_files_of_a_project_that_fit_a_pattern(tracker: Tracker, desk: Desk) -> None:
    project = tracker.world.project("acme/sre/runbooks")
    for path in ("a/catalog-info.yaml", "a/b/catalog-info.yaml", "catalog-info.yaml", "a/other.yaml"):
        project.file(path, "services: []\n")
    for number in range(120):
        project.file(f"a/c/{number}.txt", "x")

    place = {"project": "acme/sre/runbooks", "path": "**/catalog-info.yaml"}
    texts = read(desk, services=[place, PLACE | {"path": "a/other.yaml"}])

    assert [one.found for one in texts.services] == [True, True, True, False]
    assert origins(texts).split() == [
        *(f"runbooks:{path}" for path in ("a/b/catalog-info.yaml", "a/catalog-info.yaml", "catalog-info.yaml")),
        "runbooks:a/other.yaml",
    ]
    assert desk.client.requests == 2 + 4  # two pages of the tree, and each file
    assert origins(read(desk, services=place | {"path": "a/b/*.yaml"})) == "runbooks:a/b/catalog-info.yaml"


@pytest.mark.parametrize("path", ["catalog-info.yaml", "**/catalog-info.yaml"])
def test_the_files_of_a_group(tracker: Tracker, desk: Desk, path: str) -> None:
    for name in ("shop", "tools/till"):
        tracker.world.project(f"acme/sre/{name}").file("catalog-info.yaml", "services: []\n")
    tracker.world.project("acme/sre/empty")
    tracker.world.project("acme/sre/other").file("README.md", "x")

    texts = read(desk, services={"group": "acme/sre", "path": path})

    assert origins(texts) == "shop:catalog-info.yaml tools/till:catalog-info.yaml"
    assert texts.gaps == ()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"project": "acme/sre/runbooks", "path": "**/none.yaml"}, r"no file \*\*/none.yaml in acme/sre/runbooks"),
        ({"project": "no/body", "path": "*.yaml"}, r"no file \*.yaml at the default branch of no/body"),
        ({"group": "acme/sre", "path": "none.yaml"}, "no file none.yaml in acme/sre"),
        ({"group": "nobody", "path": "*.yaml"}, r"no file \*.yaml in the projects of nobody"),
        ({"file": "/nowhere/*.yaml"}, r"no local file fits /nowhere/\*.yaml"),
    ],
)
def test_a_pattern_that_finds_nothing(tracker: Tracker, desk: Desk, source: dict[str, str], words: str) -> None:
    tracker.world.project("acme/sre/runbooks").file("a.yml", "x")

    with pytest.raises(CatalogError, match=words) as error:
        read(desk, services=source)
    assert "`catalog`" in error.value.advice


def test_what_a_pattern_finds_and_cannot_be_read_is_a_gap(tracker: Tracker, desk: Desk) -> None:
    for name in ("one", "two"):
        tracker.world.project(f"acme/sre/{name}").file("catalog-info.yaml", "services: []\n")
    tracker.world.project("acme/sre/three").file("catalog-info.yaml", "version https://git-lfs.github.com/spec/v1\n")
    desk.server.fault(faults.html_status(502, "Bad Gateway"), path="one/repository", times=None)

    texts = read(desk, services={"group": "acme/sre", "path": "catalog-info.yaml"})

    assert origins(texts) == "two:catalog-info.yaml"
    assert [(gap.ref, gap.what) for gap in texts.gaps] == [
        ("acme/sre/one", "catalogue"),
        ("acme/sre/three", "catalogue"),
    ]


def test_local_files_that_fit_a_pattern(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("a.yml", "b/c.yml", "d.txt"):
        (tmp_path / name).write_text("services: []\n", encoding="utf-8")

    texts = read(desk, services={"file": f"{tmp_path}/**/*.yml"})

    assert [one.origin.removeprefix(f"{tmp_path}/") for one in texts.services] == ["a.yml", "b/c.yml"]
