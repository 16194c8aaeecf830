"""Finding what a path names, and refusing as GitLab does what is missing or not to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.sandbox.wire import TEXT, Refusal, Reply, as_int, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from audit.sandbox.data.hosted_project import HostedProject
    from audit.sandbox.data.namespaces import HostedGroup
    from audit.sandbox.data.records import Account
    from audit.sandbox.data.work_items import StoredNote, WorkItem
    from audit.sandbox.instance import Call

FORBIDDEN = "403 Forbidden"


def signed_in(call: Call) -> Account:
    """Find the caller, and refuse one without a token."""
    if call.viewer.user is None:
        raise refuse(401, "401 Unauthorized")
    return call.viewer.user


def project_of(call: Call, key: str) -> HostedProject:
    """Find a project by number or path; missing and hidden look the same, a former path is sent on."""
    world = call.world
    current = world.projects_by_id.get(int(key)) if key.isdigit() else _at(world.projects, key)
    former = None if current else _at(world.moved_paths, key)
    project = current or former
    if project is None or not call.viewer.reads_project(project):
        raise refuse(404, "404 Project Not Found")
    if former is not None:
        raise _sent_on(call, former)
    return project


def _at(projects: Mapping[str, HostedProject], path: str) -> HostedProject | None:
    """Find a project by a path in any case."""
    return projects.get(path) or next((found for at, found in projects.items() if at.lower() == path.lower()), None)


def _sent_on(call: Call, project: HostedProject) -> Refusal:
    if call.request.method != "GET":
        return refuse(405, "Non GET methods are not allowed for moved projects")
    before, _, after = call.request.target.partition("/projects/")
    rest = after[len(after.partition("/")[0].partition("?")[0]) :]
    location = f"{call.site.url}{before}/projects/{project.id}{rest}"
    return Refusal(Reply(status=301, content_type=TEXT, headers={"Location": location}))


def group_of(call: Call, key: str) -> HostedGroup:
    """Find a group by number or path."""
    groups = call.world.groups
    group = next((g for g in groups.values() if g.id == int(key)), None) if key.isdigit() else groups.get(key)
    if group is None or not call.viewer.reads_group(group, call.world.projects_in(group)):
        raise refuse(404, "404 Group Not Found")
    return group


def tracker_of(call: Call, key: str) -> HostedProject:
    """Find a project with issues enabled."""
    project = project_of(call, key)
    if not project.issues_enabled:
        raise refuse(403, FORBIDDEN)
    return project


def issue_of(call: Call, project_key: str, iid: str) -> WorkItem:
    """Find an issue."""
    issue = project_of(call, project_key).issues.get(as_int("issue_iid", iid))
    if issue is None or not call.viewer.reads(issue):
        raise refuse(404, "404 Not found")
    return issue


def note_of(call: Call, project_key: str, iid: str, note_id: str) -> StoredNote:
    """Find a note of an issue."""
    issue = issue_of(call, project_key, iid)
    number = as_int("note_id", note_id)
    note = next((note for note in issue.notes if note.id == number), None)
    if note is None or not call.viewer.reads_note(note):
        raise refuse(404, "404 Note Not Found")
    return note


def require(allowed: bool) -> None:
    """Refuse what the caller may see but not do."""
    if not allowed:
        raise refuse(403, FORBIDDEN)
