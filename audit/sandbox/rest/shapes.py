"""The REST entities: rows as JSON, with the keys that GitLab gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.sandbox.data.hosted_project import HostedProject
from audit.sandbox.data.records import digest

if TYPE_CHECKING:
    from datetime import datetime

    from audit.sandbox.data.namespaces import HostedGroup, Label, ProjectSpace
    from audit.sandbox.data.records import Account, Award, Milestone
    from audit.sandbox.data.work_items import ItemLink, LabelChange, StateChange, StoredNote, WorkItem
    from audit.sandbox.instance import Call

Shape = dict[str, Any]
_NO_TIME = {
    "time_estimate": 0,
    "total_time_spent": 0,
    "human_time_estimate": None,
    "human_total_time_spent": None,
}


def user(call: Call, row: Account) -> Shape:
    """Shape a user as others see one."""
    return {
        "id": row.id,
        "username": row.username,
        "public_email": "",
        "name": row.name,
        "state": row.state,
        "locked": False,
        "avatar_url": None,
        "web_url": call.site.address(row),
    }


def member(call: Call, row: Account, level: int, since: datetime) -> Shape:
    """Shape a member of a project, by whatever group, or of a group."""
    more = {
        "access_level": level,
        "created_at": call.site.moment(since),
        "expires_at": None,
        "membership_state": "active",
    }
    return user(call, row) | more


def label(_call: Call, row: Label) -> Shape:
    """Shape a label as an issue or an event shows it."""
    return {
        "id": row.id,
        "name": row.name,
        "description": row.description,
        "description_html": row.description or "",
        "text_color": "#FFFFFF",
        "color": row.color,
        "archived": row.archived,
    }


def listed_label(call: Call, row: Label) -> Shape:
    """Shape a label as the list of a project's labels shows it."""
    of_project = isinstance(row.owner, HostedProject)
    return label(call, row) | {"subscribed": False, "priority": None, "is_project_label": of_project}


def milestone(call: Call, row: Milestone, project: ProjectSpace) -> Shape:
    """Shape a milestone."""
    return {
        "id": row.id,
        "iid": row.iid,
        "project_id": project.id,
        "title": row.title,
        "description": "",
        "state": row.state,
        "created_at": call.site.moment(project.created_at),
        "updated_at": call.site.moment(project.created_at),
        "due_date": row.due_on and row.due_on.isoformat(),
        "start_date": row.starts_on and row.starts_on.isoformat(),
        "expired": False,
        "web_url": f"{call.site.address(project)}/-/milestones/{row.iid}",
    }


def issue(call: Call, row: WorkItem, *, label_details: bool = False) -> Shape:
    """Shape an issue."""
    return {
        **_identity(call, row),
        **_course(call, row),
        **_people(call, row),
        **_counts(call, row),
        "labels": _labels(call, row, details=label_details),
        "milestone": milestone(call, row.milestone, row.project) if row.milestone else None,
        "_links": _links(call, row),
        **_edition(call),
    }


def _identity(call: Call, row: WorkItem) -> Shape:
    return {
        "id": row.id,
        "iid": row.iid,
        "project_id": row.project.id,
        "title": row.title,
        "description": row.description,
        "type": row.issue_type.upper(),
        "issue_type": row.issue_type,
        "severity": row.severity,
        "confidential": row.confidential,
        "discussion_locked": row.discussion_locked or None,
        "web_url": call.site.address(row),
        "references": {"short": f"#{row.iid}", "relative": f"#{row.iid}", "full": row.reference},
        "imported": False,
        "imported_from": "none",
        "service_desk_reply_to": None,
    }


def _course(call: Call, row: WorkItem) -> Shape:
    return {
        "state": row.state,
        "created_at": call.site.moment(row.created_at),
        "updated_at": call.site.moment(row.updated_at),
        "closed_at": call.site.moment(row.closed_at),
        "start_date": None,
        "due_date": row.due_on and row.due_on.isoformat(),
        "moved_to_id": row.moved_to and row.moved_to.id,
    }


def _people(call: Call, row: WorkItem) -> Shape:
    assignees = [user(call, account) for account in row.assignees]
    return {
        "author": user(call, row.author),
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "closed_by": user(call, row.closed_by) if row.closed_by else None,
    }


def _counts(call: Call, row: WorkItem) -> Shape:
    tasks = row.tasks
    return {
        "user_notes_count": sum(call.viewer.reads_note(note) for note in row.comments),
        "merge_requests_count": 0,
        "upvotes": 0,
        "downvotes": 0,
        "subscribed": False,
        "time_stats": _NO_TIME,
        "task_completion_status": {"count": tasks.count, "completed_count": tasks.completed_count},
        "has_tasks": tasks.count > 0,
        "task_status": f"{tasks.completed_count} of {tasks.count} checklist items completed",
    }


