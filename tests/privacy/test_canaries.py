"""No word of a confidential record is in what a run writes: random trackers, over HTTP, with ``--apply -v``."""

from __future__ import annotations

import pytest

from tests.examples import is_thorough
from tests.worlds.generated.canaries import leaks

pytestmark = pytest.mark.no_cover  # long ways through what other tests measure


@pytest.mark.parametrize("seed", range(200 if is_thorough() else 4))
def test_no_word_of_a_confidential_record_leaves_a_run(seed: int) -> None:
    assert leaks(seed) == []
