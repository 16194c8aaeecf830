from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.text.blocks import blocks
from audit.text.documents import document
from audit.text.names import NARRATIVE, OUTCOMES, SUMMARY, keys

if TYPE_CHECKING:
    from audit.text.sections import Section, Sectioned


def read(description: str, names: tuple[str, ...] = (), beginnings: tuple[str, ...] = ()) -> Sectioned:
    return document(description).sectioned(keys(names), keys(beginnings))


def names(description: str) -> list[str]:
    return [section.name for section in read(description).sections]


def named(description: str, *wanted: str, beginnings: bool = False) -> tuple[Section, ...]:
    return read(description).named(keys(wanted), beginnings=beginnings)


def body(description: str, *wanted: str, prefix: bool = False) -> str:
    lines = blocks(description).text.split("\n")
    sections = named(description, *wanted, beginnings=prefix)
    return "\n".join(line for section in sections for line in lines[section.first : section.end]).strip()


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        pytest.param("# One\n## Two\n###### Six", ["One", "Two", "Six"], id="every level"),
        pytest.param("## One ##\n   ## Indented", ["One", "Indented"], id="closing marks and indentation"),
        pytest.param("###Example\ntext", [], id="no space is no heading"),
        pytest.param("One\n===\nTwo\n---", ["One", "Two"], id="underlined"),
        pytest.param("The disk was full.\n---\n", [], id="a sentence with a rule under it"),
        pytest.param("It was full\nand slow\n---\n", [], id="a paragraph with a rule under it"),
        pytest.param("a b c d e f g h i j k\n---\n", [], id="a long line with a rule under it"),
        pytest.param("a b\n---\n", ["a b"], id="two words with a rule under them"),
        pytest.param("a b c\n---\n", [], id="three words with a rule under them, which are prose"),
        pytest.param("a b c\n===\n", ["a b c"], id="three words with a double rule under them"),
        pytest.param("- one\n---\n", [], id="a list with a rule under it"),
        pytest.param("> one\n---\n", [], id="a quotation with a rule under it"),
        pytest.param("```\n# Code\n```\n# Real", ["Real"], id="in fenced code"),
        pytest.param("- ```\n  # Code\n  ```\n\n# Real", ["Real"], id="in fenced code of a list"),
        pytest.param("text\n\n    # Code\n\n# Real", ["Real"], id="in indented code"),
        pytest.param("<!--\n# Hidden\n-->\n# Real", ["Real"], id="in a comment"),
        pytest.param("<!--- # Hidden --->\n# Real", ["Real"], id="in a comment with three dashes"),
        pytest.param("# Real\n<!--\n# Hidden", ["Real"], id="a comment that is never closed"),
        pytest.param("> # Quoted\n\n# Real", ["Real"], id="in a quotation"),
        pytest.param("- ```\n  a\n  ```\n> # Quoted\n\n# Real", ["Real"], id="in a quotation after code in a list"),
        pytest.param("<details>\n\n# Folded\n\n</details>", ["Folded"], id="in a disclosure"),
        pytest.param("# One\r\n# Two\r# Three", ["One", "Two", "Three"], id="line ends of every kind"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_headings(description: str, expected: list[str]) -> None:
    assert names(description) == expected


def test_a_section_ends_at_the_next_heading_that_is_not_deeper() -> None:
    description = "## Summary\na\n### Deeper\nb\n## Details\nc\n# Top\nd"
    assert body(description, "Summary") == "a\n### Deeper\nb"
    assert body(description, "Details") == "c"
    assert body(description, "Deeper") == "b"


def test_an_underline_is_no_part_of_the_section() -> None:
    assert body("Summary\n-------\nText", "Summary") == "Text"


@pytest.mark.parametrize(
    "heading",
    ["Summary", "SUMMARY", "**Summary**", "Summary:", "1. Summary", "[Summary](#summary)", "📝 Summary",
     "Sum\u200bmary",     "Summary <!-- short -->", '<a name="s"></a>Summary', "Executive  Summary", "_exec summary_",
     "**Executive** Summary", "Executive `Summary`", "~~Exec~~ summary", '[Summary](#a "what it was")', "&#83;ummary",
     "12) Summary", "<h2>Summary</h2>", '<kbd class="a">Summary</kbd><br/>'],
)  # fmt: skip
def test_a_name_is_known_however_it_is_dressed(heading: str) -> None:
    assert body(f"## {heading}\ntext", *SUMMARY) == "text"


@pytest.mark.parametrize("heading", ["Summary of the talk", "In summary", "Summaries", "5"])
def test_another_name_is_not_taken_for_it(heading: str) -> None:
    assert named(f"## {heading}\ntext", *SUMMARY) == ()


def test_a_beginning_is_enough_where_it_is_asked_for() -> None:
    assert body("# Outcomes/Corrective Actions\na\n# Corrective actions (all)\nb", *OUTCOMES, prefix=True) == "a\nb"
    assert named("# More outcomes", *OUTCOMES, beginnings=True) == ()


def test_a_section_within_one_that_was_found_is_not_told_twice() -> None:
    found = named("# Outcomes\n## Corrective Actions\na", *OUTCOMES, beginnings=True)
    assert [section.name for section in found] == ["Outcomes"]


def test_names_that_lost_their_marks() -> None:
    text = read("Summary\n\na\n\n**Details:**\n\nb\n\nOutcomes and actions\n\nc", (*SUMMARY, *NARRATIVE), OUTCOMES)
    assert [(section.level, section.name) for section in text.sections] == [
        (8, "Summary"),
        (8, "Details:"),
        (8, "Outcomes and actions"),
    ]


@pytest.mark.parametrize("entry", ["- a", "* a", "+ a", "  - a", "1. a", "1) a", "> a"])
def test_a_name_right_above_a_list_or_a_quotation_is_a_section(entry: str) -> None:
    for between in ("\n", "\n\n"):
        assert [section.name for section in read(f"Summary{between}{entry}", SUMMARY).sections] == ["Summary"]
    assert read(f"What was summarised\n{entry}", SUMMARY).sections == ()


@pytest.mark.parametrize(("length", "is_name"), [(60, True), (61, False)])
def test_a_name_without_marks_is_short(length: int, is_name: bool) -> None:
    line = "Outcomes ".ljust(length, "x")
    assert bool(read(line, SUMMARY, OUTCOMES).sections) == is_name


def test_a_heading_right_below_a_table_is_no_row_of_it() -> None:
    text = read("| a |\n|---|\n# | b |\n")
    assert ([piece.cells for piece in text.passages], [one.name for one in text.sections]) == ([("a",)], ["| b |"])


def test_the_label_of_a_disclosure_in_code_is_text() -> None:
    assert [piece.cells[0] for piece in read("```\n<summary>a</summary>\n```").passages] == ["<summary>a</summary>"]


@pytest.mark.parametrize(
    "line",
    [
        "Summary\nof it",
        "- Summary",
        "Outcomes were good.",
        "Outcomes of all that was done",
        "Outcomes of it all",
        "Another",
        "x" * 70,
        "Outcomes " + "x" * 60,
    ],
)
def test_what_only_looks_like_a_name_without_marks(line: str) -> None:
    assert read(f"text\n\n{line}\n\ntext", SUMMARY, OUTCOMES).sections == ()


def test_pieces_are_lines_and_rows_in_order() -> None:
    description = (
        "# K\n| a | b |\n|---|---|\n| c | d \\| e |\n\ntext\n\n```\ncode\n```\n<b>\nhtml\n</b>\n\n| f |\n|---|\n"
    )
    told = [(piece.cells, piece.table, piece.head) for piece in read(description).passages]
    assert told == [
        (("a", "b"), 0, True),
        (("c", "d | e"), 0, False),
        (("text",), None, False),
        (("code",), None, False),
        (("<b>",), None, False),
        (("html",), None, False),
        (("</b>",), None, False),
        (("f",), 1, True),
    ]


def test_a_comment_between_two_rows_does_not_end_the_table() -> None:
    rows = read("| a | b |\n|---|---|\n<!-- c\nd -->\n| e | f |\n").passages
    assert [row.cells for row in rows] == [("a", "b"), ("e", "f")]


def test_the_entry_of_a_list_meant_for_a_cell_ends_no_row() -> None:
    rows = read("| a | b |\n|---|---|\n| c |\n- d\n| e \\| f | g |\n  | h |\n- i |\n| j\n\n- | k |\n").passages
    assert [(row.line, row.cells, row.table) for row in rows] == [
        (0, ("a", "b"), 0),
        (2, ("c", ""), 0),
        (3, ("- d",), None),
        (4, ("e \\| f", "g"), 0),
        (5, ("h",), 0),
        (6, ("- i |",), None),
        (7, ("j",), 0),
        (9, ("- | k |",), None),
    ]


def test_marks_of_lists_and_quotations_stay_with_their_lines() -> None:
    told = read("- a\n  - [ ] b\n\n> c\n\n1. ```\n   d\n   ```\n- ---\n\n[e]: https://h.example\n").passages
    assert [piece.cells[0] for piece in told] == ["- a", "- [ ] b", "> c", "d", "[e]: https://h.example"]


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        pytest.param("- a\n\n  # Real", ["Real"], id="under an entry"),
        pytest.param("- # of customers: 5", [], id="that begins an entry"),
        pytest.param("* # of a\n+ # of b\n12) # of c\n\n34. # of d", [], id="that begins an entry of another kind"),
        pytest.param("- one\n  ---", [], id="an entry with a rule under it"),
        pytest.param(">one\n>---", [], id="a quotation without blanks"),
        pytest.param("#\n\ntext", [], id="without words"),
    ],
)
def test_headings_in_lists(description: str, expected: list[str]) -> None:
    assert names(description) == expected


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("```\na\n```\n", ["a"]),
        ("~~~~ sh\n```\n~~~~~\n", ["```"]),
        ("> ```\n> a\n> ```\n", ["> a"]),
        ("```\na", ["a"]),
        ("```", []),
        ("```\n```b", ["```b"]),
    ],
)
def test_the_fences_of_code_are_no_text(description: str, expected: list[str]) -> None:
    assert [piece.cells[0] for piece in read(description).passages] == expected


