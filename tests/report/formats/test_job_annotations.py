"""annotations.json: links on the page of the job, to what was written and to nothing else."""

from __future__ import annotations

from audit.report.figures.view import Run
from audit.report.formats.job_annotations import annotations_json

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
