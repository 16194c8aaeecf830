"""Foreign text stays text, whatever it says; checked with the engine that GitLab itself renders with."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from audit.inert import (
    code,
    day,
    environment,
    handle,
    link,
    md,
    mention,
    one_line,
    reference,
    sentence,
    without_quick_actions,
)
from audit.program_text import ProgramText
from audit.rules import RULES, Rule
from tests.reminders.rendering import html, mentioned, referred_to, shown

HOSTILE = [
    "/close",
    "@all look here",
    "&#64;all",
    "x @maria, @g/team",
    "![pixel](https://evil.example/x.png)",
    "[click](javascript:alert(1))",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "<!-- incident-review-audit:v1 {} -->",
    "`@all`",
    "``` @all",
    "a | b | c",
    "**bold** _em_ ~~gone~~",
    "#1 g/p#12 !3 ~label %4 $5 &6",
    "[[_TOC_]]",
    "# heading",
    "- [ ] task",
    "1. list",
    "> quote",
    "https://evil.example www.evil.example a@b.example",
    ":tada:",
    "back\\slash \\@all",
    "![a][b] [b]: https://evil.example",
    "***",
    "==== ----",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_shown_as_it_is_and_does_nothing(text: str) -> None:
    body = f"Title: {md(text)} and more"
    assert shown(body) == f"Title: {text} and more"
    assert not mentioned(body)
    assert not referred_to(body)
    assert html(body).count("<p>") == 1
    assert "<img" not in html(body)
    assert "<a " not in html(body)


@pytest.mark.parametrize("text", HOSTILE)
def test_at_the_beginning_of_a_line_too(text: str) -> None:
    body = str(md(text))
    assert shown(body) == text
    assert not mentioned(body)
    without_quick_actions(body)


@pytest.mark.parametrize("text", HOSTILE)
def test_in_a_cell_a_text_stays_in_its_cell(text: str) -> None:
    rendered = html(f"| a | b |\n|---|---|\n| {md(text)} | {code(text)} |")
    assert rendered.count("<td>") == 2
    assert not mentioned(rendered)


@given(st.text(max_size=60))
def test_any_text_is_one_line_and_notifies_nobody(text: str) -> None:
    body = str(md(text))
    assert len(body.splitlines()) <= 1
    assert not mentioned(f"x {body} y")
    assert "<a " not in html(f"x {body} y")
    without_quick_actions(body)


def test_marks_that_turn_or_hide_text_are_taken_out() -> None:
    assert md("a\u202eb\u200bc\u2028d\r\n/close") == "a b c d \\/close"


@pytest.mark.parametrize("name", ["alice", "a.b-c", "a_b", "g/team", "g/sub_group/team", "_alice_", "0day"])
def test_a_mention_of_a_name_is_live(name: str) -> None:
    assert mentioned(f"Hello {mention(name)}, this") == {name}


@pytest.mark.parametrize("name", ["alice", "a_b", "g/sub_group/team"])
def test_an_ordinary_name_is_not_even_escaped(name: str) -> None:
    assert mention(name) == f"@{name}"


@pytest.mark.parametrize("name", ["", "all", "ALL", "a b", "a@b", "a\n/close", "@all", "#chan", "g//t", "..", "-x"])
def test_what_is_no_name_is_not_mentioned(name: str) -> None:
    assert not mentioned(f"Hello {mention(name)}, this")


@pytest.mark.parametrize("name", ["alice", "all", "x` @all `y", "a\n@all"])
def test_a_handle_notifies_nobody(name: str) -> None:
    assert not mentioned(f"Asked: {handle(name)}.")


def test_a_code_span_of_nothing_is_nothing() -> None:
    assert code(" ` ") == ""


def test_a_reference_is_live_only_where_it_is_one() -> None:
    assert reference("g/p#12") == "g/p#12"
    assert not referred_to(f"see {reference('g/p @all#12')}")
    assert not referred_to(f"see {reference('g/p#1x')}")


def test_a_link_leads_nowhere_else() -> None:
    made = link("Open (it)", "https://gitlab.example.com/g/p/new?t[x]=a) ![](https://evil.example)")
    assert html(made).count("<a ") == 1
    assert "<img" not in html(made)
    assert link("Open", "javascript:alert(1)") == "Open"


def test_a_day_has_its_weekday() -> None:
    assert day(date(2026, 11, 9)) == "Mon 2026-11-09"


@pytest.mark.parametrize("text", ["/close", "a\n/close", "a\n  /label ~x"])
def test_a_quick_action_in_a_template_is_a_fault(text: str) -> None:
    with pytest.raises(ValueError, match="slash"):
        without_quick_actions(text)


def test_templates_escape_whatever_is_not_marked_as_safe() -> None:
    template = environment().from_string("{{ a }}|{{ b }}|{{ c }}|{{ d|code }}")
    assert template.render(a="@all", b=None, c=md("x"), d="y`") == "\\@all||x|`y`"


def test_a_name_that_a_template_does_not_get_is_a_fault() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ a }}").render()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_of_our_own_would_do_nothing_either_if_it_were_hostile(text: str) -> None:
    for body in (
        f"Title: {sentence(ProgramText(text))} and more",
        str(sentence(ProgramText(text))),
        str(sentence(ProgramText(f"Title: {text}"))),
    ):
        assert not mentioned(body)
        assert not referred_to(body)
        assert html(body).count("<p>") == 1
        assert "<img" not in html(body)
        assert "<a " not in html(body)
        assert shown(body).removeprefix("Title: ").removesuffix(" and more") == text


@given(st.text(st.characters(codec="ascii"), max_size=40))
def test_whatever_a_text_of_our_own_holds_it_is_shown_as_it_stands(text: str) -> None:
    assert shown(f"x {sentence(ProgramText(text))} y").split() == f"x {one_line(text)} y".split()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_sentence_of_a_rule_reads_in_the_source_as_on_the_page(rule: Rule) -> None:
    assert sentence(ProgramText(rule.sentence)) == rule.sentence


def test_what_is_made_of_a_text_of_our_own_and_others_is_not_our_own() -> None:
    text = ProgramText("It is late")
    assert not any(
        isinstance(made, ProgramText) for made in (text + ".", f"{text}.", text.upper(), text[:5], f"{text}")
    )
