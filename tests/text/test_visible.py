"""Sections 3 and 8: what a reader sees of a description; text in code and in HTML comments is not seen."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import comrak
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.text.blocks import blocks
from audit.text.documents import document
from audit.text.html_comments import BREAK, without_comments
from audit.text.review_reader import link_row
from audit.text.visible import snippet, where
from tests.examples import examples

NUMBERS = re.compile(r"(?<![\w/&.])#(\d+)")
ALL = re.compile(r"")


def visible(text: str) -> str:
    return where(blocks(text), ALL)


def rows(text: str) -> list[tuple[str, ...]]:
    return [passage.cells for passage in document(text).passages if passage.table is not None]


def cells(text: str) -> tuple[str, ...]:
    """Return the text of the cells of the link row that can name an issue."""
    read = document(text)
    return tuple(snippet(cell, read.cut, naming=True) for cell in link_row(read))


quick = examples(100)


def seen(text: str) -> list[int]:
    return [int(number) for number in NUMBERS.findall(visible(text))]


def naming(text: str) -> list[int]:
    return [int(number) for number in NUMBERS.findall(where(blocks(text), ALL, naming=True))]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        pytest.param("#1", [1], id="paragraph"),
        pytest.param("# Title #1\n\n## Other #2", [1, 2], id="headings"),
        pytest.param("Title #1\n===", [1], id="underlined heading"),
        pytest.param("#1 is no heading", [1], id="line that begins with a number"),
        pytest.param("- #1\n  - #2\n1. #3", [1, 2, 3], id="lists"),
        pytest.param("- [ ] #1\n- [x] #2", [1, 2], id="task boxes"),
        pytest.param("> #1\n> > #2", [1, 2], id="quotes"),
        pytest.param("**#1** _#2_ ***#3***", [1, 2, 3], id="emphasis"),
        pytest.param("**Incident**#1", [1], id="beside emphasis"),
        pytest.param("~~#1~~", [1], id="struck out"),
        pytest.param("#1\n#2  \n#3\\\n#4", [1, 2, 3, 4], id="line breaks"),
        pytest.param("#1\r\n\r\n#2", [1, 2], id="carriage returns"),
        pytest.param("| a | b |\n|---|---|\n| #1 | #2 |", [1, 2], id="table"),
        pytest.param("&amp; &nbsp; #1", [1], id="entities"),
        pytest.param("<b>#1</b> <kbd>#2</kbd>", [1, 2], id="HTML in a line"),
        pytest.param("<div>\n#1\n</div>\n\n#2", [1, 2], id="block of HTML"),
        pytest.param("<details><summary>#1</summary>\n\n#2\n\n</details>", [1, 2], id="details"),
        pytest.param("&#35;1", [], id="number sign as an entity"),
        pytest.param(r"\#1 \\#2", [2], id="escaped"),
        pytest.param("", [], id="empty"),
    ],
)
def test_text_is_seen(text: str, numbers: list[int]) -> None:
    assert seen(text) == numbers
    assert naming(text) == numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        pytest.param("`#1` #2", [2], id="span"),
        pytest.param("`` ` #1 `` #2", [2], id="span with a tick in it"),
        pytest.param("`a\n#1` #2", [2], id="span over lines"),
        pytest.param("` #1", [1], id="tick alone"),
        pytest.param("`a\n\n#1`", [1], id="ticks in two paragraphs"),
        pytest.param("``` #1 ``` #2", [2], id="span of three ticks"),
        pytest.param(r"\`#1\`", [1], id="escaped ticks"),
        pytest.param("```\n#1\n```\n#2", [2], id="fence"),
        pytest.param("```ruby\n#1\n```\n#2", [2], id="fence with a language"),
        pytest.param("````\n```\n#1\n```\n#2\n````\n#3", [3], id="longer fence"),
        pytest.param("~~~\n#1\n~~~\n#2", [2], id="tildes"),
        pytest.param("~~~ `#1`\n```\n#2\n~~~\n#3", [3], id="tildes with ticks in them"),
        pytest.param("   ```\n#1\n   ```\n#2", [2], id="fence, three blanks in"),
        pytest.param("```\n#1", [], id="fence that is never closed"),
        pytest.param("```\n#1\n~~~\n#2", [], id="fence that is closed otherwise"),
        pytest.param("- ```\n  #1\n  ```\n- #2", [2], id="fence in a list"),
        pytest.param("- ```\n  #1\n\n#2", [2], id="fence that ends with its list"),
        pytest.param("> ```\n> #1\n\n#2", [2], id="fence that ends with its quote"),
        pytest.param("    #1\n\n#2", [2], id="indented"),
        pytest.param("\t#1\n\n#2", [2], id="indented by a tab"),
        pytest.param("a\n    #1", [1], id="continued, not indented"),
        pytest.param("- a\n\n      #1\n\n  #2", [2], id="indented in a list"),
        pytest.param("1. a\n\n   #1", [1], id="of a list, not indented"),
        pytest.param("<code>#1</code> #2", [2], id="code element"),
        pytest.param("a <pre>#1</pre> #2", [2], id="preformatted element"),
        pytest.param("a </code> #1", [1], id="code element that was never opened"),
        pytest.param("<pre>\n#1\n\n#2\n</pre>\n\n#3", [3], id="block of preformatted text"),
        pytest.param("<div>\n<code>#1</code> #2\n</div>", [2], id="code element in a block"),
        pytest.param("<div>\n<code>#1\n</div>\n\n#2", [2], id="code element that is never closed"),
        pytest.param("<div>\n<CODE\n>#1</CODE\n> #2\n</div>", [2], id="code element over lines, in capitals"),
        pytest.param("<div>\n<code></code> #1 <code>#2</code>\n</div>", [1], id="code element with nothing in it"),
        pytest.param("<div>\n<codes>#1</codes> #2\n</div>", [1, 2], id="another element in a block"),
        pytest.param("<div>\nthe code #1\n</div>", [1], id="the word in a block"),
        pytest.param("<div>\n<code>bin/code> #1</code> #2\n</div>", [2], id="the word in a code element"),
        pytest.param("<div>\n#1<code>x</code>2\n</div>", [1], id="code element before a digit"),
        pytest.param("<div>\n#1<b>2</b>\n</div>", [1], id="element before a digit"),
        pytest.param("a <codes>#1</codes> <CODE>#2</CODE> #3", [1, 3], id="another element, and one in capitals"),
        pytest.param("a <code>#1</codes> #2</code> #3", [3], id="another element's end"),
        pytest.param("a <b title='<code>'>#1</b> <b title='</code>'>#2</b>", [1, 2], id="code element as a title"),
        pytest.param("a <code><b title='</code>'>#1</b></code> #2", [2], id="code element's end as a title"),
        pytest.param("a <pre>#1 <code>#2</code> #3</pre> #4", [4], id="code element in a preformatted one"),
        pytest.param("<style>\n#1\n</style>\n\n#2", [2], id="style"),
        pytest.param("<script>\n#1\n</script>\n\n#2", [2], id="script"),
        pytest.param("<textarea>\n#1\n</textarea>\n\n#2", [2], id="text area"),
    ],
)
def test_text_in_code_is_not_seen(text: str, numbers: list[int]) -> None:
    assert seen(text) == numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        pytest.param("<!-- #1 --> #2", [2], id="comment"),
        pytest.param("#1 <!-- #2 --> #3", [1, 3], id="comment within a line"),
        pytest.param("<!-- #1\n\n#2\n--> #3", [3], id="comment over paragraphs"),
        pytest.param("a <!-- #1\n\n#2 --> #3", [3], id="comment that begins within a line"),
        pytest.param("<!--- #1 ---> #2", [2], id="three dashes"),
        pytest.param("<!--#1-->#2", [2], id="no blanks"),
        pytest.param("<!--> #1", [1], id="empty comment"),
        pytest.param("<!---> #1 -->", [1], id="empty comment with a dash"),
        pytest.param("#1 <!-- #2\n\n#3", [1], id="never closed"),
        pytest.param("#1\n\n<!--- #2\n\n## Summary\n\n#3", [1], id="three dashes, never closed"),
        pytest.param("- a <!-- #1\n\nb --> #2", [2], id="opened in a list, closed after it"),
        pytest.param("<!-- #1 --> <!-- #2 --> #3", [3], id="two"),
        pytest.param("<!-- ``` --> #1\n\n<!-- ``` -->", [1], id="fences in comments"),
        pytest.param("<!-- ` --> #1 <!-- ` -->", [1], id="ticks in comments"),
        pytest.param("| a |\n|---|\n| #1 <!-- #2 --> |", [1], id="in a table"),
        pytest.param("    - <!-- #1 -->\n\n#2", [2], id="in indented code"),
        pytest.param("1. a\n\n    <!-- #1\n\n    #2 -->\n\n    #3", [3], id="in a list, far in"),
        pytest.param("-->\n\n#1", [1], id="only closed"),
    ],
)
def test_text_in_comments_is_not_seen(text: str, numbers: list[int]) -> None:
    assert seen(text) == numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        pytest.param("`<!--` #1", [1], id="span"),
        pytest.param("`` <!-- ` `` #1", [1], id="span with a tick in it"),
        pytest.param("a `b <!--\nc` #1", [1], id="span over lines"),
        pytest.param("a `b\n<!--` #1\n\n#2", [], id="a comment at the beginning of a line ends a span"),
        pytest.param("``` <!-- ``` #1", [1], id="span of three ticks"),
        pytest.param("```a``` b\n\n<!-- #1 -->#2", [2], id="span at the beginning of a line is no fence"),
        pytest.param("``a` <!-- #1 --> `b", [], id="ticks that do not match"),
        pytest.param("\\`<!-- #1\n\n -->` #2", [2], id="escaped ticks are none"),
        pytest.param("\\`<!--` #1", [], id="escaped tick opens none"),
        pytest.param("``a` <!-- `\n\n#1", [1], id="two ticks, then a span"),
        pytest.param("```a``` b\n\nc <!-- #1\n\n#2 --> #3", [3], id="span at the beginning, then a comment"),
        pytest.param(
            "- ```\n  a\n\n  b\n  ```\n\nc <!-- #1\n\n#2 --> #3", [3], id="fence in a list, comment in a line"
        ),
        pytest.param("```\n<!--\n```\n#1", [1], id="fence"),
        pytest.param("~~~\n<!--\n\n```\n~~~\n#1", [1], id="tildes"),
        pytest.param("````\n<!--\n```\n\n````\n#1", [1], id="longer fence"),
        pytest.param("```\n<!--\n\n#1", [], id="fence that is never closed"),
        pytest.param("```", [], id="fence alone"),
        pytest.param("    <!--\n\n#1", [1], id="indented"),
        pytest.param("\t<!--\n\n#1", [1], id="indented by a tab"),
        pytest.param("- a\n\n      <!--\n\n- #1", [1], id="indented in a list"),
        pytest.param(">     <!--\n\n#1", [1], id="indented in a quote"),
        pytest.param("- ```\n  <!--\n\n  a\n  ```\n\n#1", [1], id="fence in a list"),
        pytest.param("> ~~~\n> <!--\n> ~~~\n\n#1", [1], id="fence in a quote"),
        pytest.param(
            "1. a\n\n    ```\n    <!--\n\n    ```\n\n#1 <!-- #2\n\n#3", [1], id="fence far in, then a comment"
        ),
        pytest.param("- ```\n  a\n  ```\n\n`<!--` #1 <!-- #2 --> #3", [1, 3], id="fence in a list, then a span"),
        pytest.param("- ```\n  a\n  ```\n\n<!-- #1\n\n-->#2", [2], id="fence in a list, then a comment"),
    ],
)
def test_a_comment_in_code_is_code(text: str, numbers: list[int]) -> None:
    assert seen(text) == numbers


@pytest.mark.parametrize(
    ("text", "address", "numbers", "naming_numbers"),
    [
        pytest.param("[#1](https://h.example/2)", "https://h.example/2", [1], [], id="link"),
        pytest.param("[**#1**](https://h.example/2) #3", "https://h.example/2", [1, 3], [3], id="bold link"),
        pytest.param("<https://h.example/2>", "https://h.example/2", [], [], id="address in angle brackets"),
        pytest.param("[#1][a]\n\n[a]: https://h.example/2", "https://h.example/2", [1], [], id="link by its name"),
        pytest.param("[a]: https://h.example/2", None, [], [], id="link that is not used"),
        pytest.param("[#1](#2-b) #3", None, [1, 3], [3], id="within the page"),
        pytest.param("[#1](/g/p/-/issues/2)", "/g/p/-/issues/2", [1], [], id="without its host"),
        pytest.param("![#1](https://h.example/2)", None, [1], [], id="image"),
        pytest.param('<a href="https://h.example/2">#1</a> #3', "https://h.example/2", [1, 3], [3], id="anchor"),
        pytest.param("<a name='x'>#1</a>", None, [1], [1], id="anchor without an address"),
        pytest.param(
            "<p>\n<a href='https://h.example/2'>#1</a> #3", "https://h.example/2", [1, 3], [3], id="in a block"
        ),
        pytest.param("<p>\n<a href=#2b>#1</a> #3", None, [1, 3], [3], id="in a block, within the page"),
        pytest.param(
            "<p>\n<A id=x\nHREF = https://h.example/2>\n#1\n</A > #3",
            *("https://h.example/2", [1, 3], [3]),
            id="in a block, over lines",
        ),
        pytest.param("a <A HREF = 'https://h.example/2'>#1</A> #3", "https://h.example/2", [1, 3], [3], id="capitals"),
        pytest.param("<a data-href='https://h.example/2'>#1</a>", None, [1], [1], id="an attribute that shows nothing"),
        pytest.param("a <area href='https://h.example/2'> #1", None, [1], [1], id="another element's address"),
        pytest.param("<p>\n<area href='https://h.example/2'> #1", None, [1], [1], id="another's in a block"),
        pytest.param("a <b title='<a href=/g/p>'>#1</b>", None, [1], [1], id="anchor as a title"),
        pytest.param("a <a nohref='/g/p'>#1</a>", None, [1], [1], id="another attribute"),
        pytest.param("<p>\n<a href='/g/p' href='/g/q'>#1</a> #3", "/g/p", [1, 3], [3], id="the first of two addresses"),
        pytest.param("a <a href='x'>[#1](y) #2</a> #3", None, [1, 2, 3], [3], id="link in an anchor"),
        pytest.param("[<a href='x'>#1</a> #2](y) #3", None, [1, 2, 3], [3], id="anchor in a link"),
        pytest.param(f"{'[' * 30}#1{']' * 30}(/g/p)", "/g/p", [1], [], id="brackets in a link"),
        pytest.param("[#1](/g/p)2 #3", "/g/p", [1, 3], [3], id="a digit right behind"),
        pytest.param("a </a> [#1](/g/p) #2", "/g/p", [1, 2], [2], id="an anchor's end before"),
    ],
)
def test_of_a_link_only_the_address_names_an_issue(
    text: str, address: str | None, numbers: list[int], naming_numbers: list[int]
) -> None:
    assert seen(text) == numbers
    assert naming(text) == naming_numbers
    for told in (visible(text), where(blocks(text), ALL, naming=True)):
        assert set(re.findall(r"https?://\S+|/g/\S+", told)) == ({address} if address else set())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[#1](#2)", ["#2"]),
        ("[the outage](#2+)", ["#2+"]),
        ("[x][a]\n\n[a]: #2+s", ["#2+s"]),
        ("<a href='#2'>#1</a>", ["#2"]),
        ("[#1](g/p#2)", ["g/p#2"]),
        ("[#1](p#2)", ["p#2"]),
        ("[#1](#2-b)", []),
        ("[#1](#b)", []),
    ],
)
def test_the_target_of_a_link_may_be_a_reference_itself(text: str, names: list[str]) -> None:
    assert where(blocks(text), ALL, naming=True).replace(BREAK, " ").split() == names


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a! b", "a! b"),
        ("a `b` c", "a c"),
        ("a *b* c", "a b c"),
        ("a _b_ c", "a b c"),
        (r"a\*b", "a*b"),
        ("[a](/b)", "/b a"),
        ("![a](/b)", "a"),
        ("<b>a</b>", "a"),
        ("<P>\na <B>b</B> <i class='x'>c</i>", "a b c"),
        ("<p>\n<code>a</code> b", "b"),
        ("<p>\n<a href=/b class='x'>c</a>", "/b c"),
        ("a<a href='/b'>c</a>", "a /b c"),
        ("a &amp; b", "a & b"),
        (r"a <code>\*</code> b", "a b"),
    ],
)
def test_marks_are_not_shown(text: str, shown: str) -> None:
    assert " ".join(visible(text).replace(BREAK, " ").split()) == shown


def test_lines_stay_lines() -> None:
    assert visible("**a**\nb  \nc\\\nd").replace(BREAK, "") == "a\nb\nc\nd"


def test_a_text_is_cut_by_lines_only_where_its_lines_are_those_of_its_source() -> None:
    assert where(blocks("#7\n#8"), ALL, lines=[range(1)]) == "#7"
    assert where(blocks("a&#10;#7\n#8"), ALL, lines=[range(1)]).split() == ["a", "#7", "#8"]


def test_of_a_link_in_a_block_of_html_its_address_stands_for_it() -> None:
    assert where(blocks("<p>\n<a href='/b'>c</a> d"), ALL, naming=True).split() == ["/b", "d"]


TABLE = """
| Metric | First | Second |
|---|---|---|
| **Severity** | 1 | `2` |
| Link to  Incident *Issue*: | #1 <!-- x --> | [#2](https://h.example/3) |
| Blank | |

