"""The demo's audit.yml."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUP = "tanuki"
PRODUCTION = f"{GROUP}/production"
RUNBOOKS = f"{GROUP}/runbooks"
WORK = f"{GROUP}/infrastructure"

_TEXT = """\
# The settings of the demo. Each key that is not here keeps its default; `incident-audit init` writes them all.

projects:
  # Incidents and their reviews are issues of one project.
  incidents: {production}
  reviews: {production}

# Days begin and end at midnight in this zone.
timezone: UTC

policies:
  # The first day that counts. Whatever was declared before is not read.
  - from: 2026-08-03
    name: five working days
    # User facing incidents of severity 1 and 2 need a review, and those that somebody asks for.
    severities: [1, 2]
    request_labels: [Review-Requested]
    due_days: 5
    # No review while nobody owns the service: the report says who has to decide.
    unowned: exempt

# So many of the reviews due shall be on time.
report:
  target: 90

# Who owns what, read from the runbooks' default branch.
catalog:
  services:
    project: {runbooks}
    path: services/service-catalog.yml
  teams:
    project: {runbooks}
    path: services/teams.yml

calendars:
  # Weekends, and the days on which the company is closed.
  default:
    closures: [2026-12-24, 2026-12-25, 2026-12-31, 2027-01-01]
  teams:
    # Leipzig: 18 November is a holiday there.
    data-stores: {{country: DE, subdivision: SN}}
    # Denver: Labor Day, Veterans Day, Thanksgiving.
    edge-network: {{country: US}}

waivers:
  # Valid: the payment provider reports in December.
  - subject: {vendor}
    rules: [IR001, IR002]
    reason: The provider's own report is due on 11 December, ours builds on it.
    approved_by: ingrid.solheim
    expires: 2026-12-18
  # Lapsed: the review is late again, and the report says so.
  - subject: {batch}
    rules: [IR002]
    reason: The team was at the data centre move.
    approved_by: ingrid.solheim
    expires: 2026-10-31

reminders:
  # Reminders begin with the incidents of this day. Until last week only the runners' team tried them.
  remind_from: 2026-09-15
  # At most so many a run, the oldest due first.
  max_reminders: 20
  # Reminders about one issue at most, with at least so many working days between them.
  steps: 4
  step_days: 5
  # A person's comment within so many working days postpones the reminder.
  quiet_days: 2

# Where the report goes besides the output folder: an issue a week, and a wiki page with its history.
publish:
  issue:
    project: {work}
    labels: [incident review report]
  wiki:
    project: {work}
    page: Incident reviews

gitlab:
  # The name under which people know this GitLab.
  hosts: gitlab.tanuki.example
"""


def settings_text(refs: Mapping[str, str]) -> str:
    """Write the file; `refs` are the story's incidents by key."""
    absent = f"{PRODUCTION}#0"
    return _TEXT.format(
        production=PRODUCTION,
        runbooks=RUNBOOKS,
        work=WORK,
        vendor=refs.get("vendor", absent),
        batch=refs.get("batch", absent),
    )
