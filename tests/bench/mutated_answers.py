"""Answers of a recorded run, each with one value of another type: no traceback, and no verdict without a gap.

``python -m tests.bench.mutated_answers [CASES] [SEED]``; 5,000 cases by default, which takes an hour. The same seed
gives the same cases. A null where GitLab's own schema allows one, and a missing field that servers leave out, are no
damage: nothing distinguishes them from what is so.
"""

from __future__ import annotations

import json
import random
import sys
import traceback
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

from audit.gitlab.read import graphql_nodes, rest_rows
from audit.sandbox.wire import Reply
from tests.sandbox.faults import Answer, Hook
from tests.worlds.disturbed import Clock, Night, eve, night, serve, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.sandbox.wire import Request

    Path = tuple[str | int, ...]

REMOVED = object()
_OK = 200
_VALUES: tuple[Any, ...] = (None, [], {}, "text", 7, -1.5, True, [None], {"nodes": []}, REMOVED)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A request of the undisturbed run, and its answer."""

    target: str
    body: bytes
    answer: Any

    def is_it(self, request: Request) -> bool:
        return (request.target, request.body) == (self.target, self.body)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One value of one answer is another."""

    recorded: Recorded
    path: Path
    value: Any

    def __str__(self) -> str:
        query = json.loads(self.recorded.body).get("query", "") if self.recorded.body else ""
        where = query.split("(")[0] or self.recorded.target
        value = "nothing" if self.value is REMOVED else json.dumps(self.value)
        return f"{where}: {'.'.join(map(str, self.path))} is {value}"

    @property
    def answer(self) -> Answer:
        """The damaged answer."""
        data = json.loads(json.dumps(self.recorded.answer))
        if not self.path:
            data = self.value
        else:
            *above, last = self.path
            place = data
            for step in above:
                place = place[step]
            if self.value is REMOVED:
                del place[last]
            else:
                place[last] = self.value
        return Answer(reply=Reply(body=json.dumps(data).encode()))


@cache
def usual() -> Night:
    """Return the undisturbed run."""
    with serve(eve()) as server:
        return night(server)


@cache
def recorded() -> tuple[Recorded, ...]:
    """Return what an undisturbed run asks for, each once, in an order of its own."""
    seen: dict[tuple[str, bytes], Any] = {}
    with serve(eve()) as server:

        def keep(request: Request) -> None:
            reply = server.handle(request)
            if reply.status == _OK:
                seen[request.target, request.body] = json.loads(reply.body)

        server.fault(Hook(call=keep), times=None)
        night(server)
    return tuple(Recorded(target=target, body=body, answer=seen[target, body]) for target, body in sorted(seen))


def cases(count: int, seed: int) -> Iterator[Case]:
    """Yield so many cases."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    while count:
        chosen = chance.choice(recorded())
        path = chance.choice(list(_paths(chosen.answer)))
        value = chance.choice(_VALUES)
        if _is_damage(chosen.answer, path, value):
            count -= 1
            yield Case(recorded=chosen, path=path, value=value)


def result(case: Case) -> str:
    """Run with a damaged answer; return what is wrong with what came of it, or nothing."""
    with serve(eve()) as server:
        server.fault(case.answer, where=case.recorded.is_it, times=None)
        try:
            return "; ".join(wrong(usual(), night(server, clock=Clock())))
        except Exception:  # noqa: BLE001 - what is looked for is exactly that
            return traceback.format_exc()


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in rows:
        yield from _paths(below, (*path, step))


def _is_damage(answer: Any, path: Path, value: Any) -> bool:
    known = answer
    for step in path:
        known = known[step]
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    if value is REMOVED:
        return bool(path) and isinstance(path[-1], str) and name not in _left_out()
    if value is None:
        return known is not None and not (name in _nullable() and isinstance(path[-1], str))
    numbers = (int, float)
    alike = isinstance(known, numbers) and isinstance(value, numbers) and bool not in (type(known), type(value))
    return type(known) is not type(value) and not alike


@cache
def _nullable() -> frozenset[str]:
    fields = (field for shape in _shapes() for field in _named(shape))
    return frozenset(name for name, _, nullable in fields if nullable)


@cache
def _left_out() -> frozenset[str]:
    fields = (field for shape in _shapes() for field in _named(shape))
    return frozenset(name for name, required, _ in fields if not required)


def _shapes() -> list[Any]:
    shapes = [*vars(graphql_nodes).values(), *vars(rest_rows).values()]
    return [shape for shape in shapes if isinstance(shape, type) and hasattr(shape, "model_fields")]


def _named(shape: Any) -> Iterator[tuple[str, bool, bool]]:
    """Yield name, whether it is required, and whether it may be null, of each field."""
    for name, field in shape.model_fields.items():
        nullable = type(None) in get_args(field.annotation)
        yield field.alias or name, field.is_required(), nullable


def main() -> None:
    """Print each case that went wrong, and the counts."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    bad = 0
    for case in cases(count, seed):
        if found := result(case):
            bad += 1
            print(f"{case}\n    {found}", flush=True)  # noqa: T201
    print(f"{count} cases with seed {seed}: {bad} wrong or with a traceback")  # noqa: T201


if __name__ == "__main__":
    main()
