"""A catalogue of several files: what is named is an error where it is broken, what a pattern found is a gap."""

from __future__ import annotations

import pytest

from audit.catalog.catalog_file import CatalogText, parse
from audit.errors import CatalogError
from tests.catalog.catalog_files import ENTITY, component, group


def found(text: str, origin: str = "a.yaml") -> CatalogText:
    return CatalogText(text=text, origin=origin, found=True)


def named(text: str, origin: str = "n.yaml") -> CatalogText:
    return CatalogText(text=text, origin=origin)


def test_services_and_teams_of_several_files() -> None:
    catalog = parse(
        [named(component("a")), found(component("b") + "---\n" + group("team-a"))], [found(group("x"), "t.yaml")]
    )

    assert [(one.name, str(one.place)) for one in catalog.services] == [("a", "n.yaml:1"), ("b", "a.yaml:1")]
    assert [team.name for team in catalog.teams] == ["team-a", "x"]
    assert catalog.origin == "n.yaml, a.yaml, t.yaml"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: 'b", "is no YAML: line 1, column 4: what is opened here is never closed: a quote or a bracket is missing"),
        (component("''"), "1: what begins here has the form of Backstage but no name"),
    ],
)
def test_a_broken_file_that_a_pattern_found_is_a_gap(text: str, why: str) -> None:
    catalog = parse([found(component("a")), found(text, "b.yaml")])

    assert [one.name for one in catalog.services] == ["a"]
    assert [(gap.ref, gap.what, gap.why) for gap in catalog.unread] == [("b.yaml", "catalogue", why)]
    with pytest.raises(CatalogError):
        parse([found(component("a")), named(text)])


@pytest.mark.parametrize("text", ["apiVersion: ${{ values.api }}: x\n", component("${{ values.name }}")])
def test_the_skeleton_of_a_template_is_passed_over(text: str) -> None:
    catalog = parse([found(component("a")), found(text, "skeleton/catalog-info.yaml")])

    assert [one.name for one in catalog.services] == ["a"]
    assert catalog.unread == ()


@pytest.mark.parametrize("text", ["", "a: 1\n", group("x"), component(kind="API")])
def test_files_without_a_service(text: str) -> None:
    assert [one.name for one in parse([found(component("a")), found(text, "b.yaml")]).services] == ["a"]
    with pytest.raises(CatalogError, match=r"no service is in any of the 2 files .*: a\.yaml, b\.yaml"):
        parse([found(text), found(text, "b.yaml")])


def test_a_root_and_the_files_that_it_lists_are_complete() -> None:
    root = f"{ENTITY}kind: Location\nmetadata: {{name: r}}\nspec: {{targets: [./a/i.yaml, ./b/i.yaml]}}\n"
    files = [found(root, "g/p:i.yaml@1"), found(component("a"), "g/p:a/i.yaml@1")]

    assert parse(files).unfollowed == ("g/p:i.yaml:1 lists 1 file that `catalog.services` does not name: ./b/i.yaml",)
    assert parse([*files, found(component("b"), "g/p:b/i.yaml@1")]).unfollowed == ()


def test_an_address_outside_of_repositories_is_no_file_that_was_read() -> None:
    address = "https://catalog.example/i.yaml"
    root = f"{ENTITY}kind: Location\nmetadata: {{name: r}}\nspec: {{target: {address}}}\n"
    files = [found(root, "g/p:i.yaml@1"), found(component("a"), "g/p:a/i.yaml@1")]
    assert parse(files).unfollowed == (f"g/p:i.yaml:1 lists 1 file that `catalog.services` does not name: {address}",)
