"""Descriptions that were made to keep the audit busy: each kind at any size, for the tests and for the bench."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE: Final = "| Link to Incident Issue | #1 |\n|---|---|\n"
_REPEATED: Final = {
    # headings
    "headings": "# a\n",
    "empty headings": "#\n",
    "headings one after the other": "# a\n## b\n### c\n#### d\n##### e\n###### f\n",
    "closed headings": "## a ##\n",
    "underlined headings": "a\n-\n",
    "doubly underlined headings": "a\n=\n",
    "summaries": "## Summary\n",
    "summaries with a text": "## Summary\n\na\n\n",
    "outcomes": "## Outcomes\n\n#1\n\n",
    "key information": "## Key Information\n\n",
    "bold names of sections": "**Summary**\n\n",
    "bare names of sections": "Summary\n\n",
    "headings in HTML": "<h2>Summary</h2>\n\n",
    "disclosures": "<details>\n\n",
    "disclosures with their labels": "<details><summary>Summary</summary>\n\na\n\n",
    "labels of disclosures": "<summary>",
    # lists
    "numbers": "1. ...\n",
    "numbers in brackets": "1)\n",
    "bullets": "- a\n",
    "bullets of nothing": "-\n",
    "bullets in a line": "- - - - - - - - - - a\n",
    "bullets without an end": "- ",
    "numbers without an end": "1. ",
    "tasks": "- [ ] \n",
    "tasks that are done": "- [x] a\n",
    "stars and plusses": "* a\n+ b\n",
    "bullets with blank lines": "- a\n\n\n",
    # quotations
    "quotations": "> a\n",
    "quotations of nothing": ">\n",
    "quotations in a line": ">>>>>>>>>>>>>>>> a\n",
    "quotations without an end": ">",
    "quotations with spaces": "> ",
    "lazy lines": "> a\nb\n\n",
    "quotations in lists": "- > a\n",
    "lists in quotations": "> - a\n",
    "fences of quotations": ">>>\n",
    # definitions, footnotes
    "definitions": "[a]: b\n",
    "definitions with a title": '[a]: b "c"\n',
    "definitions over lines": "[a]:\nb\n",
    "footnotes": "[^1]: a\n",
    # tables
    "rows without a head": "| a | b |\n",
    "tables": "| a | b |\n|---|---|\n| c | d |\n\n",
    "tables of a row": "| a |\n|---|\n\n",
    "bars": "|",
    "bars and dashes": "|-",
    "bars in a line": "| a | b | c | d | e | f | g | h | i | j |\n",
    "link rows": TABLE + "\n",
    "escaped bars": "\\|",
    "tables in HTML": "<table><tr><td>Link to Incident Issue</td><td>#1</td></tr></table>\n\n",
    "rows in HTML": "<tr><td>a</td><td>b</td></tr>\n",
    "beginnings of tables": "<table>",
    "beginnings of tables on lines": "<table>\n",
    "beginnings of rows": "<tr",
    "beginnings of cells": "<td",
    "JSON tables": '```json:table\n{"items": []}\n```\n',
    # comments
    "comments": "<!-- a -->",
    "comments on lines": "<!-- a -->\n",
    "shortest comments": "<!-->",
    "short comments": "<!--->",
    "short comments on lines": "<!--->\n",
    "comments in indented lines": "    <!-- a -->\n",
    "comments in lists": "- <!-- a -->\n",
    "comments in indented lists": "- a\n\n      <!-- a -->\n",
    "beginnings of comments": "<!--",
    "beginnings of comments on lines": "<!--\n",
    "ends of comments": "-->",
    "comments after backticks": "`<!--",
    "comments between rows": "| a |\n<!-- b -->\n",
    # code
    "fences": "```\n",
    "fences with a name": "```a\n",
    "fences of tildes": "~~~\n",
    "fences in lists": "- ```\n",
    "fences and comments": "```\n<!-- a -->\n```\n",
    "fences in lists and comments": "- ```\n  <!-- a -->\n  ```\n",
    "backticks": "`",
    "backticks in twos and ones": "` `` ",
    "spans of code": "`a` ",
    "indented code": "    a\n",
    "tabs": "\t",
    "lines of tabs": "\ta\n",
    "code in HTML": "<code>",
    "closed code in HTML": "<code>#1</code>\n",
    # emphasis, links
    "stars and underscores": "*_",
    "stars": "*",
    "underscores": "_",
    "opened emphasis": "**a",
    "emphasis of all kinds": "*a **b _c __d ",
    "brackets": "[",
    "closing brackets": "]",
    "empty brackets": "[]",
    "brackets in brackets": "[[a]",
    "links": "[a](b) ",
    "links to issues": "[#1](/a/b/-/issues/2) ",
    "beginnings of links": "[a](",
    "beginnings of images": "![",
    "links with an opened title": '[a](b "',
    "links by name": "[a] ",
    # HTML
    "tags": "<b>",
    "tags on lines": "<b>\n",
    "blocks of HTML": "<div>\n\n",
    "beginnings of tags": "<a",
    "beginnings of anchors": "<a href=",
    "anchors": "<a href='/a/b/-/issues/1'>#2</a> ",
    "anchors without an end": "<a href='b'>",
    "less than": "<",
    "CDATA": "<![CDATA[",
    "processing instructions": "<?",
    "declarations": "<!A ",
    "autolinks": "<http://a>",
    # entities, characters
    "ampersands": "&",
    "entities": "&amp;",
    "numbered entities": "&#35;",
    "backslashes": "\\",
    "escaped signs": "\\*",
    "blank lines": "\n",
    "carriage returns": "\r",
    "lines of Windows": "a\r\n",
    "spaces": " ",
    "lines of a space": " \n",
    "NULs": "\x00",
    "letters": "a",
    "words": "a b ",
    "lines": "a b c\n",
    "paragraphs": "a\n\n",
    "wide letters": "\u65e5",
    "emoji": "\U0001f469\u200d",
    "dots": ".",
    "lines of dots": "...\n",
    "rules": "---\n",
    "questions": "a? ",
    "colons": "a: ",
    "brackets of a remark": "(e.g. ",
    "blanks for a time": "start time ",
    "insertions": "{+ a +} ",
    # references
    "numbers of issues": "#1 ",
    "names of issues": "a/b#1 ",
    "slashes": "/",
    "long paths": "a/",
    "paths of issues": "/a/b/-/issues/1 ",
    "addresses of issues": "https://gitlab.example/a/b/-/issues/1 ",
    "addresses without spaces": "https://a",
    "epics": "&1 ",
    "paths of epics": "groups/",
    "external ids": "INC-1 ",
    "external addresses": "https://app.incident.io/a.",
    "rows by bold labels": "**Start Time**: 10:00\n\n",
    "rows without bars": "Customers Affected: a\n",
    "hashes": "#",
}


def _repeated(unit: str) -> Callable[[int], str]:
    return lambda size: unit * (size // len(unit))


def _nested(opening: str, closing: str = "") -> Callable[[int], str]:
    def make(size: int) -> str:
        times = size // (len(opening) + len(closing))
        return opening * times + closing * times

    return make


def _indented(size: int) -> str:
    lines: list[str] = []
    length = 0
    while length < size:
        lines.append(" " * (2 * len(lines)) + "- a\n")
        length += len(lines[-1])
    return "".join(lines)


def _runs(sign: str) -> Callable[[int], str]:
    return lambda size: " ".join(sign * number for number in range(1, int((2 * size) ** 0.5)))


KINDS: Final[dict[str, Callable[[int], str]]] = {
    **{name: _repeated(unit) for name, unit in _REPEATED.items()},
    "deeper and deeper lists": _indented,
    "runs of backticks": _runs("`"),
    "runs of stars": _runs("*"),
    "nested brackets": _nested("[", "]"),
    "nested parentheses": _nested("[a](", ")"),
    "nested tags": _nested("<b>", "</b>"),
    "nested disclosures": _nested("<details>", "</details>"),
    "many definitions": lambda size: "".join(f"[{number}]: b\n" for number in range(size // 12)),
    "many names": lambda size: "".join(f"a{number}/b#1 " for number in range(size // 12)),
    "a table of many columns": lambda size: "|a" * (size // 4) + "|\n" + "|-" * (size // 4) + "|\n",
    "a table of many rows": lambda size: TABLE + "| a | b |\n" * (size // 10),
    "a table of wide cells": lambda size: f"{TABLE}| Total Duration | {'1 h ' * (size // 4)} |\n",
    "a row of link cells": lambda size: (
        "| Link to Incident Issue |" + " #1 |" * (size // 10) + "\n" + "|---" * (size // 10)
    ),
    "a log": lambda size: "2026-11-02 10:00:00 INFO [main] a.b.c: request /a/b took 12 ms - ok\n" * (size // 70),
    "a log in a fence": lambda size: "```\n" + "2026-11-02 10:00:00 INFO a - ok | b\n" * (size // 36) + "```\n",
    "a heading and a long line": lambda size: "# Summary\n\n" + "a?b: (c...) start time :: # " * (size // 28),
    "a long name of a section": lambda size: "# " + "Summary " * (size // 8),
    "a long underlined line": lambda size: "a " * (size // 2) + "\n---\n",
    "a long cell of HTML": lambda size: "<table>\n<tr><td>Start Time</td><td>" + "10:00 " * (size // 6),
    "one comment": lambda size: "<!-- " + "#1 " * (size // 3),
    "one word": lambda size: "#Summary" + "a" * size,
}
"""Name of a kind -> makes a text of about so many characters."""
