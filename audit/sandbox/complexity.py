"""The weight of a GraphQL query, by the formula that GitLab holds it to, and its depth.

A field costs 1 and what is selected below it. One with a resolver costs 1 more, and 1 for a sort, 5 for a search; a
list of its kind grows by 1 % (discussions: 5 %) for each row that the page may hold, unless rows are named by iid. Some
fields cost a fixed amount instead. Where a value may be one of several types, the most expensive type counts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Undefined,
    get_named_type,
    is_abstract_type,
    value_from_ast_untyped,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_SORT, _SEARCH, _GITALY = 1, 5, 1


@dataclass(frozen=True, kw_only=True)
class Weight:
    """What a query asks of the server."""

    score: int
    depth: int


def weigh(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any], page: int) -> Weight:
    """Weigh the first operation of a document that is valid for the schema."""
    operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    root = schema.get_root_type(operation.operation)
    assert root is not None  # noqa: S101 - the document was validated
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    scale = _Scale(schema, fragments, _bound(operation, variables), page)
    return Weight(
        score=scale.selection(root, [operation.selection_set]),
        depth=_depth(operation.selection_set, fragments),
    )


def _bound(operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> dict[str, Any]:
    defaults = {
        v.variable.name.value: value_from_ast_untyped(v.default_value)
        for v in operation.variable_definitions or ()
        if v.default_value is not None
    }
    return {**defaults, **variables}


class _Scale:
    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
        page: int,
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.variables = dict(variables)
        self.page = page

    def selection(self, parent: GraphQLNamedType, sets: Iterable[SelectionSetNode]) -> int:
        """Weigh what is selected of a value: the most expensive of its possible types."""
        sets = list(sets)
        return max((self._selection_of(concrete, sets) for concrete in self._possible(parent)), default=0)

    def _possible(self, parent: GraphQLNamedType) -> list[GraphQLObjectType]:
        if is_abstract_type(parent):
            return list(self.schema.get_possible_types(parent))
        return [parent] if isinstance(parent, GraphQLObjectType) else []

    def _selection_of(self, parent: GraphQLObjectType, sets: list[SelectionSetNode]) -> int:
        by_key: defaultdict[str, list[FieldNode]] = defaultdict(list)
        for selected in sets:
            for node in self._fields(parent, selected):
                by_key[(node.alias or node.name).value].append(node)
        return sum(self._field(parent, nodes) for nodes in by_key.values())

    def _fields(self, parent: GraphQLObjectType, selected: SelectionSetNode) -> Iterator[FieldNode]:
        for node in selected.selections:
            if isinstance(node, FieldNode):
                yield node
                continue
            below = self.fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            assert isinstance(below, InlineFragmentNode | FragmentDefinitionNode)  # noqa: S101 - there are no others
            if below.type_condition is None or self._is_a(parent, below.type_condition.name.value):
                yield from self._fields(parent, below.selection_set)

    def _is_a(self, parent: GraphQLObjectType, name: str) -> bool:
        return parent.name == name or any(known.name == name for known in parent.interfaces)

    def _field(self, parent: GraphQLObjectType, nodes: list[FieldNode]) -> int:
        name = nodes[0].name.value
        field = parent.fields.get(name)
        if field is None:  # __typename and the introspection fields
            return 1
        below = self.selection(get_named_type(field.type), [n.selection_set for n in nodes if n.selection_set])
        fixed, resolved = _directive(field, "cost"), _directive(field, "resolved")
        if fixed is not None:
            return below + int(fixed["is"])
        if resolved is None:
            return 1 + below
        return self._resolved(field, nodes[0], resolved, below)

    def _resolved(self, field: GraphQLField, node: FieldNode, how: dict[str, Any], below: int) -> int:
        given = self._arguments(field, node)
        base = below + 1 + (_GITALY if how.get("gitaly") else 0)
        base += (_SORT if given.get("sort") else 0) + (_SEARCH if given.get("search") else 0)
        if given.get("iid") or given.get("iids"):
            return base
        rows = min(given.get("first", self.page), given.get("last", self.page), self.page)
        # The small addition keeps 1.16 * 100 from falling to 115 by the way floats are kept.
        return int(base + base * rows * float(how.get("perRow", 0)) + 1e-9)

    def _arguments(self, field: GraphQLField, node: FieldNode) -> dict[str, Any]:
        given = {a.name.value: value_from_ast_untyped(a.value, self.variables) for a in node.arguments or ()}
        if "sort" in field.args:
            given.setdefault("sort", True)  # every sort argument of the schema has a default
        return {name: value for name, value in given.items() if value is not None and value is not Undefined}


def _directive(field: GraphQLField, name: str) -> dict[str, Any] | None:
    directives = field.ast_node.directives if field.ast_node is not None else ()
    for used in directives or ():
        if used.name.value == name:
            return {a.name.value: value_from_ast_untyped(a.value) for a in used.arguments or ()}
    return None


def _depth(selected: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> int:
    deepest = 0
    for node in selected.selections:
        if isinstance(node, FieldNode):
            below = 1 + (_depth(node.selection_set, fragments) if node.selection_set else 0)
        elif isinstance(node, FragmentSpreadNode):
            below = _depth(fragments[node.name.value].selection_set, fragments)
        else:
            assert isinstance(node, InlineFragmentNode)  # noqa: S101 - there are no others
            below = _depth(node.selection_set, fragments)
        deepest = max(deepest, below)
    return deepest