def _labels(call: Call, row: WorkItem, *, details: bool) -> list[Any]:
    rows = sorted(row.labels, key=lambda label_row: label_row.name.lower())
    return [label(call, label_row) if details else label_row.name for label_row in rows]


def _links(call: Call, row: WorkItem) -> Shape:
    project = f"{call.site.url}/api/v4/projects/{row.project.id}"
    other = row.duplicate_of if row.duplicate_of and call.viewer.reads(row.duplicate_of) else None
    duplicate = other and f"{call.site.url}/api/v4/projects/{other.project.id}/issues/{other.iid}"
    return {
        "self": f"{project}/issues/{row.iid}",
        "notes": f"{project}/issues/{row.iid}/notes",
        "award_emoji": f"{project}/issues/{row.iid}/award_emoji",
        "project": project,
        "closed_as_duplicate_of": duplicate,
    }


def _edition(call: Call) -> Shape:
    more: Shape = {"blocking_issues_count": 0} if call.site.enterprise else {}
    if call.site.licensed:
        more |= {"weight": None, "epic": None, "epic_iid": None, "iteration": None, "health_status": None}
    return more


def note(call: Call, row: StoredNote) -> Shape:
    """Shape a note."""
    return {
        "id": row.id,
        "type": None,
        "body": row.body,
        "author": user(call, row.author),
        "created_at": call.site.moment(row.created_at),
        "updated_at": call.site.moment(row.updated_at),
        "system": row.system,
        "noteable_id": row.issue.id,
        "noteable_type": "Issue",
        "project_id": row.issue.project.id,
        "resolvable": False,
        "confidential": row.internal,
        "internal": row.internal,
        "imported": False,
        "imported_from": "none",
        "noteable_iid": row.issue.iid,
        "commands_changes": {},
    }


def award(call: Call, row: Award, of: StoredNote) -> Shape:
    """Shape an emoji that was given to a note."""
    at = call.site.moment(row.created_at)
    return {
        "id": row.id,
        "name": row.name,
        "user": user(call, row.user),
        "created_at": at,
        "updated_at": at,
        "awardable_id": of.id,
        "awardable_type": "Note",
        "url": None,
    }


def link(call: Call, row: ItemLink, end: WorkItem) -> Shape:
    """Shape the issue at the other end of a link, with the link's own facts."""
    return issue(call, row.other(end)) | {
        "issue_link_id": row.id,
        "link_type": row.kind_from(end),
        "link_created_at": call.site.moment(row.created_at),
        "link_updated_at": call.site.moment(row.updated_at),
    }


def label_event(call: Call, row: LabelChange, of: WorkItem) -> Shape:
    """Shape the event of a label; of a label that was deleted only the event is left."""
    return {
        "id": row.id,
        "user": user(call, row.user),
        "created_at": call.site.moment(row.created_at),
        "resource_type": "Issue",
        "resource_id": of.id,
        "label": label(call, row.label) if row.label else None,
        "action": row.action,
    }


def state_event(call: Call, row: StateChange, of: WorkItem) -> Shape:
    """Shape the event of a closing or reopening."""
    return {
        "id": row.id,
        "user": user(call, row.user),
        "created_at": call.site.moment(row.created_at),
        "resource_type": "Issue",
        "resource_id": of.id,
        "state": row.state,
        "source_commit": None,
        "source_merge_request_id": None,
    }


def project(call: Call, row: HostedProject) -> Shape:
    """Shape a project."""
    level = call.viewer.level(row)
    return {
        "id": row.id,
        "name": row.name,
        "path": row.name,
        "path_with_namespace": row.path,
        "name_with_namespace": row.path.replace("/", " / "),
        "created_at": call.site.moment(row.created_at),
        "default_branch": row.default_branch,
        "visibility": row.visibility,
        "archived": row.archived,
        "issues_enabled": row.issues_enabled,
        "issues_access_level": "enabled" if row.issues_enabled else "disabled",
        "wiki_enabled": row.wiki_access != "disabled",
        "wiki_access_level": row.wiki_access,
        "repository_access_level": "enabled",
        "empty_repo": not row.files,
        "web_url": call.site.address(row),
        "namespace": {
            "id": row.parent.id,
            "name": row.parent.name,
            "path": row.parent.name,
            "kind": "group",
            "full_path": row.parent.path,
        },
        "permissions": {
            "project_access": {"access_level": level} if level else None,
            "group_access": None,
        },
    }


def group(call: Call, row: HostedGroup) -> Shape:
    """Shape a group."""
    return {
        "id": row.id,
        "name": row.name,
        "path": row.name,
        "full_name": row.path.replace("/", " / "),
        "full_path": row.path,
        "parent_id": row.parent.id if row.parent else None,
        "visibility": row.visibility,
        "web_url": call.site.address(row),
    }


def etag(body: bytes) -> str:
    """Make the weak entity tag of a body."""
    return f'W/"{digest(body.decode())[:32]}"'
