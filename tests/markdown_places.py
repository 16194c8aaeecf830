"""Texts on every kind of place in GitLab Markdown: what is shown there against what was meant."""

from __future__ import annotations

import random
import re
import string
from typing import TYPE_CHECKING, Final

from audit.inert import link, md, one_line
from tests.reminders.rendering import filtered, html, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLACES: Final = {
    "alone": ("", ""),
    "in a sentence": ("x ", " y."),
    "between signs": ("a (", "), “"),
    "bold": ("a **", "** b"),
    "cell": ("| a | b |\n|---|---|\n| ", " | x |"),
    "item": ("- ", ""),
    "step": ("1. ", "; x"),
    "heading": ("## ", ""),
    "below a line": ("x\n", "\ny"),
    "folded": ("<details>\n<summary>x</summary>\n\n", "\n\n</details>"),
    "link": ("x ", " y"),
    "link in a cell": ("| a | b |\n|---|---|\n| ", " | x |"),
}
"""Place -> what stands before and behind a text there."""
_SIGNS: Final = (
    *(
        "@all",
        "#1",
        "g/p",
        "!3",
        "~x",
        "%1",
        "&1",
        "$1",
        "[",
        "](",
        "(",
        ")",
        "]",
        "[[",
        "]]",
        "`",
        "``",
        "*",
        "**",
        "_",
    ),
    *(
        "__",
        "~~",
        "|",
        "\\",
        "/",
        "<",
        ">",
        "<b>",
        "&amp;",
        "&#64;",
        ":x:",
        ":",
        "://",
        "http",
        "https://a.b",
        "www.a.b",
    ),
    *(
        "deadbeef1",
        "1234567",
        "GL-1",
        "ABC-1",
        "-",
        "--",
        "+",
        "=",
        "#",
        " ",
        " ",
        " ",
        "a",
        "b",
        "Z",
        "9",
        "é",
        "中",
        "“",
    ),
    *("'", '"', "!", "?", ".", ",", ";", "{", "}", "{+", "+}", "{-", "[x]", "[ ]", "1.", "1)", "%{x}", "*iteration:1"),
    *("[issue:1]", "$x$", "$`", "^[a]", "[^1]", "==", "::", "\u00a0", "toc", "[toc]", "a@b.c", "mailto:", "||", "^"),
)


def strings(number: int, seed: str) -> Iterator[str]:
    """Yield each sign before, behind, within and between words, then random texts of one line.

    Half of those are of signs that mean something, half of any ASCII character.
    """
    for sign in string.punctuation:
        yield from (
            sign,
            f"{sign}x",
            f"x{sign}",
            f"{sign} x",
            f"x {sign}",
            f"x{sign}y",
            f"x {sign} y",
            f"{sign}x{sign}",
        )
        yield from (f"{sign}{sign}x{sign}{sign}", f"x{sign}{sign}y")
    chance = random.Random(seed)  # noqa: S311 - no secret
    for row in range(number):
        if row % 2:
            yield "".join(chance.choice(_SIGNS) for _ in range(chance.randint(1, 9)))
        else:
            yield "".join(chr(chance.randint(32, 126)) for _ in range(chance.randint(1, 14)))


def differences(text: str, place: str, write: Callable[[str], str] | None = None) -> list[tuple[str, str, object]]:
    """Return what is wrong with a text at a place, each with the text and how it was written: empty if nothing is."""
    if not one_line(text):
        return []
    before, after = PLACES[place]
    is_link = place.startswith("link")
    written = (write or (_linked if is_link else md))(text)
    body, usual = f"{before}{written}{after}", f"{before}{_linked('Q') if is_link else 'Q'}{after}"
    found = [("alive", words) for words in filtered(body)]
    if shown(body).split() != shown(usual).replace("Q", one_line(text)).split():
        found.append(("shown", shown(body)))
    if more := _tags(body) - _tags(usual) - {"span", "code"}:
        found.append(("elements", ", ".join(sorted(more))))
    if html(body).count("<a ") != html(usual).count("<a "):
        found.append(("links", html(body)))
    return [(text, str(written), one) for one in found]


def _linked(text: str) -> str:
    return link(text, "https://gitlab.example.com/x")


def _tags(body: str) -> set[str]:
    return set(re.findall(r"<(\w+)", html(body)))
