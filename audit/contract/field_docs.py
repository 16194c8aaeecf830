"""The docstrings of the contract's fields, read from the source when its JSON Schema is made, and not at each start."""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import ModuleType

    from pydantic import BaseModel


def described(schema: dict[str, Any], top: type[BaseModel], modules: Iterable[ModuleType]) -> dict[str, Any]:
    """Return the JSON Schema of ``top`` with the docstring of each field as its description.

    ``modules``: where ``top`` and the types of its fields stand.
    """
    models = {
        name: one for module in modules for name, one in vars(module).items() if hasattr(one, "__pydantic_fields__")
    }
    nodes = {top.__name__: schema, **schema.get("$defs", {})}
    for name, node in nodes.items():
        if name not in models:
            continue
        for field, words in _docs(models[name].__module__).get(name, {}).items():
            alias = models[name].__pydantic_fields__[field].alias or field
            node["properties"][alias].setdefault("description", words)
    return schema


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
