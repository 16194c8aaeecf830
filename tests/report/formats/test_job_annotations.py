"""annotations.json: links on the page of the job, to what was written and to nothing else."""

from __future__ import annotations

from audit.report.figures.view import Run
from audit.report.formats.job_annotations import annotations_json, fault_annotations

JOB = "https://gitlab.example/ops/audit/-/jobs/7"
PAGES = "https://ops.pages.example/audit"


def _links(run: Run) -> dict[str, str]:
    told = annotations_json(run)
    assert list(told) in ([], ["Incident review audit"])
    links = [link for section in told.values() for link in section]
    assert all(link.keys() == {"external_link"} for link in links)
    return {link["external_link"]["label"]: link["external_link"]["url"] for link in links}


def test_a_job_links_to_what_it_wrote() -> None:
    run = Run(version="1", url=JOB, folder="reports/2026-11-23", pages_url=PAGES)
    assert _links(run) == {
        "Report": f"{JOB}/artifacts/file/reports/2026-11-23/report.html",
        "Report as text": f"{JOB}/artifacts/file/reports/2026-11-23/report.md",
        "Its details as text": f"{JOB}/artifacts/file/reports/2026-11-23/details.md",
        "Report as data": f"{JOB}/artifacts/file/reports/2026-11-23/audit.json",
        "All files": f"{JOB}/artifacts/browse/reports/2026-11-23/",
        "Published reports": f"{PAGES}/",
    }


def test_a_folder_that_is_no_artifact_is_not_linked() -> None:
    assert _links(Run(version="1", url=JOB, pages_url=PAGES)) == {"Published reports": f"{PAGES}/"}
    odd = Run(version="1", url=JOB, folder="my reports/[x]#1")
    assert _links(odd)["All files"] == f"{JOB}/artifacts/browse/my%20reports/%5Bx%5D%231/"


def test_on_ones_own_machine_there_is_nothing_to_link_to() -> None:
    assert annotations_json(Run(version="1", folder="reports/2026-11-23")) == {}
    assert annotations_json(Run(version="1", url="javascript:x", folder="r", pages_url="data:x")) == {}


VARIABLES = {
    "GITLAB_CI": "true",
    "CI_JOB_URL": "https://gitlab.example/ops/audit/-/jobs/7",
    "CI_PROJECT_URL": "https://gitlab.example/ops/audit",
    "CI_COMMIT_SHA": "abc123",
}


def test_what_ended_the_audit_leads_to_its_line_or_to_the_log() -> None:
    faults = ("conf/audit.yml:12:3: labels.x: is not a known key", "the token is revoked or expired", "x" * 300)
    (links,) = fault_annotations(faults, VARIABLES).values()
    pairs = [(link["external_link"]["label"], link["external_link"]["url"]) for link in links]
    assert pairs[:2] == [
        (faults[0], "https://gitlab.example/ops/audit/-/blob/abc123/conf/audit.yml#L12"),
        (faults[1], VARIABLES["CI_JOB_URL"]),
    ]
    assert len(pairs[2][0]) == 200


def test_outside_of_a_job_nothing_is_linked() -> None:
    assert fault_annotations(["a.yml:1:1: x"], {}) == {}
    assert fault_annotations(["a.yml:1:1: x"], {**VARIABLES, "CI_JOB_URL": "javascript:x"}) == {}
    assert fault_annotations([], VARIABLES) == {}
    (links,) = fault_annotations(["a.yml:1:1: x"], {**VARIABLES, "CI_COMMIT_SHA": ""}).values()
    assert links[0]["external_link"]["url"] == VARIABLES["CI_JOB_URL"]
