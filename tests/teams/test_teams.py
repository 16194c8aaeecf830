"""Six teams that are not GitLab: by their settings no filled review is accused, and no untouched one passes.

Each folder has the team's whole audit.yml, and its template with slots (see tests/text/structures).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from audit.settings import load
from tests.records import audited, incident, review, template
from tests.text.structures.slots import Structure

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.model import TemplateEdition
    from audit.settings import Settings

FOLDERS = sorted(path for path in Path(__file__).parent.iterdir() if (path / "audit.yml").exists())
TEXT = {"IR007", "IR008", "IR009", "IR013", "IR016"}
"""The rules on what a review says."""
CODES = {"summary": "IR008", "narrative": "IR009"}


class Team:
    """A team's settings and template."""

    def __init__(self, folder: Path) -> None:
        self.settings: Settings = load(folder / "audit.yml")
        (path,) = folder.glob("*.md")
        written: dict[str, Any] = yaml.safe_load((folder / "audit.yml").read_text(encoding="utf-8"))
        self.structure = Structure(
            name=folder.name, source="", text=path.read_text(encoding="utf-8"), review=written["review"]
        )
        self.editions: tuple[TemplateEdition, ...] = ()
        if path.stem != "none":
            local = path.name in self.settings.review.template_files
            fields = {"origin": path.name, "project": None} if local else {"name": path.name}
            self.editions = (template(self.structure.written(lambda _: False), **fields),)

    def codes(self, *filled: Callable[[str], bool]) -> list[set[str]]:
        """Return the findings on what each of some completed reviews says."""
        names = self.settings.labels
        label, severity = names.review[0], f"{names.severity_scope}::2"
        reviews = [
            review(
                number + 10,
                of=number,
                title=f"{self.settings.review.prefixes[0].removesuffix('*')}: API errors",
                labels=(label, severity),
                closed="2026-11-05",
                description=self.structure.written(chosen),
            )
            for number, chosen in enumerate(filled, start=1)
        ]
        incidents = [incident(number, "API errors", labels=(severity,)) for number in range(1, len(filled) + 1)]
        project = reviews[0].ref.project
        result = audited(*incidents, *reviews, settings=self.settings, templates={project: self.editions})
        assert set(result.verdicts) == {"on_time"}
        found: list[set[str]] = [set() for _ in reviews]
        for finding in result.findings:
            for number, one in enumerate(reviews):
                if finding.subject == str(one.ref):
                    found[number].add(finding.code)
        return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_team_by_its_settings(folder: Path) -> None:
    team = Team(folder)
    kinds = team.structure.kinds(named=True)
    asked = sorted(set(kinds.values()) - {""})
    halves = [lambda kind, what=what: kinds[kind] == what for what in asked]
    untouched, filled, *half = team.codes(lambda _: False, lambda _: True, *halves)

    assert untouched & TEXT == {"IR016"}
    assert filled & (TEXT | {"IR004", "IR006"}) == set()
    for what, codes in zip(asked, half, strict=True):
        expected = {CODES.get(other, "IR007") for other in asked if other != what}
        assert (what, codes & TEXT) == (what, expected)


def test_there_are_six() -> None:
    assert len(FOLDERS) == 6
