from __future__ import annotations

from typing import Any

import pytest

from audit.model import Level
from tests.records import PROJECT, asked, found, incident, review, settings
from tests.rules.one_rule import audited_by

audited = audited_by("SO001")


def on(*labels: str, iid: int = 1, **fields: Any) -> Any:
    return incident(iid, labels=("Severity::2", *labels), **fields)


@pytest.mark.parametrize(
    ("issues", "unowned", "subjects"),
    [
        ((on("Service::Git"),), "exempt", ["git"]),
        ((on("Service::Git"),), "flag", ["git"]),
        ((on("Service::Git"),), "require", []),
        ((on("Service::Mail Room"),), "exempt", ["mail"]),  # its owner is no team of the catalogue
        ((on("Service::API"),), "exempt", []),
        ((on("Service::Nope"),), "exempt", []),  # unknown is not unowned
        ((on("Service::API", "Service::Git"),), "exempt", ["git"]),  # though the incident is not exempt
        ((on("Service::Git"), review(2, of=1, closed="2026-11-04")), "exempt", ["git"]),  # though it was reviewed
        ((incident(1, labels=("Severity::3", "Service::Git")),), "exempt", []),
        ((incident(1, labels=("Service::Git",)),), "exempt", []),  # whether one is required cannot be told
        ((on("Service::Git", "Gameday"),), "exempt", []),
        ((on("Service::Git", confidential=True),), "exempt", []),  # told by what public incidents say of it
        ((on("Service::Git"), on("Service::Mail Room", iid=2)), "exempt", ["git", "mail"]),
    ],
)
def test_when_it_is_violated(issues: tuple[Any, ...], unowned: str, subjects: list[str]) -> None:
    result = audited(*issues, settings=settings(policies=[{"unowned": unowned}]))
    assert list(found(result, "SO001")) == subjects


def test_who_is_asked() -> None:
    result = audited(on("Service::API"), on("Service::Git", iid=2))
    assert asked(result, "SO001") == {"conforms": 1, "violates": 1, "not applicable": 2}
    required = settings(policies=[{"unowned": "require"}])
    assert asked(audited(on("Service::Git"), settings=required), "SO001") == {"not applicable": 4}


def test_what_it_says() -> None:
    one = found(audited(on("Service::Git")), "SO001")["git"]
    assert one.message == "An incident that requires a review is on this service, and nobody owns it."
    assert (one.level, one.open) == (Level.VIOLATION, True)
    assert one.evidence == {"owner": "reliability_unowned", "weight": 1, "flagged_refs": [f"{PROJECT}#1"]}


def test_what_it_says_of_several() -> None:
    """Only the incidents whose policy exempts or flags are counted."""
    since = settings(policies=[{"from": "2020-01-01", "unowned": "require"}, {"from": "2026-11-01"}])
    issues = (on("Service::Git"), on("Service::Git", iid=2), on("Service::Git", iid=3, created="2026-10-01"))
    one = found(audited(*issues, settings=since), "SO001")["git"]
    assert one.message == "2 incidents that require a review are on this service, and nobody owns it."
    assert one.evidence["flagged_refs"] == [f"{PROJECT}#1", f"{PROJECT}#2"]
