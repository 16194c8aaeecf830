"""The doctor: every fault at once in one table, and what the tracker calls things."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from audit.app.doctor import DoctorRequest, checkup
from audit.gitlab.http.client import Client
from audit.settings import Connection, load
from tests.app.conftest import DAY, READER, SETTINGS, TOKEN, at
from tests.sandbox import faults

if TYPE_CHECKING:
    from pathlib import Path

    from audit.app.checkpoints import Checkup
    from tests.app.conftest import CommandLine, Tracker
    from tests.sandbox.server import Server


def test_doctor_shows_how_the_tracker_spells_things(typed: CommandLine, server: Server, tracker: Tracker) -> None:
    tracker.world.label(tracker.production, "review-requested")
    ended = typed("doctor")
    assert ended.status == 0
    assert "Review-Requested -> Review-Requested, review-requested" in ended.out
    assert "Gameday ->" not in ended.out
    assert "no label of the tracker is" not in ended.out
    assert "labels.out_of_scope (Gameday, test incident, incident-type::test, Near Miss, self-managed)" in ended.out
    assert server.count(method="POST", path="/api/v4") == 0


def checkup_of(typed: CommandLine, server: Server, *, apply: bool = False, token: str = TOKEN) -> Checkup:
    """Return what the doctor finds on the day of the tracker."""
    settings = load(typed.folder / "audit.yml")
    with Client(Connection.to(server.url, token), timeout=20, parallel=2, sleep=lambda _: None) as client:
        return checkup(client, settings, DoctorRequest(today=date.fromisoformat(DAY), apply=apply))


def checked(typed: CommandLine, server: Server) -> str:
    return checkup_of(typed, server).text() + "\n"


def about(check: str, result: Checkup) -> list[tuple[str, str, str]]:
    return [(str(point.state), point.what, point.advice) for point in result.checkpoints if point.check == check]


@pytest.mark.parametrize(
    ("expires", "words"),
    [
        (date(2026, 12, 24), [("ok", "; it expires on 2026-12-24")]),
        (
            date(2026, 11, 30),
            [
                ("ok", "a bot"),
                ("warning", "the token expires on 2026-11-30: rotate it before, do not make a new one"),
            ],
        ),
    ],
)
def test_it_tells_once_when_the_token_expires(
    typed: CommandLine, server: Server, tracker: Tracker, expires: date, words: list[tuple[str, str]]
) -> None:
    tracker.world.token(TOKEN, user=tracker.world.users["auditor"], scopes=("api",), expires_on=expires)
    lines = about("token", checkup_of(typed, server))
    assert [(state, what.endswith(words[number][1])) for number, (state, what, _) in enumerate(lines)] == [
        (state, True) for state, _ in words
    ]


def test_it_says_which_label_may_be_meant(typed: CommandLine, server: Server) -> None:
    typed.settings(
        f"{SETTINGS}labels: {{review: [IncidentReview, Incident-Revue], severity_scope: Sevrity, resolved: Zebra}}\n"
    )
    assert about("labels", checkup_of(typed, server))[:3] == [
        ("warning", "no label of the tracker is Incident-Revue (labels.review)", "did you mean IncidentReview?"),
        ("warning", "no label of the tracker is Zebra (labels.resolved)", "correct it, or take it out"),
        ("warning", "no label of the tracker is Sevrity::* (labels.severity_scope)", "did you mean Severity?"),
    ]


def test_labels_that_notes_offer_and_nobody_can_pick(typed: CommandLine, server: Server, tracker: Tracker) -> None:
    words = "notes offer labels that the tracker does not have: Review-Snoozed::<day>, NoCorrectiveActionNeeded"
    for apply, state in ((False, "for --apply"), (True, "warning")):
        (line,) = about("labels", checkup_of(typed, server, apply=apply))
        assert line[:2] == (state, words)
    for name in ("Review-Snoozed::2026-12-01", "NoCorrectiveActionNeeded"):
        tracker.world.label(tracker.production, name)
    assert about("labels", checkup_of(typed, server)) == [("ok", "each label of the settings is in the tracker", "")]


def test_doctor_tells_of_catalogue_calendars_and_templates(
    typed: CommandLine, server: Server, tracker: Tracker
) -> None:
    tracker.production.file(".gitlab/issue_templates/incident_review.md", "# Summary\n")
    teams = "{backend: {closures: [2026-11-24]}, nobody: {country: DE}}"
    typed.settings(SETTINGS + f"calendars: {{teams: {teams}, services: {{git: {{}}}}}}\n")
    result = checkup_of(typed, server)
    out = result.text() + "\n"
    assert about("catalogue", result) == [
        ("warning", "calendars.teams.nobody is in no entry of the catalogue, so that no incident is due by it", "")
    ]
    for words in (
        "Service catalogue: 2 services, 1 team\n  ops/runbooks:services.yml@",
        "  unowned: git\n",
        "Calendars: 5 working days after Monday 2026-11-23\n",
        "  default: Monday 2026-11-30; days off: Sat, Sun; no public holidays; 0 closures\n",
        "  team backend: Tuesday 2026-12-01; days off: Sat, Sun; no public holidays; 1 closure\n",
        "  team nobody: Monday 2026-11-30; days off: Sat, Sun; public holidays of DE; 0 closures\n",
        "  service git: Monday 2026-11-30; days off: Sat, Sun; no public holidays; 0 closures\n",
        "Templates of reviews, which say what is asked for: 1\n",
        "  ops/production:.gitlab/issue_templates/incident_review.md\n",
    ):
        assert words in out
    assert "# Summary" not in out


ENTITY = "apiVersion: backstage.io/v1alpha1\nkind: {}\nmetadata: {{name: {}}}\nspec: {{{}}}\n"


def test_doctor_reads_a_catalogue_beside_the_code(
    typed: CommandLine, server: Server, tracker: Tracker, tmp_path: Path
) -> None:
    project = tracker.production
    project.file("a/catalog-info.yaml", ENTITY.format("Component", "api", "owner: group:default/Team-A"))
    project.file(
        "b/catalog-info.yaml", ENTITY.format("Component", "web", "") + "---\n" + ENTITY.format("Group", "team-a", "")
    )
    project.file("c/catalog-info.yaml", "a: b: c\n")
    project.file("catalog-info.yaml", ENTITY.format("Location", "all", "targets: [./a/catalog-info.yaml, ./d.yaml]"))
    project.file("CODEOWNERS", "* @ops/web\n")
    closures = tmp_path / "company.ics"
    closures.write_text(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20261124\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    typed.settings(
        "projects: {incidents: ops/production}\n"
        "catalog: {services: {group: ops, path: '**/catalog-info.yaml'}, codeowners: true}\n"
        f"calendars: {{default: {{country: GB, closures: '{closures}'}}, teams: {{'group:team-A': {{country: IL}}}}}}\n"
    )

    result = checkup_of(typed, server)
    out = result.text() + "\n"

    unread, listed, *_ = about("catalogue", result)
    assert unread[0] == "fault"
    assert unread[1].startswith("ops/production:c/catalog-info.yaml@")
    assert (
        listed[1] == "ops/production:catalog-info.yaml:1 lists 1 file that `catalog.services` does not name: ./d.yaml"
    )
    assert result.exit_status == 3
    (calendar,) = about("calendars", result)
    assert calendar[1].startswith("GB without a `subdivision` has only the holidays that all of it shares")
    for words in (
        "Service catalogue: 2 services, 2 teams\n",
        "  default: Tuesday 2026-12-01; days off: Sat, Sun; public holidays of GB; 1 closure\n",
        "  team group:team-A: Monday 2026-11-30; days off: Fri, Sat; public holidays of IL; 0 closures\n",
    ):
        assert words in out
    assert "unowned" not in out
    assert "in no entry of the catalogue" not in out


def test_doctor_says_what_is_missing(typed: CommandLine, server: Server) -> None:
    typed.settings("projects: {incidents: ops/production}\ncalendars: {teams: {a: {}}}\n")
    server.fault(faults.html_status(502, "Bad Gateway"), path="/repository/tree", times=None)
    result = checkup_of(typed, server)
    out = result.text()
    assert "Service catalogue: none is set\n  no service has an owner" in out
    assert about("catalogue", result)[0][1].startswith("calendars.teams.a is in no entry of the catalogue")
    assert "asked for: none\n  no file of reviews in .gitlab/issue_templates/ of the review projects" in out
    (unread,) = about("reviews", result)
    assert unread[0] == "warning"
    assert unread[1].startswith("templates of ops/production: the server failed (GET ")


def test_doctor_names_the_rules_that_are_switched(typed: CommandLine, server: Server) -> None:
    typed.settings("projects: {incidents: ops/production}\nrules: {IR007: off, IR010: violation, IR001: violation}\n")
    assert (
        "\nRules that the settings switch off or give another level\n  IR007 key-information: off, usually advisory\n"
        "  IR010 corrective-actions: violation, usually advisory\n\n"
    ) in checked(typed, server)


def test_doctor_tells_what_is_passed_over(typed: CommandLine, server: Server, tracker: Tracker) -> None:
    anna = tracker.world.users["anna"]
    tracker.runbooks.commit({"review.md": "new"}, message="Three days", by=anna, at=at("2026-11-05 10:00"))
    waivers = "".join(
        f"- {{subject: '{subject}', rules: [IR001], reason: r, approved_by: b, expires: 2026-12-31}}\n"
        for subject in ("ops/production#1", "ops/gone#1")
    )
    typed.settings(
        "projects: {incidents: ops/production}\npolicies: [{from: 2025-01-01}]\nlabels: {severity_scope: Service}\n"
        f"policy_page: {{project: ops/runbooks, path: review.md}}\nwaivers:\n{waivers}"
    )
    result = checkup_of(typed, server)
    assert about("labels", result)[0][1].startswith("no label of the tracker is a severity: the value of Service::")
    (page,) = about("policy page", result)
    assert page[1].startswith(
        "The page on which the policy rests, review.md of ops/runbooks, was changed on 2026-11-05"
    )
    assert about("waivers", result) == [
        ("warning", "neither an issue of an audited project nor a service: ops/gone#1", "correct the subject")
    ]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("since: 2027-10-01", "since is 2027-10-01, a day to come: no incident is audited"),
        ("policies: [{from: 2027-10-01}]", "the first policy's from is 2027-10-01, a day to come"),
        (
            "review: {template: [gone, incident_review.md, lost.md]}",
            "no file gone, lost.md in .gitlab/issue_templates/ of the review projects (review.template)",
        ),
        ("review: {templates: nowhere}", "no template of reviews in nowhere (review.templates)"),
    ],
)
def test_doctor_warns_of_what_is_named_and_not_there(
    typed: CommandLine, server: Server, tracker: Tracker, given: str, words: str
) -> None:
    tracker.production.file(".gitlab/issue_templates/incident_review.md", "# Summary\n")
    typed.settings(f"projects: {{incidents: ops/production}}\n{given}\n")
    told = [(point.what, point.advice) for point in checkup_of(typed, server).checkpoints if point.state == "warning"]
    assert any(what.startswith(words) and advice for what, advice in told), told


def test_labels_of_projects_that_cannot_be_read_are_not_missed(typed: CommandLine, server: Server) -> None:
    typed.settings("projects: {incidents: ops/gone}\n")
    assert about("labels", checkup_of(typed, server)) == [("not checked", "no project can be read", "")]


def test_doctor_need_not_read_templates(typed: CommandLine, server: Server) -> None:
    typed.settings("projects: {incidents: ops/production}\nreview: {templates: ''}\n")
    assert "asked for: none\n  `review.templates` is empty: GitLab's own of each year" in checked(typed, server)
    assert not server.count(method="GET", path="/repository/tree")


ADVICE = "set reminders.remind_from, like 2026-11-23, so that a first run reminds of nothing old"


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("reminders: {remind_from: 2026-11-01}", ("ok", "of incidents declared from 2026-11-01 on", "")),
        (
            "since: 2026-10-01",
            ("warning", "of incidents declared from 2026-10-01 on, the first day that is read", ADVICE),
        ),
        ("", ("warning", "nobody is reminded", ADVICE)),
    ],
)
def test_it_advises_where_reminders_begin(
    typed: CommandLine, server: Server, given: str, line: tuple[str, str, str]
) -> None:
    typed.settings(f"projects: {{incidents: ops/production}}\n{given}\n")
    assert about("reminders", checkup_of(typed, server)) == [line]


MISSING = (
    "Check the spelling, and that the token's account is a member there: GitLab answers the same for what is missing"
    " and for what may not be seen."
)
WRONG = """\
projects: {incidents: [ops/production, ops/gone, ops], review_groups: [ops/runbooks]}
catalog:
  services: {project: ops/runbooks, path: services.ymll}
