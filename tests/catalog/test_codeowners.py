"""CODEOWNERS: who owns the whole of a project."""

from __future__ import annotations

import pytest

from audit.catalog.codeowners import owner_of_all


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        pytest.param("* @acme/sre\n", "acme/sre", id="a group"),
        pytest.param("* @ann @acme/sre\n", "ann", id="the first"),
        pytest.param("# all\n\n  *   @acme/sre  # us\n", "acme/sre", id="comments and blanks"),
        pytest.param("* @one\n* @two\n", "two", id="the last entry"),
        pytest.param("* @one\n*.md @two\ndocs/ @three\n", "one", id="entries of some files"),
        pytest.param("*.md @two\n", "", id="of some files only"),
        pytest.param("/ @one\n", "one", id="the root"),
        pytest.param("/**/* @one\n", "one", id="any file"),
        pytest.param("* ann@shop.example @one\n", "one", id="a mail address"),
        pytest.param("* @@maintainer\n", "", id="a role"),
        pytest.param("[Code] @acme/sre\n*\n", "acme/sre", id="the owners of a section"),
        pytest.param("^[Code][2] @acme/sre\n*.py\n* @one\n", "one", id="an optional section with approvals"),
        pytest.param("*.md @x\n[A]\ndocs/ @a\n[B] @b\n*\n[C]\n* @c\n", "b", id="the first section that covers all"),
        pytest.param("[Code] @acme/sre\n", "", id="a section without entries"),
        pytest.param("[a-z].md @x\n* @one\n", "one", id="a bracket that is no section"),
        pytest.param("*\n", "", id="nobody"),
        pytest.param("", "", id="empty"),
    ],
)
def test_the_owner_of_everything(text: str, owner: str) -> None:
    assert owner_of_all(text) == owner