def test_rows_of_html_tables() -> None:
    html = "<table>\n<tr><th>a</th><th>b</th></tr>\n<tr>\n<td>c</td>\n<td>\n\n* d\n</td></tr><tr></tr></table>\n"
    rows = [piece for piece in read(html).passages if piece.table is not None]
    assert [row.cells for row in rows] == [("a", "b"), ("c", "* d")]
    assert {row.table for row in rows} == {0}
    in_code = read(f"```\n{html}```\n<div>\n").passages
    assert {piece.table for piece in in_code} == {None}


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<TABLE>\n<TR><TD>Link</TD><TD>#1</TD></TR>\n</TABLE>", id="capitals"),
        pytest.param("<table id='a'>\n<tr\nid='b'><th\nid='c'>Link</th\n><td>#1</td></tr></table>", id="attributes"),
        pytest.param("<table>\n<tr><th>Link<td>#1\n</table>\n#2", id="cells that are not closed"),
        pytest.param("<table>\n<tr><th>Link<th>#1", id="nothing that is closed"),
        pytest.param("<table>\n#2 <tr> #3 <td>Link</td> #4 <td>#1</td> #5 </tr> #6</table>", id="text beside cells"),
        pytest.param("<table>\n<tr><th>Link</th> #2 <td>#1</tr> #3 </table>", id="cell that its row closes"),
        pytest.param("<table>\n<tr><thing><th>Link</th></thing><td>\n#1\n</table>", id="element around a cell"),
    ],
)
def test_a_row_in_html_however_it_is_written(html: str) -> None:
    rows = [piece for piece in read(f"\n{html}").passages if piece.table is not None]
    assert [(row.cells, row.line, row.head) for row in rows] == [(("Link", "#1"), 2, False)]


