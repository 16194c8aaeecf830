"""The hash of the evidence in the report."""

from __future__ import annotations

from dataclasses import replace

from audit.report.figures.basis import evidence_sha256
from tests.records import evidence, incident, template


def test_it_covers_the_templates() -> None:
    plain = evidence(incident(1))
    with_template = replace(plain, records=replace(plain.records, templates={"g/p": (template("# Summary"),)}))
    assert evidence_sha256(with_template) != evidence_sha256(plain)
