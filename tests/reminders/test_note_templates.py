"""The words of the bot: kind by themselves, and the user's own ones kept from doing more than speaking."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from audit.errors import SettingsError
from audit.inert import reference
from audit.reminders.custom_templates import read_wording
from audit.reminders.note_templates import LONGEST, NAMES, CustomTemplate, Wording, unkind
from audit.reminders.reminder_text import mentions
from audit.reminders.template_trial import trial_notes
from audit.settings.reminder_settings import ReminderSettings
from audit.settings.settings import Settings
from tests.reminders.building import words_of
from tests.reminders.rendering import html, mentioned, referred_to, shown

TEMPLATES = Path(__file__).parents[2] / "templates"
REMINDER, STATUS, ANSWER = NAMES
DAY = date(2026, 3, 9)


def own(text: str, name: str = REMINDER) -> Wording:
    return Wording(custom={name: CustomTemplate(path=f"mine/{name}", text=text)})


VALUES = {"names": mentions(["sam", "kim"]), "incident": reference("g/p#1"), "kind": "review", "step": 1, "due": DAY}
"""Enough for the faults; the rehearsal has all of them."""


def faults(text: str, name: str = REMINDER) -> list[str]:
    """What is said of a template, before or while it is rendered."""
    with pytest.raises(SettingsError) as caught:
        own(text, name).render(name, **VALUES)
    assert caught.value.exit_status == 2
    return [fault.removeprefix(f"mine/{name}:") for fault in caught.value.faults]


@pytest.fixture(scope="module")
def notes() -> dict[str, str]:
    """Everything that the program itself can say."""
    return trial_notes(Wording(), ReminderSettings())


def test_the_trial_has_every_kind_of_note(notes: dict[str, str]) -> None:
    said = "\n".join(map(shown, notes.values()))
    for words in (
        "the review of this incident is due on",
        "due on Mon 2026-03-09, is still open",
        "the review in this incident, due on Mon 2026-03-09",
        "this incident has no review yet; it was due on Mon 2026-03-09",
        "You are asked as the assignee; @lee as manager.",
        "that one also names @lee",
        "that one is 3 of 4",
        "that one is the last",
        "This is the last reminder",
        "Incident review: open again",
        "Incident review: completed on",
        "no reminder comes here any more",
        "it is at example-group/production#12 now",
        "postponed through Mon 2026-06-08",
        "the report asks for a decision",
        "Thank you, @kim. @audit-bot did not understand that",
    ):
        assert words in said


def test_what_the_bot_says_blames_nobody(notes: dict[str, str]) -> None:
    """References to what happened "are never intended to cast blame"; nor is what asks for them."""
    for name, body in notes.items():
        assert unkind(shown(body)) == [], name
        assert "!" not in shown(body).replace("!--", ""), name
    lengths = {name: len(shown(words_of(body)).split()) for name, body in notes.items() if name.startswith("reminder")}
    assert max(lengths.values()) <= 60, lengths


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("You failed to write it. Whose fault is it?", ["failed", "fault"]),
        ("Why haven't you done it? Do not ignore this.", ["ignore", "why haven't you"]),
        ("You must close it, no excuses.", ["excuses", "you must"]),
        ("Hello, this review is still open.", []),
    ],
)
def test_words_of_blame_are_found(text: str, words: list[str]) -> None:
    assert unkind(text) == words


def test_copies_of_the_programs_templates_say_the_same(notes: dict[str, str]) -> None:
    copies = {name: CustomTemplate(path=name, text=(TEMPLATES / name).read_text(encoding="utf-8")) for name in NAMES}
    assert trial_notes(Wording(custom=copies), ReminderSettings()) == notes


def test_a_custom_template_speaks_and_the_marker_is_still_there() -> None:
    made = trial_notes(own("Hi {{ names }}, {{ incident }} waits since {{ due|day }}. `@team`"), ReminderSettings())
    body = made["reminder 1 on 12, issue"]
    assert body.startswith("Hi @sam, @kim, example-group/production#2 waits since Mon 2026-03-09.")
    assert mentioned(body) == {"sam", "kim"}
    assert body.endswith("-->")
    assert "Incident review: open again" in made["status note on 12 after 1, issue"], "the others stay the program's"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("{% for a in range(9999999) %}x{% endfor %}", 1, "a loop goes over a value by its name"),
        ("Hi\n{% for a in names recursive %}{{ loop(a) }}{% endfor %}", 2, "a loop goes over"),
        ("{% for a in names %}{% for b in a %}\n{% for c in b %}{% endfor %}{% endfor %}{% endfor %}", 2, "2 deep"),
        ("Hi\n  {{ 1 is divisibleby 0 }}", 2, "modulo by zero"),
        ("{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", 1, "nested too deeply"),
        ("{% if names %}" * 600 + "x" + "{% endif %}" * 600, 1, "nested too deeply"),
        ("{{ names" + "[0]" * 2500 + " }}", 1, "nested too deeply"),
        ("{{ " + "9" * 5000 + " }}", 1, "Exceeds the limit"),
        ("{{ (1,)[1e400] }}", 1, "inf"),
        ("{{ [1][5] }}", 1, "no element"),
        ("{{ 'x' * 999999999 }}", 1, "Mul is not allowed"),
        ("{{ 9 ** 9 ** 9 }}", 1, "Pow is not"),
        ("a\n{% set x = 'y' %}", 2, "Assign is not"),
        ("{{ '%999999999d' % 1 }}", 1, "Mod is not"),
        ("{{ names ~ incident }}", 1, "Concat is not"),
        ("{{ names + incident }}", 1, "Add is not"),
        ("{{ names.join('x') }}", 1, "Call is not"),
        ("{{ names.__class__ }}", 1, "`.__class__`: only `loop` has parts"),
        ("{{ 'x'|center(999999999) }}", 1, "No filter named 'center'"),
        ("{{ 'all'|mention }}", 1, "No filter named 'mention'"),
        ("{% include 'status.md.j2' %}", 1, "Include is not"),
        ("{% macro a() %}{{ a() }}{% endmacro %}", 1, "Macro is not"),
        ("Hello\nand\n@all", 3, "only `names` and `managers` ping"),
        ("@{{ kind }}", 1, "only `names` and `managers` ping"),
        ("Hi\n`{{ kind }}` @all `{{ kind }}`", 2, "it pings @all: only `names` and `managers` ping"),
        ("&#64;all", 1, "it pings @all"),
        ("{{ '@all' }}", 1, "it pings @all"),
        ("{{ names[0] }}all {{ names }}", 1, "it pings @all"),
        ("<i>&commat;All</i>", 1, "it pings @all"),
        ("<div>\n&#x40;g/team\n</div>", 1, "it pings @g/team"),
        ("{% if %}", 1, "Expected an expression"),
        ("Hi\n{{ nobody }}", 2, "'nobody' is undefined; known are due, incident, kind, names, step"),
        ("Hi\n\n{{ kind|day }}", 3, "weekday"),
        ("{{ due < names }}", 1, "not supported"),
        ("Hi\n/close", 2, "GitLab would obey: a line begins with a slash"),
        ("Hi\n{{ nothing|default('') }}\n  <!-- hidden -->", 3, "a note holds no HTML comment"),
        ("{% if step > 99 %}x{% endif %}", 1, "an empty note"),
        ("x" * (LONGEST + 1), 1, "more than 20,000 characters"),
        ("{% for a in names %}" + "x" * (LONGEST // 5) + "{% endfor %}", 1, "a note of more than 20,000 characters"),
    ],
)  # fmt: skip
def test_what_a_custom_template_may_not_do_is_a_fault_with_its_line(text: str, line: int, words: str) -> None:
    found = faults(text)
    assert any(re.match(rf"{line}:\d+: ", fault) and words in fault for fault in found), found


def test_all_faults_of_all_templates_are_told_at_once() -> None:
    one, two = (CustomTemplate(path=name, text="{{ 2 ** 2 }}\n{{ a.b }}") for name in (REMINDER, STATUS))
    with pytest.raises(SettingsError) as caught:
        Wording(custom={REMINDER: one, STATUS: two})
    assert [fault.split(": ")[0] for fault in caught.value.faults] == [
        "reminder.md.j2:1:1", "reminder.md.j2:2:1", "status.md.j2:1:1", "status.md.j2:2:1"
    ]  # fmt: skip
    assert "4 faults" in caught.value.message


def test_foreign_words_do_nothing_in_a_custom_template_either() -> None:
    hostile = "@all <img src=x> | `x` #1\n/close"
    text = "{{ a }}|{{ a|upper }}\n{{ a|capitalize }}\n{{ b|default(a) }}\n| {{ names }} | `@all` |"
    body = own(text).render(REMINDER, a=hostile, names=mentions(["_sam", "g/k"]))
    assert "@ALL" in shown(body)
    assert mentioned(body) == {"_sam", "g/k"}
    assert not referred_to(body)
    assert "<img" not in html(body)


def settings(folder: Path | str) -> Settings:
    return Settings.model_validate({"projects": {"incidents": "g/p"}, "reminders": {"templates": str(folder)}})


def test_custom_templates_are_read_from_their_folder(tmp_path: Path) -> None:
    assert not read_wording(settings("")).custom
    with pytest.raises(SettingsError, match=r"holds none of reminder.md.j2, status.md.j2, answer.md.j2"):
        read_wording(settings(tmp_path))
    (tmp_path / ANSWER).write_text("Noted, {{ who }}.", encoding="utf-8")
    wording = read_wording(settings(tmp_path))
    assert trial_notes(wording, ReminderSettings())["answer"].startswith("Noted, `@kim`.")
    (tmp_path / ANSWER).write_text("\ufeffNoted.", encoding="utf-8")
    assert trial_notes(read_wording(settings(tmp_path)), ReminderSettings())["answer"].startswith("Noted."), "no mark"
    (tmp_path / STATUS).write_bytes(b"\xff")
    with pytest.raises(SettingsError, match=r"status.md.j2 cannot be read"):
        read_wording(settings(tmp_path))
