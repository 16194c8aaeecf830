"""What a text leaves on the issues it refers to: each form of a reference, in issues, comments and pages of a wiki."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.inert import link, md

if TYPE_CHECKING:
    from tests.sandbox.caller import Caller, Small
    from tests.sandbox.conftest import Serve

HOST = "https://gitlab.example.com"
PATH = "acme/sre/production"
PROJECT = "projects/acme%2Fsre%2Fproduction"
ADDRESS = f"{HOST}/{PATH}/-/issues/1"
LEAVES = (
    *("#1", f"{PATH}#1", "production#1", "see (#1).", "#1+", "GL-1", "*#1*", "- #1", "| a |\n|---|\n| #1 |", "&#35;1"),
    *(ADDRESS, f"<{ADDRESS}>", f"[words]({ADDRESS})", f"[words]({HOST}/{PATH}/issues/1)", f"[x]({ADDRESS}/designs)"),
    *(f"[x]({HOST}/{PATH}/-/work_items/1)", f"[x]({HOST}/{PATH}/-/issues/incident/1)", f"[x]({ADDRESS}?a=b&c)"),
    *(f"[x]({ADDRESS}#note_3)", f"[x]({PATH}#1)", f"<a href='{ADDRESS}'>x</a>", "<details>\n<summary>#1</summary>"),
    *(f"[x]({ADDRESS[:-1]}%31)", f"see {ADDRESS}#Report"),
)
LEAVES_NONE = (
    *(r"\#1", "`#1`", "```\n#1\n```", "[#1](https://example.com)", "#1y", f"/{PATH}/-/issues/1", "#999", "acme/no#1"),
    *(f"[x](/{PATH}/-/issues/1)", f"[x]({ADDRESS}?A=b)", f"[x]({ADDRESS}#Report)", f"[x]({HOST}/{PATH}/-/issues)"),
    *("[x](https://elsewhere.example/acme/sre/production/-/issues/1)", f"<!-- {ADDRESS} -->", md(f"{PATH}#1 GL-1 #1")),
    *(link("x", ADDRESS), link("x", f"{ADDRESS}#note_3"), link("x", f"{ADDRESS}?a=b#note_3"), link("#1", ADDRESS)),
)


def written(caller: Caller, where: str, text: str) -> None:
    """Write a text there."""
    answer = {
        "comment": lambda: caller.post(f"{PROJECT}/issues/3/notes", body=text),
        "issue": lambda: caller.post(f"{PROJECT}/issues", title="Report", description=text),
        "description": lambda: caller.put(f"{PROJECT}/issues/3", description=text),
        "wiki": lambda: caller.post(f"{PROJECT}/wikis", title="Reports/Week 48", content=text),
    }[where]()
    assert answer.ok, answer.text


def left(small: Small) -> list[str]:
    """Return the notes that were left on the incident, without the one of before."""
    return [note.body for note in small.incident.notes if note.action == "cross_reference"][1:]


@pytest.mark.parametrize("where", ["comment", "issue", "description", "wiki"])
@pytest.mark.parametrize("text", LEAVES)
def test_a_reference_leaves_one_note_on_the_issue(text: str, where: str, small: Small, serve: Serve) -> None:
    _, client = serve(small.world, public_url=HOST)
    before = small.incident.updated_at
    written(client("maintainer-token"), where, text)
    source = {"issue": "issue #4", "wiki": f"wiki page [Week 48]({HOST}/{PATH}/-/wikis/Reports/Week-48)"}
    assert left(small) == [f"mentioned in {source.get(where, 'issue #3')}"]
    assert small.incident.updated_at == before


@pytest.mark.parametrize("where", ["comment", "issue", "description", "wiki"])
@pytest.mark.parametrize("text", LEAVES_NONE)
def test_what_is_no_reference_leaves_none(text: str, where: str, small: Small, serve: Serve) -> None:
    _, client = serve(small.world, public_url=HOST)
    written(client("maintainer-token"), where, str(text))
    assert left(small) == []


def test_each_pair_gets_one_note_however_often_the_text_is_edited(small: Small, serve: Serve) -> None:
    _, client = serve(small.world, public_url=HOST)
    caller = client("maintainer-token")
    for text in ("#1", "#1 and more", "nothing", "#1 again"):
        written(caller, "description", text)
        written(caller, "comment", text)
        note = caller.post(f"{PROJECT}/issues/3/notes", body="words").json()["id"]
        assert caller.put(f"{PROJECT}/issues/3/notes/{note}", body=f"now {text}").ok
        assert caller.put(f"{PROJECT}/wikis/home", content=text).ok or caller.post(
            f"{PROJECT}/wikis", title="home", content=text
        )
    assert left(small) == ["mentioned in issue #3", f"mentioned in wiki page [home]({HOST}/{PATH}/-/wikis/home)"]


def test_an_issue_does_not_refer_to_itself_nor_to_what_its_author_cannot_read(small: Small, serve: Serve) -> None:
    _, client = serve(small.world, public_url=HOST)
    assert client("guest-token").post(f"{PROJECT}/issues/1/notes", body="#1, #2 and vault/secrets#1").ok
    assert left(small) == []
    assert not any(note.action == "cross_reference" for note in small.secret.notes)
