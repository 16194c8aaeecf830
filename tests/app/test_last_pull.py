from __future__ import annotations

from typing import TYPE_CHECKING

from audit.app.last_pull import LastPull, prepared
from audit.gitlab.http.client import Client
from audit.settings import Connection
from audit.settings.settings import Settings
from audit.snapshot.snapshot import load
from tests.records import PROJECT, incident
from tests.snapshot.pulls import GITLAB, TOKEN, pull

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = Settings.model_validate({"projects": {"incidents": [PROJECT]}})


def test_what_lies_outside_of_the_period_is_masked_as_well(tmp_path: Path) -> None:
    secret = incident(1, "Acme lost it", description="Acme", confidential=True)
    lines: list[str] = []

    def say(message: str, *, warning: bool = False) -> None:
        lines.append(f"{message} {warning}")

    with Client(Connection.to(GITLAB, TOKEN), timeout=1, parallel=1) as client:
        last = LastPull.at(tmp_path / "x", client, SETTINGS, say)
        last.keep(prepared(pull(incident(2), left_out=(secret,)), client, SETTINGS), client, SETTINGS)
        again = LastPull.at(tmp_path / "x", client, SETTINGS, say)
    assert lines == []
    assert again.pull is not None
    assert [issue.text_kept for issue in (*again.pull.records.issues, *again.pull.left_out)] == [True, False]
    assert b"Acme" not in (tmp_path / "x").read_bytes()
    assert load(tmp_path / "x").snapshot.gitlab == GITLAB
