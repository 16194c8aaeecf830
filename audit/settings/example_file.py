"""The audit.yml that ``incident-audit init`` writes, made from the model, so that no key is missing.

``# text`` is a comment; ``#key: value`` is a key with its default, or an example where there is none; it
takes effect once its ``#`` is removed. A section whose keys are all comments is a section of defaults.
"""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin

import yaml
from pydantic import BaseModel

from audit.settings.policy import Policy
from audit.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

_WIDTH = 108
SHIPPED_SCHEMA: Final = "audit/settings/settings.schema.json"
"""Where the JSON Schema of the settings stands in the repository."""
_HEAD: Final = """\
# The settings of incident-audit, checked before anything is read; each fault is reported with its line.
# The address and token of GitLab are never written here: they come from GITLAB_URL and GITLAB_TOKEN.
"""
_LEGEND: Final = """\
# A line that begins with `#` and no space is a key with its default: remove the `#` to change it.
"""
_HISTORY: Final = """\
# How the rule of GitLab's handbook changed, as entries of `policies` to copy. The days up to 2025 are
# estimates within what is known, those of 2026 are upper bounds. Until 2022-11 a review was a part of its
# incident (`where: inline` under `review`). `severities: []`: no severity requires a review by itself. All
# of them have request_labels: [Review-Requested].
# - {from: 2020-05-01, severities: [1, 2], due_days: 14, due_kind: calendar, anchor: declared,
#    unowned: require}
# - {from: 2021-03-01, severities: [1], due_days: 7, anchor: declared, unowned: require}
# - {from: 2022-11-01, severities: [], due_days: 7, anchor: declared, unowned: require}
# - {from: 2024-05-01, severities: [], due_days: 10, anchor: review_opened, unowned: require}
# - {from: 2025-01-01, severities: [1, 2], due_days: 5, anchor: declared, unowned: exempt}
# - {from: 2026-04-28, severities: [1, 2], due_days: 5, anchor: resolved, unowned: exempt}
# - {from: 2026-08-11, severities: [1, 2], due_days: 5, anchor: resolved, unowned: require}
# Since 2026-08-11 a review is done once a reviewer of a panel (Bar Raiser) has approved it, its corrective
# actions are assigned, and it is closed. No label for the approval is known, so it is no setting here; with
# one of your own it is `approval` under `review`:
# approval: {labels: ['Your::Label'], from: 2026-08-11, by: a Bar Raiser}
"""


def example(schema: str = SHIPPED_SCHEMA) -> str:
    """Return the whole file, which loads as it is; ``schema`` is where editors find the JSON Schema."""
    lines = [head(schema), _LEGEND.rstrip(), *_once(_section(Settings, {}, indent="")), "", _HISTORY.rstrip()]
    return "\n".join(lines) + "\n"


def head(schema: str) -> str:
    """Return the first lines of a settings file, the first of them for editors."""
    return f"# yaml-language-server: $schema={schema}\n{_HEAD.rstrip()}"


def _once(lines: Iterator[str]) -> Iterator[str]:
    """Leave out a comment that stands above an earlier key already: two places of files are described in one way."""
    seen: set[tuple[str, ...]] = set()
    for is_comment, block in groupby(lines, key=lambda line: line.lstrip().startswith("# ")):
        texts = list(block)
        words = tuple(text.strip() for text in texts)
        if not is_comment or words not in seen:
            yield from texts
        if is_comment:
            seen.add(words)


def _section(model: type[BaseModel], given: dict[str, Any], indent: str) -> Iterator[str]:
    """Yield the lines of a model's keys; those of ``given`` are in effect, the others are comments."""
    for name, info in model.model_fields.items():
        if not indent:
            yield ""
        yield from _comment(_described(info), indent)
        yield from _entry(info.alias or name, info, given, indent)


def _entry(key: str, info: FieldInfo, given: dict[str, Any], indent: str) -> Iterator[str]:
    inner = _model_in(info.annotation)
    is_section = inner == info.annotation
    if key in given:
        yield f"{indent}{key}: {flow(given[key])}"
    elif key == "policies":
        yield from _policies(indent)
    elif inner and is_section:
        yield f"{indent}{key}:"
        yield from _section(inner, info.examples[0] if info.examples else {}, f"{indent}  ")
    elif inner and info.examples:
        yield f"{indent}#{key}:"
        yield from _example(inner, info.examples[0], f"{indent}  ")
    else:
        yield from _commented(key, _default(info), indent)


def _commented(key: str, value: Any, indent: str) -> Iterator[str]:
    """Yield a key with its default on one line, or a long list with a line for each item."""
    line = f"{indent}#{key}: {flow(value)}"
    if len(line) <= _WIDTH:
        yield line
    else:
        yield f"{indent}#{key}:"
        yield from (f"{indent}#- {flow(item)}" for item in value)


def _policies(indent: str) -> Iterator[str]:
    yield f"{indent}policies:"
    yield f"{indent}  - # each policy begins with a dash"
    yield from _section(Policy, {}, f"{indent}    ")


def _example(model: type[BaseModel], example: Any, indent: str) -> Iterator[str]:
    """Yield a commented example of a section, of a list of sections, or of sections by name."""
    if isinstance(example, list):
        for item in example:
            yield from _dashed(list(_example(model, item, f"{indent}  ")), indent)
        return
    fields = {info.alias or name: info for name, info in model.model_fields.items()}
    for key, value in example.items():
        if key in fields:
            yield from _comment(_described(fields[key]), indent)
        yield f"{indent}#{key}: {flow(value)}"


def _dashed(lines: list[str], indent: str) -> Iterator[str]:
    """Put the dash before the first key of an item, and the description of that key above the dash."""
    first = next(at for at, line in enumerate(lines) if not line.lstrip().startswith("# "))
    yield from (f"{indent}{line.lstrip()}" for line in lines[:first])
    yield f"{indent}#- {lines[first].lstrip().removeprefix('#')}"
    yield from lines[first + 1 :]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the section that a field holds, also as an option, in a list or by name."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model_in(part))), None)


def _comment(text: str, indent: str) -> Iterator[str]:
    prefix = f"{indent}# "
    yield from textwrap.wrap(text, _WIDTH, initial_indent=prefix, subsequent_indent=prefix, break_on_hyphens=False)


def _described(info: FieldInfo) -> str:
    """Return the description of a field, with the values to choose from unless it names them itself."""
    text, choices = info.description or "", _choices(info.annotation)
    return text if all(choice in text for choice in choices) else f"{text} One of: {', '.join(choices)}."


def _choices(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if get_origin(annotation) is dict:  # whose literals are keys
        return ()
    return next((choices for part in get_args(annotation) if (choices := _choices(part))), ())


def _default(info: FieldInfo) -> Any:
    default = info.get_default(call_default_factory=True)
    return info.examples[0] if default is None and info.examples else default


class _Dumper(yaml.SafeDumper):
    """Quotes nothing but null: the loader reads every other scalar as its text."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own name
        first: [(tag, pattern) for tag, pattern in resolvers if tag.endswith(":null")]
        for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
    }


def flow(value: Any) -> str:
    """Return a value on one line, as YAML that is read back as the same value."""
    text: str = yaml.dump(_texts(value), Dumper=_Dumper, default_flow_style=True, width=1000, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...")


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _texts(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_texts(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