def test_tables_are_numbered_through() -> None:
    table, html = "| a |\n|---|\n| b |", "<table>\n<tr><td>c</td></tr>\n</table>"
    rows = [piece for piece in read(f"{table}\n\n{html}\n\n{table}\n\n{html}").passages if piece.table is not None]
    assert [(row.cells[0], row.table) for row in rows] == [("a", 0), ("b", 0), ("c", 2), ("a", 1), ("b", 1), ("c", 3)]
    assert [piece.table for piece in read(f"{table}\n\n{html}").passages if piece.table is not None] == [0, 0, 1]


def test_a_rule_under_a_sentence_is_no_text() -> None:
    told = read("It was a full disk.\n---\nIt is empty now.").passages
    assert [piece.cells[0] for piece in told] == ["It was a full disk.", "It is empty now."]


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<details><summary>Click\nhere</summary>\n\ntext\n\n</details>", ["text", "</details>"]),
        ("<DETAILS><SUMMARY>Click</SUMMARY>\ntext\n</DETAILS>", ["text", "</DETAILS>"]),
        ("<details><summary class='a'>Click</summary>text\n</details>", ["text", "</details>"]),
        ("<details>\n<summary>Click\nhere", ["<details>"]),
        ("<div>\n<summarys>text\n</div>", ["<div>", "<summarys>text", "</div>"]),
    ],
)
def test_the_label_of_a_disclosure_is_no_text(html: str, told: list[str]) -> None:
    assert [piece.cells[0] for piece in read(html).passages] == told


@given(st.text(alphabet="#abc -|\n`<>!*=1.", max_size=80))
def test_any_text_is_read(text: str) -> None:
    parts = read(text)
    assert all(section.first <= section.end for section in parts.sections)
    assert list(parts.passages) == sorted(parts.passages, key=lambda piece: piece.line)


def test_a_heading_is_found_in_any_unicode_form() -> None:
    assert body("# Re\u0301sume\u0301\n\na", "R\u00e9sum\u00e9") == "a"
