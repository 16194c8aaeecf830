"""The executable schema of an instance of a given release: schema.graphql, less what came later, with resolvers."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from graphql import (
    DocumentNode,
    FieldDefinitionNode,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InputValueDefinitionNode,
    Visitor,
    build_ast_schema,
    get_named_type,
    parse,
    print_ast,
    visit,
)
from graphql.language import REMOVE

from audit.sandbox.graph import issue_fields, note_fields, root_fields
from audit.sandbox.graph.scalars import attribute, snake, writes_time

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCE = Path(__file__).parent.parent / "schema.graphql"
_RELEASE = re.compile(r'@since\(release: "([\d.]+)"\)')

_RESOLVERS: dict[str, dict[str, Callable[..., Any]]] = {
    "Query": root_fields.ROOT,
    "Project": root_fields.PROJECT,
    "Group": root_fields.GROUP,
    "Namespace": root_fields.NAMESPACE,
    "Repository": root_fields.REPOSITORY,
    "RepositoryBlob": root_fields.BLOB,
    "Tree": root_fields.TREE,
    "Blob": root_fields.ENTRY,
    "CurrentUser": root_fields.USER,
    "UserCore": root_fields.USER,
    "Label": root_fields.LABEL,
    "Milestone": root_fields.MILESTONE,
    "Issue": issue_fields.ISSUE,
    "WorkItem": issue_fields.WORK_ITEM,
    "WorkItemFeatures": issue_fields.FEATURES,
    "LinkedWorkItemType": issue_fields.LINKED,
    "Note": note_fields.NOTE,
    "Discussion": note_fields.DISCUSSION,
    **issue_fields.WIDGET_FIELDS,
}

Definition = TypeVar("Definition", FieldDefinitionNode, InputValueDefinitionNode)


@functools.cache
def releases() -> tuple[str, ...]:
    """List the releases in which something of the schema began."""
    return tuple(sorted(set(_RELEASE.findall(SOURCE.read_text()))))


@functools.cache
def schema_of(missing: frozenset[str]) -> GraphQLSchema:
    """Build the schema of an instance that is older than these releases."""
    document: DocumentNode = visit(parse(SOURCE.read_text()), _Older(missing))
    schema = build_ast_schema(document)
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            _attach(type_)
        if isinstance(type_, GraphQLInputObjectType):
            for name, item in type_.fields.items():
                item.out_name = snake(name)
        if isinstance(type_, GraphQLInterfaceType):
            type_.resolve_type = _concrete
    return schema


def _attach(type_: GraphQLObjectType) -> None:
    for name, field in type_.fields.items():
        field.resolve = _resolver(type_.name, name, field)
        for argument_name, argument in field.args.items():
            argument.out_name = snake(argument_name)


class _Older(Visitor):
    """Removes what did not exist yet."""

    def __init__(self, missing: frozenset[str]) -> None:
        super().__init__()
        self._missing = missing

    def enter_field_definition(self, node: FieldDefinitionNode, *_: Any) -> Any:
        return self._kept(node)

    def enter_input_value_definition(self, node: InputValueDefinitionNode, *_: Any) -> Any:
        return self._kept(node)

    def _kept(self, node: FieldDefinitionNode | InputValueDefinitionNode) -> Any:
        since = " ".join(print_ast(used) for used in node.directives or ())
        return REMOVE if self._missing.intersection(_RELEASE.findall(since)) else None


def _resolver(type_name: str, name: str, field: GraphQLField) -> Callable[..., Any]:
    resolver = _RESOLVERS.get(type_name, {}).get(name) or _default(type_name, name)
    return writes_time(resolver) if get_named_type(field.type).name == "Time" else resolver


def _default(type_name: str, name: str) -> Callable[..., Any]:
    if name == "count" and type_name.endswith("Connection"):
        return lambda connection, _info, *, limit=None: min(connection.total, limit or connection.total)
    if name in ("edges", "node", "cursor"):
        return lambda thing, _info: thing[name] if isinstance(thing, dict) else getattr(thing, name)
    return attribute(snake(name))


def _concrete(value: Any, _info: Any, _type: Any) -> str:
    return issue_fields.WIDGETS[value.type] if isinstance(value, issue_fields.Widget) else "Issue"
