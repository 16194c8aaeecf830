"""What a newcomer runs and what a release holds."""

import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
LOCKS = ("requirements.lock", "requirements-notify.lock", "requirements-dev.lock")


def ran(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def pinned(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;]+)", text, flags=re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert re.findall(r"://|^-|--(?:index|extra|find|trusted)", text, flags=re.MULTILINE) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_everything_by_hash(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text(encoding="utf-8").strip())
    assert len(entries) > 20
    assert [entry for entry in entries if not re.match(r"\S+==\S+[^\n]*\\\n +--hash=sha256:[0-9a-f]{64}", entry)] == []


def test_the_tests_run_what_users_run() -> None:
    runtime, everything = pinned("requirements.lock"), pinned("requirements-dev.lock")
    with_notify = pinned("requirements-notify.lock")
    assert runtime.items() <= with_notify.items() <= everything.items()
    assert "apprise" in with_notify.keys() - runtime.keys()
    assert {"hatchling", "editables", "pandas", "python-gitlab"} <= runtime.keys()
    assert {"pytest", "ruff", "mypy"}.isdisjoint(runtime)


def test_what_pyproject_asks_for_is_locked() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = re.search(r"^dependencies = \[(.*?)^\]", pyproject, flags=re.MULTILINE | re.DOTALL)
    assert block is not None
    asked = set(re.findall(r'^ *"([A-Za-z0-9-]+)', block[1], flags=re.MULTILINE))
    assert asked <= pinned("requirements.lock").keys()


# --- the pipeline --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pipeline() -> Any:
    return yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text(encoding="utf-8"))


def test_the_pipeline_is_one_that_gitlab_takes() -> None:
    schema = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")
    ran(str(BIN / "check-jsonschema"), *schema, ".gitlab-ci.yml")


def test_only_violations_are_a_warning(pipeline: Any) -> None:
    assert pipeline["incident-audit"]["allow_failure"] == {"exit_codes": [10]}


