"""A page for each rule, in the rule's own words: what, why, on what it rests, how to mend it, how to switch it off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from audit.report.formats import pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from audit.rules.rule import Rule

_OFF: Final = "off"
_SUBJECTS: Final = {
    "incident": "group/project#12",
    "review": "group/project#13",
    "service": "name-of-the-service",
    "corrective action": "group/project#14",
}
_HANDBOOK: Final = "In the words of GitLab's handbook, page Incident Review"


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePart:
    """A part of a page."""

    title: str
    text: str
    quoted: bool = False
    yaml: str = ""
    """Settings to copy; one line or several."""

    @property
    def anchor(self) -> str:
        """The name of the part in an address."""
        return self.title.lower().replace(" ", "-").replace("'", "").replace(",", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePage:
    """What a page tells of a rule."""

    code: str
    name: str
    level: str
    """The level in force, or ``off``."""
    usual: str
    subject: str
    lacks: str
    parts: tuple[PagePart, ...]

    @property
    def title(self) -> str:
        """Code and name."""
        return f"{self.code} {self.name}"

    @property
    def file(self) -> str:
        """The name of its file."""
        return page_name(self.code)


def page_name(code: str) -> str:
    """Return the name of a rule's page, from which its address is made."""
    return f"{code}.html"


def rule_pages(rules: Iterable[Rule], levels: Mapping[str, str]) -> tuple[RulePage, ...]:
    """Return the pages of rules at the levels that the settings give them."""
    return tuple(
        RulePage(
            code=rule.code,
            name=rule.name,
            level=levels.get(rule.code, str(rule.level)),
            usual=str(rule.level),
            subject=str(rule.subject),
            lacks=f"{rule.lacks[:1].upper()}{rule.lacks[1:]}",
            parts=tuple(_parts(rule)),
        )
        for rule in rules
    )


def _parts(rule: Rule) -> Iterator[PagePart]:
    yield PagePart(title="Why it matters", text=rule.why)
    yield PagePart(title=_HANDBOOK if rule.quoted else "What it rests on", text=rule.sentence, quoted=rule.quoted)
    yield PagePart(title="How to mend it", text=f"{rule.step}.")
    yield PagePart(
        title="One exception",
        text="An approved waiver, which the report shows, and which ends by itself:",
        yaml="waivers:\n"
        f"  - subject: '{_SUBJECTS[str(rule.subject)]}'\n"
        f"    rules: [{rule.code}]\n"
        "    reason: why\n"
        "    approved_by: who\n"
        "    expires: 2026-12-31",
    )
    yield PagePart(
        title="How to switch it off",
        text="For all, or give it another level: violation, advisory or info. The report names what is switched.",
        yaml=f"rules: {{{rule.code}: off}}",
    )
    if rule.requires:
        codes = " or ".join(sorted(rule.requires))
        yield PagePart(title="Not asked", text=f"Of what {codes} has found already.")
    shown = ", ".join(name.replace("_", " ") for name in rule.evidence)
    yield PagePart(title="What a finding shows", text=f"{shown[:1].upper()}{shown[1:]}.")


def html_files(of: Iterable[RulePage]) -> dict[str, str]:
    """Return name and text of each page, and of the page that lists them."""
    every = tuple(of)
    files = {one.file: pages.page("rule.html.j2", page=one) for one in every}
    return {**files, "index.html": pages.page("rules.html.j2", pages=every)}


def rules_md(of: Iterable[RulePage]) -> str:
    """Return all rules on one Markdown page, each under a heading of its code and name."""
    return "\n".join(["# Rules", "", *(line for one in of for line in _section(one))]).rstrip() + "\n"


def _section(page: RulePage) -> Iterator[str]:
    level = page.level if page.level == page.usual else f"{page.level}, usually {page.usual}"
    yield from (f"## {page.title}", "", f"{page.lacks}. Level {level}, asked of each {page.subject}.", "")
    for part in page.parts:
        yield from (f"**{part.title}.** {'“' if part.quoted else ''}{part.text}{'”' if part.quoted else ''}", "")
        if part.yaml:
            yield from ("```yaml", part.yaml, "```", "")


def rules_text(of: Iterable[RulePage]) -> str:
    """Return the rules as lines for a terminal, each with the sentence that it rests on."""
    lines = []
    for page in of:
        level = page.level if page.level == page.usual else f"{page.level}, usually {page.usual}"
        rests = page.parts[1]
        lines.append(f"{page.title}  ({level}, asked of each {page.subject})")
        lines.append(f'       "{rests.text}"' if rests.quoted else f"       {rests.text}")
    return "\n".join(lines) + "\n"


def rules_json(rules: Iterable[Rule], levels: Mapping[str, str]) -> list[dict[str, object]]:
    """Return the rules for programs."""
    return [
        {
            "code": rule.code,
            "name": rule.name,
            "level": levels.get(rule.code, str(rule.level)),
            "usual_level": str(rule.level),
            "off": levels.get(rule.code) == _OFF,
            "subject": str(rule.subject),
            "lacks": rule.lacks,
            "why": rule.why,
            "sentence": rule.sentence,
            "quoted_from_the_handbook": rule.quoted,
            "step": rule.step,
            "requires": sorted(rule.requires),
        }
        for rule in rules
    ]
