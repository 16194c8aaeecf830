"""The templates of the bot's notes: those of the program, or custom ones.

A custom template is foreign code in a nightly job, so it can only print, choose and loop over the values it is given.
Anything that could run long, grow large, ping somebody or leave the sandbox is refused before a note is rendered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

from jinja2 import FunctionLoader, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from audit.errors import SettingsError
from audit.inert import environment, printable, without_quick_actions
from audit.reminders.rendered_mentions import pinged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jinja2 import Environment

NAMES: Final = ("reminder.md.j2", "status.md.j2", "answer.md.j2")
LONGEST: Final = 20_000
"""Characters of a template, and of a note that one makes."""
_DEEPEST: Final = 2
"""Loops within loops."""
_ADVICE: Final = "The program's own templates/ are examples; `incident-audit doctor` tries yours out."
_FILTERS: Final = ("md", "code", "handle", "reference", "day", "length", "default", "lower", "upper", "capitalize")
# no calls, assignments, includes or joined texts: with them a few lines could fill the memory, and a text that is
# joined to a safe one is not escaped as Markdown
_ALLOWED: Final = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Tuple, nodes.List, nodes.If),
    *(nodes.For, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    *(nodes.CondExpr, nodes.Sub, nodes.Getattr, nodes.Getitem),
)
# what can come of the values that a template is given, and of its own numbers, like 1e999
_FAILURES: Final = (
    TemplateError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    LookupError,
    NameError,
    RecursionError,
)
_PINGING: Final = ("names", "managers")
_ONLY_NAMES: Final = "only `names` and `managers` ping; put another name in backticks"
_UNPINGED: Final = re.compile(r"`[^`\n]*`")
_UNKIND: Final = re.compile(
    r"\b(blam\w*|fault\w*|fail(?:ed|ure)?|guilt\w*|negle\w*|careless\w*|lazy|lazi\w*|ignor\w*|excuse\w*|shame\w*"
    r"|your mistake|why (?:did|have)(?:n't| not)? you"
    r"|you (?:forgot|must|should have|did not|didn't|have not|haven't))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomTemplate:
    """A template of the user's."""

    path: str
    """As the settings give it, for messages."""
    text: str


