"""The docstrings of the contract's fields, read from the source when its JSON Schema is made, and not at each start."""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel


def described(schema: dict[str, Any], top: type[BaseModel], kind: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON Schema of ``top`` with the docstring of each field as its description.

    ``kind``: the class of which all models of the contract are made.
    """
    models = {one.__name__: one for one in _all(kind)}
    nodes = {top.__name__: schema, **schema.get("$defs", {})}
    for name, node in nodes.items():
        if name not in models:
            continue
        for field, words in _docs(models[name].__module__).get(name, {}).items():
            alias = models[name].model_fields[field].alias or field
            node["properties"][alias].setdefault("description", words)
    return schema


def _all(kind: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for one in kind.__subclasses__():
        yield one
        yield from _all(one)


@cache
def _docs(module: str) -> Mapping[str, Mapping[str, str]]:
    """Return class -> field -> the docstring under it, of a module."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: dict(_under(node)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _under(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in zip(node.body, node.body[1:], strict=False):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                yield name, inspect.cleandoc(words)
