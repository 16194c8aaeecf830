"""The search for circles of garbage is paused, and goes on afterwards whatever happens."""

from __future__ import annotations

import gc
from contextlib import suppress

import pytest

from audit.app.collector import collector_paused


@pytest.mark.parametrize("running", [True, False])
def test_it_is_paused_and_then_as_it_was(running: bool) -> None:
    before = gc.isenabled()
    (gc.enable if running else gc.disable)()
    try:
        assert not paused_in_a_fault()
        assert gc.isenabled() is running
    finally:
        (gc.enable if before else gc.disable)()


def paused_in_a_fault() -> bool:
    """Return whether it runs inside the pause, which a fault ends."""
    seen = [True]
    with suppress(ZeroDivisionError), collector_paused():
        seen.append(gc.isenabled())
        raise ZeroDivisionError
    return seen[-1]


def test_a_function_pauses_it_each_time() -> None:
    paused = collector_paused()(gc.isenabled)
    assert not paused()
    assert not paused()
    assert gc.isenabled()
