from __future__ import annotations

import pytest

from audit.gitlab.read.issue_names import from_api, from_url
from audit.model import Ref

ISSUE = Ref("group/sub/project", 12)


@pytest.mark.parametrize(
    "path",
    [
        "/group/sub/project/-/issues/12",
        "/group/sub/project/-/work_items/12",
        "/group/sub/project/-/issues/incident/12",
        "/group/sub/project/issues/12",
        "/group/sub/project/issues/incident/12",
        "/group/sub/project/-/work_items/12/",
        "/group/sub/project/-/issues/12?show=1#note_5",
    ],
)
def test_addresses_of_an_issue(path: str) -> None:
    assert from_url(f"https://gitlab.example.com{path}") == ISSUE
    assert from_url(f"https://example.com:8443/git{path}", root="/git") == ISSUE
    assert from_api(None, f"https://gitlab.example.com{path}") == ISSUE


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "https://gitlab.example.com/groups/group/-/work_items/12",
        "https://gitlab.example.com/group/project/-/merge_requests/12",
        "https://gitlab.example.com/group/project/-/issues/new",
        "https://gitlab.example.com/group/project/-/issues/12a",
        "https://gitlab.example.com/project/-/issues/12",
        "https://gitlab.example.com/group/project",
    ],
)
def test_addresses_of_other_things(url: str | None) -> None:
    assert from_url(url) is None


def test_the_apis_own_name_is_preferred() -> None:
    assert from_api("group/sub/project#12", "https://x/other/project/-/issues/1") == ISSUE
    assert from_api("group&12", None) is None
