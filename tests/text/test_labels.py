"""Section 2: labels match without regard to case, scoped ones with one or two colons."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.text import labels
from tests.examples import examples

WORDS = st.text(st.characters(exclude_characters=":", exclude_categories=("Z", "C")), min_size=1, max_size=12)
quick = examples(100)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("Service::API", "service::api", True, id="case"),
        pytest.param("Service:API", "Service::API", True, id="one colon"),
        pytest.param("Service: API", "Service::API", True, id="colon and space"),
        pytest.param(" IncidentReview ", "incidentreview", True, id="plain label"),
        pytest.param("Corrective Action", "corrective action", True, id="space within"),
        pytest.param("Service::API", "ServiceAPI", False, id="no colon"),
        pytest.param("Service::CI Runners", "Service::CIRunners", False, id="spaces count"),
        pytest.param("team::Unowned", "team::Un-owned", False, id="dashes count"),
    ],
)
def test_two_spellings_are_one_label(one: str, other: str, same: bool) -> None:
    assert (labels.key(one) == labels.key(other)) is same
    assert (labels.keys([one]) == labels.keys([other, other])) is same


@pytest.mark.parametrize(
    ("label", "scope", "value"),
    [
        pytest.param("Service::API", "Service", "API", id="as spelt"),
        pytest.param("service:api", "Service", "api", id="one colon and case"),
        pytest.param("Service:: Mail Room ", "Service", "Mail Room", id="spaces around"),
        pytest.param("Service::docs.example.com", "Service", "docs.example.com", id="dots"),
        pytest.param("Service::a::b", "Service", "a::b", id="colons in the value"),
        pytest.param("Service::a::b", "Service::a", "b", id="colons in the scope"),
        pytest.param("Service:a:b", "service::A", "b", id="colons in the scope, one each"),
        pytest.param("Service::", "Service", "", id="nothing after the scope"),
        pytest.param("Service", "Service", None, id="scope alone"),
        pytest.param("Services::API", "Service", None, id="longer scope"),
        pytest.param("MyService::API", "Service", None, id="scope in a word"),
    ],
)
def test_the_value_of_a_scoped_label(label: str, scope: str, value: str | None) -> None:
    assert labels.value(label, scope) == value


@pytest.mark.parametrize(
    ("label", "plain", "severity"),
    [
        pytest.param("severity::1", False, 1, id="one"),
        pytest.param("Severity:4", False, 4, id="four, one colon, capital"),
        pytest.param("severity::0", False, None, id="nought"),
        pytest.param("severity::5", False, None, id="five"),
        pytest.param("severity::12", False, None, id="two digits"),
        pytest.param("severity::high", False, None, id="word"),
        pytest.param("severity::1 (high)", False, None, id="more than the number"),
        pytest.param("severity::", False, None, id="empty"),
        pytest.param("priority::1", False, None, id="another scope"),
        pytest.param("S1", False, None, id="plain, not set"),
        pytest.param("S1", True, 1, id="plain, set"),
        pytest.param(" s4 ", True, 4, id="plain in a small letter"),
        pytest.param("S5", True, None, id="plain five"),
        pytest.param("S12", True, None, id="plain two digits"),
        pytest.param("S0", True, None, id="plain nought"),
    ],
)
def test_the_severity_that_a_label_says(label: str, plain: bool, severity: int | None) -> None:
    assert labels.severity(label, scope="severity", plain=plain) == severity


@quick
@given(WORDS, WORDS, st.sampled_from([":", "::"]))
def test_a_value_comes_back_as_spelt(scope: str, text: str, colons: str) -> None:
    label = f"{scope}{colons}{text}"
    assert labels.value(label, scope) == text
    assert labels.key(label) == labels.key(f"{scope}::{text}")


def test_a_label_is_the_same_in_any_unicode_form_and_with_any_space() -> None:
    assert labels.key("Service::Cafe\u0301 Bar") == labels.key("service:Caf\u00e9\xa0BAR")
    assert labels.value("Service::Cafe\u0301", "service") == "Cafe\u0301"
