"""The GitLab CI/CD component: its header, its jobs with every input filled in, and what they run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
TEMPLATE = ROOT / "templates/incident-audit/template.yml"
USED = re.compile(r"\$\[\[ inputs\.(\w+) \]\]")
SOURCE = "https://gitlab.example/tools/incident-review-audit.git"
SHARDS = "shards/incident-audit/*.sqlite"
OTHERS: dict[str, Any] = {
    "source": SOURCE,
    "ref": "v1.0.0",
    "config": "audit/settings.yml",
    "image": "registry.example/python:3.12",
    "stage": "audit",
    "pages_stage": "publish",
    "job": "reviews-eu",
    "nightly_schedule": "by night",
    "weekly_schedule": "by week",
    "apply": True,
    "fail_on": "never",
    "output": "out/reviews",
    "keep": "90 days",
    "access": "maintainer",
    "pages": True,
    "shards": 7,
    "snapshot_in": "registry",
}


def documents() -> tuple[str, str]:
    header, _, jobs = TEMPLATE.read_text(encoding="utf-8").partition("\n---\n")
    return header, jobs


def inputs() -> dict[str, Any]:
    declared: dict[str, Any] = yaml.safe_load(documents()[0])["spec"]["inputs"]
    return declared


def defaults() -> dict[str, Any]:
    return {name: one.get("default", SOURCE) for name, one in inputs().items()}


def filled(values: dict[str, Any], text: str | None = None) -> str:
    """Return the jobs, or a text, as GitLab interpolates them: a boolean stands there as true or false."""

    def written(found: re.Match[str]) -> str:
        value = values[found[1]]
        return str(value).lower() if isinstance(value, bool) else str(value)

    return USED.sub(written, documents()[1] if text is None else text)


def filled_after_reading(part: Any, values: dict[str, Any]) -> Any:
    """Return a part of the YAML with the inputs in its keys and texts: so GitLab does it in some releases."""
    if isinstance(part, dict):
        return {filled(values, key): filled_after_reading(inner, values) for key, inner in part.items()}
    if isinstance(part, list):
        return [filled_after_reading(inner, values) for inner in part]
    return filled(values, part) if isinstance(part, str) else part


def jobs(**changed: Any) -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load(filled(defaults() | changed))
    return made


def resolved(made: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a job with what it extends: mappings are merged, anything else is replaced."""
    job = made[name]
    base = resolved(made, job["extends"]) if "extends" in job else {}
    both = {key: {**base[key], **job[key]} for key in job if isinstance(job[key], dict) and key in base}
    return {**base, **job, **both}


