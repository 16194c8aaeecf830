"""The house keeps its promises: the rules' table of contents, the layers, one clock, short functions, no cycles."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import audit
import audit.rules
from audit.cli import cli
from audit.model import Level, Subject
from audit.rules import RULES, Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(audit.__file__).parent
TESTS = Path(__file__).parent
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("Timestamp", "now"),
    ("Timestamp", "today"),
    ("os", "environ"),
    ("os", "getenv"),
}
LONGEST = 50
LONGEST_FILE = 350


def within(module: str, rooms: tuple[str, ...]) -> bool:
    return any(module == room or module.startswith(room + ".") for room in rooms)


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(ROOT.rglob("*.py"))}


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs: everything but blocks for the type checker."""
    for child in ast.iter_child_nodes(node):
        if not for_types_only(child):
            yield child
            yield from statements(child)


def rule_files() -> list[str]:
    names = [found.name for found in pkgutil.iter_modules(audit.rules.__path__)]
    return [name for name in names if name != "rule"]


def rule_of(name: str) -> Rule:
    return importlib.import_module(f"audit.rules.{name}").RULE  # type: ignore[no-any-return]


def test_the_table_of_contents_holds_every_rule_once() -> None:
    by_code = sorted((rule_of(name) for name in rule_files()), key=lambda rule: rule.code)
    assert sorted(RULES, key=lambda rule: rule.code) == by_code
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_rules_of_one_kind_stand_together_in_the_order_of_their_codes() -> None:
    codes = [rule.code for rule in RULES]
    for before, after in pairwise(codes):
        assert before[:2] != after[:2] or before < after
    kinds = [code[:2] for code in codes]
    assert len([kind for kind, other in pairwise(["", *kinds]) if kind != other]) == len(set(kinds))


@pytest.mark.parametrize("name", rule_files())
def test_a_rule_goes_by_one_name_everywhere(name: str) -> None:
    rule = rule_of(name)
    assert rule.name == name.replace("_", "-")
    assert (TESTS / "rules" / f"test_{name}.py").is_file()
    documented = tree(f"audit.rules.{name}")
    assert (ast.get_docstring(documented) or "").startswith(f"{rule.code} {rule.name}: ")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_requires_rules_about_the_same_kind_of_subject(rule: Rule) -> None:
    known = {other.code: other for other in RULES}
    assert {known[code].subject for code in rule.requires} <= {rule.subject}
    assert isinstance(rule.level, Level)
    assert rule.sentence.endswith(".") or rule.quoted


def test_a_command_goes_by_one_name_everywhere() -> None:
    shared = {"audit.commands", "audit.commands.options", "audit.commands.context"}
    files = {name for name in MODULES if within(name, ("audit.commands",))} - shared
    assert files == {f"audit.commands.{name}" for name in cli.commands}
    for name, command in cli.commands.items():
        assert command.callback is not None
        assert command.callback.__module__ == f"audit.commands.{name}"
        assert (ast.get_docstring(tree(f"audit.commands.{name}")) or "").startswith(f"{name}: ")


def dotted(node: ast.AST) -> tuple[str, str] | None:
    """Return the last two names of ``a.b.c``."""
    if not isinstance(node, ast.Attribute):
        return None
    owner = node.value
    return (owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", ""), node.attr)


def test_only_the_command_line_reads_a_clock_or_the_environment() -> None:
    """The sandbox stands in for a server, which has a clock."""
    served = {("time", "time"), ("datetime", "now")}
    for module in MODULES:
        if module == "audit.cli":
            continue
        forbidden = CLOCKS - served if within(module, ("audit.sandbox",)) else CLOCKS
        for node in statements(tree(module)):
            read = dotted(node)
            assert read not in forbidden, f"{module}:{getattr(node, 'lineno', 0)} reads {read}"
            if isinstance(node, ast.ImportFrom):
                taken = {(node.module or "", alias.name) for alias in node.names}
                assert taken.isdisjoint({("time", "time"), ("os", "environ"), ("os", "getenv")}), module


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("datetime.now(UTC)", ("datetime", "now")),
        ("datetime.datetime.now()", ("datetime", "now")),
        ("pd.Timestamp.now()", ("Timestamp", "now")),
        ("os.environ['TOKEN']", ("os", "environ")),
    ],
)
def test_a_clock_would_be_found(line: str, read: tuple[str, str]) -> None:
    assert read in {dotted(node) for node in statements(ast.parse(line))}
    assert read in CLOCKS


def test_functions_are_short() -> None:
    for module in MODULES:
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                assert lines <= LONGEST, f"{module}.{node.name} has {lines} lines"


