"""The arguments of the issue and work item lists, read into a selection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.sandbox.graph.connections import ListPage, connect_by_key
from audit.sandbox.graph.scalars import instant, number
from audit.sandbox.selection import Wanted, pick, sort_key

if TYPE_CHECKING:
    from audit.sandbox.data.hosted_project import HostedProject
    from audit.sandbox.data.work_items import WorkItem

_TIMES = tuple(f"{stem}_{end}" for stem in ("created", "updated", "closed", "due") for end in ("after", "before"))


def listed(projects: list[HostedProject], info: Any, args: dict[str, Any]) -> ListPage[WorkItem]:
    """Answer a list of issues, or of work items: for the sandbox they are the same rows."""
    wanted = _wanted(args)
    issues = pick(projects, wanted, info.context.viewer)
    order, _, direction = str(args.get("sort") or "created_desc").lower().rpartition("_")
    return connect_by_key(issues, args, info.context.site.limits.page, sort_key(order), descending=direction == "desc")


def _wanted(args: dict[str, Any]) -> Wanted:
    avoid, either = args.get("not") or {}, args.get("or") or {}
    state = args.get("state")
    single = args.get("assignee_username")
    return Wanted(
        state=None if state in (None, "all") else state,
        types=_types(args.get("types")),
        labels=tuple(name for name in args.get("label_name") or () if name is not None),
        any_label=_names(either.get("label_names")),
        no_label=_names(avoid.get("label_name")),
        not_types=_types(avoid.get("types")),
        not_iids=_numbers(avoid.get("iids")),
        iids=_numbers([args["iid"]] if args.get("iid") else args.get("iids")),
        ids=_ids(args.get("ids")),
        author=args.get("author_username"),
        authors=_names(either.get("author_usernames")),
        not_authors=_names(avoid.get("author_username")),
        assignees=_names(either.get("assignee_usernames") or ([single] if single else None)),
        not_assignees=_names(avoid.get("assignee_usernames")),
        confidential=args.get("confidential"),
        search=args.get("search"),
        search_in=frozenset(field.lower() for field in args.get("in") or ("TITLE", "DESCRIPTION")),
        **{name: instant(args.get(name)) for name in _TIMES},
    )


def _names(given: list[str] | None) -> frozenset[str] | None:
    return None if given is None else frozenset(given)


def _types(given: list[str] | None) -> frozenset[str] | None:
    return None if given is None else frozenset(name.lower() for name in given)


def _numbers(given: list[str] | None) -> frozenset[int] | None:
    return None if given is None else frozenset(int(text) for text in given if text.isdigit())


def _ids(given: list[str] | None) -> frozenset[int] | None:
    return None if given is None else frozenset(number(text, "WorkItem", "Issue") for text in given)
