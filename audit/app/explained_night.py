"""One incident in a night, for a terminal or for programs: its verdict, its rules, and who is reminded of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from audit.app.exit_status import GAPS, Printout
from audit.app.explain import explained, row_of, unread
from audit.app.explain_rules import about, subjects
from audit.engine.judge import plain
from audit.model import Ref
from audit.reminders.outlook import lines, outlook
from audit.report.formats.json_text import json_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.engine.result import Result
    from audit.model import Gap
    from audit.reminders.cases import Scene
    from audit.reminders.plan import Plan

SCHEMA_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Night:
    """What a run of that day finds, and what it would post."""

    result: Result
    scene: Scene
    plan: Plan
    unread: tuple[Gap, ...] = ()
    """What could not be read of comments and roles."""

    def as_text(self, ref: Ref) -> Printout:
        """Return the text for a terminal. Raises UsageError where there is no such incident."""
        return explained(self.result, ref, self._reminded)

    def as_json(self, ref: Ref) -> Printout:
        """Return one object for each incident that ``ref`` names. Raises UsageError where there is none."""
        evidence = self.result.evidence
        incident, review = row_of(evidence.incidents, str(ref)), row_of(evidence.reviews, str(ref))
        if incident is not None:
            review = None
        elif review is None:
            reason = unread(self.result, ref)
            return Printout(text=json_text({"unread": reason.text.splitlines()}), exit_status=GAPS)
        names = [str(ref)] if review is None else list(evidence.reviews["incidents"][review])
        places = [place for name in names if (place := row_of(evidence.incidents, name)) is not None]
        entries = [self._entry(place) for place in places]
        return Printout(text=json_text({"schema_version": SCHEMA_VERSION, "incidents": entries}))

    def _reminded(self, ref: Ref) -> Iterator[str]:
        view = outlook(self.scene, self.plan, ref)
        if view is not None:
            yield from lines(view, self.result.as_of)
        yield from (f"not read: {gap.what} of {gap.ref}: {gap.why}" for gap in self.unread)

    def _entry(self, place: int) -> dict[str, Any]:
        result = self.result
        row: dict[str, Any] = {str(name): value for name, value in result.evidence.incidents.loc[place].items()}
        names = set(about(result, row))
        view = outlook(self.scene, self.plan, Ref(row["project"], int(row["iid"])))
        return {
            "ref": row["ref"],
            "as_of": result.as_of.isoformat(),
            "verdict": str(result.verdicts[place]),
            "facts": {name: _json(value) for name, value in row.items()},
            "rules": {
                rule.code: {
                    name: str(result.by_subject[rule.code][name]) for name in subjects(result, row)[rule.subject]
                }
                for rule in result.rules
            },
            "findings": [
                {"code": one.code, "subject": one.subject, "level": str(one.level), "message": one.message}
                for one in result.findings
                if one.subject in names
            ],
            "reminder": _plain(asdict(view)) if view else None,
        }


def _json(value: Any) -> Any:
    simple = plain(value)
    return simple if isinstance(simple, bool | int | float | str | list | None) else str(simple)


def _plain(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "before": [{"step": step, "posted_on": str(day)} for step, day in entry["before"]]}