def refused(folder: Path, **texts: str) -> str:
    """Return what GitLab's schema for pipelines has against these files."""
    files = []
    for name, text in texts.items():
        files.append(str(folder / f"{name}.yml"))
        Path(files[-1]).write_text(text, encoding="utf-8")
    words = [str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"]
    done = subprocess.run([*words, *files], capture_output=True, text=True, check=False)  # noqa: S603
    return "" if done.returncode == 0 else done.stdout + done.stderr


# --- the inputs ----------------------------------------------------------------------------------------------------


def test_every_input_is_used_and_everything_used_is_an_input() -> None:
    header, text = documents()
    assert set(USED.findall(text)) == set(inputs()) == set(OTHERS)
    assert "$[[" not in USED.sub("", text)
    assert "$[[" not in header


def test_every_input_says_what_it_is_for_and_all_but_one_need_no_answer() -> None:
    assert [name for name, one in inputs().items() if "default" not in one] == ["source"]
    for name, one in inputs().items():
        assert one["description"].endswith("."), name
        assert one.get("default") in one.get("options", [one.get("default")]), name
        assert isinstance(one.get("default", ""), bool) is (one.get("type") == "boolean"), name
        assert re.fullmatch(one.get("regex", ".*"), str(OTHERS[name])), name


def test_nothing_is_posted_or_published_unless_it_is_asked_for() -> None:
    assert (defaults()["apply"], defaults()["pages"]) == (False, False)


def test_both_documents_are_ones_that_gitlab_takes(tmp_path: Path) -> None:
    header, _ = documents()
    assert refused(tmp_path, header=header, defaults=filled(defaults()), others=filled(defaults() | OTHERS)) == ""


def test_wrong_documents_would_be_found(tmp_path: Path) -> None:
    told = refused(tmp_path, header="spec: {inputs: {apply: {type: yes-or-no}}}\n", jobs="audit: {scripts: [true]}\n")
    assert "header.yml" in told
    assert "jobs.yml" in told


# --- the jobs ------------------------------------------------------------------------------------------------------


def _value(word: str, variables: dict[str, str]) -> str | None:
    return variables.get(word[1:]) if word.startswith("$") else word.strip('"/')


def _holds(rule: str, variables: dict[str, str]) -> bool:
    """Evaluate a rule of `&&`, `==`, `!=` and `=~`, which is what GitLab's language is here."""
    for part in rule.split(" && "):
        found = re.fullmatch(r'(\S+|".*?") (==|!=|=~) (".*"|/.*/)', part)
        assert found is not None, part
        left, right = _value(found[1], variables), _value(found[3], variables)
        held = bool(re.search(right or "", left or "")) if found[2] == "=~" else (left == right) is (found[2] == "==")
        if not held:
            return False
    return True


def _running(made: dict[str, Any], **variables: str) -> set[str]:
    """Return the jobs of a pipeline: of each the first rule that holds decides."""
    names = set()
    for name in made:
        first = next((rule for rule in resolved(made, name).get("rules", []) if _holds(rule["if"], variables)), None)
        if first is not None and first.get("when") != "never":
            names.add(name.removeprefix("incident-audit-"))
    return names


NIGHT = {"CI_PIPELINE_SOURCE": "schedule", "CI_PIPELINE_SCHEDULE_DESCRIPTION": "Incident reviews, nightly"}
WEEK = {"CI_PIPELINE_SOURCE": "schedule", "CI_PIPELINE_SCHEDULE_DESCRIPTION": "Incident reviews, weekly"}


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (NIGHT, {"nightly"}),
        (WEEK, {"weekly"}),
        ({"CI_PIPELINE_SOURCE": "schedule", "INCIDENT_AUDIT_EDITION": "nightly"}, {"nightly"}),
        ({"CI_PIPELINE_SOURCE": "schedule", "INCIDENT_AUDIT_EDITION": "weekly"}, {"weekly"}),
        ({"CI_PIPELINE_SOURCE": "schedule", "CI_PIPELINE_SCHEDULE_DESCRIPTION": "something else"}, set()),
        (NIGHT | {"CI_PIPELINE_SOURCE": "push"}, set()),
        ({"CI_PIPELINE_SOURCE": "push", "INCIDENT_AUDIT_EDITION": "weekly"}, set()),
    ],
)
def test_a_schedule_runs_its_edition_and_nothing_else_runs(variables: dict[str, str], expected: set[str]) -> None:
    assert _running(jobs(), **variables) == expected
    assert _running(jobs(pages=True), **variables) == (expected | {"pages"} if expected else set())


def test_the_jobs_behave_as_those_of_the_pipeline_of_this_repository() -> None:
    own = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text(encoding="utf-8"))["incident-audit"]
    made = jobs()
    for name in ("incident-audit-nightly", "incident-audit-weekly"):
        job = resolved(made, name)
        for key in ("allow_failure", "artifacts", "interruptible", "resource_group", "retry", "timeout"):
            assert job[key] == own[key], key
        assert job["variables"]["AUDIT_EDITION"] == name.removeprefix("incident-audit-")
    assert made["incident-audit-pages"]["pages"] == {"publish": "public"}


def test_two_trackers_share_nothing() -> None:
    one, other = jobs(), jobs(job="reviews-eu")
    assert set(one).isdisjoint(other)
    kept = [{cache["key"] for job in made.values() for cache in job.get("cache", [])} for made in (one, other)]
    assert kept[0].isdisjoint(kept[1])


