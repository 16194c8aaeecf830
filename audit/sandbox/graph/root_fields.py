"""The fields of the query's root, of projects, groups, repositories, people and labels."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from audit.sandbox.data.hosted_project import HostedProject
from audit.sandbox.data.namespaces import HostedGroup
from audit.sandbox.graph.filters import listed
from audit.sandbox.graph.scalars import attribute, constant, gid, number, page
from audit.sandbox.instance import web_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.sandbox.data.namespaces import Label
    from audit.sandbox.data.records import Milestone, RepoFile
    from audit.sandbox.data.work_items import StoredNote, WorkItem

_REFERENCE_CAP = 10
_PATHS_CAP = 50
_REFERENCE = re.compile(r"(?:.*?://[^/]+/)?(?P<path>[\w./-]*?)(?:#|/-/(?:work_items|issues)/)(?P<iid>\d+)")


def _project(_root: Any, info: Any, *, full_path: str) -> HostedProject | None:
    project = info.context.call.world.projects.get(full_path)
    return project if project is not None and info.context.viewer.reads_project(project) else None


def _group(_root: Any, info: Any, *, full_path: str) -> HostedGroup | None:
    world = info.context.call.world
    group = world.groups.get(full_path)
    seen = group is not None and info.context.viewer.reads_group(group, world.projects_in(group))
    return group if seen else None


def _namespace(root: Any, info: Any, *, full_path: str) -> HostedGroup | HostedProject | None:
    return _project(root, info, full_path=full_path) or _group(root, info, full_path=full_path)


def _issue(_root: Any, info: Any, *, id: str) -> WorkItem | None:  # noqa: A002 - the argument's name
    issue = info.context.call.world.issues.get(number(id, "Issue", "WorkItem"))
    return issue if issue is not None and info.context.viewer.reads(issue) else None


def _note(_root: Any, info: Any, *, id: str) -> StoredNote | None:  # noqa: A002 - the argument's name
    note = info.context.call.world.notes.get(number(id, "Note", "DiscussionNote"))
    viewer = info.context.viewer
    return note if note is not None and viewer.reads(note.issue) and viewer.reads_note(note) else None


def _projects(_root: Any, info: Any, *, full_paths: list[str] | None = None, **args: Any) -> Any:
    if full_paths is not None and len(full_paths) > _PATHS_CAP:
        raise GraphQLError(f"You cannot provide more than {_PATHS_CAP} full paths.")
    wanted = None if full_paths is None else {path.lower() for path in full_paths}
    projects = [
        project
        for project in info.context.call.world.projects.values()
        if (wanted is None or project.path.lower() in wanted) and info.context.viewer.reads_project(project)
    ]
    return page(sorted(projects, key=lambda project: project.id, reverse=True), info, args)


def _users(_root: Any, info: Any, *, usernames: list[str] | None = None, **args: Any) -> Any:
    """Answer the accounts of these names in any case; as in REST, of which see `users` there."""
    wanted = None if usernames is None else {name.lower() for name in usernames}
    known = info.context.call.world.users.values() if info.context.viewer.user else ()
    return page([user for user in known if wanted is None or user.username.lower() in wanted], info, args)


def _metadata(_root: Any, info: Any) -> SimpleNamespace | None:
    if info.context.viewer.user is None:
        return None
    site = info.context.site
    return SimpleNamespace(version=site.full_version, revision="0123456789a", enterprise=site.enterprise)


def _complexity(_root: Any, info: Any) -> SimpleNamespace:
    return SimpleNamespace(score=info.context.weight.score, limit=info.context.limit)


def _by_reference(
    _root: Any, info: Any, *, refs: list[str], context_namespace_path: str | None = None, **args: Any
) -> Any:
    if len(refs) > _REFERENCE_CAP:
        raise GraphQLError(
            f"Number of references exceeds the limit. Please provide no more than {_REFERENCE_CAP} refs at the"
            " same time."
        )
    issues = [_referenced(info, ref, context_namespace_path) for ref in refs]
    return page([issue for issue in issues if issue is not None], info, args)


def _referenced(info: Any, ref: str, context: str | None) -> WorkItem | None:
    parts = _REFERENCE.fullmatch(ref)
    if parts is None:
        return None
    project = info.context.call.world.projects.get(parts["path"] or context)
    issue = project.issues.get(int(parts["iid"])) if project is not None else None
    return issue if issue is not None and info.context.viewer.reads(issue) else None


def _issues(project: HostedProject, info: Any, **args: Any) -> Any:
    return listed([project], info, args)


def _issue_of(project: HostedProject, info: Any, **args: Any) -> WorkItem | None:
    return next(iter(listed([project], info, args).nodes), None)


def _group_issues(
    group: HostedGroup, info: Any, *, include_subgroups: bool = False, include_archived: bool = False, **args: Any
) -> Any:
    projects = info.context.call.world.projects_in(group, subgroups=include_subgroups)
    return listed([p for p in projects if include_archived or not p.archived], info, args)


def _group_items(
    group: HostedGroup,
    info: Any,
    *,
    include_descendants: bool = False,
    include_archived: bool = False,
    exclude_projects: bool = False,
    **args: Any,
) -> Any:
    """Answer the work items of a group: its own, of which the sandbox has none, unless descendants are asked for."""
    projects = info.context.call.world.projects_in(group) if include_descendants and not exclude_projects else []
    return listed([p for p in projects if include_archived or not p.archived], info, args)


def _namespace_items(space: HostedGroup | HostedProject, info: Any, **args: Any) -> Any:
    if isinstance(space, HostedProject):
        return listed([] if args.get("exclude_projects") else [space], info, args)
    return _group_items(space, info, **args)


def _namespace_item(space: HostedGroup | HostedProject, info: Any, *, iid: str) -> WorkItem | None:
    return _issue_of(space, info, iid=iid) if isinstance(space, HostedProject) else None


def _group_projects(group: HostedGroup, info: Any, *, include_subgroups: bool = False, **args: Any) -> Any:
    words, enabled = str(args.get("search") or "").lower(), args.get("with_issues_enabled")
    projects = [
        p
        for p in info.context.call.world.projects_in(group, subgroups=include_subgroups)
        if info.context.viewer.reads_project(p)
        and (args.get("include_archived", True) or not p.archived)
        and words in p.path.lower()
        and enabled in (None, p.issues_enabled)
    ]
    return page(projects, info, args)


def _labels(
    project: HostedProject,
    info: Any,
    *,
    include_ancestor_groups: bool = False,
    search_term: str | None = None,
    title: str | None = None,
    **args: Any,
) -> Any:
    spaces = list(project.lineage()) if include_ancestor_groups else [project]
    labels = [
        label
        for space in spaces
        for label in space.labels.values()
        if label.archived is args.get("archived", False)
        and (title is None or label.name == title)
        and (search_term is None or search_term.lower() in label.name.lower())
    ]
    return page(sorted(labels, key=lambda label: label.name.lower()), info, args)


def _repository(project: HostedProject, info: Any) -> HostedProject | None:
    return project if info.context.viewer.reads_code(project) else None


def _blobs(project: HostedProject, info: Any, *, paths: list[str], ref: str | None = None, **args: Any) -> Any:
    known = ref is None or project.knows_ref(ref)
    files = [project.files[path] for path in paths if path in project.files] if known else []
    return page(files, info, args)


def _issues_access(project: HostedProject, _info: Any) -> SimpleNamespace:
    enabled = project.issues_enabled
    return SimpleNamespace(integer_value=20 if enabled else 0, string_value="ENABLED" if enabled else "DISABLED")


def _tree(project: HostedProject, _info: Any, *, path: str = "", ref: str | None = None) -> SimpleNamespace:
    """Answer a folder; one that is not there is empty."""
    below = f"{path.strip('/')}/" if path.strip("/") else ""
    known = ref is None or project.knows_ref(ref)
    files = [file for name, file in sorted(project.files.items()) if name.rpartition("/")[0] == below[:-1]]
    return SimpleNamespace(files=files if known else [])


def _blob_size(blob: RepoFile, _info: Any) -> str:
    return str(len(blob.text.encode()))  # a BigInt travels as text


ROOT: dict[str, Callable[..., Any]] = {
    "currentUser": lambda _root, info: info.context.viewer.user,
    "group": _group,
    "issue": _issue,
    "metadata": _metadata,
    "namespace": _namespace,
    "note": _note,
    "project": _project,
    "projects": _projects,
    "queryComplexity": _complexity,
    "users": _users,
    "workItem": _issue,
    "workItemsByReference": _by_reference,
}

PROJECT: dict[str, Callable[..., Any]] = {
    "fullPath": attribute("path"),
    "group": attribute("parent"),
    "id": gid("Project"),
    "issue": _issue_of,
    "issues": _issues,
    "issuesAccessLevel": _issues_access,
    "label": lambda project, _info, *, title: project.find_label(title),
    "labels": _labels,
    "maxAccessLevel": lambda project, info: SimpleNamespace(integer_value=info.context.viewer.level(project)),
    "nameWithNamespace": lambda project, _info: project.path.replace("/", " / "),
    "repository": _repository,
    "webUrl": lambda project, info: info.context.site.address(project),
    "workItems": _issues,
}

GROUP: dict[str, Callable[..., Any]] = {
    "fullPath": attribute("path"),
    "id": gid("Group"),
    "issues": _group_issues,
    "projects": _group_projects,
    "webUrl": lambda group, info: info.context.site.address(group),
    "workItems": _group_items,
}

NAMESPACE: dict[str, Callable[..., Any]] = {
    "fullPath": attribute("path"),
    "id": lambda space, _info: f"gid://gitlab/{_namespace_kind(space)}/{space.id}",
    "workItem": _namespace_item,
    "workItems": _namespace_items,
}

REPOSITORY: dict[str, Callable[..., Any]] = {
    "blobs": _blobs,
    "empty": lambda project, _info: not project.files,
    "exists": constant(True),
    "rootRef": attribute("default_branch"),
    "tree": _tree,
}

TREE: dict[str, Callable[..., Any]] = {"blobs": lambda tree, info, **args: page(tree.files, info, args)}

ENTRY: dict[str, Callable[..., Any]] = {
    "name": lambda file, _info: file.path.rpartition("/")[2],
    "sha": attribute("blob_id"),
}

BLOB: dict[str, Callable[..., Any]] = {
    "id": lambda blob, _info: f"gid://gitlab/Gitlab::Git::Blob/{blob.blob_id}",
    "lfsOid": constant(None),
    "name": lambda blob, _info: blob.path.rpartition("/")[2],
    "oid": attribute("blob_id"),
    "rawBlob": attribute("text"),
    "rawSize": _blob_size,
    "rawTextBlob": lambda blob, _info: None if blob.binary else blob.text,
    "size": _blob_size,
    "webPath": lambda blob, _info: f"/-/blob/HEAD/{blob.path}",
}

USER: dict[str, Callable[..., Any]] = {
    "active": lambda user, _info: user.state == "active",
    "human": lambda user, _info: not user.bot,
    "id": gid("User"),
    "webPath": lambda user, _info: web_path(user),
    "webUrl": lambda user, info: info.context.site.address(user),
}


def _namespace_kind(space: HostedGroup | HostedProject) -> str:
    return "Group" if isinstance(space, HostedGroup) else "Namespaces::ProjectNamespace"


def _label_id(label: Label, _info: Any) -> str:
    return f"gid://gitlab/{'GroupLabel' if isinstance(label.owner, HostedGroup) else 'ProjectLabel'}/{label.id}"


def _expired(milestone: Milestone, info: Any) -> bool:
    return milestone.due_on is not None and milestone.due_on < info.context.call.now.date()


LABEL: dict[str, Callable[..., Any]] = {
    "archived": attribute("archived"),
    "id": _label_id,
    "textColor": constant("#FFFFFF"),
    "title": attribute("name"),
    "updatedAt": attribute("created_at"),
}

MILESTONE: dict[str, Callable[..., Any]] = {
    "dueDate": attribute("due_on"),
    "expired": _expired,
    "id": gid("Milestone"),
    "iid": lambda milestone, _info: str(milestone.iid),
    "startDate": attribute("starts_on"),
    "webPath": lambda milestone, _info: f"/-/milestones/{milestone.iid}",
}
