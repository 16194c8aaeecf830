"""Whom a note pings: what GitLab would take for a mention once the note is rendered."""

from __future__ import annotations

import pytest

from audit.reminders.rendered_mentions import pinged


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Hello @alice and @g/team.", {"alice", "g/team"}),
        ("Hello `@alice`.", set()),
        ("```\n@alice\n```\n\n@bob", {"bob"}),
        ("    @alice\n\n@bob", {"bob"}),
        ("<p>@alice</p>", {"alice"}),
        ("> @alice", {"alice"}),
    ],
)
def test_what_pings(text: str, names: set[str]) -> None:
    assert pinged(text) == names
