"""Where the bot cannot post, as far as that is known before it tries (POLICY.md section 11, ``cannot_post``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from audit.model import Role

if TYPE_CHECKING:
    from audit.model import Ref
    from audit.reminders.cases import Scene

MOST_COMMENTS: Final = 5_000
"""GitLab's limit for one issue. Notes that are there can still be edited."""


def roles_wanted(scene: Scene) -> tuple[str, ...]:
    """Return the projects in which the role of the bot's account decides and is not known yet, sorted."""
    refs = {ref: case.confidential for case in scene.open_cases for ref in (case.issue, case.incident)}
    wanted = {ref.project for ref, hidden in refs.items() if hidden or _locked(scene, ref)}
    return tuple(sorted(project for project in wanted if _role(scene, project) is None))


def writable(scene: Scene, issue: Ref) -> bool:
    """Tell whether the bot may write, edit and delete its notes on an issue, as far as is known."""
    source = scene.sources.get(issue.project)
    if source is not None and source.archived:
        return False
    # a member may write on a locked issue
    return not _locked(scene, issue) or _role(scene, issue.project) != 0


def postable(scene: Scene, issue: Ref, *, internal: bool) -> bool:
    """Tell whether a new note can be posted on an issue, as far as is known."""
    known = scene.issues.get(issue)
    if not writable(scene, issue) or (known is not None and known.comments >= MOST_COMMENTS):
        return False
    role = _role(scene, issue.project)
    # GitLab would show an internal note of others to everybody
    return not internal or role is None or role >= Role.PLANNER


def _locked(scene: Scene, issue: Ref) -> bool:
    return issue in scene.issues and scene.issues[issue].discussion_locked


def _role(scene: Scene, project: str) -> int | None:
    """Return the role of the bot's account in a project, 0 for none; None: it is not known."""
    source = scene.sources.get(project)
    return scene.held_roles.get(project, source.role if source is not None else None)
