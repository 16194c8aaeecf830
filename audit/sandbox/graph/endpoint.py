"""POST /api/graphql: the checks before a query runs, its execution, and GitLab's way of saying what was wrong."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from graphql import DocumentNode, GraphQLError, GraphQLSchema, execute_sync, parse, validate

from audit.sandbox.access import Viewer, identify
from audit.sandbox.complexity import weigh
from audit.sandbox.graph.building import releases, schema_of
from audit.sandbox.graph.scalars import Context
from audit.sandbox.instance import Call, Site
from audit.sandbox.wire import Refusal, Reply, Request, json_reply

if TYPE_CHECKING:
    from audit.sandbox.complexity import Weight

_UNKNOWN_FIELD = re.compile(r"Cannot query field '(\w+)' on type '(\w+)'")
_UNKNOWN_ARGUMENT = re.compile(r"Unknown argument '(\w+)' on field '(\w+)\.(\w+)'")


def answer(site: Site, request: Request) -> Reply:
    """Answer one GraphQL request."""
    viewer = _viewer(site, request)
    body = request.data if isinstance(request.data, dict) else {}
    text, variables = body.get("query"), body.get("variables") or {}
    if not isinstance(text, str) or not isinstance(variables, dict):
        return _errors("No query string was present")
    if len(text) > site.limits.query_chars:
        return _errors("Query too large", status=422)
    schema = schema_of(frozenset(name for name in releases() if not site.at_least(name)))
    document, faults = _read(schema, text)
    if document is None:
        return json_reply({"errors": faults})
    weight = weigh(schema, document, variables, site.limits.page)
    return _too_heavy(site, viewer, weight) or _run(
        schema, document, variables, _context(site, viewer, request, weight)
    )


def _viewer(site: Site, request: Request) -> Viewer:
    try:
        viewer = identify(site.world, request.token)
    except Refusal:
        raise Refusal(_errors("Invalid token", status=401)) from None
    if not viewer.may_read_api:
        raise Refusal(_errors("Invalid token", status=401))
    return viewer


@functools.lru_cache(maxsize=256)
def _read(schema: GraphQLSchema, text: str) -> tuple[DocumentNode | None, list[dict[str, Any]]]:
    """Parse and validate, once for each text."""
    try:
        document = parse(text)
    except GraphQLError as fault:
        return None, [dict(fault.formatted)]
    faults = validate(schema, document, max_errors=5)
    return (None, [_worded(fault) for fault in faults]) if faults else (document, [])


def _worded(fault: GraphQLError) -> dict[str, Any]:
    """Word a fault as GitLab's library does where a client may look for the words."""
    worded = dict(fault.formatted)
    if match := _UNKNOWN_FIELD.match(fault.message):
        name, type_ = match.groups()
        worded["message"] = f"Field '{name}' doesn't exist on type '{type_}'"
        worded["extensions"] = {"code": "undefinedField", "typeName": type_, "fieldName": name}
    elif match := _UNKNOWN_ARGUMENT.match(fault.message):
        argument, _type, name = match.groups()
        worded["message"] = f"Field '{name}' doesn't accept argument '{argument}'"
        worded["extensions"] = {"code": "argumentNotAccepted", "name": name, "argumentName": argument}
    return worded


def _limit(site: Site, viewer: Viewer) -> int:
    return site.limits.complexity if viewer.user else site.limits.complexity_anonymous


def _too_heavy(site: Site, viewer: Viewer, weight: Weight) -> Reply | None:
    limit = _limit(site, viewer)
    if weight.score > limit:
        return _errors(f"Query has complexity of {weight.score}, which exceeds max complexity of {limit}")
    depth = site.limits.depth if viewer.user else site.limits.depth_anonymous
    if weight.depth > depth:
        return _errors(f"Query has depth of {weight.depth}, which exceeds max depth of {depth}")
    return None


def _context(site: Site, viewer: Viewer, request: Request, weight: Weight) -> Context:
    call = Call(site=site, viewer=viewer, request=request)
    return Context(call=call, weight=weight, limit=_limit(site, viewer))


def _run(schema: GraphQLSchema, document: DocumentNode, variables: dict[str, Any], context: Context) -> Reply:
    result = execute_sync(schema, document, context_value=context, variable_values=variables)
    body: dict[str, Any] = {} if result.data is None and result.errors else {"data": result.data}
    if result.errors:
        for fault in result.errors:
            _raise_bug(fault)
        body["errors"] = [dict(fault.formatted) for fault in result.errors]
    return json_reply(body)


def _raise_bug(fault: GraphQLError) -> None:
    """Let the sandbox's own mistakes out: the server answers 500 and keeps them."""
    if fault.original_error is not None and not isinstance(fault.original_error, GraphQLError):
        raise fault.original_error


def _errors(message: str, *, status: int = 200) -> Reply:
    return json_reply({"errors": [{"message": message}]}, status)
