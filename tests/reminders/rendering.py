"""What GitLab makes of a body: its Markdown engine, and what its filters would then find in the text."""

from __future__ import annotations

import re
from html import unescape

import comrak

# GitLab fences off these only: other escaped characters are plain text again
_SPAN = re.compile(r"<span data-escaped-char>(?:[$%#@!~^:]|&amp;)</span>")
_CODE = re.compile(r"<code>.*?</code>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_MENTION = re.compile(r"(?<![\w.])@([A-Za-z0-9_][A-Za-z0-9_./-]*)")
_REFERENCE = re.compile(r"(?:[\w./-]+)?#\d+|(?<!\w)[~!$%&][\w\"]")


def html(body: str) -> str:
    """Render as GitLab does; escaped characters that begin a reference are fenced off in spans."""
    extensions = comrak.ExtensionOptions()
    extensions.table = extensions.autolink = extensions.strikethrough = extensions.tasklist = True
    options = comrak.RenderOptions()
    options.unsafe_ = options.escaped_char_spans = True
    return comrak.render_markdown(body, extension_options=extensions, render_options=options)


def live_text(body: str) -> str:
    """Return the text in which GitLab looks for references: no code, no escaped character, no comment."""
    rendered = re.sub(r"<!--.*?-->", "", html(body), flags=re.DOTALL)
    return unescape(_TAG.sub("", _CODE.sub("", _SPAN.sub("\ufdd0", rendered))))


def mentioned(body: str) -> set[str]:
    """Return whom a body notifies."""
    return set(_MENTION.findall(live_text(body)))


def referred_to(body: str) -> set[str]:
    """Return the references that GitLab would make links of."""
    return set(_REFERENCE.findall(live_text(body)))


def shown(body: str) -> str:
    """Return what a reader sees."""
    rendered = re.sub(r"<!--.*?-->", "", html(body), flags=re.DOTALL)
    return unescape(_TAG.sub("", rendered)).strip()
