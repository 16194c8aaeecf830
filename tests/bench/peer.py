"""What one would write first: list the issues, then ask for links, notes and label events of each, one by one."""

from __future__ import annotations

import os
import sys

import gitlab


def main(path: str) -> None:
    """Read a project as python-gitlab's tutorial does it."""
    gl = gitlab.Gitlab(os.environ["GITLAB_URL"], private_token=os.environ["GITLAB_TOKEN"], timeout=60, per_page=100)  # noqa: TID251
    with gl:
        project = gl.projects.get(path)
        incidents = project.issues.list(issue_type="incident", iterator=True)
        reviews = project.issues.list(labels="IncidentReview", iterator=True)
        count = 0
        for issue in (*incidents, *reviews):
            issue.links.list(get_all=True)
            issue.notes.list(get_all=True)
            issue.resourcelabelevents.list(get_all=True)
            count += 1
    print(f"read {count} issues", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
