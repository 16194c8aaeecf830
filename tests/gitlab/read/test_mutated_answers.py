"""Two hundred cases of the bench, held against what was read: the same, or a gap more, or an error with advice."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from audit.errors import AuditError
from audit.model import Records
from tests.bench.mutated_answers import Case, cases
from tests.worlds.disturbed import eve, pulled, serve

SEED, COUNT, GROUP = 20261123, 200, 20


@cache
def usual() -> Records:
    with serve(eve()) as server:
        records = pulled(server)
    assert isinstance(records, Records)
    return alike(records)


def alike(records: Records) -> Records:
    """Return the records without what may differ: the server's port, and the order of events at one instant."""
    issues = (replace(one, label_events=tuple(sorted(one.label_events, key=repr))) for one in records.issues)
    return replace(records, hosts=(), issues=tuple(issues))


def explained(records: Records) -> bool:
    """Tell whether a gap or an unasked place says that something was not read."""
    return set(records.gaps) > set(usual().gaps) or set(records.unasked) > set(usual().unasked)


def holds(case: Case) -> bool:
    with serve(eve()) as server:
        server.fault(case.answer, where=case.recorded.is_it, times=None)
        records = pulled(server)
    return isinstance(records, AuditError) or alike(records) == usual() or explained(records)


@pytest.mark.parametrize("group", range(COUNT // GROUP))
def test_a_value_of_another_type_changes_nothing_without_a_word(group: int) -> None:
    chosen = list(cases(COUNT, SEED))[group * GROUP : (group + 1) * GROUP]

    assert [str(case) for case in chosen if not holds(case)] == []