@dataclass(frozen=True, kw_only=True)
class Wording:
    """Renders the notes. Raises SettingsError, with file and line, if a custom template is at fault."""

    custom: Mapping[str, CustomTemplate] = field(default_factory=dict)
    """By the name of the template that each replaces."""

    def __post_init__(self) -> None:
        """Refuse custom templates that could do more than they need to; all faults at once."""
        faults = [fault for name in sorted(self.custom) for fault in self._faults(name)]
        if faults:
            count = "one fault" if len(faults) == 1 else f"{len(faults)} faults"
            raise SettingsError(f"the custom templates of the reminders have {count}", tuple(faults), _ADVICE)

    def render(self, template: str, **values: object) -> str:
        """Render a template of the bot's notes."""
        if template not in self.custom:
            return printable(_built_in().get_template(template).render(**values)).strip()
        try:
            text = printable(self._sandbox.get_template(template).render(**values)).strip()
        except _FAILURES as error:
            known = f"; known are {', '.join(sorted(values))}" if "is undefined" in str(error) else ""
            raise self._refused(template, self._line_of(error, template), f"{error}{known}") from error
        allowed = pinged("\n\n".join(str(values.get(name, "")) for name in _PINGING))
        if others := sorted(pinged(text) - allowed):
            what = f"it pings @{others[0]}: {_ONLY_NAMES}"
            raise self._refused(template, self._first("@", template, anywhere=True), what)
        return self._checked(template, text)

    def _checked(self, template: str, text: str) -> str:
        """Return the text of a custom template as a note, or raise SettingsError."""
        if len(text) > LONGEST:
            raise self._refused(template, 1, f"it makes a note of more than {LONGEST:,} characters")
        if not text:
            raise self._refused(template, 1, "it makes an empty note")
        if "<!--" in text:
            raise self._refused(template, self._first("<!--", template), "a note holds no HTML comment")
        try:
            return without_quick_actions(text)
        except ValueError as error:
            raise self._refused(template, self._first("/", template), f"GitLab would obey: {error}") from error

    def _refused(self, template: str, line: int, what: str) -> SettingsError:
        fault = f"{_place(self.custom[template], line)}: {what}"
        return SettingsError("a custom template of the reminders makes no note", (fault,), _ADVICE)

    def _first(self, sign: str, template: str, *, anywhere: bool = False) -> int:
        """Return the first line that begins with a sign, or holds it; 1 where it comes from a value."""
        lines = self.custom[template].text.splitlines()
        matches = (sign in line if anywhere else line.lstrip().startswith(sign) for line in lines)
        return next((number for number, matched in enumerate(matches, 1) if matched), 1)

    def _line_of(self, error: Exception, template: str) -> int:
        """Return the line of the template at which rendering failed."""
        line, trace = 1, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.custom[template].path:
                line = trace.tb_lineno
            trace = trace.tb_next
        return line

    @cached_property
    def _sandbox(self) -> Environment:
        def find(name: str) -> tuple[str, str, None] | None:
            one = self.custom.get(name)
            return (one.text, one.path, None) if one else None

        made = environment(ImmutableSandboxedEnvironment, FunctionLoader(find))
        made.globals.clear()
        made.filters = {name: made.filters[name] for name in _FILTERS}
        return made

    def _faults(self, template: str) -> Iterator[str]:
        one = self.custom[template]
        if len(one.text) > LONGEST:
            yield f"{one.path}:1:1: it has more than {LONGEST:,} characters"
            return
        try:
            excesses = list(_excesses(self._sandbox.parse(one.text, template, one.path)))
            if not excesses:
                # not before: the compiler computes constants, even huge ones
                self._sandbox.get_template(template)
        except TemplateSyntaxError as error:
            excesses = [(error.lineno, str(error.message))]
        except (RecursionError, MemoryError, SyntaxError):
            # Python's own compiler, too, has had enough of it
            excesses = [(1, "it is nested too deeply")]
        except _FAILURES as error:
            excesses = [(1, str(error))]
        yield from (f"{_place(one, line)}: {what}" for line, what in excesses)


def _place(template: CustomTemplate, line: int) -> str:
    """Return file, line and column, as editors and job logs link them: the first tag in the line, else its text."""
    lines = template.text.splitlines()
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    start = re.search(r"\{", text) or re.search(r"\S", text)
    return f"{template.path}:{line}:{start.start() + 1 if start else 1}"


def unkind(text: str) -> list[str]:
    """Return the words of a text that can read as blame, in small letters: reviews are blameless."""
    return sorted({match[0].lower() for match in _UNKIND.finditer(text)})


def _excesses(node: nodes.Node, loops: int = 0) -> Iterator[tuple[int, str]]:
    """Yield line and fault of each thing that a custom template may not do."""
    if not isinstance(node, _ALLOWED):
        yield node.lineno, f"{type(node).__name__} is not allowed: print values, choose with if, loop with for"
        return
    if isinstance(node, nodes.TemplateData):
        # also an @ that a value would follow
        if "@" in _UNPINGED.sub("", node.data):
            line = node.lineno + node.data[: node.data.index("@")].count("\n")
            yield line, _ONLY_NAMES
        return
    if isinstance(node, nodes.For):
        loops += 1
        if loops > _DEEPEST or node.recursive or not isinstance(node.iter, nodes.Name):
            yield node.lineno, f"a loop goes over a value by its name, at most {_DEEPEST} deep"
    if isinstance(node, nodes.Getattr) and not (isinstance(node.node, nodes.Name) and node.node.name == "loop"):
        yield node.lineno, f"`.{node.attr}`: only `loop` has parts"
    for child in node.iter_child_nodes():
        yield from _excesses(child, loops)


def built_in_texts() -> dict[str, str]:
    """Return the program's own templates, by name, as a beginning of the user's."""
    made = _built_in()
    return {name: made.loader.get_source(made, name)[0] for name in NAMES if made.loader is not None}


@cache
def _built_in() -> Environment:
    return environment()
