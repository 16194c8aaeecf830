"""Every incident of a generated world can be told, whatever stands in it."""

from __future__ import annotations

import datetime as dt

from audit.app.explain import explain
from audit.model import Ref
from audit.rules import RULES
from audit.settings.settings import Settings
from tests.worlds.auditing import audited
from tests.worlds.generated.generator import TOKEN, generate


def test_every_incident_of_a_generated_world_can_be_told() -> None:
    day = dt.date(2026, 11, 23)
    world, mapping, _ = generate(seed=11, incidents=210, reviews=150, as_of=day)
    chosen = Settings.model_validate(mapping)
    result = audited(world, chosen, token=TOKEN, as_of=day).result
    for ref, verdict in zip(result.evidence.incidents["ref"], result.verdicts, strict=True):
        project, _, iid = ref.rpartition("#")
        text = explain(result, Ref(project, int(iid)))
        assert text is not None
        assert text.startswith(f"{ref}: {verdict}\n")
        for rule in RULES:
            assert rule.code in text
