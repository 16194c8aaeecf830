"""The tables of faults name every operation that a run reads with."""

from __future__ import annotations

from audit.sandbox.wire import Request
from tests.bench.mutated_answers import sandbox, usual
from tests.sandbox.fault_kinds import OPERATIONS
from tests.sandbox.faults import Delay, Fault


def test_every_request_of_a_run_is_of_an_operation_that_is_struck() -> None:
    kinds = [Fault(action=Delay(seconds=0), times=None, **one.where) for one in OPERATIONS]
    usual()
    sent = [
        Request(method="POST" if body else "GET", target=to, headers={}, body=body) for to, body in sandbox().answers
    ]

    assert [one.target for one in sent if not any(kind.strikes(one) for kind in kinds)] == []
