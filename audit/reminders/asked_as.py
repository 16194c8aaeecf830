"""Why somebody is asked, as a phrase: ``as the assignee``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from audit.inert import md
from audit.reminders.addressees import AskedAs

if TYPE_CHECKING:
    from audit.reminders.addressees import Addressees
    from audit.reminders.cases import Case

_ASSIGNEE, _ASSIGNEES = Markup("as the assignee"), Markup("as the assignees")
_OF_INCIDENT = Markup("as the assignee of the incident: the review has none")
_CONTACT = Markup("as the contact for reviews that nobody else can be asked about")
_TEAM, _TEAMS = Markup("for the team that owns the service"), Markup("for the teams that own the services")
_MANAGER, _FOR = Markup("as manager of team"), Markup("for team")
_NOBODY = Markup(": nobody is assigned")


def asked_as(case: Case, addressees: Addressees) -> Markup:
    """Return why those are asked who are to act; empty where nobody is.

    Of a confidential case neither team nor service is told.
    """
    if not addressees.first:
        return Markup("")
    if addressees.asked_as is AskedAs.ASSIGNEE:
        return _ASSIGNEE if len(addressees.first) == 1 else _ASSIGNEES
    if addressees.asked_as is AskedAs.INCIDENT_ASSIGNEE:
        return _OF_INCIDENT
    if addressees.asked_as is AskedAs.CONTACT:
        return _CONTACT
    return _owner(case, addressees) + _NOBODY


def _owner(case: Case, addressees: Addressees) -> Markup:
    one = addressees.owners[0]
    if len(addressees.owners) > 1:
        return _TEAMS
    if case.confidential:
        return _TEAM
    role = _MANAGER if one.manager else _FOR
    return Markup("{} {}, which owns {}").format(role, md(one.team), md(one.service))
