"""Attack strings in every field of every output: nothing is alive. `python -m tests.bench.attacks` tries each of them.

Here each field gets a few strings, and each string is in a few fields, so that it takes seconds.
"""

from __future__ import annotations

import pytest

from audit.report.formats import FORMATS
from tests.attack_strings import ATTACKS
from tests.attacks import alive
from tests.attacks.outputs import of_report, of_tracker
from tests.attacks.planting import Planter

ROWS = 8


def test_nothing_is_alive_in_what_is_made_of_a_report() -> None:
    planter = Planter(rows=ROWS)
    found = {one.name: one.alive for one in of_report(planter)}
    assert {name: (words, *map(planter.suspects, words)) for name, words in found.items() if words} == {}
    assert len(found) > 10
    assert len(planter.planted) > 150, "the fields of the View"
    assert planter.pairs > len(ATTACKS)


def test_nothing_is_alive_in_what_is_made_of_a_tracker() -> None:
    planter = Planter(rows=ROWS, start=ROWS)
    outputs = list(of_tracker(planter))
    found = [(one.name, words, planter.suspects(words)) for one in outputs for words in one.alive]
    assert found == []
    kinds = {one.name for one in outputs}
    assert {"reminder", "status note", "answer", "folded reminder", "explain", "log", "archive"} <= kinds


def test_every_file_of_the_output_folder_is_looked_at() -> None:
    assert {one.name for one in FORMATS} | {"reminders.json"} == set(alive.BY_FILE)


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (alive.markdown, "see @all"),
        (alive.markdown, "see g/p#1 and :tada:"),
        (alive.markdown, "commit deadbeef12"),
        (alive.markdown, "![x](https://evil.example/x.png)"),
        (alive.markdown, "<script>x</script>"),
        (alive.markdown, "a\n\n/close\n"),
        (alive.markdown, "a\n\n<!-- incident-review-audit:v1 {} -->\n"),
        (alive.markdown, "a\u202eb"),
        (alive.note, "words without a marker @all"),
        (alive.note, '<!-- incident-review-audit:v1 {} -->\nwords\n\n<!-- incident-review-audit:v1 {"a": 1} -->'),
        (alive.html, "<p onclick=x>a</p>"),
        (alive.html, "<p><a href='javascript:x'>a</a></p>"),
        (alive.html, "<blink>a</blink>"),
        (alive.html, "<p>a"),
        (alive.data, '{"a": ["b\\u202e"]}'),
        (alive.data, '{"a\\u0000": 1}'),
        (alive.job_links, '{"a": [{"external_link": {"label": "x", "url": "javascript:x"}}]}'),
        (alive.table, "a,=1+1\r\n"),
        (alive.table, 'a,"b;=1+1"\r\n'),
        (alive.table, "a,\u200b=1\r\n"),
        (alive.suites, "<testsuites><script/></testsuites>"),
        (alive.metrics, "a 1\nb\n# EOF\n"),
        (alive.lines, "a\n/close"),
        (alive.lines, "::error::x"),
        (alive.lines, "a\x1b[0m"),
    ],
)
def test_what_is_alive_would_be_found(check: object, text: str) -> None:
    assert callable(check)
    assert check(text) != []
