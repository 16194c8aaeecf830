"""Answers of a recorded run, each with one value of another type: no traceback, and no verdict without a gap.

``python -m tests.bench.mutated_answers [CASES] [SEED]``; 5,000 cases by default. The same seed
gives the same cases. A null where GitLab's own schema allows one, and a missing field that servers leave out, are no
damage: nothing distinguishes them from what is so.
"""

from __future__ import annotations

import json
import random
import sys
import traceback
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, get_args

from audit.gitlab.read import graphql_nodes, rest_rows
from audit.sandbox.limits import Limits
from audit.sandbox.wire import Reply
from tests.sandbox.server import Server
from tests.worlds.disturbed import TOKEN, URL, Clock, Night, audited, eve, wrong
from tests.worlds.in_process import Bare, Replayed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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

    def reply(self, request: Request) -> Reply:
        """Answer as the sandbox does, and this one request with the damaged answer."""
        struck = (request.target, request.body) == (self.recorded.target, self.recorded.body)
        return self.damaged if struck else sandbox()(request)

    @cached_property
    def damaged(self) -> Reply:
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
        return Reply(body=json.dumps(data).encode())


@cache
def sandbox() -> Replayed:
    """Return the answers of an undisturbed server."""
    return Replayed(Server(eve(), public_url=URL, limits=Limits(page=10)), URL)


def client_of(answer: Callable[[Request], Reply], clock: Clock) -> Bare:
    """Return a client that is answered so."""
    return Bare(URL, TOKEN, answer, sleep=clock.sleep, clock=clock.read)


def run(answer: Callable[[Request], Reply]) -> Night:
    """Audit with these answers."""
    clock = Clock()
    with client_of(answer, clock) as client:
        return audited(client, clock)


@cache
def usual() -> Night:
    """Return the undisturbed run."""
    return run(sandbox())


@cache
def recorded() -> tuple[Recorded, ...]:
    """Return what an undisturbed run asks for, each once, in an order of its own."""
    usual()
    return tuple(
        Recorded(target=target, body=body, answer=json.loads(reply.body))
        for (target, body), reply in sorted(sandbox().answers.items(), key=lambda pair: pair[0])
        if reply.status == _OK
    )


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
    try:
        return "; ".join(wrong(usual(), run(case.reply)))
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
    for number, case in enumerate(cases(count, seed), 1):
        if number % 500 == 0:
            print(f"{number} tried, {bad} wrong or with a traceback", flush=True)  # noqa: T201
        if found := result(case):
            bad += 1
            print(f"{case}\n    {found}", flush=True)  # noqa: T201
    print(f"{count} cases with seed {seed}: {bad} wrong or with a traceback")  # noqa: T201


if __name__ == "__main__":
    main()
