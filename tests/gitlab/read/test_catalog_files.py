from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.errors import CatalogError
from audit.gitlab.read.catalog_files import CatalogTexts, read_catalog_texts
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

    assert texts.services == ("services: [ä]\n", f"acme/sre/runbooks:services/catalog.yml@{commit}")
    assert texts.teams == texts.services
    assert desk.client.requests == 1


def test_a_local_file(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "teams.yml"
    file.write_text("teams: []\n", encoding="utf-8-sig")

    assert read(desk, teams={"file": str(file)}) == CatalogTexts(teams=("teams: []\n", str(file)))
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
