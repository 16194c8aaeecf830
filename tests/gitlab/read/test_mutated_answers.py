"""A hundred cases of the bench, held against what was read: the same, or a gap more, or an error with advice."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from audit.errors import AuditError
from audit.model import Records
from tests.bench.mutated_answers import Case, cases, client_of, sandbox
from tests.examples import MORE, is_thorough
from tests.worlds.disturbed import Clock, pulled

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.sandbox.wire import Reply, Request

SEED, COUNT, GROUP = 20261123, 100 * (MORE if is_thorough() else 1), 20


def read_with(answer: Callable[[Request], Reply]) -> Records | AuditError:
    clock = Clock()
    with client_of(answer, clock) as client:
        return pulled(client)


@cache
def usual() -> Records:
    records = read_with(sandbox())
    assert isinstance(records, Records)
    return alike(records)


@cache
def chosen() -> tuple[Case, ...]:
    return tuple(cases(COUNT, SEED))


def alike(records: Records) -> Records:
    """Return the records without what may differ: the server's port, and the order of events at one instant."""
    issues = (replace(one, label_events=tuple(sorted(one.label_events, key=repr))) for one in records.issues)
    return replace(records, hosts=(), issues=tuple(issues))


def explained(records: Records) -> bool:
    """Tell whether a gap or an unasked place says that something was not read."""
    return set(records.gaps) > set(usual().gaps) or set(records.unasked) > set(usual().unasked)


def holds(case: Case) -> bool:
    records = read_with(case.reply)
    return isinstance(records, AuditError) or alike(records) == usual() or explained(records)


@pytest.mark.parametrize("group", range(COUNT // GROUP))
def test_a_value_of_another_type_changes_nothing_without_a_word(group: int) -> None:
    assert [str(case) for case in chosen()[group * GROUP : (group + 1) * GROUP] if not holds(case)] == []
