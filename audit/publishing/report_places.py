"""Where page one and its details stand once they are published, and how the one leads to the other.

In the output folder and in a repository ``report.md`` links to ``details.md`` beside it. Elsewhere these links lead to
the wiki page or the site that holds the details; where there is neither, the details are folded below page one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

    from audit.publishing.published import FinishedReport

PAGE_ONE: Final = "report.md"
DETAILS: Final = "details.md"
_TO_DETAILS: Final = f"]({DETAILS}"
"""How a link begins: nothing foreign can, since its brackets are escaped."""
_TO_PAGE_ONE: Final = f"]({PAGE_ONE})"


def page_one(report: FinishedReport) -> str:
    """Return page one as an issue holds it: with links to the details, or with the details folded below it."""
    text = report.texts[PAGE_ONE]
    if DETAILS not in report.texts:
        return text
    if report.details_url:
        return linked(text, report.details_url)
    title, _, details = report.texts[DETAILS].partition("\n")
    summary = title.removeprefix("# ").partition(":")[0]
    folded = details.replace(f"[the report]{_TO_PAGE_ONE[1:]}", "above").strip()
    # an anchor alone leads within the page, and the browser opens what it leads into
    return (
        f"{text.rstrip()}".replace(_TO_DETAILS, "](")
        + f"\n\n<details>\n<summary>{summary}</summary>\n\n{folded}\n\n</details>\n"
    )


def news(report: FinishedReport) -> dict[date, str]:
    """Return earlier day -> what has happened since, with the way to the details of this report if there is one."""
    more = f" [Details]({report.details_url})." if report.details_url else ""
    return {day: f"{line}{more}" for day, line in report.since.items()}


def linked(text: str, details_url: str) -> str:
    """Return page one with its links to an address; one that is no Markdown page has no such headings to lead to."""
    if not details_url.endswith(".html"):
        return text.replace(_TO_DETAILS, f"]({details_url}")
    first, *others = text.split(f"{_TO_DETAILS}#")
    return first + "".join(f"]({details_url}){other.partition(')')[2]}" for other in others)


def details(report: FinishedReport, page_one_url: str) -> str:
    """Return the details with their link to page one at an address."""
    return report.texts[DETAILS].replace(_TO_PAGE_ONE, f"]({page_one_url})")
