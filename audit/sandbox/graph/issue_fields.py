"""The fields of issues, work items and their widgets. Both types are read from the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from audit.sandbox.graph.note_fields import discussions, notes
from audit.sandbox.graph.scalars import attribute, constant, gid, of_issue, page
from audit.sandbox.instance import web_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.sandbox.data.work_items import ItemLink, WorkItem

_LINK_KINDS = {"RELATED": "relates_to", "BLOCKS": "blocks", "BLOCKED_BY": "is_blocked_by"}
# The numbers that these types have in every instance; others follow, none of them of interest here.
_TYPES = {"issue": (1, "Issue"), "incident": (2, "Incident"), "test_case": (3, "Test Case"), "task": (5, "Task")}


@dataclass(frozen=True, kw_only=True)
class Widget:
    """One widget of a work item."""

    type: str
    issue: WorkItem


@dataclass(frozen=True, kw_only=True)
class LinkSeen:
    """A link as it is seen from one end."""

    link: ItemLink
    end: WorkItem

    @property
    def other(self) -> WorkItem:
        """The issue at the other end."""
        return self.link.other(self.end)


WIDGETS = {
    "ASSIGNEES": "WorkItemWidgetAssignees",
    "DESCRIPTION": "WorkItemWidgetDescription",
    "LABELS": "WorkItemWidgetLabels",
    "LINKED_ITEMS": "WorkItemWidgetLinkedItems",
    "MILESTONE": "WorkItemWidgetMilestone",
    "NOTES": "WorkItemWidgetNotes",
    "START_AND_DUE_DATE": "WorkItemWidgetStartAndDueDate",
}


def _readable(other: WorkItem | None, info: Any) -> WorkItem | None:
    return other if other is not None and info.context.viewer.reads(other) else None


def _address(issue: WorkItem | None, info: Any) -> str | None:
    return None if issue is None else info.context.site.address(issue)


def _reference(issue: WorkItem, _info: Any, *, full: bool = False) -> str:
    return issue.reference if full else f"#{issue.iid}"


def _assignees(issue: WorkItem, info: Any, **args: Any) -> Any:
    return page(issue.assignees, info, args)


def _labels(issue: WorkItem, info: Any, **args: Any) -> Any:
    return page(sorted(issue.labels, key=lambda label: label.name.lower()), info, args)


def _links(issue: WorkItem, info: Any, **args: Any) -> Any:
    kind = _LINK_KINDS.get(args.get("filter") or "")
    seen = [LinkSeen(link=link, end=issue) for link in issue.links]
    return page([s for s in seen if kind in (None, s.link.kind_from(issue))], info, args)


def _blockers(issue: WorkItem) -> int:
    return sum(link.kind_from(issue) == "is_blocked_by" for link in issue.links)


def _widgets(
    issue: WorkItem, _info: Any, *, only_types: list[str] | None = None, except_types: list[str] | None = None
) -> list[Widget]:
    wanted = [name for name in WIDGETS if only_types is None or name in only_types]
    return [Widget(type=name, issue=issue) for name in wanted if name not in (except_types or ())]


def _feature(name: str) -> Callable[..., Widget]:
    return lambda issue, _info: Widget(type=name, issue=issue)


def _work_item_type(issue: WorkItem, _info: Any) -> SimpleNamespace:
    number, name = _TYPES.get(issue.issue_type, (9, issue.issue_type.title()))
    icon = f"work-item-{issue.issue_type.replace('_', '-')}"
    return SimpleNamespace(id=f"gid://gitlab/WorkItems::Type/{number}", name=name, icon_name=icon)


def _comment_count(issue: WorkItem, info: Any) -> int:
    return sum(info.context.viewer.reads_note(note) for note in issue.comments)


def _thread_count(issue: WorkItem, _info: Any) -> int:
    return len({note.discussion_id for note in issue.comments})


def _escalation(issue: WorkItem, _info: Any) -> str | None:
    if issue.issue_type != "incident":
        return None
    return "TRIGGERED" if issue.state == "opened" else "RESOLVED"


_COMMON: dict[str, Callable[..., Any]] = {
    "iid": lambda issue, _info: str(issue.iid),
    "reference": _reference,
    "webPath": lambda issue, _info: web_path(issue),
    "webUrl": _address,
    "workItemType": _work_item_type,
    "userDiscussionsCount": _thread_count,
    "externalAuthor": constant(None),
    "hidden": constant(False),
    "imported": constant(False),
}

ISSUE: dict[str, Callable[..., Any]] = {
    **_COMMON,
    "id": gid("Issue"),
    "assignees": _assignees,
    "blocked": lambda issue, _info: _blockers(issue) > 0,
    "closedAsDuplicateOf": lambda issue, info: _readable(issue.duplicate_of, info),
    "dueDate": attribute("due_on"),
    "escalationStatus": _escalation,
    "labels": _labels,
    "linkedWorkItems": _links,
    "moved": lambda issue, _info: issue.moved_to is not None,
    "movedTo": lambda issue, info: _readable(issue.moved_to, info),
    "name": attribute("title"),
    "notes": notes,
    "projectId": attribute("project.id"),
    "taskCompletionStatus": attribute("tasks"),
    "type": lambda issue, _info: issue.issue_type.upper(),
    "userNotesCount": _comment_count,
}

WORK_ITEM: dict[str, Callable[..., Any]] = {
    **_COMMON,
    "id": gid("WorkItem"),
    "archived": attribute("project.archived"),
    "duplicatedToWorkItemUrl": lambda issue, info: _address(_readable(issue.duplicate_of, info), info),
    "features": lambda issue, _info: issue,
    "lockVersion": constant(0),
    "movedToWorkItemUrl": lambda issue, info: _address(_readable(issue.moved_to, info), info),
    "namespace": attribute("project"),
    "state": lambda issue, _info: "OPEN" if issue.state == "opened" else "CLOSED",
    "widgets": _widgets,
}

LINKED: dict[str, Callable[..., Any]] = {
    "linkId": lambda seen, _info: f"gid://gitlab/WorkItems::RelatedWorkItemLink/{seen.link.id}",
    "linkType": lambda seen, _info: seen.link.kind_from(seen.end),
    "linkCreatedAt": attribute("link.created_at"),
    "linkUpdatedAt": attribute("link.updated_at"),
    "workItem": lambda seen, info: _readable(seen.other, info),
    "workItemState": lambda seen, _info: "OPEN" if seen.other.state == "opened" else "CLOSED",
}

FEATURES: dict[str, Callable[..., Any]] = {
    "assignees": _feature("ASSIGNEES"),
    "description": _feature("DESCRIPTION"),
    "labels": _feature("LABELS"),
    "linkedItems": _feature("LINKED_ITEMS"),
    "milestone": _feature("MILESTONE"),
    "notes": _feature("NOTES"),
    "startAndDueDate": _feature("START_AND_DUE_DATE"),
}

WIDGET_FIELDS: dict[str, dict[str, Callable[..., Any]]] = {
    "WorkItemWidgetAssignees": {
        "assignees": of_issue(_assignees),
        "allowsMultipleAssignees": lambda _widget, info: info.context.site.licensed,
    },
    "WorkItemWidgetDescription": {
        "description": attribute("issue.description"),
        "edited": constant(False),
        "lastEditedAt": constant(None),
        "lastEditedBy": constant(None),
        "taskCompletionStatus": attribute("issue.tasks"),
    },
    "WorkItemWidgetLabels": {
        "labels": of_issue(_labels),
        "allowsScopedLabels": lambda _widget, info: info.context.site.licensed,
    },
    "WorkItemWidgetLinkedItems": {
        "linkedItems": of_issue(_links),
        "blocked": lambda widget, _info: _blockers(widget.issue) > 0,
        "blockedByCount": lambda widget, _info: _blockers(widget.issue),
        "blockingCount": lambda widget, _info: sum(
            link.kind_from(widget.issue) == "blocks" for link in widget.issue.links
        ),
    },
    "WorkItemWidgetMilestone": {"milestone": attribute("issue.milestone")},
    "WorkItemWidgetNotes": {
        "notes": of_issue(notes),
        "discussions": of_issue(discussions),
        "discussionLocked": attribute("issue.discussion_locked"),
    },
    "WorkItemWidgetStartAndDueDate": {
        "dueDate": lambda widget, _info: widget.issue.due_on and widget.issue.due_on.isoformat(),
        "startDate": constant(None),
        "isFixed": constant(True),
        "rollUp": constant(False),
    },
}
