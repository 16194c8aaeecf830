"""A confidential record is counted everywhere and told nowhere."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from audit import inert
from audit.engine.next_steps import COMPLETE
from audit.engine.result import Finding
from audit.model import Catalog, Gap, Level, Link, Ref, Service, Subject, Team, User
from audit.reminders.plan import Proposal
from audit.report.formats.audit_json import audit_json
from audit.report.formats.codequality import codequality_json
from audit.report.formats.details import details_md
from audit.report.formats.digest import digest
from audit.report.formats.due_calendar import due_ics, team_calendars
from audit.report.formats.findings_csv import findings_csv
from audit.report.formats.html import report_html
from audit.report.formats.json_text import json_text
from audit.report.formats.junit import junit_xml
from audit.report.formats.metrics import metrics_txt
from audit.report.formats.page_one import report_md
from audit.report.formats.terminal import summary
from audit.rules import RULES
from tests import records as make
from tests.report import world
from tests.report.world import SECRET, P

if TYPE_CHECKING:
    from audit.model import Issue
    from audit.report.figures.view import View

OPEN = world.settings(report={"confidential_destination": True})


def _outputs(view: View) -> dict[str, str]:
    return {
        "report.md": report_md(view),
        "details.md": details_md(view),
        "report.html": report_html(view),
        "audit.json": json_text(audit_json(view)),
        "findings.csv": findings_csv(view),
        "due.ics": "".join((due_ics(view), *team_calendars(view).values())),
        "junit.xml": junit_xml(view),
        "metrics.txt": metrics_txt(view),
        "codequality.json": json_text(codequality_json(view)),
        "the terminal": summary(view, None),
        "the digest": digest(view).text + digest(view).markdown,
    }


NAMES = (
    *("report.md", "report.html", "audit.json", "findings.csv", "due.ics", "junit.xml", "metrics.txt"),
    "codequality.json",
    *("the terminal", "the digest"),
)


@pytest.fixture(scope="module")
def usual() -> dict[str, str]:
    return _outputs(world.usual())


@pytest.mark.parametrize("name", NAMES)
def test_no_word_of_a_confidential_record_is_in_any_output(usual: dict[str, str], name: str) -> None:
    text = usual[name]
    assert SECRET.casefold() not in text.casefold()
    assert "pia" not in text  # of the public review of a confidential incident


def test_a_service_that_only_confidential_incidents_are_on_is_told_as_one_that_none_is_on() -> None:
    """By its name alone a reader would know what the confidential incident is about."""
    services = (
        *make.CATALOG.services,
        Service(name="kudu", label="Kudu", owner="reliability_unowned", weight=9),
        Service(name="okapi", label="Okapi", owner="herd"),
    )
    catalog = replace(make.CATALOG, services=services, teams=(*make.CATALOG.teams, Team(name="herd")))
    hidden = [
        make.incident(number, labels=("Severity::1", f"Service::{name}"), confidential=True, created=day)
        for number, name, day in ((31, "Kudu", "2026-10-05"), (32, "Okapi", "2026-10-05"), (33, "Okapi", "2026-11-19"))
    ]
    view = world.view(world.result((*world.issues(), *hidden), catalog=catalog))
    assert (len(view.no_owner.untold), view.no_owner.blocked) == (1, 2)
    data = audit_json(view)
    listed = {row["name"]: row["incidents"] for row in data["services"]}
    assert (listed["kudu"], listed["okapi"]) == (0, 0)
    told = _outputs(view) | {"audit.json": json_text(data | {"services": []})}
    for name, text in told.items():
        assert not re.search("kudu|okapi|herd", text, re.IGNORECASE), name


@pytest.mark.parametrize("name", ["report.md", "report.html", "audit.json"])
def test_where_the_destination_is_confidential_too_all_is_told(name: str) -> None:
    view = world.view(world.result(config=OPEN))
    assert f"{SECRET} leaked" in _outputs(view)[name]


def test_a_confidential_incident_keeps_what_the_counts_need() -> None:
    incident = next(row for row in audit_json(world.usual())["incidents"] if row["ref"] == f"{P}#20")
    review = incident.pop("review")
    assert incident == {
        "ref": f"{P}#20",
        "url": "",
        "title": "(confidential)",
        "confidential": True,
        "severity": 1,
        "peak_severity": 1,
        "services": [],
        "services_in_all": 0,
        "owners": [],
        "owners_in_all": 0,
        "required_because": ["severity"],
        "anchor": "declared",
        "anchor_on": "2026-11-02",
        "due_on": "2026-11-09",
        "verdict": "overdue",
        "policy": "2026-01-01",
    }
    assert review == {
        "ref": f"{P}#120",
        "url": "",
        "linked_by": "issue_link",
        "opened_on": "2026-11-03",
        "completed_on": None,
        "assignees": [],
        "assignees_in_all": 0,
    }


def test_a_public_incident_stays_public_beside_its_confidential_review() -> None:
    incident = next(row for row in audit_json(world.usual())["incidents"] if row["ref"] == f"{P}#21")
    assert (incident["title"], incident["services"], incident["confidential"]) == ("Odd traffic", ["web"], False)
    assert (incident["review"]["url"], incident["review"]["assignees"]) == ("", [])


def test_everything_is_counted_whether_it_may_be_told_or_not() -> None:
    hidden, told = audit_json(world.usual()), audit_json(world.view(world.result(config=OPEN)))
    for key in ("verdicts", "compliance", "sources", "figures"):
        assert hidden[key] == told[key]
    assert [row["code"] for row in hidden["findings"]] == [row["code"] for row in told["findings"]]


def test_a_finding_on_a_confidential_record_keeps_code_subject_and_outcome() -> None:
    finding = next(row for row in audit_json(world.usual())["findings"] if row["subject"] == f"{P}#20")
    assert (finding["code"], finding["message"], finding["evidence"]) == ("IR002", "", {})
    assert (finding["outcome"], finding["open"]) == ("violates", True)


def test_a_proposal_about_a_confidential_record_or_by_an_internal_comment_is_counted_and_not_told() -> None:
    def proposal(number: int, *, internal: bool = False) -> Proposal:
        ref = Ref(P, number)
        reason, url = "a <b>drill</b> @all", f"https://x/{number}"
        return Proposal(issue=ref, incident=ref, by="sam", on=world.AS_OF, reason=reason, url=url, internal=internal)

    made = world.result()
    some = (proposal(1), proposal(20), proposal(21, internal=True))
    view = world.view(made, plan=replace(world.plan(made), proposals=some))
    told, secret, internal = view.decisions.proposals
    assert (told.by, told.reason, told.url) == (("sam",), "a <b>drill</b> @all", "https://x/1")
    for one, number in ((secret, 20), (internal, 21)):
        assert (one.incident, one.by, one.reason, one.url) == (f"{P}#{number}", (), "", "")
    assert view.decisions.count == world.view(made).decisions.count + 3
    page, usual = details_md(view), world.view(made)
    assert inert.md(told.reason) in page
    assert page.count("not told here") == details_md(usual).count("not told here") + 2
    assert report_html(view).count("not told here") == report_html(usual).count("not told here") + 2


@pytest.mark.parametrize("evidence", [{"earlier": f"{P}#20"}, {"earlier": [f"see {P.upper()}#20."]}])
def test_a_finding_that_speaks_of_a_confidential_record_says_nothing(evidence: dict[str, object]) -> None:
    finding = Finding(
        code="CA003",
        name="repeat-incident",
        level=Level.INFO,
        subject_kind=Subject.INCIDENT,
        subject=f"{P}#1",
        open=True,
        message="It shares a service with an earlier one.",
        evidence=evidence,
    )
    shown = world.view(world.with_findings(world.result(), (finding,))).findings[0]
    assert (shown.message, shown.evidence) == ("", {})


def test_a_waiver_of_a_confidential_incident_tells_neither_reason_nor_approver() -> None:
    waiver = {
        "subject": f"{P}#20",
        "rules": ["IR002"],
        "reason": f"{SECRET} asked for it",
        "approved_by": f"{SECRET} Director",
        "expires": "2026-12-31",
    }
    result = world.result(config=world.settings(waivers=[waiver]))
    view = world.view(result)
    assert view.verdicts["waived"] == 1
    assert all(SECRET not in text for text in _outputs(view).values())
    found = next(row for row in audit_json(view)["findings"] if row["outcome"] == "waived")
    assert found["waiver"] == {**waiver, "reason": "", "approved_by": ""}


def test_a_lapsed_or_unused_waiver_of_a_confidential_incident_tells_neither() -> None:
    waivers = [
        {
            "subject": f"{P}#20",
            "rules": [rule],
            "reason": f"{SECRET} asked for it",
            "approved_by": f"{SECRET} Director",
            "expires": expires,
        }
        for rule, expires in (("IR012", "2026-11-01"), ("IR013", "2026-12-31"))
    ]
    view = world.view(world.result(config=world.settings(waivers=waivers)))
    assert (len(view.decisions.lapsed), len(view.unused_waivers)) == (1, 1)
    assert all(SECRET not in text for text in _outputs(view).values())


def test_a_confidential_incident_without_an_owner_is_counted_and_its_service_is_not_told() -> None:
    tracker = world.issues()
    hidden = replace(next(one for one in tracker if one.ref.iid == 5), confidential=True)
    view = world.view(world.result([hidden if one.ref.iid == 5 else one for one in tracker]))
    assert view.no_owner.blocked == 1
    assert view.no_owner.services == ()
    assert [row.ref for row in view.no_owner.untold] == [f"{P}#5"]
    assert "| git |" not in details_md(view)


def _acted(*actions: Issue) -> tuple[View, dict[tuple[str, str], dict[str, Any]]]:
    """The usual tracker with further issues, and the findings by code and subject."""
    view = world.view(world.result([*world.issues(), *actions], rules=RULES))
    return view, {(row["code"], row["subject"]): row for row in audit_json(view)["findings"]}


def test_a_public_action_of_a_public_incident_is_told() -> None:
    view, findings = _acted(make.action(7, of=1, labels=("infradev", "Severity::1"), assignees=()))
    assert findings["CA001", f"{make.TOOLS}#7"]["evidence"]["incidents"] == [f"{P}#1"]
    assert view.urls[f"{make.TOOLS}#7"] == f"https://gitlab.example/{make.TOOLS}/-/work_items/7"


def test_a_confidential_action_is_counted_and_not_told() -> None:
    zebra = User(username=f"{SECRET}-owner", active=False)
    made = make.action(
        7, f"{SECRET} rotates", of=1, labels=("infradev", "Severity::1"), confidential=True, assignees=(zebra,)
    )
    view, findings = _acted(made)
    for code in ("CA001", "CA002"):
        finding = findings[code, f"{make.TOOLS}#7"]
        assert (finding["message"], finding["evidence"], finding["outcome"]) == ("", {}, "violates"), code
    assert f"{make.TOOLS}#7" not in view.urls
    assert all(SECRET.casefold() not in text.casefold() for text in _outputs(view).values())


def test_an_action_of_something_confidential_is_not_told() -> None:
    of = {7: 20, 8: 120, 9: 121, 10: 22}
    made = [make.action(iid, of=one, labels=("infradev", "Severity::1"), assignees=()) for iid, one in of.items()]
    _, findings = _acted(*made)
    told = {one: findings["CA002", f"{make.TOOLS}#{iid}"] for iid, one in of.items()}
    assert {one: (row["message"], row["evidence"]) for one, row in told.items()} == dict.fromkeys(told, ("", {}))


def test_an_incident_that_repeats_one_with_a_confidential_action_says_nothing_of_it() -> None:
    made = make.action(7, of=4, labels=("infradev", "Severity::1"), confidential=True, created="2026-09-02")
    view = world.view(world.result([*world.issues(), made], rules=RULES))
    told = [row for row in view.findings if row.code == "CA003"]
    assert told
    assert {(row.message, tuple(row.evidence)) for row in told} == {("", ())}
    assert {(row.services, row.earlier, row.actions) for row in view.actions.repeated} == {((), (), ())}


def _shared(*people: User, service: str = "Service::API") -> View:
    """A public incident, a confidential one declared before it, and one unassigned public review of both."""
    tracker = (
        make.incident(31, labels=("Severity::1", "Service::Web"), created="2026-10-08 10:00"),
        make.incident(
            32, labels=("Severity::1", service), created="2026-10-05 10:00", confidential=True, assignees=people
        ),
        make.review(131, of=31, created="2026-10-09", links=tuple(Link(target=Ref(P, n)) for n in (31, 32))),
    )
    return world.view(world.result(tracker, gaps=()))


@pytest.mark.parametrize("people", [(), (User(username=f"{SECRET}-user"),)], ids=["its manager", "its assignee"])
def test_a_public_incident_does_not_tell_whom_a_confidential_one_would_ask_on_the_review_of_both(
    people: tuple[User, ...],
) -> None:
    view = _shared(*people)
    shown = {row.incident.ref: (row.addressees, row.may_be_named) for row in view.late}
    assert shown == {f"{P}#31": (("frontend-team",), True), f"{P}#32": ((), False)}
    (planned,) = view.reminders.planned if view.reminders else ()
    assert (planned.incident, planned.addressees, planned.internal) == (f"{P}#32", (), True)


def test_whether_a_confidential_review_has_an_assignee_is_not_told() -> None:
    steps = [
        world.view(world.result((make.incident(1, created="2026-10-05"), review), gaps=())).late[0].next_step
        for review in (
            make.review(101, of=1, confidential=True),
            make.review(101, of=1, confidential=True, assignees=(User(username="zed"),)),
        )
    ]
    assert steps == [COMPLETE, COMPLETE]


def test_a_waiver_on_what_was_not_read_tells_neither_reason_nor_approver() -> None:
    """Nobody can tell whether it is confidential; of a service only public incidents tell."""
    subjects = [f"{P}#999", "other/project#1", "nobody knows", "kudu"]
    waivers = [
        {
            "subject": subject,
            "rules": ["IR001"],
            "reason": f"{SECRET} asked for it",
            "approved_by": f"{SECRET} Director",
            "expires": "2026-12-31",
        }
        for subject in subjects
    ]
    catalog = replace(
        make.CATALOG, services=(*make.CATALOG.services, Service(name="kudu", label="Kudu", owner="reliability_unowned"))
    )
    hidden = make.incident(31, labels=("Severity::1", "Service::Kudu"), created="2026-10-05", confidential=True)
    tracker = (*world.issues(), hidden)
    view = world.view(world.result(tracker, catalog=catalog, config=world.settings(waivers=waivers)))
    told = {row.subject: (row.reason, row.approved_by) for row in view.unused_waivers}
    assert told == dict.fromkeys(subjects, ("", ""))
    assert all(SECRET not in text for text in _outputs(view).values())


def test_a_waiver_of_a_public_record_tells_both() -> None:
    waiver = {
        "subject": f"{P}#1",
        "rules": ["IR012"],
        "reason": "It is known.",
        "approved_by": "Dora",
        "expires": "2026-12-31",
    }
    view = world.view(world.result(config=world.settings(waivers=[waiver])))
    assert [(row.reason, row.approved_by) for row in view.unused_waivers] == [("It is known.", "Dora")]


def test_an_account_that_could_not_be_read_is_told_only_if_a_public_incident_leads_to_it() -> None:
    teams = (Team(name="herd", manager="zed"), Team(name="backend", manager="ann", contact="@bea"))
    services = (
        Service(name="kudu", label="Kudu", owner="herd"),
        Service(name="api", label="API", owner="backend"),
    )
    tracker = (
        make.incident(1, labels=("Severity::1", "Service::API"), created="2026-11-02"),
        make.incident(2, labels=("Severity::1", "Service::Kudu"), created="2026-11-02", confidential=True),
    )
    failed = [Gap(ref=ref, what="users", why=f"{ref}: 403") for ref in ("@ann", "@bea", "@zed")]
    catalog = Catalog(services=services, teams=teams, teams_given=True)
    view = world.view(world.result(tracker, catalog=catalog, gaps=failed))
    assert [(row.ref, row.why) for row in view.gaps] == [
        ("@ann", "@ann: 403"), ("@bea", "@bea: 403"), ("(confidential)", "")
    ]  # fmt: skip
