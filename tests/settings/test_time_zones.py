"""The zone of the settings: a name of the IANA database, and what is proposed for another one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from audit.settings import time_zones
from audit.settings.time_zones import known_zone


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "CET", "EST", "Etc/GMT-2"])
def test_names_of_the_database(name: str) -> None:
    assert known_zone(name) == name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("CEST", "write Europe/Berlin", id="a summer time"),
        pytest.param("cest", "write Europe/Berlin", id="in small letters"),
        pytest.param("BST", "write Europe/London", id="another summer time"),
        pytest.param("PDT", "write America/Los_Angeles", id="of the Pacific"),
        pytest.param("IST", "write Europe/Dublin or Asia/Kolkata, whichever", id="of two places"),
        pytest.param("CST", "write America/Chicago or Asia/Shanghai, whichever", id="of two continents"),
        pytest.param("UTC+2", "is no time zone but an offset", id="an offset"),
        pytest.param("+02:00", "is no time zone but an offset", id="a bare offset"),
        pytest.param("GMT -5", "is no time zone but an offset", id="an offset with a blank"),
        pytest.param("Europe/Berln", "did you mean Europe/Berlin?", id="a slip"),
        pytest.param(
            "europe/berlin",
            "did you mean Europe/Berlin?",
            id="case",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="files have no case there"),
        ),
        pytest.param("Berlin", "did you mean Europe/Berlin?", id="a city"),
        pytest.param("America/New York", "did you mean America/New_York?", id="a blank"),
        pytest.param("new york", "did you mean America/New_York?", id="a city of two words"),
        pytest.param("Buenos Aires", "/Buenos_Aires?", id="a city of a country"),
    ],
)
def test_what_is_proposed(name: str, words: str) -> None:
    with pytest.raises(ValueError, match="time zone") as refused:
        known_zone(name)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "name", ["XST", "ESTX", "CES", "Mars/Olympus_Mons", "nowhere", "../etc/passwd", "Europe/", "a\0"]
)
def test_no_zone_is_proposed_by_its_letters(name: str) -> None:
    with pytest.raises(ValueError, match="like Europe/Berlin, or UTC") as refused:
        known_zone(name)
    assert "did you mean" not in str(refused.value)


def test_every_proposal_is_a_zone() -> None:
    for place in time_zones._LETTERS:
        assert known_zone(place) == place


def test_a_machine_without_a_database_has_that_of_the_package() -> None:
    code = "from audit.settings.time_zones import known_zone; print(known_zone('Europe/Berlin'))"
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", code], env={"PYTHONTZPATH": "/nonexistent"}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "Europe/Berlin"


def test_without_any_database_that_is_what_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_zones, "available_timezones", set)
    with pytest.raises(ValueError, match="no database of time zones: install the package tzdata"):
        known_zone("Europe/Nowhere")
