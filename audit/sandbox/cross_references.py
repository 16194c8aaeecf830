"""The notes "mentioned in ..." that a text leaves on the issues it refers to, as GitLab leaves them.

A reference is ``group/project#12``, ``#12`` or ``GL-12`` in a text outside code and links and without a backslash
before its sign; and every link whose address is GitLab's own full one of an issue, with a path, query and anchor of
small letters behind it, or a short reference: whatever the link says (GitLab's app/models/concerns/referable.rb and
lib/banzai/filter/references). An address with anything else behind it is an ordinary link. Each pair of a source and
an issue gets one note, however often the source is edited.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from audit.text.blocks import Kind, blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.sandbox.data.hosted_project import HostedProject
    from audit.sandbox.data.namespaces import HostedGroup
    from audit.sandbox.data.records import StoredPage
    from audit.sandbox.data.work_items import WorkItem
    from audit.sandbox.instance import Call
    from audit.text.blocks import Blocks, TextBlock

_PATH: Final = r"[\w.][\w.-]*(?:/[\w.][\w.-]*)*"
_SHORT: Final = rf"(?:(?<![\w./-])(?P<path>{_PATH})?#|GL-)(?P<iid>\d+)(?:\+s?)?(?!\w)"
_IN_TEXT: Final = re.compile(_SHORT, re.ASCII)
_BEHIND: Final = r"(?:(?:/[a-z0-9_=-]+)*/*)?(?:\?[a-z0-9_=-]+(?:&[a-z0-9_=-]+)*)?(?:\#[a-z0-9_-]+)?"
_HREF: Final = re.compile(r"""<a\s[^>]*?href=["']?([^"'\s>]+)""", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^>]*>")
_APART: Final = "\ufdd0"


def leave_notes(call: Call, text: str, source: WorkItem) -> None:
    """Leave a note on every issue that the text of an issue or of one of its comments refers to."""
    for issue in _referred_to(call, text, source.project.path):
        if issue is not source and all(note.mentions is not source for note in issue.notes):
            issue.mentioned_in(source, by=call.user, at=call.now)


def leave_notes_of_page(call: Call, page: StoredPage, space: HostedProject | HostedGroup) -> None:
    """Leave a note on every issue that a page of a wiki refers to."""
    body = f"mentioned in wiki page [{page.title}]({call.site.address(space)}/-/wikis/{page.slug})"
    for issue in _referred_to(call, page.content, space.path):
        if all(note.body != body for note in issue.notes):
            issue.system_note(body, by=call.user, at=call.now, action="cross_reference")


def _referred_to(call: Call, text: str, home: str) -> list[WorkItem]:
    """Return the issues, each once, that the caller can read."""
    full = re.compile(
        rf"{re.escape(call.site.public_url)}/(?P<path>{_PATH}?)(?:/-)?/(?:issues(?:/incident)?|work_items)/(?P<iid>\d+)",
        re.ASCII,
    )
    found = _named(blocks(text), full)
    issues = (_issue(call, home, path, int(iid)) for path, iid in dict.fromkeys(found))
    return [issue for issue in dict.fromkeys(issues) if issue is not None and call.viewer.reads(issue)]


def _issue(call: Call, home: str, path: str, iid: int) -> WorkItem | None:
    around = home.rpartition("/")[0]
    projects = (call.world.projects.get(one) for one in (path or home, f"{around}/{path}"))
    return next((project.issues.get(iid) for project in projects if project is not None), None)


def _named(cut: Blocks, full: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Yield (path of the project or nothing, number) of each reference, in order."""
    whole = re.compile(full.pattern + _BEHIND, re.ASCII)
    parts = [_html(cut.source_of(one)) if one.kind is Kind.HTML else _markdown(cut.raw, one) for one in cut.blocks]
    for text, addresses in (*parts, (cut.rest, [])):
        linked = (whole.fullmatch(one) or _IN_TEXT.fullmatch(one) for one in map(unquote, addresses))
        written = (*full.finditer(text), *_IN_TEXT.finditer(full.sub(_APART, text)))
        yield from ((hit["path"] or "", hit["iid"]) for hit in (*linked, *written) if hit)


def _html(source: str) -> tuple[str, list[str]]:
    return _TAG.sub(_APART, source), _HREF.findall(source)


def _markdown(raw: bytes, block: TextBlock) -> tuple[str, list[str]]:
    """Return the text of a block in which GitLab looks for references, and the addresses of its links."""
    text, depth, addresses = "", 0, list[str]()
    if block.kind is Kind.CODE:
        return text, addresses
    for event, span in block.pieces:
        inside = event if isinstance(event, dict) else {}
        addresses += _HREF.findall(str(inside.get("InlineHtml", "")))
        if isinstance(start := inside.get("Start"), dict) and "Link" in start:
            depth += 1
            addresses.append(str(start["Link"]["dest_url"]))
        elif inside.get("End") == "Link" or (isinstance(inside.get("End"), dict) and "Link" in inside["End"]):
            depth -= 1
        shown = str(inside["Text"]) if "Text" in inside and not depth else _APART
        escaped = raw[span["start"] - 1 : span["start"]] == b"\\"
        text += _APART + shown[1:] if escaped else shown
    return text, addresses
