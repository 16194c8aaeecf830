"""Many small trackers judged in one audit: most of its time does not depend on how much there is to judge.

What the tests of a file marked with ``pytestmark = pytest.mark.together`` ask :func:`case_result` for stands in one
tracker, each case in projects of its own. To know the cases, each test is run before the first of them, up to the first
case that was not judged yet; then those are judged, and so on. Cases with other settings, another day or another
catalogue are judged apart from these, and one with gaps by itself. A test is marked with ``apart`` if its cases would
meet beyond their projects: by an external id, by a service within weeks.
"""

from __future__ import annotations

import pickle
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, count
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import numpy as np

from audit.engine import judge as engine
from audit.evidence.build import build
from audit.model import Records, Subject
from audit.rules import RULES, Rule
from audit.settings.settings import Settings
from tests.judging import judged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from audit.engine.result import Finding, Outcomes, Result

T = TypeVar("T")
Case = tuple[Records, Settings, date]
Test = tuple["Callable[..., None]", "Mapping[str, Any]"]
"""A test and its parameters."""
Wanted = tuple[bytes, tuple[Rule, ...]]
"""A case, pickled, and by which rules it is judged."""
BY_CODE: Final = {rule.code: rule for rule in RULES}


def case_result(records: Records, settings: Settings, as_of: date, rules: Sequence[Rule] = RULES) -> CaseResult:
    """Return what the audit says of the subjects of these records, by these rules and perhaps by others."""
    wanted = (pickle.dumps((records, settings, as_of)), tuple(rules))
    if wanted in _NOW.kept and not _NOW.apart:
        return _NOW.kept[wanted]
    if _NOW.rehearsing:
        raise _WantedError(wanted)
    return _alone(wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What the audit says of the subjects of one case. Services are not told apart: others have the same ones."""

    whole: Result
    names: Mapping[str, str]
    """Its projects in the whole -> as the test calls them."""
    alone: bool = False
    """The whole holds no other case."""

    @property
    def verdicts(self) -> list[str]:
        """Of its incidents, by project and number."""
        return [str(one) for one in self.whole.verdicts[self._has(self.whole.evidence.incidents["ref"])]]

    @property
    def findings(self) -> tuple[Finding, ...]:
        if self.alone:
            return self.whole.findings
        found = (one for one in self.whole.findings if one.subject_kind is not Subject.SERVICE)
        return _renamed(tuple(one for one in found if _project(one.subject) in self.names), self.names)

    def outcomes(self, code: str) -> Outcomes:
        """Return how many of its subjects a rule was asked about."""
        if self.alone:
            return next(one for one in self.whole.outcomes if one.code == code)
        self.check(code)
        found = self.whole.by_subject[code]
        return engine.count(code, found[self._has(found.index)])

    def check(self, code: str) -> None:
        """Raise AssertionError where the findings of a rule are not told apart."""
        assert self.alone or BY_CODE[code].subject is not Subject.SERVICE, "mark this test with `apart`"

    def verdict(self, iid: int = 1) -> str:
        """Return the verdict of one incident."""
        frame = self.whole.evidence.incidents
        return str(self.whole.verdicts[self._has(frame["ref"]) & frame["iid"].eq(iid).to_numpy()].item())

    def row(self, iid: int = 1) -> dict[str, Any]:
        """Return what the evidence holds of one incident."""
        frame = self.whole.evidence.incidents
        row = frame[self._has(frame["ref"]) & frame["iid"].eq(iid).to_numpy()].iloc[0]
        return _renamed({str(name): value for name, value in row.items()}, self.names)

    def _has(self, refs: Iterable[str]) -> np.ndarray:
        return np.array([_project(ref) in self.names for ref in refs], dtype=bool)


class _WantedError(BaseException):
    """Ends a rehearsal: this case is not judged yet. No test catches it."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__(wanted)
        self.wanted = wanted


@dataclass(slots=True)
class _Stage:
    """The module whose tests run."""

    announced: dict[str, list[Test]] = field(default_factory=lambda: defaultdict(list))
    """Module -> its tests that want to be judged together."""
    module: str = ""
    kept: dict[Wanted, CaseResult] = field(default_factory=dict)
    rehearsing: bool = False
    apart: bool = False


_NOW: Final = _Stage()


def announce(module: str, test: Callable[..., None], parameters: Mapping[str, Any]) -> None:
    """Tell of a test that will run, and whose cases may be judged with those of others."""
    _NOW.announced[module].append((test, parameters))


def begin(module: str, *, apart: bool) -> None:
    """Judge what the tests of a module want to have judged before the first of them; ``apart``: not this one."""
    if module != _NOW.module:
        _NOW.module = module
        _NOW.kept.clear()
        _NOW.apart = False
        tests = _NOW.announced.pop(module, [])
        while tests:
            missing = [_missing(test) for test in tests]
            tests = [test for test, wanted in zip(tests, missing, strict=True) if wanted]
            for group in _groups(dict.fromkeys(filter(None, missing))):
                _NOW.kept.update(_judged_together(group))
    _NOW.apart = apart


def _missing(test: Test) -> Wanted | None:
    """Return the first case of a test that is not judged yet. Whether the test holds is told when it runs."""
    function, parameters = test
    _NOW.rehearsing = True
    try:
        with suppress(Exception):
            function(**parameters)
    except _WantedError as error:
        return error.wanted
    finally:
        _NOW.rehearsing = False
    return None


def _groups(cases: Iterable[Wanted]) -> Iterable[list[Wanted]]:
    """Return the cases that can be judged together: they differ in what belongs to their projects, and only there."""
    groups: dict[Any, list[Wanted]] = defaultdict(list)
    for wanted in cases:
        records, settings, as_of = _loaded(wanted[0])
        common = replace(records, sources=(), issues=(), templates={})
        rest = pickle.dumps((common, settings.model_copy(update={"projects": None}), as_of))
        alone = records.gaps or records.unasked or any(name.encode() in rest for name in _projects(records))
        groups[wanted if alone else rest].append(wanted)
    return groups.values()


def _judged_together(cases: Sequence[Wanted]) -> dict[Wanted, CaseResult]:
    if len(cases) == 1:
        return {cases[0]: _alone(cases[0])}
    numbers = count()
    moved = [_moved(case, numbers) for case, _ in cases]
    every = [records for (records, *_), _ in moved]
    records = replace(
        every[0],
        sources=tuple(chain.from_iterable(one.sources for one in every)),
        issues=tuple(chain.from_iterable(one.issues for one in every)),
        templates={project: editions for one in every for project, editions in one.templates.items()},
    )
    _, settings, as_of = _loaded(cases[0][0])
    rules = {rule for _, rules in cases for rule in rules}
    whole = engine.audit(build(records, settings, as_of), [rule for rule in RULES if rule in rules])
    return {case: CaseResult(whole=whole, names=names) for case, (_, names) in zip(cases, moved, strict=True)}


def _alone(wanted: Wanted) -> CaseResult:
    records, settings, as_of = _loaded(wanted[0])
    names = {name: name for name in _projects(records)}
    return CaseResult(whole=judged(records, settings, as_of, wanted[1]), names=names, alone=True)


def _moved(case: bytes, numbers: Iterator[int]) -> tuple[Case, dict[str, str]]:
    """Return a case in projects that no other case has, and what these are called in the test.

    The names are as long as before: so a pickle stays whole, whatever in it names them.
    """
    names: dict[str, str] = {}
    for name in sorted(_projects(_loaded(case)[0]), key=len, reverse=True):
        other = f"{name[:-3]}{np.base_repr(next(numbers), 36).zfill(3).lower()}"
        names[other] = name
        for old, new in ((name, other), (f"{_last(name)}#", f"{_last(other)}#")):
            case = case.replace(old.encode(), new.encode())
    return _loaded(case), names


def _renamed(value: T, names: Mapping[str, str]) -> T:
    """Return what was found, with the projects as the test calls them."""
    written = pickle.dumps(value)
    for other, name in names.items():
        for old, new in ((other, name), (f"{_last(other)}#", f"{_last(name)}#")):
            written = written.replace(old.encode(), new.encode())
    return cast("T", pickle.loads(written))  # noqa: S301 - written above


def _projects(records: Records) -> set[str]:
    return {one.project for one in records.sources} | {one.ref.project for one in records.issues}


def _project(ref: str) -> str:
    return ref.rpartition("#")[0]


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _loaded(case: bytes) -> Case:
    return cast("Case", pickle.loads(case))  # noqa: S301 - written here
