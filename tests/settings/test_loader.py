"""audit.yml in, settings or all of its faults out."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from audit.errors import SettingsError
from audit.settings import Settings, load, settings_hash

Write = Callable[[str | bytes], Path]

MINIMAL = "projects: {incidents: [g/p]}\n"


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    monkeypatch.chdir(tmp_path)

    def _write(text: str | bytes) -> Path:
        path = Path("audit.yml")
        path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        return path

    return _write


def faults(path: Path) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(path)
    assert caught.value.exit_status == 2
    return [fault.removeprefix("audit.yml:") for fault in caught.value.faults]


def test_the_smallest_file_is_all_defaults(write: Write) -> None:
    settings = load(write(MINIMAL))
    assert settings == Settings.model_validate({"projects": {"incidents": ["g/p"]}})
    assert settings.policies[0].due_days == 5
    assert settings.first_day is None


# --- scalars -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "name"),
    [("NO", "NO"), ("12:30", "12:30"), ("010", "010"), ("1.10", "1.10"), ("2026-02-31", "2026-02-31"), ("yes", "yes")],
)
def test_text_is_what_was_written(write: Write, written: str, name: str) -> None:
    assert load(write(f"{MINIMAL}policies: [{{name: {written}}}]")).policies[0].name == name


def test_a_number_with_a_leading_zero_is_decimal(write: Write) -> None:
    assert load(write(f"{MINIMAL}policies: [{{due_days: 010}}]")).policies[0].due_days == 10


def test_country_norway_is_a_country(write: Write) -> None:
    assert load(write(f"{MINIMAL}calendars: {{default: {{country: NO}}}}")).calendars.default.country == "NO"


@pytest.mark.parametrize(("written", "value"), [("true", True), ("False", False)])
def test_true_and_false(write: Write, written: str, value: bool) -> None:
    assert load(write(f"{MINIMAL}labels: {{plain_severity: {written}}}")).labels.plain_severity is value


@pytest.mark.parametrize("written", ["2025-01-31", "'2025-01-31'"])
def test_a_day(write: Write, written: str) -> None:
    assert load(write(f"{MINIMAL}policies: [{{from: {written}}}]")).first_day == date(2025, 1, 31)


def test_a_lone_value_is_a_list_of_one(write: Write) -> None:
    settings = load(
        write("""
        projects: {incidents: 278964, reviews: g/r}
        labels: {incident: outage}
        policies: [{severities: 1, request_labels: ask}]
        calendars: {default: {weekend: Fri, closures: 2026-12-24}}
        waivers: [{subject: g/p#1, rules: IR001, reason: r, approved_by: a, expires: 2026-12-31}]
        gitlab: {hosts: old.example.com}
        """)
    )
    assert settings.projects.incidents == ("278964",)
    assert settings.labels.incident == ("outage",)
    assert settings.policies[0].severities == (1,)
    assert settings.calendars.default.closures == (date(2026, 12, 24),)
    assert settings.calendars.default.weekend == ("Fri",)
    assert settings.waivers[0].rules == ("IR001",)
    assert settings.gitlab.hosts == ("old.example.com",)


def test_a_section_whose_keys_are_all_comments_is_a_section_of_defaults(write: Write) -> None:
    settings = load(write(f"{MINIMAL}labels:\n  # incident: [x]\npolicies:\n  -\ncalendars:\n  default:\n"))
    assert settings == load(write(MINIMAL))


def test_policies_come_out_in_order_of_their_days(write: Write) -> None:
    settings = load(write(f"{MINIMAL}policies: [{{from: 2026-01-01}}, {{from: 2025-01-01}}]"))
    assert [policy.key for policy in settings.policies] == ["2025-01-01", "2026-01-01"]


def test_it_can_be_built_from_values_as_well_as_from_text() -> None:
    values = {"projects": {"incidents": ("g/p",)}, "since": date(2025, 1, 31), "labels": {"plain_severity": True}}
    settings = Settings.model_validate(values)
    assert settings.first_day == date(2025, 1, 31)
    assert settings.labels.plain_severity is True


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("", None),
        ("policies: [{from: 2025-01-01}]", date(2025, 1, 1)),
        ("policies: [{from: 2025-01-01}]\nsince: 2025-02-01", date(2025, 2, 1)),
        ("since: 2025-02-01\nreminders: {remind_from: 2025-03-01}", date(2025, 3, 1)),
    ],
)
def test_the_day_from_which_is_reminded(write: Write, text: str, day: date | None) -> None:
    assert load(write(MINIMAL + text)).remind_from == day


@pytest.mark.parametrize("written", ["sev", "'sev:'", "'sev::'", "'sev::*'"])
def test_a_scope_may_be_copied_with_its_colons(write: Write, written: str) -> None:
    assert load(write(f"{MINIMAL}labels: {{severity_scope: {written}}}")).labels.severity_scope == "sev"


def test_an_alias_is_the_value_that_it_names(write: Write) -> None:
    settings = load(write(f"{MINIMAL}calendars: {{teams: {{a: &de {{country: DE}}, b: *de}}}}"))
    assert settings.calendars.teams["b"].country == "DE"


# --- faults of the file --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "1:1: settings: the file is empty; `incident-audit init` writes one"),
        ("# only this\n", "1:1: settings: the file is empty; `incident-audit init` writes one"),
        ("- g/p\n", "1:1: settings: should be keys with values (got a list)"),
        (f"{MINIMAL}---\nsince: 2025-01-01\n", "2:1: syntax: a second document begins here; the file must hold one"),
        ("projects:\n\tincidents: g/p\n", "2:1: syntax: a tab stands here; indent with spaces"),
        (
            "projects: [a\nb: 3\n",
            "2:2: syntax: a comma, or the closing ] of the bracket, which begins in line 1, is missing before this",
        ),
        (f"{MINIMAL}timezone: 'UTC\n", "2:11: syntax: what is opened here is never closed"),
        ("projects: a: b\n", "1:12: syntax: a colon is not allowed here"),
        ("projects\n  incidents: [g/p]\n", "2:12: syntax: a colon is not allowed here; check the indentation and the"),
        (
            "projects:\n  incidents [g/p]\n",
            "1:1: projects: should be keys with values (got 'incidents [g/p]'); is the colon behind incidents missing?",
        ),
        (
            "projects: {incidents: a}\nwindow\nsince: 2025-01-01\n",
            "3:1: syntax: a key without its colon, or without the blank behind it, stands before this",
        ),
        ("projects: @x\n", "1:11: syntax: no text can begin with @ in YAML: put the whole of it into quotes"),
        # the indentation
        (
            "projects:\n  incidents: [g/p]\n labels: {}\n",
            "3:2: syntax: the indentation does not fit: this begins in column 2, line 2 above it in column 3; what be",
        ),
        (
            "policies:\n  - from: 2026-01-01\n\n  # days\n   due_days: 5\n",
            "5:4: syntax: the indentation does not fit: this begins in column 4, line 2 above it in column 3",
        ),
        ("x:\n    - a\n   - b\n", "3:4: syntax: the indentation does not fit: this begins in column 4, line 2"),
        ("  x: 1\ny: 2\n", "2:1: syntax: the indentation does not fit: this begins in column 1, line 1"),
        # what stands behind a value, or in it
        (f"{MINIMAL}since: 2026-01-01\nlabels:\n  review: [A],\n", "4:14: syntax: more stands here, behind the end of"),
        ("x: 'a'b'\n", "1:7: syntax: more stands here, behind the end of a value: put the whole text into quotes"),
        ("x: - a\n", "1:4: syntax: a list cannot begin behind its key: begin each item on a line of its own, or"),
        ("x: |a\n  b\n", "1:5: syntax: no text can begin with | in YAML"),
        ("a: b\n- c\n", "2:1: syntax: this cannot follow line 1: keys, list items and texts do not mix in one column"),
        ("}\n", "1:1: syntax: a value is missing before this"),
        ('{"x": [}\n', "1:8: syntax: a value is missing before this"),
        ('x: "\\q"\n', "1:6: syntax: a backslash begins an escape in double quotes: put the text into single ones"),
        ('x: "C:\\Users"\n', "1:9: syntax: a backslash begins an escape in double"),
        (
            f"{MINIMAL}<<<<<<< main\nwindow: 3\n=======\nwindow: 4\n>>>>>>> other\n",
            "2:1: syntax: a conflict of a merge stands here: keep one of its two sides",
        ),
        ("x: ? a\n", "1:4: syntax: mapping keys are not allowed here"),
        ("x: `a`\n", "1:4: syntax: no text can begin with ` in YAML"),
        ("x: [a b: c d: e]\n", "1:13: syntax: a comma, or the closing ] of the bracket, is missing before this"),
        ("x: {a: [b}\n", "1:10: syntax: a comma, or the closing ] of the bracket, is missing before this"),
        ("x: [!a]\n", "1:4: syntax: what is opened here is never closed: a quote or a bracket is missing"),
        ("x: [a, b\n", "1:4: syntax: what is opened here is never closed: a quote or a bracket is missing"),
        # a number of an issue that YAML takes for a comment
        (
            "waivers:\n- {subject: g/p #28, rules: [IR001]}\nlabels: {}\nsince: 2026-01-01\nx: y\n",
            "2:17: syntax: `#28,` begins a comment here, which takes the rest of the line away: put a text that has",
        ),
        ("x: ['# a', b # c]\ny: z\n", "1:14: syntax: `#` begins a comment here"),
        (
            "x: ['# a', b # c\n]\n]\ny: z\n",
            "3:1: syntax: this cannot follow line 2: keys, list items and texts do not mix in one column",
        ),
        ("projects: *nobody\n", "1:11: syntax: a text that begins with * is an alias in YAML"),
        (b"projects: \xff\n", "1:11: syntax: this is not UTF-8 text: save the file as UTF-8"),
        (MINIMAL.encode("utf-16"), "1:1: syntax: this is not UTF-8 text: save the file as UTF-8"),
        (MINIMAL.encode("utf-16-le"), "1:2: syntax: the character U+0000 is not allowed: is this a text, and not"),
        (b"projects: \x00\n", "1:11: syntax: the character U+0000 is not allowed"),
        ('timezone: "\\UFFFFFFFF"\n', "1:14: syntax: this cannot be read"),
        ("[" * 5000, "1:1: syntax: this is nested too deeply"),
        ("a: " + "[" * 60 + "]" * 60, "1:53: syntax: this is nested too deeply"),
    ],
)
def test_what_is_no_yaml_has_its_place(write: Write, text: str | bytes, fault: str) -> None:
    (found,) = faults(write(text))
    assert found.startswith(fault)


def test_aliases_of_aliases_end(write: Write) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    (found,) = faults(write("\n".join(lines)))
    assert "too many values" in found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("since: 2025-01-01\nsince: 2026-01-01", ["3:1: since: is given twice; the first is in line 2"]),
        ("labels: {incident: a, incident: b}", ["2:23: labels.incident: is given twice; the first is in line 2"]),
        (
            "window: !!python/object:os.system x",
            ["2:9: window: the tag tag:yaml.org,2002:python/object:os.system is not allowed"],
        ),
        ("labels: !mine {incident: a}", ["2:9: labels: the tag !mine is not allowed"]),
        ("labels: {incident: &a [*a]}", ["2:20: labels.incident[0]: this alias holds itself"]),
        ("? [a]\n: b", ["2:3: settings: a key must be a single word or text; quote a text that begins with a bracket"]),
        (
            "labels: {<<: {incident: a}}",
            ['2:10: labels["<<"]: is not part of YAML 1.2; use an alias for the whole value, or write it out'],
        ),
        # what word processors, chats and web pages make of quotes and blanks
        (
            "labels: {incident: [\u201cbad day\u201d, \u2018x\u2019, it\u2019s, '\u201cy\u201d']}",
            [
                f"2:{column}: labels.incident[{number}]: typographic quotes stand around this, which are text for YAML:"
                " type ' or \""
                for number, column in enumerate((21, 32))
            ],
        ),
        (
            "\xa0window: a\nlabels: {review: b\u200b}",
            [
                '2:1: ["window"]: a blank that is none for YAML (U+00A0) stands around this: type a common one',
                "3:18: labels.review: a blank that is none for YAML (U+200B) stands around this: type a common one",
            ],
        ),
    ],
)
def test_what_settings_must_not_hold(write: Write, text: str, expected: list[str]) -> None:
    assert faults(write(MINIMAL + text)) == expected


@pytest.mark.parametrize(
    ("subject", "reason"),
    [("g/p #28", "Late."), ("'g/p#28'", "Reviewed in #28"), ("'g/p#28'", "see  #28 and #29")],
)
def test_a_number_that_yaml_takes_for_a_comment_is_a_fault(write: Write, subject: str, reason: str) -> None:
    (fault,) = faults(
        write(
            f"{MINIMAL}waivers:\n- subject: {subject}\n  rules: [IR001]\n  reason: {reason}\n  approved_by: boss\n"
            "  expires: 2026-12-31\n"
        )
    )
    assert fault.endswith(": ends before #28, which begins a comment here: put the whole into quotes")
    assert fault.startswith("3:" if "'" not in subject else "5:")


def test_comments_that_begin_with_a_number_are_comments(write: Write) -> None:
    settings = load(write(f"{MINIMAL}window: 28 #4 weeks\nbots: [a] #1 of them\n"))
    assert (settings.window, settings.bots) == (28, ("a",))


# --- faults of the values ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("polices: []", "2:1: polices: is not a known key; did you mean `policies`?"),
        ("policies: [{due_day: 3}]", "2:13: policies[0].due_day: is not a known key; did you mean `due_days`?"),
        ("policies: [{from_: 2025-01-01}]", "2:13: policies[0].from_: is not a known key; did you mean `from`?"),
        ("due_days: 3", "2:1: due_days: is not a known key here; it belongs to `policies[0]`"),
        ("page_size: 3", "2:1: page_size: is not a known key here; it belongs to `gitlab`"),
        ("report: {window: 3}", "2:10: report.window: is not a known key here; it belongs to the top of the file"),
        ("report: {zzz: 3}", "2:10: report.zzz: is not a known key; known are confidential_destination"),
        ("calendars: {teams: {a: {land: DE}}}", "2:25: calendars.teams.a.land: is not a known key; known are country,"),
        (
            "review: {summary_headings: [A]}",
            "2:10: review.summary_headings: is not a known key any more; it is called `review.sections.summary` now",
        ),
        ("review: {rows: [{A: []}, [B]]}", "2:26: review.rows[1]: should be a row's name"),
        ("review: {rows: [{}]}", "2:17: review.rows[0]: should be a row's name"),
        ("review: {prefixes: '*'}", "2:10: review.prefixes: should be the word or sign that the titles begin with"),
        ("catalog: {teams: {fil: a}}", "2:19: catalog.teams.fil: is not a known key; did you mean `file`?"),
        ("policies: {from: 2025-01-01}", "2:1: policies: should be a list (got keys with values)"),
        ("policies: [2025]", "2:12: policies[0]: should be keys with values (got 2025)"),
        ("policies: []", "2:1: policies: should hold at least one value (got an empty list)"),
        ("policies: [{due_days: }]", "2:13: policies[0].due_days: has no value: write one, or take the key out"),
        (
            "policies: [{due_days: five}]",
            "2:13: policies[0].due_days: should be a whole number, or one for each severity, like",
        ),
        (
            "policies: [{due_days: true}]",
            "2:13: policies[0].due_days: should be a whole number, or one for each severity, like",
        ),
        ("policies: [{due_days: 0}]", "2:13: policies[0].due_days: should be at least 1 (got 0)"),
        ("policies: [{due_days: 367}]", "2:13: policies[0].due_days: should be at most 366 (got 367)"),
        ("policies: [{severities: [1, NO]}]", "2:29: policies[0].severities[1]: should be a whole number (got 'NO')"),
        (
            "policies: [{anchor: opened}]",
            "2:13: policies[0].anchor: should be one of 'declared', 'resolved', 'closed' or 'review_opened'",
        ),
        ("since: 0001-01-01", "2:1: since: should be a day of the years 1970 to 2199 (got '0001-01-01')"),
        ("window: 9999999", "2:1: window: should be at most 3660 (got 9999999)"),
        ('review: {template_files: ["a\\0b"]}', "2:27: review.template_files[0]: holds a character that no name of a"),
        ("policies: [{from: 2026-02-31}]", "2:13: policies[0].from: is not a day of the calendar (got '2026-02-31')"),
        ("since: 20260101", "2:1: since: should be a day like 2026-11-30 (got 20260101)"),
        ("since: 2026-01-01T00:00:00Z", "2:1: since: should be a day like 2026-11-30 (got '2026-01-01T00:00:00Z')"),
        ("since: [2026-01-01]", "2:1: since: should be a day like 2026-11-30 (got a list)"),
        # an example, or the keys of a section
        ("report: {target: 90%}", "2:10: report.target: should be a whole number (got '90%'); for example 90"),
        (
            "policies: [{severities: [S1]}]",
            "2:26: policies[0].severities[0]: should be a whole number (got 'S1'); for example [1, 2]",
        ),
        (
            "labels: {severities: {high: 2}}",
            "2:23: labels.severities.high: its key should be a whole number (got 'high'); for example {1: [",
        ),
        (
            "labels: {severities: [a]}",
            "2:10: labels.severities: should be keys with values (got a list); for example {",
        ),
        (
            "catalog: {services: s.yml}",
            "2:11: catalog.services: should be a list (got 's.yml'); for example {path: services/service-catalog.yml",
        ),
        (
            "snapshot: s.sqlite",
            "2:1: snapshot: should be keys with values (got 's.sqlite'); its keys are file, texts, full_every_days",
        ),
        ("policies: [{due_days: -5}]", "2:13: policies[0].due_days: should be at least 1 (got -5)"),
        ("labels: {plain_severity: NO}", "2:10: labels.plain_severity: should be true or false (got 'NO')"),
        ("labels: {incident: {a: b}}", "2:10: labels.incident: should be a list (got keys with values)"),
        ("labels: {incident: ['']}", "2:21: labels.incident[0]: should not be blank (got '')"),
        (
            "labels: {incident: [[a]]}",
            "2:21: labels.incident[0]: should be text (got a list): put a text that begins with a bracket into quotes",
        ),
        (
            "report: {a/b: 1}",
            '2:10: report["a/b"]: is not a known key; several values are written as a list: [a/b, c/d]',
        ),
        (
            "policy_page: {project: 'https://gitlab.example.com/g/p/-/tree/main', path: x}",
            "2:15: policy_page.project: should be a path like group/project, without address and outer slashes; write",
        ),
        (
            "policy_page: {project: 'g/p, g/q', path: x}",
            "2:15: policy_page.project: should be one path like group/project; several are written as a list: [a/b",
        ),
        (
            "calendars: {default: {country: DE, subdivision: Bavaria}}",
            "2:36: calendars.default.subdivision: is unknown to the holidays package: Entity `DE` does not have",
        ),
        (
            "timezone: Europe/Berlim",
            "2:1: timezone: is not a time zone of the IANA database; did you mean Europe/Berlin?",
        ),
        (
            "timezone: ../etc/passwd",
            "2:1: timezone: should be the place of a time zone of the IANA database, like Europe/Berlin, or UTC",
        ),
        ("review: {external_id: 'INC-('}", "2:10: review.external_id: is not a regular expression: missing )"),
        ("gitlab: {timeout_seconds: 0}", "2:10: gitlab.timeout_seconds: should be more than 0 (got 0)"),
        ("gitlab: {timeout_seconds: .nan}", "2:10: gitlab.timeout_seconds: should be a number (got '.nan')"),
        ("reminders: {contact: '@all'}", "2:13: reminders.contact: should be the name of an account or a group"),
        ("reminders: {contact: ask Bob}", "2:13: reminders.contact: should be the name of an account or a group"),
        (
            "reminders: {adopted: [{author: 'a b', pattern: x}]}",
            "2:24: reminders.adopted[0].author: should be the name of an account or a group",
        ),
        (
            "reminders: {postponed: [{issue: '#12', until: 2026-12-31}]}",
            "2:26: reminders.postponed[0].issue: should name an issue like group/project#12 (got '#12')",
        ),
        ("gitlab: {hosts: 'https://x.org'}", "2:10: gitlab.hosts: should be a host name like gitlab.example.com"),
        (
            "calendars: {default: {country: Germany}}",
            "2:23: calendars.default.country: should look like two capital letters, like DE (got 'Germany')",
        ),
        (
            "calendars: {default: {country: ZZ, subdivision: BY}}",
            "2:23: calendars.default.country: is unknown to the holidays package: Country ZZ not available (got 'ZZ')",
        ),
        (
            'calendars: {teams: {"a team": {country: DE, subdivision: Bavaria}}}',
            '2:45: calendars.teams["a team"].subdivision: is unknown to the holidays package: Entity `DE`',
        ),
        ("labels: {service_scope: '::'}", "2:10: labels.service_scope: should be what comes before the colons of a"),
        ("calendars: {default: {subdivision: BY}}", "2:13: calendars.default: has a `subdivision` without its"),
        (
            "calendars: {default: {weekend: [Mon, Tue, Wed, Thu, Fri, Sat, Sun]}}",
            "2:13: calendars.default: has no working day at all: `weekend` names all seven days",
        ),
        (
            "catalog: {services: {project: a/b}}",
            "2:11: catalog.services: names files by `project` and `path`, by `group` and",
        ),
        ("policies: [{name: a}, {name: b}]", "2:1: policies: several policies need a `from` each"),
        (
            "policies: [{from: 2025-01-01}, {from: 2025-01-01}]",
            "2:1: policies: two policies begin on the same day",
        ),
        ("labels: {severities: {1: [sev1], 2: [SEV1]}}", "2:1: labels: gives the label sev1 two severities"),
        (
            "catalog: {services: {project: a/b, path: ../a.yml}}",
            "2:11: catalog.services: has a `path` that does not",
        ),
        ("reminders: {about: ftp://example.com}", "2:13: reminders.about: should be the address of a page"),
        ("calendars: {default: {closures: {a: 1}}}", "2:23: calendars.default.closures: should be a list"),
        (
            "waivers: [{subject: a, rules: [IR1], reason: r, approved_by: b, expires: 2026-01-01}]",
            "2:32: waivers[0].rules[0]: is not a rule; did you mean IR001 (missing-review)? ",
        ),
        (
            "waivers: [{subject: a, rules: [IR001], approved_by: b, expires: 2026-01-01}]",
            "2:11: waivers[0].reason: is missing",
        ),
    ],
)
def test_a_fault_has_its_place_and_plain_words(write: Write, text: str, fault: str) -> None:
    (found,) = faults(write(MINIMAL + text))
    assert found.startswith(fault)


FROM = "group/project, without address and outer slashes; write "
VARIABLE = "group/project; variables have no value in this file"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("window: 3", ["1:1: projects: is missing"]),
        ("projects:", ["1:1: projects: names no incident project: set `incidents` or `incident_groups`"]),
        ("projects: {reviews: g/r}", ["1:1: projects: names no incident project"]),
        ("projects: {incidents: https://x.org/g/p}", ["1:12: projects.incidents: should be a path like group/"]),
        ("projects: {incidents: g/p/}", ["1:12: projects.incidents: should be a path like group/project"]),
        ("projects: [g/p]", ["1:1: projects: should be keys with values (got a list); for example {incidents: ["]),
        *(
            (
                f"projects: {{incidents: '{written}'}}",
                [f"1:12: projects.incidents: should be a path like {FROM}g/p (got"],
            )
            for written in ("https://x.org/g/p/-/issues", "g/p/-/issues/12", "@g/p", "/g/p", "g/p.git")
        ),
        *(
            (f"projects: {{incidents: {written}}}", [f"1:12: projects.incidents: should be a path like {VARIABLE}"])
            for written in ("$GROUP/p", "$CI_PROJECT_PATH")
        ),
        ("projects: {incident_groups: [g, 'h/*']}", ["1:33: projects.incident_groups[1]: should be a path like"]),
    ],
)
def test_projects_are_named(write: Write, text: str, expected: list[str]) -> None:
    found = faults(write(text))
    assert [line.startswith(start) for line, start in zip(found, expected, strict=True)] == [True], found


@pytest.mark.parametrize("folder", ["/templates", "../templates", "https://x.org/t", "a//b", "./a"])
def test_templates_are_a_folder_of_the_repository(write: Write, folder: str) -> None:
    (found,) = faults(write(f"{MINIMAL}review: {{templates: {folder}}}"))
    assert found.startswith("2:10: review.templates: should be a folder of a repository like .gitlab/issue_templates")


def test_no_templates_are_an_empty_text(write: Write) -> None:
    review = load(write(f"{MINIMAL}review: {{templates: '', template_files: one.md}}")).review
    assert (review.templates, review.template_files) == ("", ("one.md",))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", None),
        ("rows: []", ()),
        ("rows: Customers Affected", (("Customers Affected", ()),)),
        (
            "rows: [Impact, {Start Time: [Impact Start Time, Began]}]",
            (("Impact", ()), ("Start Time", ("Impact Start Time", "Began"))),
        ),
        ("rows: {Start Time: Began, Impact: []}", (("Start Time", ("Began",)), ("Impact", ()))),
    ],
)
def test_rows_and_their_further_names(write: Write, text: str, named: object) -> None:
    assert load(write(f"{MINIMAL}review: {{{text}}}")).review.named_rows == named


def test_a_kind_of_section_that_is_not_named_keeps_its_default(write: Write) -> None:
    review = load(write(f"{MINIMAL}review: {{sections: {{summary: [Overview], outcomes: []}}}}")).review
    assert (review.sections.summary, review.sections.outcomes) == (("Overview",), ())
    assert review.sections.narrative[0] == "Details"
    assert review.sections.model_fields_set == {"summary", "outcomes"}


def test_every_fault_of_a_file_is_told_in_one_run_from_top_to_bottom(write: Write) -> None:
    found = faults(
        write("""\
        project: {incidents: [g/p]}
        timezone: Mars/Olympus
        since: 2025-01-01
        since: 2025-01-01
        policies:
          - due_days: zero
            anchor: opened
          - due_kind: worked
        """)
    )
    assert [line.split(": ")[0:2] for line in found] == [
        ["1:1", "project"],
        ["1:1", "projects"],
        ["2:1", "timezone"],
        ["4:1", "since"],
        ["6:5", "policies[0].due_days"],
        ["7:5", "policies[0].anchor"],
        ["8:5", "policies[1].due_kind"],
    ]


def test_a_token_in_the_file_is_not_repeated(write: Write) -> None:
    (found,) = faults(write(f"{MINIMAL}token: glpat-abcdefghijklmnopqrst"))
    assert "glpat" not in found
    assert "GITLAB_TOKEN" in found


def test_long_values_are_shortened_and_on_one_line(write: Write) -> None:
    (found,) = faults(write(f'{MINIMAL}timezone: "{"x" * 500}\\n{"y" * 500}"'))
    assert len(found) < 200
    assert "\n" not in found


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"audit\.yml does not exist") as caught:
        load(tmp_path / "audit.yml")
    assert "incident-audit init" in caught.value.advice
    assert caught.value.faults == ()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path)


# --- the hash of what decides --------------------------------------------------------------------------------------


def test_the_hash_does_not_see_comments_and_the_order_of_keys(write: Write) -> None:
    one = load(write(f"{MINIMAL}window: 7 # days\nsince: 2025-01-01\n"))
    other = load(write(f"since: '2025-01-01'\n{MINIMAL}window: 7\nreminders: {{steps: 2}}\ngitlab: {{parallel: 1}}\n"))
    assert settings_hash(one) == settings_hash(other)
    assert len(settings_hash(one)) == 64


@pytest.mark.parametrize(
    "text",
    [
        "policies: [{due_days: 6}]",
        "policies: [{from: 2025-01-01}]",
        "timezone: Asia/Tokyo",
        "window: 7",
        "labels: {review: x}",
        "calendars: {default: {closures: 2026-12-24}}",
        "waivers: [{subject: a, rules: IR001, reason: r, approved_by: b, expires: 2026-01-01}]",
        "gitlab: {hosts: old.example.com}",
    ],
)
def test_the_hash_sees_what_moves_a_verdict(write: Write, text: str) -> None:
    assert settings_hash(load(write(MINIMAL + text))) != settings_hash(load(write(MINIMAL)))


# --- patterns that are held against what other people wrote ----------------------------------------------------------


def adopting(pattern: str) -> str:
    return f"{MINIMAL}reminders: {{adopted: [{{author: a, pattern: '{pattern}'}}]}}\n"


BUSY = "could keep a run busy for hours"


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        *((pattern, BUSY) for pattern in ("(a+)+", "((a+)b?)*x", "(a|aa)+", "(?:x[)]*)+?", "(a*){3}", "(a?){22}b")),
        *(
            (pattern, BUSY)
            for pattern in ("(?:x(a|b)?)+", "a*b*c*", "a{2,}[bc]+b+c++d*.*x", "(?:a|a)" * 22, "a{999999}")
        ),
        ("(?ix) a b", "holds a comment or the flag x"),
        ("(a+(?#()b)+", "holds a comment or the flag x"),
        ("(", "is not a regular expression"),
        ("a{99999999999999999999}", "is not a regular expression"),
        ("(" * 240 + ")" * 240 + "a{3,1}", "is not a regular expression"),
        ("a" * 501, "should be at most 500 characters"),
    ],
)
def test_a_pattern_that_could_keep_a_run_busy_is_refused(write: Write, pattern: str, what: str) -> None:
    (fault,) = faults(write(adopting(pattern)))
    assert fault.startswith(f"2:35: reminders.adopted[0].pattern: {what}")
    (fault,) = faults(write(f"{MINIMAL}review: {{external_id: '{pattern}'}}\n"))
    assert fault.startswith(f"2:10: review.external_id: {what}")


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "INC-\\d+",
            "[A-Z]+-\\d+",
            "[A-Z][A-Z0-9]+-\\d+",
            "(?i)(?:INC|OPS|SEC)-\\d{1,9}",
            "#?inc[- ]?\\d+",
            "INC-[\\w-]+",
        ),
        *(
            "INC-[\\w-]+",
            "(?i)(?s)a.b",
            "(?P<a>x)(?P=a)",
            "(?<![a-z])INC-\\d+",
            "障+害",
            "(?>a+)b",
            "",
            "[一-龥]+-\\d+",
        ),
    ],
)
def test_an_ordinary_external_id_is_fine(write: Write, pattern: str) -> None:
    assert load(write(f"{MINIMAL}review: {{external_id: '{pattern}'}}\n")).review.external_id == pattern


@pytest.mark.parametrize(
    "pattern",
    [
        "review .* overdue",
        "(ab)+c",
        "(a|b) x+",
        "[*+|(]+ \\(a{2}\\)+",
        "a{3}b{4}c+d?",
        "(?i)(?:reviews?)? is",
        "a?a?a?a?a?b",
    ],
)
def test_an_ordinary_pattern_is_fine(write: Write, pattern: str) -> None:
    assert load(write(adopting(pattern))).reminders.adopted[0].pattern == pattern


# --- rules ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("off", ["off", "OFF", "false", "no", "'off'"])
def test_a_rule_is_off_however_off_is_written(write: Write, off: str) -> None:
    assert load(write(f"{MINIMAL}rules: {{IR007: {off}, IR010: Violation}}")).rules == {
        "IR007": "off",
        "IR010": "violation",
    }


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("{IR07: off}", "rules.IR07: is not a rule; did you mean IR007 (key-information)? "),
        ("{ir007: off}", "rules.ir007: is not a rule; did you mean IR007 (key-information)? "),
        ("{key-informations: off}", "rules.key-informations: is not a rule; did you mean IR007 (key-information)? "),
        ("{XY: off}", "rules.XY: is not a rule: `incident-audit rules` lists them"),
        ("{IR007: warning}", "rules.IR007: should be one of 'off', 'violation', 'advisory' or 'info' (got 'warning')"),
        ("{IR007: }", "rules.IR007: has no value"),
        ("[IR007]", "rules: should be keys with values"),
    ],
)
def test_a_rule_or_level_that_is_unknown_is_a_fault(write: Write, written: str, fault: str) -> None:
    (line,) = faults(write(f"{MINIMAL}rules: {written}"))
    assert fault in line


# --- due days by severity ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["{1: 3, 2: 5, other: 5}", "{'1': 3, 2: 05, Other: 5}"])
def test_due_days_may_differ_by_severity(write: Write, written: str) -> None:
    policy = load(write(f"{MINIMAL}policies: [{{due_days: {written}}}]")).policies[0]
    assert policy.days_by_severity == {"1": 3, "2": 5, "other": 5}


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("{1: 3}", "policies[0].due_days: has no `other`: the days of incidents with another severity, or none"),
        ("{S1: 3, other: 5}", "due_days: should be a number, or one for each severity: s1 is none of 1, 2, 3, 4 and"),
        ("{5: 3, other: 5}", "due_days: should be a number, or one for each severity: 5 is none of 1, 2, 3, 4 and"),
        ("{1: 0, other: 5}", "due_days: should be at least 1"),
        ("{1: 367, other: 5}", "due_days: should be at most 366"),
        ("{1: three, other: 5}", "due_days: should be a whole number, or one for each severity"),
        (
            "five",
            "due_days: should be a whole number, or one for each severity, like",
        ),
        ("1.5", "due_days: should be a whole number"),
        ("[5]", "due_days: should be a whole number"),
    ],
)
def test_due_days_that_are_none_are_a_fault(write: Write, written: str, fault: str) -> None:
    (line,) = faults(write(f"{MINIMAL}policies: [{{due_days: {written}}}]"))
    assert fault in line
