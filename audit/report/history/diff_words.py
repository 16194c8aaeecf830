"""A comparison of two audits in words: plain text without control characters, or Markdown that pings nobody."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from audit import inert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from audit.report.figures.changes import Key
    from audit.report.history.diff import Difference, Figure, GapKey, OwnerChange

_FIGURES: Final = {
    "rate": "on time, of the reviews due in the window",
    "rate_counting_exempt": "on time, with the exempt ones as not done",
    "on_time": "reviews on time",
    "due": "reviews due",
    "open_late": "open late",
    "blocked_by_no_owner": "blocked by no owner",
    "median": "working days to review, median",
    "p90": "working days to review, 90 %",
}
_RATES: Final = ("rate", "rate_counting_exempt")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    """How foreign words, headings and items are written."""

    text: Callable[[str], str]
    ref: Callable[[str, str], str]
    """Takes the name of an issue, and its address or an empty text."""
    heading: Callable[[str], list[str]]
    item: str


_PLAIN: Final = _Style(
    text=inert.one_line, ref=lambda ref, _: inert.one_line(ref), heading=lambda words: ["", words], item="  "
)
_MARKDOWN: Final = _Style(
    text=lambda words: str(inert.md(words)),
    # never a live reference, which GitLab would log on the issue
    ref=lambda ref, url: str(inert.link(ref, url)),
    heading=lambda words: ["", f"## {words}", ""],
    item="- ",
)


def diff_text(pair: Difference) -> str:
    """Return lines for a terminal."""
    return _written(pair, _PLAIN, _title(pair))


def diff_md(pair: Difference) -> str:
    """Return GitLab Markdown."""
    return _written(pair, _MARKDOWN, f"# {_title(pair)}")


def _title(pair: Difference) -> str:
    return f"Incident reviews, {pair.before} beside {pair.now}"


def _written(pair: Difference, style: _Style, title: str) -> str:
    lines = [title]
    for heading, items in _sections(pair, style):
        lines += style.heading(heading)
        lines += [f"{style.item}{item}" for item in items] or [f"{style.item}none"]
    return "".join(f"{inert.printable(line)}\n" for line in lines)


def _sections(pair: Difference, style: _Style) -> Iterator[tuple[str, Sequence[str]]]:
    turned, findings = pair.turns, pair.findings
    yield "Figures", [*_caveats(pair, style), *map(_figure, pair.figures)]
    yield "Verdicts", [_count(one) for one in pair.verdicts if one.before or one.now]
    changed = [
        f"{_ref(pair, style, one.ref)}: {_word(one.before)} -> {_word(one.now)}, {style.text(pair.titles[one.ref])}"
        for one in turned.changed
    ]
    yield f"Incidents with another verdict ({len(changed)})", changed
    if turned.appeared:
        yield (
            f"Incidents that were not there before ({len(turned.appeared)})",
            _refs(pair, style, turned.appeared),
        )
    if turned.gone:
        yield f"Incidents that are not there any more ({len(turned.gone)})", _refs(pair, style, turned.gone)
    new = f"New findings ({len(findings.new)}, of them violations: {pair.new_violations})"
    yield new, [_finding(pair, style, key) for key in findings.new]
    yield f"Cleared findings ({len(findings.cleared)})", [_finding(pair, style, key) for key in findings.cleared]
    still = Counter(key.code for key in findings.still)
    yield (
        f"Findings that are still there ({len(findings.still)})",
        [f"{style.text(code)} {style.text(pair.names[code])}: {count}" for code, count in sorted(still.items())],
    )
    if pair.services:
        yield (
            f"Services with another owner ({len(pair.services)})",
            [_owner(one, style) for one in pair.services],
        )
    if pair.new_gaps or pair.closed_gaps:
        gaps = [f"new: {_gap(pair, style, gap)}" for gap in pair.new_gaps]
        yield "Gaps", [*gaps, *(f"closed: {_gap(pair, style, gap)}" for gap in pair.closed_gaps)]


def _caveats(pair: Difference, style: _Style) -> Iterator[str]:
    if not pair.same_policy:
        yield "The settings are not the same in both: a difference may come from there."
    for day, why in zip((pair.before, pair.now), pair.withheld, strict=True):
        if why is not None:
            yield f"The rate of {day} is withheld: {style.text(why)}."


def _figure(figure: Figure) -> str:
    rate = figure.name in _RATES
    line = f"{_FIGURES[figure.name]}: {_number(figure.before, rate)} -> {_number(figure.now, rate)}"
    if not figure.difference:
        return line
    return f"{line} ({figure.difference * 100:+.1f} points)" if rate else f"{line} ({figure.difference:+g})"


def _number(value: float | None, rate: bool) -> str:
    if value is None:
        return "not told"
    return f"{value * 100:.1f} %" if rate else f"{value:g}"


def _count(figure: Figure) -> str:
    change = f" ({figure.difference:+g})" if figure.difference else ""
    return f"{_word(figure.name)}: {figure.before:g} -> {figure.now:g}{change}"


def _finding(pair: Difference, style: _Style, key: Key) -> str:
    subject = _ref(pair, style, key.subject) if "#" in key.subject else style.text(key.subject)
    message = style.text(pair.messages[key])
    return f"{style.text(key.code)} {style.text(pair.names[key.code])} {subject}{': ' * bool(message)}{message}"


def _owner(one: OwnerChange, style: _Style) -> str:
    before = style.text(one.before) if one.was_owned else "nobody"
    now = style.text(one.now) if one.is_owned else "nobody"
    return f"{style.text(one.service)}: {before} -> {now}"


def _gap(pair: Difference, style: _Style, gap: GapKey) -> str:
    could = ", which could change a verdict" if gap.could_change_a_verdict else ""
    return f"{_ref(pair, style, gap.ref)}: {style.text(gap.what)}{could}"


def _refs(pair: Difference, style: _Style, refs: Sequence[str]) -> list[str]:
    return [_ref(pair, style, ref) for ref in refs]


def _ref(pair: Difference, style: _Style, ref: str) -> str:
    return style.ref(ref, pair.urls.get(ref, ""))


def _word(verdict: str) -> str:
    return verdict.replace("_", " ")
