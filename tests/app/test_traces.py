"""A few nights leave no "mentioned in" on the issues that the report lists, and links that lead to them."""

from __future__ import annotations

import re

from tests.bench.traces import PLACE, nights


def test_the_report_leaves_no_trace_on_what_it_links() -> None:
    """From a Sunday to a Tuesday: the week's issue, the next one, an edit of both, and the wiki's page."""
    world, left = nights(3)
    texts = [issue.description for issue in world.projects[PLACE].issues.values() if "Incident reviews" in issue.title]
    texts += [page.content for page in world.projects[PLACE].wiki.values()]
    links = [
        re.findall(r"\]\(https://gitlab\.tanuki\.example/tanuki/production/-/work_items/\d+", one) for one in texts
    ]
    assert len(texts) >= 2
    assert all(links)
    assert {what for what, _ in left} <= {"reminders"}, "a reminder names the incident of its review"
    assert set(left.values()) <= {1}
