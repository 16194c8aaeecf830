"""When a pull cannot be made from an earlier one, and how far two pulls of the same day differ."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from audit.gitlab.read.issue_lists import LINKS_SINCE
from audit.phrases import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from audit.gitlab.read.project_labels import LabelTable
    from audit.gitlab.read.pull_job import PullJob
    from audit.model import Issue, Records
    from audit.pull_model import Pull


def doubt(job: PullJob, earlier: Pull, key: str, tables: Mapping[str, LabelTable]) -> str:
    """Return why everything has to be read in spite of an earlier pull; empty: it need not."""
    unlinked = job.preflight.release < LINKS_SINCE or not earlier.records.unreadable_links_shown
    unlabelled = any(gap.what == "labels" and "#" not in gap.ref for gap in earlier.records.gaps)
    reasons = (
        (earlier.key != key, "settings, projects, account, GitLab or program are not those of the last pull"),
        (earlier.until > job.until, "the last pull was of a later day"),
        (job.client.server_time is None, "GitLab does not tell the time"),
        (unlinked, "this GitLab's lists have no links"),
        (unlabelled or any(table.gap for table in tables.values()), "labels could not be read"),
    )
    if why := next((why for applies, why in reasons if applies), ""):
        return why
    changed = sorted(_changed_labels(earlier, tables))
    return f"labels were renamed or deleted: {', '.join(changed[:3])}" if changed else ""


def _changed_labels(earlier: Pull, tables: Mapping[str, LabelTable]) -> set[str]:
    """Return the titles, as they were, of labels with another title or none today that issues have or had."""
    used: dict[str, set[str]] = {}
    for issue in (*earlier.records.issues, *earlier.left_out):
        names = used.setdefault(issue.ref.project, set())
        names.update(issue.labels, (event.label for event in issue.label_events if event.label))
    return {
        title
        for path, titles in earlier.labels.items()
        for number, title in titles.items()
        if title in used.get(path, ()) and (path not in tables or tables[path].titles.get(number) != title)
    }


def compared(made: Records, read: Records, since: datetime) -> str:
    """Say how many records of a pull that was made from an earlier one differ from those that were all read.

    Issues that changed at ``since`` or later are left out: they may have changed between the two.
    """
    differing = list(differences(made, read, since))
    if not differing:
        return f"everything was read anew: as expected, none of {plural(len(read.issues), 'record')} differs"
    names = ", ".join(differing[:5])
    return f"everything was read anew: {len(differing)} of {plural(len(read.issues), 'record')} differ ({names})"


def differences(made: Records, read: Records, since: datetime) -> Iterator[str]:
    """Yield the names of the issues that differ, and of other parts of the records."""
    before, after = ({issue.id: issue for issue in records.issues} for records in (made, read))
    for number in sorted(before.keys() | after.keys()):
        one, other = before.get(number), after.get(number)
        if any(issue is not None and (issue.updated_at or since) >= since for issue in (one, other)):
            continue
        if one is None or other is None or _alike(one) != _alike(_masked(other, one)):
            named = one or other
            yield str(named.ref) if named else ""
    others = ("sources", "former_paths", "unasked", "templates", "gaps", "accounts", "group_members")
    yield from (name for name in others if getattr(made, name) != getattr(read, name))


def _masked(issue: Issue, like: Issue) -> Issue:
    """Return an issue without the text that the other one lacks."""
    if like.text_kept:
        return issue
    return replace(
        issue, title=like.title, description=like.description, text_kept=like.text_kept, reading=like.reading
    )


def _alike(issue: Issue) -> Issue:
    """Return an issue without what may differ: the order of events at one instant, and the number of comments.

    GitLab lowers that number without a trace where a comment is deleted; the comments themselves are read each night.
    """
    return replace(issue, label_events=tuple(sorted(issue.label_events, key=repr)), comments=0)
