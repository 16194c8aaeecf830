"""Section 3: the forms in which a text names an issue, and whole external ids."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.model import Ref
from audit.text.references import (
    MAY_NAME,
    MAY_NAME_WORK,
    Naming,
    external_id_marks,
    external_ids,
    may_hold_external_id,
    mentions,
    names_another,
    references,
    typed,
)
from tests.examples import examples

HOME = "ops/production"
HERE = Ref(HOME, 12)
SIBLING = Ref("ops/delivery", 12)
DEEP = Ref("dev/tools/tracker", 12)
NAMING = Naming(
    hosts=frozenset({"gitlab.example", "gitlab.example:8443", "git.acme.example:*"}),
    projects={
        "ops/production": "ops/production",
        "ops/delivery": "ops/delivery",
        "dev/tools/tracker": "dev/tools/tracker",
        "infra/tracker": "ops/production",
    },
)
AT = "https://gitlab.example/ops/production"
DEFAULT = r"INC-\d+"
quick = examples(100)


def test_an_instance_may_live_below_a_path() -> None:
    below = replace(NAMING, root="/Tools/gitlab")
    for text in (
        "https://gitlab.example/tools/gitlab/ops/production/-/issues/12",
        "https://gitlab.example/Tools/gitlab/ops/production/-/work_items/12?a=b",
        "see /Tools/gitlab/ops/production/-/issues/12",
        "ops/production#12",
    ):
        assert set(references(text, "dev/tools", below)) == {HERE}
        assert not names_another(mentions(text), "dev/tools", below, known=lambda ref: ref == HERE)
    assert not set(references("https://gitlab.example/tools/other/ops/production/-/issues/12", HOME, below))


def named(text: str, home: str = HOME) -> set[Ref]:
    return set(references(text, home, NAMING))


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        pytest.param("#12", HERE, id="number"),
        pytest.param("see #12, or not", HERE, id="number in prose"),
        pytest.param("(#12)", HERE, id="number in brackets"),
        pytest.param("[#12]", HERE, id="number in square brackets"),
        pytest.param("#12.", HERE, id="number and full stop"),
        pytest.param("#12:", HERE, id="number and colon"),
        pytest.param("#12+", HERE, id="number with plus"),
        pytest.param("#12+s", HERE, id="number with plus s"),
        pytest.param("#12 (closed)", HERE, id="number as rendered"),
        pytest.param("production#12", HERE, id="own project"),
        pytest.param("delivery#12", SIBLING, id="sibling"),
        pytest.param("Delivery#12+", SIBLING, id="sibling in another case"),
        pytest.param("ops/production#12", HERE, id="path"),
        pytest.param("OPS/Production#12+s", HERE, id="path in another case, plus s"),
        pytest.param("dev/tools/tracker#12", DEEP, id="path of a subgroup"),
        pytest.param("infra/tracker#12", HERE, id="former path"),
        pytest.param("https://gitlab.example/ops/production/issues/12", HERE, id="issues"),
        pytest.param(f"{AT}/-/issues/12", HERE, id="dash issues"),
        pytest.param(f"{AT}/-/issues/incident/12", HERE, id="issues incident"),
        pytest.param(f"{AT}/-/work_items/12", HERE, id="work items"),
        pytest.param(f"{AT}/-/issues/12/", HERE, id="trailing slash"),
        pytest.param(f"{AT}/-/issues/12?foo=1&bar=2", HERE, id="query"),
        pytest.param(f"{AT}/-/issues/12#details", HERE, id="anchor"),
        pytest.param(f"{AT}/-/work_items/12/?a=b#details", HERE, id="slash, query and anchor"),
        pytest.param(f"{AT}/-/issues/12+", HERE, id="address with plus"),
        pytest.param(f"{AT}/-/work_items/12+s", HERE, id="address with plus s"),
        pytest.param(f"{AT}/-/issues/12.", HERE, id="address and full stop"),
        pytest.param(f"({AT}/-/issues/12)", HERE, id="address in brackets"),
        pytest.param(f"<{AT}/-/issues/12>", HERE, id="address in angle brackets"),
        pytest.param(f"{AT}/-/issues/12- and so on", HERE, id="address and dash"),
        pytest.param(f"{AT}/-/issues/12を参照", HERE, id="address beside other letters"),
        pytest.param("事象#12を参照", HERE, id="number beside other letters"),
        pytest.param("HTTPS://GitLab.Example/OPS/Production/-/Issues/12", HERE, id="address in capitals"),
        pytest.param("http://gitlab.example:8443/ops/production/-/issues/12", HERE, id="port"),
        pytest.param("https://me@gitlab.example/ops/production/-/issues/12", HERE, id="user in the address"),
        pytest.param("https://gitlab.example/infra/tracker/-/issues/12", HERE, id="former path in an address"),
        pytest.param("https://gitlab.example/dev/tools/tracker/-/issues/12", DEEP, id="subgroup in an address"),
        pytest.param("/ops/production/-/issues/12", HERE, id="address without its host"),
        pytest.param("see (/ops/delivery/-/work_items/12)", SIBLING, id="address without its host in brackets"),
        pytest.param("[x](/ops/production/-/issues/12)", HERE, id="target of a link"),
        pytest.param("/issues/12", HERE, id="issues alone"),
        pytest.param("/-/issues/12/", HERE, id="dash issues alone"),
        pytest.param("(/-/issues/incident/12?a=b#c)", HERE, id="issues incident alone"),
        pytest.param("/-/work_items/12+s", HERE, id="work items alone"),
        pytest.param(
            "https://gitlab.example:443/ops/production/-/issues/12", HERE, id="the port that needs no telling"
        ),
        pytest.param("https://git.acme.example/ops/production/-/issues/12", HERE, id="further host"),
        pytest.param("https://Git.Acme.example:8443/ops/production/-/issues/12", HERE, id="further host at a port"),
    ],
)
def test_a_text_names_an_issue(text: str, ref: Ref) -> None:
    assert named(text) == {ref}
    assert mentions(text).any_issue
    assert MAY_NAME.search(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("#incident-12", id="chat channel"),
        pytest.param("#12-api-is-down", id="chat channel that begins with a number"),
        pytest.param("#12th", id="more of a word"),
        pytest.param("#12_a", id="more of a word after an underscore"),
        pytest.param("##12", id="two number signs"),
        pytest.param("&#12;", id="entity"),
        pytest.param("!12", id="merge request"),
        pytest.param("delivery!12", id="merge request of a sibling"),
        pytest.param("&12", id="epic"),
        pytest.param("# 12", id="heading"),
        pytest.param("#", id="sign alone"),
        pytest.param("#1234567890123456789", id="too long for a number"),
        pytest.param("nobody#12", id="sibling that was not read"),
        pytest.param("dev/production#12", id="path that was not read"),
        pytest.param("https://ops.example/ops/production/-/issues/12", id="another host"),
        pytest.param("https://gitlab.example:9/ops/production/-/issues/12", id="another port"),
        pytest.param("https://git.acme.example.org:8443/ops/production/-/issues/12", id="longer further host"),
        pytest.param("/api/v4/issues/12", id="path of the API"),
        pytest.param("#0", id="no number of an issue"),
        pytest.param("#4294967296", id="larger than the number of any issue"),
        pytest.param("https://gitlab.example.evil.example/ops/production/-/issues/12", id="longer host"),
        pytest.param("https://gitlab.example/ops/nobody/-/issues/12", id="project that was not read"),
        pytest.param(f"{AT}/-/merge_requests/12", id="address of a merge request"),
        pytest.param(f"{AT}/-/issues", id="address of the list"),
        pytest.param(f"{AT}/-/issues/new", id="address of the form"),
        pytest.param(f"{AT}/-/issues/12#note_345", id="comment"),
        pytest.param(f"{AT}/-/work_items/12/?a=b#note_345", id="comment after a query"),
        pytest.param(f"{AT}/-/issues/12a", id="address with more of a word"),
        pytest.param(f"{AT}/-/issues/12-api", id="address with more of a name"),
        pytest.param("g/" * 30 + "p/-/issues/12", id="deeper than groups are"),
        pytest.param(f"{AT}/-/issues/{'1' * 5000}", id="address with a number of no size"),
        pytest.param("https://gitlab.example/groups/ops/-/epics/12", id="address of an epic"),
        pytest.param("https://gitlab.example/groups/ops/-/work_items/12", id="address of a group's item"),
        pytest.param("https://gitlab.example", id="address without a path"),
        pytest.param("issue 12", id="number alone"),
        pytest.param("", id="empty"),
    ],
)
def test_a_text_names_no_issue_that_was_read(text: str) -> None:
    assert named(text) == set()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("nobody/nowhere#12", True, id="project that was not read"),
        pytest.param("https://ops.example/ops/production/-/issues/12", True, id="another host"),
        pytest.param("https://app.incident.example/x/incidents/12", False, id="another kind of address"),
        pytest.param("#incident-12", False, id="chat channel"),
        pytest.param(f"{AT}/-/merge_requests/12", False, id="merge request"),
        pytest.param("n/a", False, id="words"),
    ],
)
def test_an_issue_of_any_project_on_any_host_is_named(text: str, names: bool) -> None:
    assert mentions(text).any_issue is names


@pytest.mark.parametrize("rest", ["#note_345", "/?a=b#note_345", "/designs/1.png#note_3"])
def test_the_address_of_a_comment_names_its_issue_where_that_counts(rest: str) -> None:
    for text in (f"{AT}/-/work_items/12{rest}", f"/ops/production/-/issues/12{rest}"):
        assert named(text) == set()
        assert set(references(text, HOME, NAMING, comments=True)) == {HERE}


def test_without_knowing_the_projects_each_path_counts_as_it_is_written() -> None:
    asked = replace(NAMING, projects=None, root="/gitlab")
    text = (
        "#1 other#2 Some/Where#3 /gitlab/a/b/-/issues/4 https://gitlab.example/gitlab/c/d/-/issues/5 "
        "https://git.acme.example/e/f/-/issues/6 https://gitlab.example/gitlab/g/-/issues/7 https://ops.example/h#8"
    )
    refs = {str(ref) for ref in references(text, HOME, asked)}
    assert refs == {f"{HOME}#1", "ops/other#2", "Some/Where#3", "a/b#4", "c/d#5", "e/f#6", "gitlab/g#7"}


def test_a_number_means_the_project_in_which_the_text_stands() -> None:
    assert named("#12", home="ops/delivery") == {SIBLING}
    assert named("production#12", home="ops/delivery") == {HERE}
    assert named("production#12", home="dev/tools/tracker") == set()


def test_two_addresses_without_a_space_between_are_two() -> None:
    assert named(f"{AT}/-/issues/12,{AT}/-/issues/13") == {HERE, Ref(HOME, 13)}


def test_everything_is_named_once_and_more() -> None:
    text = f"#12 delivery#12 {AT}/-/issues/12 dev/tools/tracker#12 /ops/production/-/issues/13 #14"
    assert named(text) == {HERE, SIBLING, DEEP, Ref(HOME, 13), Ref(HOME, 14)}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        pytest.param("INC-12", {"INC-12"}, id="alone"),
        pytest.param("see INC-12, or not", {"INC-12"}, id="in prose"),
        pytest.param("(INC-12)", {"INC-12"}, id="in brackets"),
        pytest.param("INC-12.", {"INC-12"}, id="full stop"),
        pytest.param("INC-12 - api", {"INC-12"}, id="dash with space"),
        pytest.param("INC-12- api", {"INC-12"}, id="dash without space"),
        pytest.param("事象INC-12を参照", {"INC-12"}, id="beside other letters"),
        pytest.param("INC-12/INC-13 INC-12", {"INC-12", "INC-13"}, id="several"),
        pytest.param("INC-123", {"INC-123"}, id="longer number"),
        pytest.param("ZINC-12", set(), id="more of a word before"),
        pytest.param("Z-INC-12", set(), id="more of a name before"),
        pytest.param("INC-12a", set(), id="more of a word after"),
        pytest.param("INC-12_a", set(), id="underscore after"),
        pytest.param("INC-12-a", set(), id="more of a name after"),
        pytest.param("INC-12-34", set(), id="another number after"),
        pytest.param("inc-12", set(), id="small letters"),
        pytest.param("INC 12", set(), id="space"),
        pytest.param("https://app.incident.io/x/incidents/12", {"INC-12"}, id="number in an address"),
        pytest.param("https://app.incident.io/x/incidents/12/", {"INC-12"}, id="trailing slash"),
        pytest.param("https://app.incident.io/x/incidents/12?a=b", {"INC-12"}, id="query"),
        pytest.param("https://incident.io/incidents/0012", {"INC-12"}, id="noughts before"),
        pytest.param("HTTPS://APP.INCIDENT.IO/x/Incidents/12", {"INC-12"}, id="address in capitals"),
        pytest.param("https://app.incident.io/x/incidents/12a", set(), id="more of a word in an address"),
        pytest.param("https://app.incident.io/x/incidents/12-a", set(), id="more of a name in an address"),
        pytest.param("https://app.incident.io/x/follow-ups/12", set(), id="another page there"),
        pytest.param("https://notincident.io/x/incidents/12", set(), id="another host"),
        pytest.param("https://incident.io.example/x/incidents/12", set(), id="longer host"),
        pytest.param(
            "https://app.incident.io/x/incidents/01ARZ3NDEKTSV4RRFFQ69G5FAV", {"01ARZ3NDEKTSV4RRFFQ69G5FAV"}, id="ULID"
        ),
        pytest.param(
            "https://app.incident.io/x/incidents/01arz3ndektsv4rrffq69g5fav",
            {"01ARZ3NDEKTSV4RRFFQ69G5FAV"},
            id="ULID in small letters",
        ),
        pytest.param("https://app.incident.io/x/incidents/01ARZ3NDEKTSV4RRFFQ69G5FAVX", set(), id="longer than a ULID"),
        pytest.param("01ARZ3NDEKTSV4RRFFQ69G5FAV", set(), id="ULID without its address"),
        pytest.param("", set(), id="empty"),
    ],
)
def test_whole_external_ids(text: str, ids: set[str]) -> None:
    assert external_ids(text, DEFAULT) == ids
    assert bool(may_hold_external_id(DEFAULT).search(text)) >= bool(ids)
    assert any(mark.search(text) for mark in external_id_marks(DEFAULT)) >= bool(ids)


@pytest.mark.parametrize(
    ("pattern", "text", "ids"),
    [
        pytest.param(r"SEV-\d+|OUT-\d+", "SEV-1 xOUT-2 OUT-3", {"SEV-1", "OUT-3"}, id="alternatives"),
        pytest.param(r"(SEV|OUT)-\d+", "SEV-1 and OUT-3", {"SEV-1", "OUT-3"}, id="group"),
        pytest.param(r"(?i)sev-\d+", "SEV-1", {"SEV-1"}, id="flag for the whole"),
        pytest.param(r"SEV-\d{1,2}", "SEV-123", set(), id="a part is not the whole"),
        pytest.param(r"(SEV-\d+)?", "SEV-1 ... nothing", {"SEV-1"}, id="nothing is no id"),
    ],
)
def test_the_pattern_is_a_setting(pattern: str, text: str, ids: set[str]) -> None:
    assert external_ids(text, pattern) == ids
    assert may_hold_external_id(pattern).search(text)
    assert any(mark.search(text) for mark in external_id_marks(pattern))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a/" * 50_000, id="slashes"),
        pytest.param("/a" * 50_000, id="slashes from the root"),
        pytest.param("a." * 50_000, id="dots"),
        pytest.param("#" * 100_000, id="number signs"),
        pytest.param("https://" * 12_000, id="addresses"),
        pytest.param("https://incident.io/" * 5_000, id="addresses of incident.io"),
        pytest.param("INC-" * 25_000, id="external ids"),
    ],
)
def test_a_text_that_was_made_to_take_long_does_not(text: str) -> None:
    assert named(text) == set()
    assert not mentions(text).any_issue
    assert not external_ids(text, DEFAULT)


@quick
@given(
    st.text(max_size=30),
    st.integers(min_value=1, max_value=10**9),
    st.sampled_from(
        ["#{}", "delivery#{}", "ops/delivery#{}+", f"{AT}/-/issues/{{}}", f"{AT}/-/work_items/{{}}/?a=b#c", "#{}+s"]
    ),
)
def test_a_reference_is_found_in_any_text(around: str, number: int, form: str) -> None:
    found = named(f"{around}\n{form.format(number)}\n{around}")
    assert number in {ref.iid for ref in found}


@quick
@given(st.text(alphabet="#12 -/+sINCa.:&!_()[]\nhtps", max_size=60))
def test_only_what_was_read_is_named(text: str) -> None:
    found = named(f"{text} {AT}/-/issues/{text}")
    assert {ref.project for ref in found} <= {HOME, "ops/delivery", "dev/tools/tracker"}
    assert not found or MAY_NAME.search(f"{text} issues/{text}")


@quick
@given(st.text(alphabet="INC-12 a\n", max_size=40))
def test_an_id_stands_by_itself_in_the_text(text: str) -> None:
    words = set(text.split())
    for found in external_ids(text, DEFAULT):
        assert any(word.strip("-") == found for word in words)


def names_work(text: str) -> bool:
    """Tell whether a text names anything but issue 12 of its own project and of the sibling."""
    return names_another(mentions(text), HOME, NAMING, lambda ref: ref in {HERE, SIBLING})


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("#13", id="another number"),
        pytest.param("#12 and #13", id="among its own"),
        pytest.param("dev/tools/tracker#12", id="another project"),
        pytest.param("not/read#12", id="a project that was not read"),
        pytest.param("unknown#12", id="a sibling that was not read"),
        pytest.param(f"{AT}/-/issues/13", id="address"),
        pytest.param("https://gitlab.example/not/read/-/issues/12", id="address of a project that was not read"),
        pytest.param("https://elsewhere.example/ops/production/-/issues/12", id="another host"),
        pytest.param("/ops/production/-/issues/13", id="address without its host"),
        pytest.param("/not/read/-/work_items/12", id="address without its host, not read"),
        pytest.param(f"{AT}/-/issues/13#note_5", id="a comment on another issue"),
        pytest.param("&7", id="epic"),
        pytest.param("(&7)", id="epic in brackets"),
        pytest.param("&7+", id="epic with plus"),
        pytest.param("see &7: it", id="epic and colon"),
        pytest.param("ops&7", id="epic of a group"),
        pytest.param("ops/team&7+s", id="epic of a subgroup"),
        pytest.param("ops/team/&7", id="epic after a slash"),
        pytest.param("https://gitlab.example/groups/ops/-/epics/7", id="epic's address"),
        pytest.param("https://gitlab.example/groups/ops/team/-/work_items/7?a=b", id="epic's newer address"),
        pytest.param("https://gitlab.example/groups/ops/epics/7", id="epic's older address"),
        pytest.param("https://elsewhere.example/groups/ops/-/epics/7", id="epic of another host"),
        pytest.param("/groups/ops/-/epics/7", id="epic's address without its host"),
        pytest.param("!13", id="merge request"),
        pytest.param("dev/tools!13+", id="merge request of a project"),
        pytest.param(f"{AT}/-/merge_requests/13", id="merge request's address"),
        pytest.param("https://github.example/a/b/pull/13", id="pull request"),
        pytest.param("https://github.example/a/b/pull/13#discussion_r1", id="comment on a pull request"),
        pytest.param("https://acme.atlassian.example/browse/OPS-13", id="ticket"),
        pytest.param("https://acme.example/jira/boards/3?selectedIssue=OPS-13", id="ticket on a board"),
        pytest.param("https://linear.example/acme/issue/OPS-13/limit-the-job", id="ticket with a title"),
        pytest.param("https://dev.azure.example/acme/b/_workitems/edit/13", id="work item elsewhere"),
        pytest.param("https://trello.com/c/aBcDeF", id="card"),
    ],
)
def test_a_text_names_something_else(text: str) -> None:
    assert names_work(text)
    assert MAY_NAME_WORK.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#12, production#12+, ops/delivery#12",
        f"{AT}/-/issues/12 and {AT}/-/work_items/12#note_3",
        "/ops/delivery/-/issues/12",
        "infra/tracker#12 is the old name",
        "%13 and ~13 and #incident-13, and OPS-13 without its address",
        "AT&T, R&D, a && b, &amp; &lt;, &#13;, &7a, &7-b, 1&",
        "https://gitlab.example/?a=1&7",
        f"{AT}/-/merge_requests",
        f"{AT}/-/epics",
        "https://grafana.example/d/a1/b2?orgId=1",
        "https://wiki.example/pages/13/What+we+saw",
        "https://app.incident.io/acme/incidents/13",
        "https://gitlab.example/ops/production/-/commit/13abc",
        "https://github.example/a/b/pulls",
        "https://acme.atlassian.example/browse/OPS",
        "https://gitlab.example/groups/ops/-/epics/7x",
        "https://gitlab.example/groups/ops/-/boards/7",
    ],
)
def test_a_text_names_nothing_else(text: str) -> None:
    assert not names_work(text)


@given(st.text(alphabet="/&#12 .ab-" + "gops"))
def test_whatever_names_something_else_may_name_work(text: str) -> None:
    assert MAY_NAME_WORK.search(text) or not names_work(text)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ops/delivery#12", ("ops/delivery", 12)),
        (" #12 ", ("", 12)),
        (f"{AT}/-/issues/12", ("ops/production", 12)),
        (f"{AT}/-/issues/incident/12?tab=timeline", ("ops/production", 12)),
        (f"{AT}/-/work_items/12#note_7", ("ops/production", 12)),
        ("12", None),
        ("see #12", None),
        (f"{AT}/-/merge_requests/12", None),
        ("", None),
    ],
)
def test_what_a_person_typed_or_pasted_names_one_issue(text: str, named: tuple[str, int] | None) -> None:
    assert typed(text) == named
