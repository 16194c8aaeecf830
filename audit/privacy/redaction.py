"""What may be shown: a confidential record is counted everywhere and shown nowhere (POLICY.md section 10).

Everything that a renderer prints has passed through one :class:`Discretion`. References, severities, dates, verdicts
and rule codes stay; titles, addresses, services, owners, names, messages and evidence go.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from audit.privacy.rows import FindingRow, GapRow, IncidentRow, ReviewRow, WaiverRow
from audit.program_text import ProgramText

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from audit.engine.result import Finding
    from audit.evidence.build import Evidence
    from audit.model import Gap
    from audit.settings.policy import Waiver

HIDDEN = ProgramText("(confidential)")
_REF = re.compile(r"(?<![\w./-])[\w.-]+(?:/[\w.-]+)*#\d+")


@dataclass(frozen=True, slots=True)
class Discretion:
    """Which records are confidential, and what is left of everything that speaks of them."""

    secret: frozenset[str]
    """Refs of confidential issues, in small letters."""
    related: Mapping[str, tuple[str, ...]]
    """Ref -> the reviews of an incident, the incidents of a review, both of a corrective action: a finding on one may
    quote the other."""
    known: frozenset[str] | None = None
    """What may be told of, in small letters: records that were read, services that public incidents are on, and
    ``@`` with each account that their teams name. Whether anything else is confidential is not known, so it counts as
    confidential. None: hide nothing."""

    @classmethod
    def of(cls, evidence: Evidence) -> Discretion:
        """Read off the evidence what the report must hide: nothing if its destination is confidential too."""
        if evidence.settings.report.confidential_destination:
            return cls(frozenset(), {})
        return cls.of_issues(evidence)

    @classmethod
    def of_issues(cls, evidence: Evidence) -> Discretion:
        """Read off the evidence what public notes must hide, wherever the report goes."""
        incidents, reviews, actions = evidence.incidents, evidence.reviews, evidence.actions
        secret = {str(issue.ref) for issue in evidence.records.issues if issue.confidential}
        secret.update(incidents.loc[incidents["confidential"], "ref"])
        secret.update(reviews.loc[reviews["confidential"], "ref"])
        related = dict(zip(incidents["ref"], incidents["reviews"], strict=True))
        related.update(zip(reviews["ref"], reviews["incidents"], strict=True))
        related.update(zip(actions["ref"], actions["incidents"] + actions["reviews"], strict=True))
        services = evidence.services[evidence.services["incidents"] > 0]
        known = {*(str(issue.ref) for issue in evidence.records.issues), *services["ref"]}
        known.update(_accounts(evidence, frozenset(services["owner"])))
        return cls(frozenset(map(str.casefold, secret)), related, frozenset(map(str.casefold, known)))

    def _knows(self, name: str) -> bool:
        return self.known is None or name.casefold() in self.known

    def hides(self, *refs: str) -> bool:
        """Return whether one of the records is confidential."""
        return not self.secret.isdisjoint(map(str.casefold, refs))

    def tells(self, ref: str) -> bool:
        """Return whether neither a record nor any related record is confidential."""
        return not self.hides(ref, *self.related.get(ref, ()))

    def title(self, ref: str, title: str) -> str:
        """Return a title, hidden if the record or a related one is confidential: titles repeat each other."""
        return title if self.tells(ref) else HIDDEN

    def incident(self, row: IncidentRow) -> IncidentRow:
        """Return what may be shown of an incident, and of its review."""
        if row.review is not None and self.hides(row.ref, row.review.ref):
            row = replace(row, review=_hidden_review(row.review))
        if not self.hides(row.ref):
            return row
        return replace(row, url="", title=HIDDEN, services=(), owners=())

    def finding(self, finding: Finding) -> FindingRow:
        """Return what may be shown of a finding."""
        hidden = self._hides_finding(finding)
        return FindingRow(
            code=finding.code,
            name=finding.name,
            level=finding.level.value,
            kind=finding.subject_kind.value,
            subject=finding.subject,
            open=finding.open,
            message="" if hidden else finding.message,
            evidence={} if hidden else finding.evidence,
            outcome="waived" if finding.waived else "violates",
            waiver=_waiver(finding.waiver, hidden=hidden) if finding.waiver else None,
        )

    def _hides_finding(self, finding: Finding) -> bool:
        if not self.secret:
            return False
        if not self.tells(finding.subject):
            return True
        text = finding.message + json.dumps(finding.evidence, ensure_ascii=False, default=str)
        return self.is_quoted_in(text)

    def is_quoted_in(self, text: str) -> bool:
        """Return whether a text names a confidential record."""
        return self.hides(*_REF.findall(text))

    def gap(self, gap: Gap) -> GapRow:
        """Return what may be shown of a gap."""
        # an account is only looked up for the service that its team owns
        hidden = gap.ref.startswith("@") and not self._knows(gap.ref)
        return GapRow(
            ref=HIDDEN if hidden else gap.ref,
            what=gap.what,
            why="" if hidden or self.hides(gap.ref) else gap.why,
            could_change_a_verdict=gap.could_change_a_verdict,
        )

    def waiver(self, waiver: Waiver) -> WaiverRow:
        """Return what may be shown of a waiver."""
        hidden = not (self._knows(waiver.subject) and self.tells(waiver.subject))
        return WaiverRow(
            subject=waiver.subject,
            rules=tuple(sorted(waiver.rules)),
            reason="" if hidden else waiver.reason,
            approved_by="" if hidden else waiver.approved_by,
            expires=waiver.expires,
        )

    def urls(self, evidence: Evidence) -> Mapping[str, str]:
        """Return ref -> address of each incident, review and corrective action that may be shown."""
        frames = (evidence.incidents, evidence.reviews, evidence.actions)
        known = chain.from_iterable(zip(frame["ref"], frame["url"], strict=True) for frame in frames)
        return {ref: url for ref, url in known if not self.hides(ref)}

    def people(self, names: Iterable[str], *refs: str) -> tuple[str, ...]:
        """Return the people who are named for these records, none if one of them is confidential."""
        return () if self.hides(*refs) else tuple(names)


def _accounts(evidence: Evidence, owners: Collection[str]) -> Iterator[str]:
    """Yield ``@`` and each name by which one of these teams, or whoever is the contact of the settings, is reached."""
    catalog = evidence.records.catalog
    teams = [team for team in catalog.teams if team.name in owners] if catalog else []
    names = [name for team in teams for name in (team.manager, team.handle, team.contact)]
    yield from (f"@{name.strip().lstrip('@')}" for name in (*names, evidence.settings.reminders.contact))


def _hidden_review(review: ReviewRow) -> ReviewRow:
    return replace(review, url="", assignees=())


def _waiver(waiver: Waiver, *, hidden: bool) -> dict[str, Any]:
    return {
        "subject": waiver.subject,
        "rules": sorted(waiver.rules),
        "reason": "" if hidden else waiver.reason,
        "approved_by": "" if hidden else waiver.approved_by,
        "expires": waiver.expires.isoformat(),
    }