def test_no_code_of_a_rule_stands_outside_its_file() -> None:
    """Two examples of settings aside: renderers, reminders and settings ask the rules."""
    examples = {ROOT / "sandbox" / "demo" / "settings_text.py", ROOT / "settings" / "settings.py"}
    files = {*ROOT.rglob("*.py"), *(ROOT.parent / "templates").rglob("*.j2")} - examples
    told = {path for path in files if re.search(r"\b(IR|SO|CA)\d{3}\b", path.read_text(encoding="utf-8"))}
    assert {path.parent for path in told} == {ROOT / "rules"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_words_of_a_rule_fit_into_a_list(rule: Rule) -> None:
    assert rule.lacks
    assert rule.step[:1].isupper()
    assert not (rule.lacks + rule.step).endswith(".")
    # the lists of these groups are by such subjects
    kinds = {Group.ADVICE: {Subject.REVIEW, Subject.INCIDENT}, Group.DECISION: {Subject.SERVICE}}
    assert rule.subject in kinds.get(rule.group, set(Subject))


VAGUE = {"told", "said", "asked", "own", "spoken_to", "some", "mine"}


def names_in(node: ast.AST) -> Iterator[str]:
    """Yield every name that a piece of code gives: to functions, classes, parameters and values."""
    for part in ast.walk(node):
        match part:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.alias(asname=str(name)):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.ExceptHandler(name=str(name)):
                yield name


def vague_in(module: str) -> set[str]:
    return {name for name in (*names_in(tree(module)), module.rpartition(".")[2]) if name.strip("_").lower() in VAGUE}


def test_names_say_what_they_stand_for() -> None:
    vague = {name: found for name in MODULES if (found := vague_in(name))}
    assert vague == {}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("def told(): ...", "told"),
        ("class Said: ...", "Said"),
        ("lambda own: 1", "own"),
        ("a.mine = 1", "mine"),
        ("[some for some in ()]", "some"),
        ("import os as asked", "asked"),
        ("match 1:\n    case told: ...", "told"),
    ],
)
def test_a_name_would_be_found(line: str, name: str) -> None:
    assert name in set(names_in(ast.parse(line)))


def twice(names: Iterable[str]) -> set[str]:
    return {name for name, count in Counter(names).items() if count > 1}


def test_no_two_modules_have_one_name() -> None:
    """A command goes by its own name, and the work that it starts in `app` may share it."""
    named = [
        name for name, path in MODULES.items() if path.stem != "__init__" and not within(name, ("audit.commands",))
    ]
    assert not twice(name.rpartition(".")[2] for name in named)


def test_no_two_classes_have_one_name() -> None:
    classes = [node.name for name in MODULES for node in ast.walk(tree(name)) if isinstance(node, ast.ClassDef)]
    assert not twice(classes)


def test_files_are_short() -> None:
    lines = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()}
    assert {name for name, count in lines.items() if count > LONGEST_FILE} == set()


OURS = {"as_of", "rule.sentence", "rule.lacks", "rule.step", "MISSING.step", "LATE.step", "order.as_of"}
"""What may stand in a text of our own besides its letters: the audited day, and the words of the rules."""


def ours(node: ast.AST) -> bool:
    """Tell whether an expression can hold nothing but what stands in the program."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.JoinedStr):
        return all(map(ours, node.values))
    if isinstance(node, ast.FormattedValue):
        return ast.unparse(node.value) in OURS
    return ast.unparse(node) in OURS


def test_a_text_of_our_own_holds_nothing_that_was_read() -> None:
    found = 0
    for module in MODULES:
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "ProgramText":
                found += 1
                assert len(node.args) == 1
                assert ours(node.args[0]), f"{module}:{node.lineno}"
    assert found > 1


@pytest.mark.parametrize("name", rule_files())
def test_the_words_of_a_rule_stand_in_its_file(name: str) -> None:
    given = [
        keyword.value
        for node in ast.walk(tree(f"audit.rules.{name}"))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Rule"
        for keyword in node.keywords
        if keyword.arg in {"sentence", "lacks", "step"}
    ]
    assert [type(value) for value in given] == [ast.Constant] * 3


@pytest.mark.parametrize(
    ("text", "is_ours"), [("'a'", True), ("f'a {as_of}'", True), ("f'a {title}'", False), ("title", False)]
)
def test_a_foreign_text_would_be_found(text: str, is_ours: bool) -> None:
    assert ours(ast.parse(text, mode="eval").body) is is_ours


def test_every_rule_has_its_row_in_the_readme() -> None:
    readme = (ROOT.parent / "README.md").read_text(encoding="utf-8")
    for rule in RULES:
        page = f"reports/example/rules.md#{rule.code.lower()}-{rule.name}"
        assert f"| [{rule.code}]({page}) | {rule.name} | {rule.level} | {rule.subject} |" in readme


CONTRIBUTING = (ROOT.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_what_contributing_names_is_there() -> None:
    names = set(re.findall(r"`((?:audit|tests)/[a-z_/]+(?:\.py)?)`", CONTRIBUTING))
    assert len(names) > 20
    invented = {"audit/rules/your_rule.py", "tests/rules/test_your_rule.py"}
    assert [name for name in sorted(names - invented) if not (ROOT.parent / name).exists()] == []


@pytest.mark.parametrize("path", [path for path in ROOT.iterdir() if not path.name.startswith("__")], ids=str)
def test_every_room_has_its_line_in_contributing(path: Path) -> None:
    rooms = "\n".join(line for line in CONTRIBUTING.splitlines() if line.startswith("| `"))
    parted = path.name in {"gitlab", "report"}
    assert f"`{path.name}" + ("/" if path.is_dir() else "") + ("" if parted else "`") in rooms


def test_the_stations_of_an_incident_are_functions() -> None:
    stations = re.findall(r"^\| \d\. [^|]+ \| `([^`]+)` \| `([^`]+)` \|$", CONTRIBUTING, re.MULTILINE)
    assert len(stations) == 8
    for path, name in stations:
        module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
        for part in name.split("."):
            module = getattr(module, part)
        assert callable(module), name