def test_the_audit_runs_on_schedules_one_at_a_time_and_to_its_end(pipeline: Any) -> None:
    job = pipeline["incident-audit"]
    assert job["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "schedule"'}]
    assert job["resource_group"]
    assert job["interruptible"] is False
    assert "script_failure" not in job["retry"]["when"]
    assert "always" not in job["retry"]["when"]


@pytest.mark.parametrize(
    ("apply", "further", "previous", "expected"),
    [
        ("false", "", False, ""),
        ("true", "", False, "--apply"),
        ("yes", "", False, ""),
        ("true", "--fail-on never", True, "--apply --previous .previous/2026-11-23/audit.json --fail-on never"),
    ],
)
def test_reminders_are_posted_on_request_only(
    *, pipeline: Any, tmp_path: Path, apply: str, further: str, previous: bool, expected: str
) -> None:
    program = tmp_path / ".venv/bin/incident-audit"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    if previous:
        for day in ("2026-11-22", "2026-11-23"):
            (tmp_path / ".previous" / day).mkdir(parents=True)
            (tmp_path / ".previous" / day / "audit.json").touch()
    done = subprocess.run(  # noqa: S603
        ["/bin/sh", "-e", "-c", "\n".join(pipeline["incident-audit"]["script"])],
        cwd=tmp_path,
        env={
            "INCIDENT_AUDIT_APPLY": apply,
            "INCIDENT_AUDIT_ARGS": further,
            "INCIDENT_AUDIT_EDITION": "weekly",
            "PATH": "/usr/bin:/bin",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["run", "--edition", "weekly", *expected.split()]


def test_no_path_of_the_pipeline_takes_the_published_example_for_a_report(pipeline: Any) -> None:
    artifacts = pipeline["incident-audit"]["artifacts"]
    assert artifacts["when"] == "always"
    paths = [*artifacts["paths"], *artifacts["reports"].values()]
    assert all(path.startswith("reports/20") for path in paths)


def test_gitlab_is_shown_what_it_knows_how_to_show(pipeline: Any) -> None:
    reports = pipeline["incident-audit"]["artifacts"]["reports"]
    names = {kind: path.rpartition("/")[2] for kind, path in reports.items()}
    assert names == {
        "junit": "junit.xml",
        "metrics": "metrics.txt",
        "codequality": "codequality.json",
        "annotations": "annotations.json",
    }
    # each edition tells what is new since the last one of its kind
    prefix = "incident-audit-previous-$INCIDENT_AUDIT_EDITION-"
    assert any(cache["key"].startswith(prefix) for cache in caches(pipeline))


def caches(pipeline: Any) -> list[Any]:
    return [cache for cache in pipeline["incident-audit"]["cache"] if isinstance(cache["key"], str)]


def test_reports_are_published_on_request_only(pipeline: Any) -> None:
    assert pipeline["variables"]["INCIDENT_AUDIT_PAGES"] == "false"
    job = pipeline["pages"]
    assert [rule["if"].partition(" && ")[2] for rule in job["rules"]] == ['$INCIDENT_AUDIT_PAGES == "true"']
    assert job["needs"] == ["incident-audit"]
    assert job["artifacts"]["paths"] == ["public"]


def test_the_site_holds_earlier_days_and_a_page_that_lists_them(pipeline: Any, tmp_path: Path) -> None:
    program = tmp_path / ".venv/bin/incident-audit"
    program.parent.mkdir(parents=True)
    program.symlink_to(BIN / "incident-audit")
    for day in ("public/2026-11-09", "reports/2026-11-16", "reports/2026-11-23", "reports/example"):
        (tmp_path / day).mkdir(parents=True)
        (tmp_path / day / "report.html").write_text(day, encoding="utf-8")
        shutil.copy(ROOT / "reports/example/audit.json", tmp_path / day)
    script = "\n".join(pipeline["pages"]["script"])
    subprocess.run(["/bin/sh", "-e", "-c", script], cwd=tmp_path, check=True, capture_output=True)  # noqa: S603
    assert {path.name for path in (tmp_path / "public").iterdir()} == {
        *("2026-11-09", "2026-11-16", "2026-11-23", "index.html", "rules"),
    }
    listed = (tmp_path / "public/index.html").read_text(encoding="utf-8")
    assert all(day in listed for day in ("2026-11-09", "2026-11-16", "2026-11-23"))


def test_a_tag_makes_a_release_with_the_wheel(pipeline: Any, tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/incident_review_audit-0.2.0-py3-none-any.whl").touch()
    (tmp_path / "bin").mkdir()
    curl = tmp_path / "bin/curl"
    curl.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    curl.chmod(0o755)
    given = {
        "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
        "CI_COMMIT_TAG": "v0.2.0",
        "CI_JOB_TOKEN": "job-token",
        "CI_PROJECT_URL": "https://gitlab.example.com/tools/audit",
        "CI_API_V4_URL": "https://gitlab.example.com/api/v4",
        "CI_PROJECT_ID": "7",
    }
    script = "\n".join(pipeline["release"]["script"])
    done = subprocess.run(  # noqa: S603
        ["/bin/sh", "-e", "-c", script], cwd=tmp_path, env=given, check=True, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "https://gitlab.example.com/api/v4/projects/7/releases"
    made = json.loads((tmp_path / "release.json").read_text(encoding="utf-8"))
    (link,) = made["assets"]["links"]
    assert (made["tag_name"], link["name"]) == ("v0.2.0", "incident_review_audit-0.2.0-py3-none-any.whl")
    assert link["url"].startswith("https://gitlab.example.com/tools/audit/-/jobs/artifacts/v0.2.0/raw/dist/")
    assert link["url"].endswith(f"{link['name']}?job=wheel")
    assert pipeline["wheel"]["artifacts"] == {"paths": ["dist/"], "expire_in": "never"}
    for job in ("wheel", "release"):
        assert pipeline[job]["rules"] == [{"if": "$CI_COMMIT_TAG"}]


def test_the_versions_that_are_promised_are_those_that_are_run(pipeline: Any) -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    promised = re.findall(r"Python :: (3\.\d+)", pyproject)
    assert pipeline["check"]["parallel"]["matrix"] == [{"PYTHON": promised}]
    assert f"{', '.join(promised[:-1])} or {promised[-1]}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_nobody_is_told_to_install_a_name_from_an_index() -> None:
    """The name is not ours there: only an address, a file or this folder leads to this program."""
    told = [
        *ROOT.glob("*.md"),
        ROOT / ".gitlab-ci.yml",
        *(ROOT / "templates").rglob("*.yml"),
        *(ROOT / "audit").rglob("*.py"),
    ]
    named = re.compile(
        r"(?:pip|pipx|uvx|uv tool)\b[^`\n]*install[^`\n]* '?incident[-_]review[-_]audit(?!-\*|_\S*\.whl)"
    )
    assert [path.name for path in told if named.search(path.read_text(encoding="utf-8"))] == []


# --- make ----------------------------------------------------------------------------------------------------------


def test_make_lists_what_it_does() -> None:
    told = ran("make", "help")
    for target in ("demo", "test", "setup", "check", "lock", "clean", "help"):
        assert re.search(rf"^make {target} +\S", told, flags=re.MULTILINE), target


def test_make_alone_changes_nothing() -> None:
    assert ran("make") == ran("make", "help")


# --- the distributions ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    ran(str(BIN / "hatchling"), "build", "-d", str(folder))
    return folder


def test_the_wheel_is_the_package_with_its_templates_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    templates = {f"audit/{path.relative_to(ROOT)}" for path in (ROOT / "templates").rglob("*.j2")}
    queries = {
        f"audit/gitlab/http/queries/{path.name}" for path in (ROOT / "audit/gitlab/http/queries").glob("*.graphql")
    }
    assert templates
    assert templates | queries <= set(names)
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"audit", "incident_review_audit"}
    assert any(name.endswith("entry_points.txt") for name in names)


def test_the_sdist_holds_the_sources(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    pages = {"README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "LICENSE"}
    wanted = pages | {"pyproject.toml", "audit.yml", "tests/test_packaging.py"}
    assert wanted <= names
    assert {name for name in names if ".venv" in name or ".cache" in name} == set()