Prose.

link to incident issue | other
--- | ---
Blank | no
"""


def test_rows_of_every_table() -> None:
    assert [row[0] for row in rows(TABLE)] == [
        "Metric",
        "**Severity**",
        "Link to  Incident *Issue*:",
        "Blank",
        "link to incident issue",
        "Blank",
    ]
    assert rows(TABLE)[1][1:] == ("1", "`2`")
    assert rows(TABLE)[3][1:] == ("", "")


def test_the_cells_of_a_row_are_found_by_its_name() -> None:
    assert [NUMBERS.findall(cell) for cell in cells(TABLE)] == [["1"], [], []]
    assert cells("| * Link to incident issue _: | #1 |\n|---|---|") == ("#1",)
    assert cells("| LinkToIncidentIssue | #1 |\n|---|---|") == ()


HTML = """
<table>
<tr><th>Metric</th><th>Value</th></tr>
<tr>
<td>Link to Incident Issue</td>
<td>

- #1
- **#2** `#3` <!-- #4 -->

</td>
</tr>
<tr></tr>
</table>
"""


def test_rows_of_a_table_in_html() -> None:
    text = f"a\n{HTML}\nb"
    assert [row[0] for row in rows(text)] == ["Metric", "Link to Incident Issue"]
    assert NUMBERS.findall(" ".join(cells(text))) == ["1", "2"]
    assert not rows(f"```\n{HTML}\n```")
    assert not rows(f"<pre>\n{HTML}\n</pre>")
    assert not rows(f"<p>a</p>\n\n```\n{HTML}\n```")
    assert not rows("a <table><tr><td>b</td></tr></table>")
    assert not rows("<div>\na table <tr><td>b</td></tr>\n</div>")
    assert not rows("<div>\n<code>\n<table><tr><td>b</td></tr></table>\n</code>\n</div>")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\n<table>\n<tr><td>Link</td><td>#1</td></tr>\n</table>", id="below a blank line"),
        pytest.param("a\n\n<table><tr><td>Link</td><td>#1</td></tr></table>\n\nb\n\nc\n\nd", id="between paragraphs"),
        pytest.param("<TABLE>\n<TR><TD>Link</TD><TD>#1</TD></TR>\n</TABLE>", id="capitals"),
        pytest.param("<table\nid='a'>\n<tr\nid='b'><th\nid='c'>Link</th\n><td>#1</td></tr></table>", id="attributes"),
        pytest.param("<table>\n<tr><th>Link<td>#1\n</table>\n#2", id="cells that are not closed"),
        pytest.param("<table>\n<tr><thing><th>Link</th></thing><td>#1", id="another element around a cell"),
        pytest.param("<table>\n<tr><th>Link<th>#1", id="nothing that is closed"),
        pytest.param("<table>\n#2 <tr> #3 <td>Link</td> #4 <td>#1</td> #5 </tr> #6</table>", id="text beside cells"),
        pytest.param("<table>\n<tr><th>Link</th> #2 <td>#1</tr> #3 </table>", id="cell that its row closes"),
        pytest.param("<table>\n<thead>\n<tr><th>\nLink\n</th><td>\n#1\n</td></tr></thead></table>", id="head"),
    ],
)
def test_a_row_in_html_however_it_is_written(text: str) -> None:
    assert rows(text) == [("Link", "#1")]


def test_elements_whose_names_only_begin_like_a_cells() -> None:
    row = "<tr><td>Link</td><td>#1 <track> #2 <thing> #3 </tdx> #4 <tdx> #5 a/table> tr> td> #6 </tabl> #7</td></tr>"
    assert NUMBERS.findall(rows(f"<table>\n{row}\n</table>")[0][1]) == list("1234567")
    assert not rows("<table>\n<track> <td>b</td> tr> <td>b</td></table>")
    assert not rows(f"<tablet>\n{row}")


@pytest.mark.parametrize("end", ["</table>", "</TABLE\n>"])
def test_a_table_in_html_ends_where_it_is_closed(end: str) -> None:
    table = f"<table>\n<tr><td>Link</td><td>#1</td></tr>\n{end}"
    code = "```\n<table><tr><td>Other</td><td>#2</td></tr></table>\n```"
    assert [row[0] for row in rows(f"{table}\n\n{code}\n\n{table}\n\n{table}")] == ["Link"] * 3


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("| a | b |\n|---|---|\n<!-- | c | d | -->\n| e | f |", ["a", "e"], id="between two rows"),
        pytest.param("| a | b |\n|---|---|\n  <!-- c\nd -->  \n| e | f |", ["a", "e"], id="over lines"),
        pytest.param("| a | b |\n|---|---|\n<!-- c -->\n\n| e | f |", ["a"], id="then a blank line"),
        pytest.param("| a | b |\n|---|---|\n\n<!-- c -->\n| e | f |", ["a"], id="after a blank line"),
        pytest.param("<!-- c -->\n| a | b |\n|---|---|\n| e | f |", ["a", "e"], id="before the table"),
        pytest.param("| a | b |\n|---|---|\n| e | f |\n<!-- c -->", ["a", "e"], id="after the table"),
    ],
)
def test_a_comment_between_two_rows_ends_no_table(text: str, names: list[str]) -> None:
    assert [row[0] for row in rows(text)] == names


def test_a_row_within_a_comment_or_code_is_none() -> None:
    assert not rows(f"<!--\n{TABLE.replace('-->', '')}\n-->")
    assert not rows(f"```\n{TABLE}\n```")


def test_only_blocks_with_the_mark_are_told() -> None:
    content = blocks("a #1 b\n\nc\n\n- d #2\n- e\n- [#3](f)")
    assert where(content, re.compile("#")) == "a #1 b\nd #2\n f #3 "
    assert where(content, re.compile("#"), lines=[range(1), range(4, 5)]) == "a #1 b\nd #2"
    assert where(content, re.compile("z")) == ""


def test_of_a_paragraph_only_the_lines_that_are_meant_are_told() -> None:
    content = blocks("a #1\n**b** #2\nc #3\n")
    assert where(content, re.compile("#"), lines=[range(1, 2)]).replace(BREAK, "") == "b #2"


HOSTILE = [
    pytest.param("- ```\n  x\n  ```\n" + "<!-- #1 --> a\n" * 7000, id="comments below a fence in a list"),
    pytest.param("- a\n\n" + "    <!-- #1 -->\n" * 7000, id="comments far in"),
    pytest.param("<!-- #1 " * 20_000, id="comments that are never closed"),
    pytest.param("".join("`" * (i % 300 + 1) + " a " for i in range(600)), id="ticks that do not match"),
    pytest.param("<table><tr><td>" * 6000, id="tables that are never closed"),
    pytest.param("<a href=" * 12_000, id="anchors that are never closed"),
    pytest.param("[" * 2000, id="brackets that are never closed"),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_that_was_made_to_take_long_does_not(text: str) -> None:
    assert naming(text) == []


@quick
@given(st.text(alphabet="a`~<!-> \n#1*[]()|\\", max_size=80))
def test_every_text_can_be_read(text: str) -> None:
    assert visible(text).count("\n") <= text.count("\n")
    assert len(without_comments(text)) <= len(text)
    assert ("<!--" in text) or without_comments(text) == text


class _Page(HTMLParser):
    """What a page shows outside code and links, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.shown: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in {"code", "pre", "a"}:
            self.inside.append(tag)
        self.shown.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            self.inside.remove(tag)
        self.shown.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.shown.append(data)


PIECES = (
    *("#1", "- #2", "  - #3", "1. #4", "> #5", "## #6", "`#7`", "    #8", "```", "~~~", "", "", "a `b", "c` #9"),
    *("**#10**", "[#11](https://h.example)", "  ```", "      #12", "\n| #13 | `#14` |\n|---|---|\n| #15 | b |\n"),
    *("- ```", "> ~~~", "\t#16", "#17 <b>#18</b>", "***", "2) #19", "\\`#20\\`", "``a` #21 `b``"),
)


@quick
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("\n".join))
def test_another_reader_of_markdown_sees_the_same(text: str) -> None:
    extensions = comrak.ExtensionOptions()
    extensions.table = True
    options = comrak.RenderOptions()
    options.unsafe_ = True
    page = _Page(comrak.render_markdown(text, extension_options=extensions, render_options=options))
    assert naming(text) == [int(number) for number in NUMBERS.findall("".join(page.shown))]
