"""metrics.txt: the figures in OpenMetrics format, for GitLab's metrics report, a Prometheus collector or a gateway.

It has only gauges: no other fitting type exists in both OpenMetrics and the older text format of Prometheus, so a file
of gauges can be read as either. An unknown value has no sample, since NaN would raise false alarms.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from audit import inert
from audit.reminders.plan import Reason
from audit.report.formats.format import Format

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from audit.report.figures.reminder_summary import Reminded
    from audit.report.figures.view import View

_PREFIX: Final = "incident_review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A gauge with its samples."""

    name: str
    """Name without the common prefix; ends with the unit if there is one."""
    words: str
    samples: tuple[tuple[Mapping[str, str], float | None], ...]
    """Labels and value of each sample; None: unknown, so no sample is written."""
    unit: str = ""


def metrics_txt(view: View) -> str:
    """Return the text, with the end mark of OpenMetrics."""
    families = (*_compliance(view), *_counts(view), *_times(view), *_reminders(view.reminders), *_reading(view))
    return "".join(f"{line}\n" for family in families for line in _lines(family)) + "# EOF\n"


def _lines(family: Family) -> Iterator[str]:
    name = f"{_PREFIX}_{family.name}"
    yield f"# TYPE {name} gauge"
    if family.unit:
        yield f"# UNIT {name} {family.unit}"
    yield f"# HELP {name} {escaped(family.words)}"
    for labels, value in family.samples:
        if value is not None:
            inside = ",".join(f'{label}="{escaped(text)}"' for label, text in labels.items())
            yield f"{name}{{{inside}}} {value}" if inside else f"{name} {value}"


def escaped(text: str) -> str:
    """Return a label's value or a help text, escaped for the format."""
    safe = " ".join(inert.printable(text).splitlines())
    return safe.replace("\\", "\\\\").replace('"', '\\"')


def _one(name: str, words: str, value: float | None, unit: str = "") -> Family:
    return Family(name=name, words=words, samples=(({}, value),), unit=unit)


def _compliance(view: View) -> Iterator[Family]:
    figure = view.compliance
    window = f"of the {view.window} days up to the audited one"
    yield _one(
        "compliance_ratio",
        f"Reviews on time of those due, {window}; absent where none was due or it is withheld.",
        figure.rate,
        "ratio",
    )
    yield _one(
        "compliance_counting_exempt_ratio",
        "The same, with incidents of unowned services counted as not reviewed.",
        figure.rate_counting_exempt,
        "ratio",
    )
    yield _one("compliance_withheld", "1 where no rate is told because of gaps.", int(figure.withheld is not None))
    yield _one("due", f"Reviews whose due day is one {window}.", figure.due)
    yield _one("on_time", "Of those due, the ones that were completed on time.", figure.on_time)
    yield _one("open_late", "Overdue and missing reviews, whatever their age.", figure.open_late)
    yield _one(
        "blocked_by_no_owner",
        "Incidents without a review because nobody owns their service.",
        view.no_owner.blocked,
    )


def _counts(view: View) -> Iterator[Family]:
    yield Family(
        name="incidents",
        words="Incidents that were read, by verdict.",
        samples=tuple(({"verdict": verdict}, count) for verdict, count in view.verdicts.items()),
    )
    yield Family(
        name="findings",
        words="Findings by rule; violates counts, waived is excused.",
        samples=tuple(
            ({"code": row.code, "rule": row.name, "level": row.level, "outcome": outcome}, count)
            for row in view.basis.rules
            for outcome, count in (("violates", row.violates), ("waived", row.waived))
        ),
    )


def _times(view: View) -> Iterator[Family]:
    time_to_review = view.time_to_review
    yield Family(
        name="time_to_review_working_days",
        words="Working days from the anchor to the completed review; absent where too many are open to tell.",
        samples=(({"statistic": "median"}, time_to_review.median), ({"statistic": "p90"}, time_to_review.p90)),
        unit="working_days",
    )


def _reminders(reminders: Reminded | None) -> Iterator[Family]:
    if reminders is None:
        return
    yield _one("reminders_planned", "Reminders that this day asks for.", len(reminders.planned))
    yield Family(
        name="reminders_withheld",
        words="Reminders held back, by reason.",
        samples=tuple(({"reason": reason.value}, reminders.withheld.get(reason.value, 0)) for reason in Reason),
    )


def _reading(view: View) -> Iterator[Family]:
    decisive = sum(gap.could_change_a_verdict for gap in view.gaps)
    yield Family(
        name="gaps",
        words="What could not be read, by whether it could change a verdict.",
        samples=(
            ({"could_change_a_verdict": "true"}, decisive),
            ({"could_change_a_verdict": "false"}, len(view.gaps) - decisive),
        ),
    )
    yield Family(
        name="project_complete",
        words="1 where every page of the project was read.",
        samples=tuple(({"project": source.project}, int(source.complete)) for source in view.sources),
    )
    midnight = datetime.combine(view.as_of + timedelta(days=1), time(), ZoneInfo(view.timezone))
    yield _one(
        "as_of_timestamp_seconds",
        "The end of the day that these figures speak about.",
        int(midnight.timestamp()),
        "seconds",
    )


FORMAT = Format(name="metrics.txt", text=metrics_txt)
