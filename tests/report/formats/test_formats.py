"""Every output of a run is in one list, and made from a View alone."""

from __future__ import annotations

import html
import pkgutil
from dataclasses import replace
from importlib import import_module

import pytest

from audit.model import Link
from audit.report import formats
from audit.report.formats import FORMATS, texts
from audit.report.formats.format import Format
from audit.report.formats.terminal import summary
from tests import records as make
from tests.attack_strings import SPOKEN
from tests.report import world


def test_every_output_is_in_the_list() -> None:
    modules = [import_module(f"audit.report.formats.{info.name}") for info in pkgutil.iter_modules(formats.__path__)]
    written = [value for module in modules for value in vars(module).values() if isinstance(value, Format)]
    assert {output.name for output in written} == {output.name for output in FORMATS}
    assert len(FORMATS) == len({output.name for output in FORMATS})


def test_a_team_edition_has_pages_of_its_own_and_whole_data() -> None:
    whole = world.usual()
    team = replace(world.view(run=replace(world.RUN, team="sre")), gaps=())
    both, alone = texts(whole, team), texts(whole, whole)
    assert {name for name in both if both[name] != alone[name]} == {"report.md", "details.md", "report.html"}


def test_a_file_with_nothing_in_it_is_not_written() -> None:
    view = world.usual()
    assert "annotations.json" not in texts(replace(view, run=replace(view.run, url="")), view)
    assert all(texts(view, view).values())


@pytest.mark.parametrize("people_write", SPOKEN)
def test_words_and_emoji_of_people_come_through(people_write: str) -> None:
    view = world.usual()
    rows = (replace(view.incidents[0], title=people_write), *view.incidents[1:])
    named = replace(view, incidents=rows)
    made = texts(named, named)
    assert people_write in made["audit.json"]
    assert people_write in made["report.html"] or people_write in html.unescape(made["report.html"])


def test_what_to_do_about_what_is_out_of_sight_stands_once_in_each_list_of_it() -> None:
    incidents = [make.incident(iid, links=(Link(target=None),)) for iid in (1, 2, 3)]
    view = world.view(world.result(incidents, gaps=()), plan=None)
    seen = world.view(world.result([make.incident(1)], gaps=()), plan=None)
    way = "Open it as somebody who may read where it leads. If that is the review, make the bot a Reporter there."
    for made, lists in ((view, 2), (seen, 0)):
        pages = texts(made, made)
        assert "".join(text for name, text in pages.items() if name.endswith(".md")).count(way) == lists
        assert pages["report.html"].count(way) == lists
        assert summary(made, None).count(way) == min(lists, 1)
