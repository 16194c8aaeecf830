"""Real issues and catalogues, and GitLab's own schema: they are not shipped; AUDIT_CORPUS names the folder of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

NAMED = os.environ.get("AUDIT_CORPUS")  # noqa: TID251 - of the tests, not of the program
LACKING = "needs real issues, which are not shipped: where you have them, set AUDIT_CORPUS to their folder"
CORPUS = Path(NAMED or "/nowhere") / "corpus"
"""Of public issues."""

needs_corpus = pytest.mark.skipif(not NAMED, reason=LACKING)


def reference(part: str) -> Path:
    """Return a folder of it, or skip the test."""
    if not NAMED:
        pytest.skip(LACKING)
    return Path(NAMED) / part
