from __future__ import annotations

from typing import TYPE_CHECKING

from audit.app.last_pull import LastPull, prepared
from audit.gitlab.http.client import Client
from audit.settings import Connection
from audit.settings.settings import Settings
from audit.snapshot.snapshot import load
from audit.text.descriptions import Descriptions
from audit.text.placeholders import State
from tests.records import PROJECT, incident, review
from tests.snapshot.pulls import GITLAB, TOKEN, pull

if TYPE_CHECKING:
    from pathlib import Path


def say(message: str, *, warning: bool = False) -> None:
    raise AssertionError(message, warning)


SETTINGS = Settings.model_validate({"projects": {"incidents": [PROJECT]}})


def test_what_a_masked_text_says_stays_though_no_rule_asks_for_it(tmp_path: Path) -> None:
    secret = review(1, description="## Summary\n\nAcme lost it.", confidential=True)
    place = tmp_path / "x"
    with Client(Connection.to(GITLAB, TOKEN), timeout=1, parallel=1) as client:
        last = LastPull.at(place, client, SETTINGS, say)
        last.keep(prepared(pull(secret), client, SETTINGS), client, SETTINGS)
        for _night in range(2):
            last = LastPull.at(place, client, SETTINGS, say)
            assert last.pull is not None
            again = prepared(last.pull, client, SETTINGS)
            (issue,) = again.records.issues
            reader = Descriptions.of(again.records, SETTINGS, (), last.readings)
            assert not issue.text_kept
            last.keep(again, client, SETTINGS)
            assert not reader.lacks(issue)
            assert reader.read(issue).summary is State.WRITTEN


def test_what_lies_outside_of_the_period_is_masked_as_well(tmp_path: Path) -> None:
    secret = incident(1, "Acme lost it", description="Acme", confidential=True)
    with Client(Connection.to(GITLAB, TOKEN), timeout=1, parallel=1) as client:
        last = LastPull.at(tmp_path / "x", client, SETTINGS, say)
        last.keep(prepared(pull(incident(2), left_out=(secret,)), client, SETTINGS), client, SETTINGS)
        again = LastPull.at(tmp_path / "x", client, SETTINGS, say)
    assert again.pull is not None
    assert [issue.text_kept for issue in (*again.pull.records.issues, *again.pull.left_out)] == [True, False]
    assert b"Acme" not in (tmp_path / "x").read_bytes()
    assert load(tmp_path / "x").snapshot.gitlab == GITLAB