calendars: {default: {country: IL, weekend: [Sat, Sun]}}
reminders: {contact: nobody-here}
publish: {wiki: {project: ops/runbooks, page: X}, issue: {project: ops/nix}}
"""


def test_every_fault_is_in_one_table(typed: CommandLine, server: Server) -> None:
    typed.settings(WRONG)
    result = checkup_of(typed, server)
    assert about("projects", result)[:3] == [
        ("fault", "ops is a group: name it under projects.incident_groups", ""),
        ("fault", "ops/runbooks is a project: name it under projects.reviews, not among the groups", ""),
        (
            "fault",
            "project ops/gone does not exist, or the token may not see it",
            MISSING,
        ),
    ]
    assert about("catalogue", result)[0][:2] == (
        "fault",
        "no file services.ymll at the default branch of ops/runbooks, or the token may not see it",
    )
    assert about("calendars", result)[0][1] == "default: the weekend of IL is Fri, Sat, the settings say Sat, Sun"
    assert about("contact", result) == [
        (
            "warning",
            "reminders.contact: there is no account or group nobody-here",
            "name an account or group that exists",
        )
    ]
    assert about("publish", result) == [
        (
            "fault",
            "publish.issue: ops/nix: does not exist, or the token may not see it",
            "Check `publish` in the settings, and the role of the token's account there.",
        ),
        ("for --apply", "publish.wiki: the token's account needs the role Developer in ops/runbooks", ""),
    ]
    assert result.exit_status == 1
    assert "5 faults to mend before the next run can succeed (exit status 1)." in result.text()


@pytest.mark.parametrize(
    ("contact", "state"),
    [("boss", "ok"), ("'@boss'", "ok"), ("ops", "ok"), ("ops/nobody", "warning"), ("gone", "warning")],
)
def test_the_contact_is_looked_up(
    typed: CommandLine, server: Server, tracker: Tracker, contact: str, state: str
) -> None:
    tracker.world.user("gone", state="blocked")
    typed.settings(f"{SETTINGS}reminders: {{contact: {contact}}}\n")
    assert [line[0] for line in about("contact", checkup_of(typed, server))] == [state]


def test_waivers_that_hold_no_longer_or_name_nothing(typed: CommandLine, server: Server) -> None:
    rest = "rules: [IR001], reason: r, approved_by: b"
    typed.settings(
        f"{SETTINGS}waivers:\n- {{subject: 'ops/production#1', {rest}, expires: 2026-10-31}}\n"
        f"- {{subject: 'OPS/production#3', {rest}, expires: 2026-12-31}}\n"
        f"- {{subject: 'ops/production#99', {rest}, expires: 2026-12-31}}\n"
        f"- {{subject: git, {rest}, expires: 2026-12-31}}\n"
    )
    assert about("waivers", checkup_of(typed, server)) == [
        ("warning", "expired: ops/production#1 (2026-10-31)", "renew them, or take them out"),
        ("warning", "neither an issue of an audited project nor a service: ops/production#99", "correct the subject"),
    ]


def test_what_posting_lacks_is_a_fault_once_it_is_meant(typed: CommandLine, server: Server) -> None:
    lack = "the token lacks the scope api, which posting needs (it has: read_api)"
    dry, posting = (checkup_of(typed, server, apply=apply, token=READER) for apply in (False, True))
    assert ("for --apply", lack, "") in about("token", dry)
    assert dry.exit_status == 0
    assert about("token", posting)[0][:2] == ("fault", lack)
    assert posting.exit_status == 1
    assert about("catalogue", posting), "the rest is checked all the same"


def test_settings_with_faults_keep_the_token_from_nothing(typed: CommandLine, server: Server) -> None:
    typed.settings("projects: {incidents: ops/production}\ntimezone: Mars\nlabel: {}\n")
    ended = typed("doctor", "--format", "json")
    assert ended.status == 2
    result = json.loads(ended.out)
    assert result["exit_status"] == 2
    states = [(line["check"], line["state"]) for line in result["checks"]]
    assert states[:3] == [("settings", "fault"), ("settings", "fault"), ("token", "ok")]
    assert {state for _, state in states[3:]} == {"not checked"}
    assert {check for check, _ in states[3:]} >= {"projects", "catalogue", "labels", "publish"}
    assert all(line["what"] for line in result["checks"])
    assert server.requests


def test_without_a_token_the_settings_are_still_checked(typed: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLAB_URL", "https://gitlab.example.com")
    ended = typed("doctor")
    assert ended.status == 2
    assert "settings     ok           audit.yml\n" in ended.out
    assert "environment  fault        GITLAB_TOKEN is not set\n" in ended.out
    assert "labels       not checked  address or token are missing\n" in ended.out


def test_a_token_that_cannot_read_leaves_the_rest_unchecked(
    typed: CommandLine, server: Server, tracker: Tracker
) -> None:
    tracker.world.token(TOKEN, user=tracker.world.users["auditor"], scopes=("read_user",))
    result = checkup_of(typed, server)
    assert about("token", result)[0][0] == "fault"
    assert about("labels", result) == [("not checked", "nothing can be read with this token", "")]
    assert result.exit_status == 1


def test_the_table_fits_the_terminal(typed: CommandLine, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    typed.settings("projects: {incidents: [ops, ops/gone]}\n")
    widths = {}
    for columns in ("80", "110", "300", "20"):
        monkeypatch.setenv("COLUMNS", columns)
        shown = typed("doctor").out.partition("\n\n")[0]
        assert server.url not in shown
        widths[columns] = max(map(len, shown.splitlines()))
    assert 70 < widths["80"] <= 80
    assert 80 < widths["110"] == widths["300"] <= 110
    assert widths["20"] <= 60
