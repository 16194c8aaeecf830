"""Foreign text stays text, whatever it says; checked with the engine that GitLab itself renders with."""

from __future__ import annotations

import re
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
    printable,
    reference,
    sentence,
    without_quick_actions,
)
from audit.program_text import ProgramText
from audit.rules import RULES, Rule
from tests.attack_strings import ATTACKS, FAMILIES, SPOKEN, UNPRINTED
from tests.reminders.rendering import html, live_text, mentioned, referred_to, shown

_COMMIT = re.compile(r"(?=[0-9]*[a-f])[0-9a-f]{7}", re.IGNORECASE)
_ELEMENT = re.compile(r"<(?!/?(?:p|code|span|span data-escaped-char)>)[^<>]*>")
each_kind = pytest.mark.parametrize("attacks", FAMILIES.values(), ids=FAMILIES)


def does_nothing(body: str) -> bool:
    """Tell whether a body is one paragraph of plain words in which GitLab finds nothing to act on."""
    without_quick_actions(body)
    page, text = html(body), live_text(body)
    return not (mentioned(body) or referred_to(body) or _ELEMENT.search(page.strip()) or _COMMIT.search(text))


def test_there_are_attacks_of_every_kind() -> None:
    assert len(ATTACKS) >= 400
    assert all(FAMILIES.values())


@each_kind
def test_a_hostile_text_is_shown_as_it_is_and_does_nothing(attacks: tuple[str, ...]) -> None:
    for text in attacks:
        for before, after in (("Title: ", " and more"), ("", "")):
            body = f"{before}{md(text)}{after}"
            assert shown(body).split() == f"{before}{one_line(text)}{after}".split()
            assert does_nothing(body) or not body


@each_kind
def test_in_a_cell_or_a_link_a_text_stays_where_it_is(attacks: tuple[str, ...]) -> None:
    for text in attacks:
        row = f"| {md(text)} | {code(text)} | {link(text, 'https://x.example')} |"
        rendered = html(f"| a | b | c |\n|---|---|---|\n{row}")
        assert rendered.count("<td>") == 3, row
        assert rendered.count("<a ") == 1, row
        assert not mentioned(row)


@each_kind
def test_what_is_not_printed_gets_nowhere(attacks: tuple[str, ...]) -> None:
    for text in attacks:
        shapes = (md(text), code(text), handle(text), link(text, text), mention(text), reference(text), printable(text))
        assert not set(UNPRINTED) & set("".join(shapes)), text


@pytest.mark.parametrize("text", SPOKEN)
def test_words_and_emoji_come_through(text: str) -> None:
    assert printable(f"{text}\r\n\t{text}\n") == f"{text}\r\n\t{text}\n"
    assert one_line(f"{text}\n{text}") == f"{text} {text}"
    assert shown(str(md(text))) == text


@given(st.text(max_size=60))
def test_any_text_is_one_line_and_notifies_nobody(text: str) -> None:
    body = str(md(text))
    assert len(body.splitlines()) <= 1
    assert not mentioned(f"x {body} y")
    assert "<a " not in html(f"x {body} y")
    without_quick_actions(body)


def test_marks_that_turn_or_hide_text_are_taken_out() -> None:
    assert md("a\u202eb\u200bc\u2028d\r\n/close") == "a b c d \\/close"


@pytest.mark.parametrize(
    "name",
    ["alice", "a.b-c", "a_b", "a__b", "g/team", "g/sub_group/team", "_alice_", "0day", "__a", "g/_a_._b_", "a_-_b"],
)
def test_a_mention_of_a_name_is_live(name: str) -> None:
    assert mentioned(f"Hello {mention(name)}, this") == {name}
    assert mentioned(f"{mention('_a_')} {mention(name)} {mention('b_')}") == {"_a_", name, "b_"}
    assert "\\" not in mention(name), "no name may rest on how an escaped character is shown"


@pytest.mark.parametrize("name", ["alice", "a_b", "a__b", "g/sub_group/team"])
def test_an_ordinary_name_is_not_even_escaped(name: str) -> None:
    assert mention(name) == f"@{name}"


@pytest.mark.parametrize("name", ["", "all", "ALL", "a b", "a@b", "a\n/close", "@all", "#chan", "g//t", "..", "-x"])
def test_what_is_no_name_is_not_mentioned(name: str) -> None:
    assert not mentioned(f"Hello {mention(name)}, this")


@pytest.mark.parametrize("name", ["alice", "all", "x` @all `y", "a\n@all"])
def test_a_handle_notifies_nobody(name: str) -> None:
    assert not mentioned(f"Asked: {handle(name)}.")


@pytest.mark.parametrize("text", ["12345678 customers", "2026110212", "1234567"])
def test_a_number_is_no_commit(text: str) -> None:
    assert md(text) == text


def test_a_code_span_of_nothing_is_nothing() -> None:
    assert code(" ` ") == ""


def test_a_reference_is_live_only_where_it_is_one() -> None:
    assert reference("g/p#12") == "g/p#12"
    assert not referred_to(f"see {reference('g/p @all#12')}")
    assert not referred_to(f"see {reference('g/p#1x')}")
    assert referred_to(f"see {reference('__g__/p_#1')}") == {"__g__/p_#1"}
    assert "<a " not in html(reference("www.evil.example/p#1"))
    assert not referred_to(reference("../p#1"))


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


@each_kind
def test_a_text_of_our_own_would_do_nothing_either_if_it_were_hostile(attacks: tuple[str, ...]) -> None:
    for text in attacks:
        for body in (
            f"Title: {sentence(ProgramText(text))} and more",
            str(sentence(ProgramText(text))),
            str(sentence(ProgramText(f"Title: {text}"))),
        ):
            assert does_nothing(body) or not body
            assert shown(body).removeprefix("Title:").removesuffix(" and more").split() == one_line(text).split()


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
