"""The rules as the settings want them: each at its level, or switched off (POLICY.md section 8)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from audit.model import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from audit.rules import Rule

OFF: Final = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSwitch:
    """A rule that the settings switch off, or give another level than its usual one."""

    code: str
    name: str
    level: str
    """The level in force, or ``off``."""
    usual: Level
    """The level that it has by itself."""

    @property
    def off(self) -> bool:
        """Return whether it finds nothing."""
        return self.level == OFF


def levelled(rules: Iterable[Rule], levels: Mapping[str, str]) -> tuple[Rule, ...]:
    """Return every rule at its level in force; one that is off keeps its own, since it may hold back others."""
    return tuple(
        rule if levels.get(rule.code, OFF) == OFF else replace(rule, level=Level(levels[rule.code])) for rule in rules
    )


def is_off(rule: Rule, levels: Mapping[str, str]) -> bool:
    """Return whether the settings switch a rule off."""
    return levels.get(rule.code) == OFF


def switches(rules: Iterable[Rule], levels: Mapping[str, str]) -> tuple[RuleSwitch, ...]:
    """Return what the settings change, in the order of the rules; a rule that is set to its own level is left out."""
    return tuple(
        RuleSwitch(code=rule.code, name=rule.name, level=levels[rule.code], usual=rule.level)
        for rule in rules
        if levels.get(rule.code, rule.level) != rule.level
    )
