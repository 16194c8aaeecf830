from __future__ import annotations

import pytest

from audit.model import Level
from tests.records import asked, found, incident
from tests.rules.one_rule import audited_by

audited = audited_by("SO002")


@pytest.mark.parametrize(
    ("labels", "outcome"),
    [
        (("Service::API",), "conforms"),
        (("service:mail room",), "conforms"),
        (("Service::Git",), "conforms"),  # unowned is not unknown
        (("Service::Nope",), "violates"),
        (("Service::API", "Service::Nope"), "violates"),
        ((), "violates"),
        (("Category::API",), "violates"),
        (("Gameday",), "not applicable"),
    ],
)
def test_when_it_is_violated(labels: tuple[str, ...], outcome: str) -> None:
    assert asked(audited(incident(1, labels=labels)), "SO002") == {outcome: 1}


def test_without_a_catalogue_nothing_can_be_told() -> None:
    result = audited(incident(1, labels=("Service::Nope",)), incident(2), catalog=None)
    assert asked(result, "SO002") == {"unknown": 2}


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ((), "This incident has no service label."),
        (
            ("Service::API", "Service::Nope"),
            "The service catalogue does not know what this incident is labelled with: Nope.",
        ),
        (
            ("Service::X", "Service::Nope"),
            "The service catalogue does not know what this incident is labelled with: Nope and X.",
        ),
    ],
)
def test_what_it_says(labels: tuple[str, ...], message: str) -> None:
    one = found(audited(incident(1, labels=labels)), "SO002")["#1"]
    assert one.message == message
    assert (one.level, one.open) == (Level.ADVISORY, True)


def test_its_evidence() -> None:
    one = found(audited(incident(1, labels=("Service::API", "Service::Nope"))), "SO002")["#1"]
    assert one.evidence == {"service_keys": ["API", "Nope"], "unknown_keys": ["Nope"]}
