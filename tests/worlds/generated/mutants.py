"""Damaged settings files and templates of notes, and what becomes of them: a value, or faults with their place."""

from __future__ import annotations

import random
import re
import warnings
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from audit.errors import SettingsError
from audit.reminders.note_templates import NAMES, CustomTemplate, Wording
from audit.settings import example, load

if TYPE_CHECKING:
    from collections.abc import Callable

_TEMPLATES: Final = Path(__file__).parents[3] / "templates"
_PLACE: Final = re.compile(r".+?:\d+:\d+: ", re.DOTALL)
_VALUES: Final = [
    *("null", "", "~", "[]", "{}", "[[[]]]", "-1", "0", "9999999", "9" * 40, "1e999", "NaN", "true", "'a'", "'\u200b'"),
    *(
        '"\\0"',
        '"\\ud800"',
        "0001-01-01",
        "9999-12-31",
        "2026-02-30",
        "Asia/Tokyo",
        "../../etc",
        "'(a+)+b'",
        "'(?i)(?s)a'",
    ),
    *(
        "'a{99999999999}'",
        "'" + "(" * 400 + "'",
        "'[[a]'",
        "'(?P<a>b)(?P=a)'",
        "&a [*a]",
        "*a",
        "!!python/name:os",
        "g/p#1",
    ),
    *(
        "{a: b}",
        "[1, 2, 3]",
        "{from: 1970-01-01}",
        "@all",
        "g/p",
        "DE",
        "XX",
        "[Mon, Tue, Wed, Thu, Fri, Sat, Sun]",
        "x" * 5000,
    ),
]
_PIECES: Final = [
    *(
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "(",
        ")",
        "[0]",
        "|day",
        "|length",
        "|md",
        " is divisibleby 0",
        "1e400",
        "9" * 5000,
    ),
    *(
        "{% if names %}" * 200,
        "{% for x in names %}",
        "{% endfor %}",
        "{{ " + "(" * 500,
        "{{ names[9] }}",
        "{{ 1 // 0 }}",
    ),
    *(
        "{{ due is sameas }}",
        "{{ step is odd(1) }}",
        "{{ [1][5] }}",
        "{{ {}.a }}",
        "/close\n",
        "<!--",
        "@all",
        "\x00",
        "\u202e",
    ),
    *(
        "{% set a = 1 %}",
        "{{ loop.x }}",
        "{{ due|day|day }}",
        "{{ names is callable }}",
        "{{ -names }}",
        "{{ not not names }}",
    ),
]


def mutated_settings(seed: int) -> str:
    """Return the example, every key in effect, with one to four of its lines damaged."""
    chance = random.Random(seed)
    text = re.sub(r"^( *)#(?! )", r"\1", example(), flags=re.MULTILINE)
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(lines))
        key, colon, _ = lines[at].partition(":")
        line = chance.choice(
            [
                f"{key}{colon} {chance.choice(_VALUES)}",
                f"{key}{colon} {chance.choice(_VALUES)}",
                lines[chance.randrange(len(lines))],
                chance.choice("\t {}[]:-#&*!|>'\"%@`\x07\u2028") + lines[at],
                "",
                _shuffled(lines[at], chance),
            ]
        )
        lines[at] = line
    return "\n".join(lines)


def mutated_template(seed: int) -> tuple[str, str]:
    """Return the name of a template, and its text with one to five pieces put in or taken out."""
    chance = random.Random(seed)
    name = chance.choice(NAMES)
    text = (_TEMPLATES / name).read_text(encoding="utf-8")
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(text) + 1)
        end = min(len(text), at + chance.choice([0, 0, 1, 2, 5, 30]))
        text = text[:at] + chance.choice([*_PIECES, ""]) + text[end:]
    return name, text


def _shuffled(line: str, chance: random.Random) -> str:
    characters = list(line)
    chance.shuffle(characters)
    return "".join(characters)


def settings_fault(seed: int, folder: Path) -> str:
    """Load damaged settings; return the first fault, or nothing where they are fine. A fault has its place."""
    path = folder / "audit.yml"
    path.write_bytes(mutated_settings(seed).encode("utf-8", "surrogatepass"))
    return _fault(lambda: load(path))


def template_fault(seed: int) -> str:
    """Make every note by a damaged template; return the first fault, or nothing."""
    name, text = mutated_template(seed)

    def tried() -> object:
        wording = Wording(custom={name: CustomTemplate(path=name, text=text)})
        with warnings.catch_warnings(action="ignore"):
            return render_once(wording, name)

    return _fault(tried)


def render_once(wording: Wording, name: str) -> str:
    """Render one note by values of the kinds that the bot gives."""
    values = {
        "names": "@sam", "managers": "", "incident": "g/p#1", "due": date(2026, 11, 9), "step": 1, "steps": 4,
        "kind": "review", "open_review": "[x](https://x.example)", "done_label": "", "sentence": "A sentence.",
        "snooze": "s::2026-12-01", "snooze_command": "", "quiet_days": 2, "state": "open", "others": (),
        "reopened": None, "proposed": False, "late_days": 1, "days_left": 0, "addressees": ("`@sam`",),
        "missing": [("name", "IR007", "blank")], "unassigned": True, "no_action_label": "x", "snoozed": None,
        "rows": [("a", "b")], "who": "`@kim`", "bot": "`@bot`", "longest_snooze": 14,
    }  # fmt: skip
    return wording.render(name, **values)


def _fault(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except SettingsError as error:
        fault = error.faults[0]
        if not _PLACE.match(fault):
            raise AssertionError(f"a fault without its place: {fault}") from error
        return fault
    return ""