def shell(job: dict[str, Any], part: str, folder: Path, **environ: str) -> str:
    """Run a part of a job as the runner does, with its variables."""
    variables = {name: value for name, value in job["variables"].items() if name.startswith("AUDIT_")}
    done = subprocess.run(  # noqa: S603
        ["/bin/sh", "-e", "-c", "\n".join(job[part])],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", **variables, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def stub(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    place.chmod(0o755)


def test_shards_read_before_the_audit_and_only_where_there_are_several() -> None:
    for variables in (NIGHT, WEEK):
        assert "shard" not in _running(jobs(), **variables)
        assert "shard" in _running(jobs(shards=7), **variables)
    assert "shard" not in _running(jobs(shards=7), **(NIGHT | {"CI_PIPELINE_SOURCE": "push"}))
    job = resolved(jobs(shards=7), "incident-audit-shard")
    assert (job["stage"], job["parallel"], job["allow_failure"]) == (".pre", 7, True)


PACKAGE = "https://gitlab.example.com/api/v4/projects/7/packages/generic/incident-audit-snapshot/0.0.0/tracker.sqlite"
CI = {"CI_JOB_TOKEN": "job-token", "CI_API_V4_URL": "https://gitlab.example.com/api/v4", "CI_PROJECT_ID": "7"}


@pytest.mark.parametrize("there", [True, False])
def test_a_snapshot_goes_through_the_package_registry(*, there: bool, tmp_path: Path) -> None:
    job = resolved(jobs(snapshot_in="registry"), "incident-audit-nightly")
    kept = tmp_path / ".snapshot/tracker.sqlite"
    stub(tmp_path / ".incident-audit/.venv/bin/incident-audit", "ls .snapshot")
    written = 'for word in "$@"; do case "$word" in .snapshot/*) echo half > "$word";; esac; done'
    stub(tmp_path / "bin/curl", f'echo "$@" >&2; {written}; exit {0 if there else 22}')
    path = {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"}
    told = shell(job, "script", tmp_path, **CI, **path)
    assert (told == "tracker.sqlite\n") is there is kept.exists()
    kept.write_text("new", encoding="utf-8")
    stub(tmp_path / "bin/curl", 'echo "$@"')
    uploaded = shell(job, "after_script", tmp_path, **CI, **path)
    assert uploaded.split()[3:] == [
        "--header",
        "JOB-TOKEN:",
        "job-token",
        "--upload-file",
        ".snapshot/tracker.sqlite",
        PACKAGE,
    ]
    kept.unlink()
    assert shell(job, "after_script", tmp_path, **CI, **path) == ""


@pytest.mark.parametrize(("apply", "mode"), [(False, "--dry-run"), (True, "--apply")])
def test_shards_are_read_and_judged(*, apply: bool, mode: str, tmp_path: Path) -> None:
    stub(tmp_path / ".incident-audit/.venv/bin/incident-audit", 'echo "$@"')
    made = jobs(shards=2, apply=apply, config="my audit.yml")
    job, place = resolved(made, "incident-audit-shard"), "shards/incident-audit"
    for number in "12":
        node = {"CI_NODE_INDEX": number, "CI_NODE_TOTAL": "2"}
        told = shell(job, "script", tmp_path, **node)
        assert told == f"pull --config my audit.yml --shard {number}/2 --output {place}/{number}-of-2.sqlite\n"
        (tmp_path / place).mkdir(parents=True, exist_ok=True)
        (tmp_path / place / f"{number}-of-2.sqlite").touch()
    told = shell(resolved(made, "incident-audit-nightly"), "script", tmp_path)
    assert told.endswith(f"{mode} --from {place}/1-of-2.sqlite --from {place}/2-of-2.sqlite\n")


@pytest.mark.parametrize(
    ("changed", "previous", "given", "added"),
    [
        ({}, False, "--config audit.yml --output reports/{day} --fail-on open", "pages=false"),
        (
            {**OTHERS, "job": "incident-audit", "config": "my audit.yml"},
            True,
            "--config my audit.yml --output out/reviews/{day} --fail-on never",
            f"--apply --from {SHARDS} --previous .previous/2026-11-23/audit.json --confirm-plan 0a1b pages=true",
        ),
    ],
)
def test_what_is_run(*, changed: dict[str, Any], previous: bool, given: str, added: str, tmp_path: Path) -> None:
    stub(tmp_path / ".incident-audit/.venv/bin/incident-audit", 'echo "$@" "pages=$INCIDENT_AUDIT_PAGES"; echo $#')
    if previous:
        for day in ("2026-11-22", "2026-11-23"):
            (tmp_path / ".previous" / day).mkdir(parents=True)
            (tmp_path / ".previous" / day / "audit.json").touch()
    job, further = resolved(jobs(**changed), "incident-audit-weekly"), "--confirm-plan 0a1b" if previous else ""
    told, count = shell(job, "script", tmp_path, INCIDENT_AUDIT_ARGS=further).splitlines()
    assert told == f"run {given} --edition weekly {added}"
    assert int(count) == (16 if previous else 9), "a path with a space stays one word"


def test_a_last_report_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    stub(tmp_path / ".incident-audit/.venv/bin/incident-audit", 'echo "$@"; [ "$1" != diff ]')
    (tmp_path / ".previous/2026-11-22").mkdir(parents=True)
    (tmp_path / ".previous/2026-11-22/audit.json").write_text("{", encoding="utf-8")
    (told,) = shell(resolved(jobs(), "incident-audit-nightly"), "script", tmp_path).splitlines()
    assert told.startswith("run ")
    assert "--previous" not in told


@pytest.mark.parametrize("own", [True, False])
def test_the_last_report_is_kept_for_the_next_one(*, own: bool, tmp_path: Path) -> None:
    """Of two days, and only what the job itself wrote is kept with the job."""
    pipeline = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    job = pipeline["incident-audit"] if own else resolved(jobs(), "incident-audit-nightly")
    shell(job, "after_script", tmp_path)
    assert not (tmp_path / ".previous").exists()
    reports = tmp_path / "reports"
    for day in ("2026-11-21", "2026-11-22", "2026-11-23"):
        shutil.rmtree(reports, ignore_errors=True)
        for written in (day, "2026-11-01"):
            (reports / written).mkdir(parents=True)
            (reports / written / "audit.json").write_text(written, encoding="utf-8")
        (reports / day / "junit.xml").touch()
        for _ in ("the run", "the run repeated"):
            shell(job, "after_script", tmp_path)
    assert [place.name for place in reports.iterdir()] == ["2026-11-23"]
    (reports / "2026-11-24").mkdir()
    (reports / "2026-11-24/annotations.json").touch()
    shell(job, "after_script", tmp_path)
    assert (reports / "2026-11-24/annotations.json").exists(), "what ended a run is linked from its job"
    kept = sorted((tmp_path / ".previous").iterdir())
    assert [place.name for place in kept] == ["2026-11-22", "2026-11-23"]
    assert (kept[1] / "audit.json").read_text(encoding="utf-8") == "2026-11-23"


@pytest.mark.parametrize("read_first", [True, False])
def test_an_input_stays_one_value_and_is_not_run(*, read_first: bool, tmp_path: Path) -> None:
    odd = {
        "ref": "1.10",
        "config": "it's $(touch ran) `touch ran` a: b # c.yml",
        "output": "our reports; touch ran",
        "weekly_schedule": "Reviews: weekly # 1 && $(touch ran)",
        "keep": "1 week",
    }
    for name, value in odd.items():
        assert re.fullmatch(inputs()[name]["regex"], value), name
        for wrong in ('"', "\\", "\n"):
            assert not re.fullmatch(inputs()[name]["regex"], value + wrong), name
    assert not re.fullmatch(inputs()["output"]["regex"], "/srv/reports"), "folders in it are deleted after the job"
    made = filled_after_reading(yaml.safe_load(documents()[1]), defaults() | odd) if read_first else jobs(**odd)
    job = resolved(made, "incident-audit-weekly")
    assert job["variables"]["AUDIT_REF"] == "1.10"
    assert job["artifacts"]["paths"] == ["our reports; touch ran/20*/"]
    assert job["rules"][0]["if"].endswith(f'== "{odd["weekly_schedule"]}"')
    stub(tmp_path / ".incident-audit/.venv/bin/incident-audit", 'for word in "$@"; do echo "$word"; done')
    told = shell(job, "script", tmp_path).splitlines()
    assert told[:5] == ["run", "--config", odd["config"], "--output", f"{odd['output']}/{{day}}"]
    shell(job, "after_script", tmp_path)
    assert not (tmp_path / "ran").exists()


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A repository with a tag and a later commit, and the name of the first commit."""
    folder = tmp_path_factory.mktemp("upstream")

    def git(*words: str) -> str:
        identity = ["-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false"]
        command = ["git", "-C", str(folder), *identity, *words]
        environ = {"PATH": "/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603

    git("init", "--quiet", "--initial-branch=main")
    for version in ("first", "second"):
        for lock in ("requirements.lock", "requirements-notify.lock"):
            (folder / lock).write_text(version, encoding="utf-8")
            git("add", lock)
        git("commit", "--quiet", "-m", version)
        if version == "first":
            git("tag", "v1.0.0")
    return folder, git("rev-parse", "v1.0.0")


@pytest.mark.parametrize(
    ("ref", "version", "notify"),
    [("main", "second", ""), ("v1.0.0", "first", ""), ("", "first", "mailto://someone.example")],
)
def test_the_program_is_fetched_and_installed_by_hash(
    ref: str, version: str, notify: str, upstream: tuple[Path, str], tmp_path: Path
) -> None:
    source, commit = upstream
    pip = 'echo "pip $@"; cat .incident-audit/requirements.lock; echo'
    python = f"mkdir -p $3/bin; printf '%s\\n' '#!/bin/sh' '{pip}' > $3/bin/pip; chmod +x $3/bin/pip"
    stub(tmp_path / "bin/python", python)
    job = resolved(jobs(source=f"file://{source}", ref=ref or commit), "incident-audit-nightly")
    path = f"{tmp_path / 'bin'}:/usr/bin:/bin"
    environ = {"PATH": path, "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": str(tmp_path), "INCIDENT_AUDIT_NOTIFY": notify}
    told = shell(job, "before_script", tmp_path, **environ)
    assert told.splitlines() == [
        f"pip install --quiet --require-hashes -r .incident-audit/requirements{'-notify' * bool(notify)}.lock",
        version,
        "pip install --quiet --no-deps --no-build-isolation ./.incident-audit",
        version,
    ]


# --- the documentation ---------------------------------------------------------------------------------------------


def test_the_example_of_operating_is_one_that_works() -> None:
    operating = (ROOT / "OPERATING.md").read_text(encoding="utf-8")
    (block,) = (one for one in re.findall(r"```yaml\n(.*?)```", operating, flags=re.DOTALL) if "component:" in one)
    (include,) = yaml.safe_load(block)["include"]
    assert include["component"].partition("@")[0].endswith("/incident-audit")
    assert include["inputs"].keys() <= inputs().keys()
    assert "source" in include["inputs"]
    for name in ("nightly_schedule", "weekly_schedule"):
        assert inputs()[name]["default"] in " ".join(operating.split())


def test_caches_of_branches_that_are_not_protected_are_kept_apart() -> None:
    for made in (jobs(), yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text(encoding="utf-8"))):
        caches = [job["cache"] for job in made.values() if isinstance(job, dict) and "cache" in job]
        keys = [one["key"] for cache in caches for one in (cache if isinstance(cache, list) else [cache])]
        assert keys
        assert all("$CI_COMMIT_REF_PROTECTED" in str(key) for key in keys)


@pytest.mark.parametrize("own", [True, False])
def test_further_options_are_no_patterns_of_file_names(*, own: bool, tmp_path: Path) -> None:
    pipeline = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    job = pipeline["incident-audit"] if own else resolved(jobs(), "incident-audit-nightly")
    stub(tmp_path / (".venv" if own else ".incident-audit/.venv") / "bin/incident-audit", 'echo "$@"')
    (tmp_path / "a.yml").touch()
    given = {"INCIDENT_AUDIT_APPLY": "false", "INCIDENT_AUDIT_EDITION": "nightly", "INCIDENT_AUDIT_ARGS": "--team *"}
    (line,) = shell(job, "script", tmp_path, **given).splitlines()
    assert line.endswith(" --team *")


def test_the_checks_of_a_push_do_not_see_the_token() -> None:
    pipeline = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    assert pipeline["check"]["before_script"] == ["unset GITLAB_TOKEN INCIDENT_AUDIT_NOTIFY"]
