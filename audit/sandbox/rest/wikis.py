"""The pages of a project's or a group's wiki."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from audit.model import Role
from audit.sandbox.cross_references import leave_notes_of_page
from audit.sandbox.data.namespaces import slug_of
from audit.sandbox.rest.lookups import group_of, project_of, require, signed_in
from audit.sandbox.wire import Reply, as_bool, json_reply, refuse, refuse_error

if TYPE_CHECKING:
    from audit.sandbox.data.hosted_project import HostedProject
    from audit.sandbox.data.namespaces import HostedGroup
    from audit.sandbox.data.records import StoredPage
    from audit.sandbox.instance import Call

_DUPLICATE = "Duplicate page: A page with that title already exists"


def of_project(call: Call, key: str) -> Reply:
    """GET /projects/:id/wikis, with `with_content`."""
    return _listed(call, _project(call, key))


def of_group(call: Call, key: str) -> Reply:
    """GET /groups/:id/wikis."""
    return _listed(call, _group(call, key))


def page_of_project(call: Call, key: str, slug: str) -> Reply:
    """GET /projects/:id/wikis/:slug."""
    return json_reply(_page(_existing(_project(call, key), slug)))


def page_of_group(call: Call, key: str, slug: str) -> Reply:
    """GET /groups/:id/wikis/:slug."""
    return json_reply(_page(_existing(_group(call, key), slug)))


def create_in_project(call: Call, key: str) -> Reply:
    """POST /projects/:id/wikis."""
    signed_in(call)
    return _create(call, _project(call, key))


def create_in_group(call: Call, key: str) -> Reply:
    """POST /groups/:id/wikis."""
    signed_in(call)
    return _create(call, _group(call, key))


def update_in_project(call: Call, key: str, slug: str) -> Reply:
    """PUT /projects/:id/wikis/:slug."""
    signed_in(call)
    return _update(call, _project(call, key), slug)


def update_in_group(call: Call, key: str, slug: str) -> Reply:
    """PUT /groups/:id/wikis/:slug."""
    signed_in(call)
    return _update(call, _group(call, key), slug)


def _project(call: Call, key: str) -> HostedProject:
    project = project_of(call, key)
    member = call.viewer.level(project) > 0
    require(project.wiki_access == "enabled" or (project.wiki_access == "private" and member))
    return project


def _group(call: Call, key: str) -> HostedGroup:
    if not call.site.licensed:  # the route is not there without a licence
        raise refuse_error(404, "404 Not Found")
    return group_of(call, key)


def _writes(call: Call, space: HostedProject | HostedGroup) -> bool:
    return call.viewer.level(space) >= Role.DEVELOPER and not getattr(space, "archived", False)


def _listed(call: Call, space: HostedProject | HostedGroup) -> Reply:
    full = as_bool("with_content", call.request.params.get("with_content", False))
    pages = sorted(space.wiki.values(), key=lambda page: page.slug)
    return json_reply([_page(page, content=full) for page in pages])


def _create(call: Call, space: HostedProject | HostedGroup) -> Reply:
    require(_writes(call, space))
    params = call.request.params
    for name in ("title", "content"):
        if name not in params:
            raise refuse_error(400, f"{name} is missing")
    title, content = str(params["title"]), str(params["content"])
    if not content.strip():
        raise refuse(422, {"content": ["can't be blank"]})
    if slug_of(title) in space.wiki:
        raise refuse(422, _DUPLICATE)
    return json_reply(_page(_written(call, space, title, content)), 201)


def _update(call: Call, space: HostedProject | HostedGroup, slug: str) -> Reply:
    """Change the text, the title, or both. A title without a slash stays in the directory of the page."""
    require(_writes(call, space))
    page = _existing(space, slug)
    params = call.request.params
    if "title" not in params and "content" not in params:
        raise refuse_error(400, "title, content, format are missing, at least one parameter must be provided")
    new = _slug_after(page, params)
    if new != slug and new in space.wiki:
        raise refuse(422, _DUPLICATE)
    content = str(params.get("content", page.content))
    if new != slug:
        del space.wiki[slug]
        space.wiki[new] = replace(page, slug=new, title=new.rpartition("/")[2].replace("-", " "))
    return json_reply(_page(_written(call, space, new, content)))


def _written(call: Call, space: HostedProject | HostedGroup, title: str, content: str) -> StoredPage:
    page = space.page(title, content)
    leave_notes_of_page(call, page, space)
    return page


def _slug_after(page: StoredPage, params: dict[str, Any]) -> str:
    if "title" not in params:
        return page.slug
    directory = page.slug.rpartition("/")[0]
    title = slug_of(str(params["title"]))
    return f"{directory}/{title}" if directory and "/" not in title else title.removeprefix("/")


def _existing(space: HostedProject | HostedGroup, slug: str) -> StoredPage:
    if slug not in space.wiki:
        raise refuse(404, "404 Wiki Page Not Found")
    return space.wiki[slug]


def _page(page: StoredPage, *, content: bool = True) -> dict[str, Any]:
    about = {"format": page.format, "slug": page.slug, "title": page.title, "wiki_page_meta_id": None}
    return about | ({"content": page.content, "encoding": "UTF-8", "front_matter": {}} if content else {})
