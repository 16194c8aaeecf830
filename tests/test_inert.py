"""Foreign text stays text, whatever it says; checked with the engine that GitLab itself renders with."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from audit import inert
from audit.inert import (
    code,
    day,
    environment,
    handle,
    link,
    may_act,
    md,
    mention,
    one_line,
    printable,
    reference,
    without_quick_actions,
)
from audit.program_text import ProgramText
from audit.rules import RULES, Rule
from tests.attack_strings import ATTACKS, FAMILIES, SPOKEN, UNPRINTED
from tests.examples import is_thorough
from tests.markdown_places import PLACES, differences, strings
from tests.reminders.rendering import filtered, html, live_text, mentioned, referred_to, shown

_COMMIT = re.compile(r"(?=[0-9]*[a-f])[0-9a-f]{7}", re.IGNORECASE)
_ELEMENT = re.compile(r"<(?!/?(?:p|code|span|span data-escaped-char)>)[^<>]*>")
each_kind = pytest.mark.parametrize("attacks", FAMILIES.values(), ids=FAMILIES)


def does_nothing(body: str) -> bool:
    """Tell whether a body is one paragraph of plain words in which GitLab finds nothing to act on."""
    without_quick_actions(body)
    page, text = html(body), live_text(body)
    return not (
        filtered(body) or mentioned(body) or referred_to(body) or _ELEMENT.search(page.strip()) or _COMMIT.search(text)
    )


def test_there_are_attacks_of_every_kind() -> None:
    assert len(ATTACKS) >= 400
    assert all(FAMILIES.values())


@pytest.mark.parametrize("place", PLACES)
def test_any_text_is_shown_as_it_is_wherever_it_stands_and_does_nothing(place: str) -> None:
    """`python -m tests.bench.markdown` tries more."""
    assert [
        found
        for text in (*ATTACKS, *strings(500 if is_thorough() else 100, seed=place))
        for found in differences(text, place)
    ] == []


@pytest.mark.parametrize("place", PLACES)
def test_what_is_not_escaped_would_be_found(place: str) -> None:
    live = [text for text in ATTACKS[::3] if any(differences(text, place, write=one_line))]
    assert len(live) > 50, "of the attacks those that Markdown heeds"


@pytest.mark.parametrize(
    "text",
    [
        "data-stores", "mail_relay", "IR005 severity-data, found (on 2026-11-23): \"none\"; isn't it?", "50 % of 50%!",
        "[Postmortem] DB down", "a * b, 5 < 6 ~ 7, @ noon", "R&D, Q&A", "10:30:45", "Service::API", "C#",
        "C:\\windows", "US$ 5", "-5 degrees", "--help", "1.5 s", "x-y/z", "{name}", "on time = good", "A.B (c) [as if]",
        "1,000 nodes",
    ],
)  # fmt: skip
def test_a_usual_text_needs_no_backslash(text: str) -> None:
    assert md(text) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("- x", r"\- x"), ("1. x", r"1\. x"), ("# x", r"\# x"), ("> x", r"\> x"), ("/close", r"\/close"),
        ("= x", r"\= x"), ("g/p#12", r"g/p\#12"), ("~5 min", r"\~5 min"), ("me@x.example", r"me\@x.example"),
        ("a | b", r"a \| b"),
        ("_x_ *y*", r"\_x\_ \*y\*"), (":tada:", r"\:tada:"), ("x.y://z", r"x.y\://z"), ("www.x.y", r"www\.x.y"),
        ("[a](b)", r"\[a`]`(b)"), ("[[ab]]", "`[`[ab]]"), ("{+a+}", "`{`+a+}"), ("[issue:1]", "`[`issue:1]"),
        ("+ x", r"\+ x"), ("a>b", "a`>`b"), ("---", r"\---"),
        ("deadbee1_a", "`deadbee1_`a"), ("GL-1", "`GL-1`"), ("xGL-1ABC-1", "x`GL-1ABC-1`"), ("[TOC]", "[T`O`C]"),
        ("\\deadbee1", r"\\`deadbee1`"), ("a\\", "a\\\\"), ("x #", r"x \#"), ("[x] y", r"\[x] y"), ("a&b;", r"a&b;"),
        ("a&lt;", r"a\&lt;"), ("%{x}", r"\%{x}"), ("$x$", r"\$x\$"), ("!1", r"\!1"), ("&1", r"\&1"),
        ("<b", r"\<b"), ("<!-- x", r"\<\!-- x"),
    ],
)  # fmt: skip
def test_what_means_something_there_gets_a_backslash_or_where_that_does_not_help_backticks(
    text: str, written: str
) -> None:
    assert md(text) == written


@pytest.mark.parametrize("live", [inert._LIVE, inert._LIVE_IN_LINK], ids=["text", "link"])
def test_no_sign_means_something_where_none_could_begin(live: re.Pattern[str]) -> None:
    slow = re.compile(live.pattern.replace(inert._BEGINS, "", 1), re.VERBOSE)
    assert slow.pattern != live.pattern
    for text in (*ATTACKS, *strings(3_000, seed="begins")):
        assert list(map(re.Match.span, live.finditer(text))) == list(map(re.Match.span, slow.finditer(text))), text


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
    assert md("a\u202eb\u200bc\u2028d\r\n/close") == "a b c d /close"


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


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("g/p/-/issues/1", "g/p/-/issues/1#Report"),
        ("g/p/-/work_items/12", "g/p/-/work_items/12#Report"),
        ("g/p/-/issues/incident/1", "g/p/-/issues/incident/1#Report"),
        ("g/p/-/issues/1#note_3", "g/p/-/issues/1?Report#note_3"),
        ("g/p/-/issues/1?a=b#note_3", "g/p/-/issues/1?a=b&Report#note_3"),
        ("g/p/-/merge_requests/1/diffs", "g/p/-/merge_requests/1/diffs#Report"),
        ("g/p/-/issues?state=opened", "g/p/-/issues?state=opened"),
        ("g/p/-/issues/new?issue[title]=1", "g/p/-/issues/new?issue%5Btitle%5D=1"),
        ("g/p/-/jobs/1", "g/p/-/jobs/1"),
    ],
)
def test_a_link_leaves_no_trace_on_the_issue_that_it_leads_to(address: str, written: str) -> None:
    assert link("x", f"https://x.example/{address}") == f"[x](https://x.example/{written})"


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


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_sentence_of_a_rule_reads_in_the_source_as_on_the_page(rule: Rule) -> None:
    assert md(rule.sentence) == rule.sentence


def test_what_is_made_of_a_text_of_our_own_and_others_is_not_our_own() -> None:
    text = ProgramText("It is late")
    assert not any(
        isinstance(made, ProgramText) for made in (text + ".", f"{text}.", text.upper(), text[:5], f"{text}")
    )


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("/close", True),
        ("words\n/assign @all", True),
        ("and/or", False),
        ("a /close within a line", False),
        ("", False),
    ],
)
def test_a_line_that_could_be_a_command_is_seen(text: str, acts: bool) -> None:
    assert may_act(text) is acts
