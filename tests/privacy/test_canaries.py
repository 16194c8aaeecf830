"""No word of a confidential record is in what a run writes: random trackers, over HTTP, with ``--apply -v``."""

from __future__ import annotations

import pytest

from tests.worlds.generated.canaries import leaks

pytestmark = pytest.mark.no_cover  # long ways through what other tests measure


@pytest.mark.parametrize("first", [0, 5, 10, 15])
def test_no_word_of_a_confidential_record_leaves_a_run(first: int) -> None:
    assert [leak for seed in range(first, first + 5) for leak in leaks(seed)] == []
