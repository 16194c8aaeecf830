"""Fixtures: a small world, servers and clients that end with the test, and the contract to hold answers against."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any, Protocol

import jsonschema_rs
import pytest

from tests.corpus import reference
from tests.sandbox.caller import Caller, Small, small_world
from tests.sandbox.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from audit.sandbox.data.world import World


class Serve(Protocol):
    """Starts a server on a world and opens clients to it."""

    def __call__(self, world: World, **settings: Any) -> tuple[Server, Callable[..., Caller]]:
        """Start a server; the second value opens a client with a token."""


@pytest.fixture
def small() -> Small:
    return small_world()


@pytest.fixture
def serve() -> Iterator[Serve]:
    with contextlib.ExitStack() as stack:

        def start(world: World, **settings: Any) -> tuple[Server, Callable[..., Caller]]:
            server = stack.enter_context(Server(world, **settings))
            return server, lambda token=None: stack.enter_context(Caller(server, token))

        yield start


@pytest.fixture(scope="session")
def contract() -> Path:
    return reference("contract")


@pytest.fixture(scope="session")
def errors(contract: Path) -> dict[str, Any]:
    known: dict[str, Any] = json.loads((contract / "schemas" / "fixtures" / "errors.json").read_text())
    return known


@pytest.fixture(scope="session")
def conforms(contract: Path) -> Callable[[str, Any], None]:
    def check(name: str, body: Any) -> None:
        schema = json.loads((contract / "schemas" / "derived" / f"{name}.schema.json").read_text())
        faults = [f"{e.instance_path}: {e.message}" for e in jsonschema_rs.validator_for(schema).iter_errors(body)]
        assert not faults

    return check
