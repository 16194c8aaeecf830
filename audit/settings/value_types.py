"""What a single value of the settings can be, and the fault of one that is not."""

from __future__ import annotations

import difflib
import re
from datetime import date
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from audit.settings.time_zones import known_zone
from audit.text import pattern_cost

NOT_REPEATED: Final = "not_repeated"
"""The type of a fault whose value is not repeated: it may be a secret where only its name belongs."""


class Model(BaseModel):
    """A section of the settings: frozen, and with no key that is not known."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", strict=False, str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_section_is_all_defaults(cls, data: Any) -> Any:
        # A section whose keys are all commented out reaches us as null.
        return {} if data is None else data


_FIRST_YEAR, _LAST_YEAR = 1970, 2199


def _day(value: Any) -> Any:
    # Pydantic would also read 20260101, as seconds since 1970.
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
        raise ValueError("should be a day like 2026-11-30")
    try:
        day = date.fromisoformat(value.strip())
    except ValueError as error:
        raise ValueError("is not a day of the calendar") from error
    # so that days can be added and taken away in every zone
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(f"should be a day of the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return day


def _yes_or_no(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if value in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return value in ("true", "True", "TRUE")
    raise ValueError("should be true or false")


def _scope(name: str) -> str:
    """Remove what people copy along with a scope: ``severity::``, or ``severity::*`` as the doctor shows it."""
    scope = name.rstrip("*: ")
    if not scope:
        raise ValueError("should be what comes before the colons of a label, like severity")
    return scope


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str | int | date) else value


def _row(value: Any) -> Any:
    if isinstance(value, dict) and value and all(isinstance(name, str) for name in value):
        return value
    if isinstance(value, str | int):
        return {str(value): ()}
    raise ValueError("should be a row's name, or its name with further ones, like {Start Time: [Began]}")


def _rows(value: Any) -> Any:
    return (value,) if isinstance(value, str | int | dict) else value


def _id_pattern(pattern: str) -> str:
    return _pattern(pattern, longest=pattern_cost.LONGEST_ID, most=pattern_cost.MOST_WORK)


def _line_pattern(pattern: str) -> str:
    return _pattern(pattern, longest=pattern_cost.LONGEST_LINE, most=pattern_cost.MOST_WORK_IN_LINE)


def _pattern(pattern: str, *, longest: int, most: int) -> str:
    if fault := pattern_cost.fault(pattern, longest=longest, most=most):
        raise ValueError(fault)
    return pattern


def has_holidays(country: str, subdivision: str) -> None:
    """Raise ValueError where the holidays package knows neither."""
    import holidays  # noqa: PLC0415 - takes 0.4 s, and most settings name no country

    try:
        whole = holidays.country_holidays(country)
        holidays.country_holidays(country, subdiv=subdivision or None)
    except NotImplementedError as error:
        known = f"; known are {', '.join(whole.subdivisions)}" if subdivision else ""
        raise ValueError(f"is unknown to the holidays package: {error}{known}") from error


_PATH: Final = re.compile(r"[\w.][\w.-]*(?:/[\w.][\w.-]*)*(?<!\.git)", re.ASCII)
"""What GitLab lets paths of groups and projects be; a number is one too."""


def _path(value: str) -> str:
    if not value or _PATH.fullmatch(value):
        return value
    if re.search(r",\s|\s-\s", value):
        raise ValueError("should be one path like group/project; several are written as a list: [a/b, c/d]")
    if "$" in value:
        raise ValueError("should be a path like group/project; variables have no value in this file")
    path = urlsplit(value).path.split("/-/")[0].strip("/@").removesuffix(".git")
    meant = f"; write {path}" if "/" in path and _PATH.fullmatch(path) else ""
    raise ValueError(f"should be a path like group/project, without address and outer slashes{meant}")


def _folder(value: str) -> str:
    parts = value.split("/")
    if "://" in value or value.startswith("/") or ".." in parts or "." in parts or "" in parts[:-1]:
        raise ValueError("should be a folder of a repository like .gitlab/issue_templates, or empty")
    return value


def _title_prefix(value: str) -> str:
    if not value.strip("* "):
        raise ValueError("should be the word or sign that the titles begin with, like RCA, [RCA] or Postmortem *")
    return value


def _local(value: str) -> str:
    if not value.isprintable():
        raise ValueError("holds a character that no name of a file has")
    return value


def _host(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.-]+(:\d+)?", value):
        raise ValueError("should be a host name like gitlab.example.com, without https://")
    return value


def _account(value: str) -> str:
    name = value.removeprefix("@")
    if value and (not re.fullmatch(r"[\w.-]+(/[\w.-]+)*", name, re.ASCII) or name.lower() == "all"):
        raise ValueError("should be the name of an account or a group, like sre-oncall")
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.netloc or re.search(r"[\s<>]", value)):
        raise ValueError("should be the address of a page, like https://example.com/reviews")
    return value


def _issue(value: str) -> str:
    if not re.fullmatch(r"[\w.-]+(/[\w.-]+)+#[0-9]+", value, re.ASCII):
        raise ValueError("should name an issue like group/project#12")
    return value


def _variable(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise PydanticCustomError(
            NOT_REPEATED, "should be the name of an environment variable that holds addresses, never an address itself"
        )
    return name


Zone = Annotated[str, AfterValidator(known_zone)]
Pattern = Annotated[str, AfterValidator(_id_pattern)]
"""Searched for in texts that other people wrote."""
LinePattern = Annotated[str, Field(min_length=1), AfterValidator(_line_pattern)]
"""Held against single lines that other people wrote."""
Day = Annotated[date, BeforeValidator(_day)]
Flag = Annotated[bool, BeforeValidator(_yes_or_no), WithJsonSchema({"type": "boolean"})]
Text = Annotated[str, Field(min_length=1)]
Scope = Annotated[str, Field(min_length=1), AfterValidator(_scope)]
"""Of scoped labels: what stands before their colons."""
ProjectPath = Annotated[str, Field(min_length=1), AfterValidator(_path)]
PathOrNone = Annotated[str, AfterValidator(_path)]
"""Blank: none."""
Folder = Annotated[str, AfterValidator(_folder)]
LocalPath = Annotated[str, AfterValidator(_local)]
Host = Annotated[str, AfterValidator(_host)]
AccountOrGroup = Annotated[str, AfterValidator(_account)]
"""Blank: nobody."""
WebAddress = Annotated[str, AfterValidator(_web_address)]
"""Blank: none."""
IssueRef = Annotated[str, Field(min_length=1), AfterValidator(_issue)]
Variable = Annotated[str, Field(min_length=1), AfterValidator(_variable)]
Severity = Annotated[int, Field(ge=1, le=4)]
Weekday = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def _rule_names() -> dict[str, str]:
    """Return code -> name of each rule, in their order."""
    from audit.rules import RULES  # noqa: PLC0415 - brings pandas along, and few settings name a rule

    return {rule.code: rule.name for rule in RULES}


def _known_rule(code: str) -> str:
    """Return the code of a rule. Raises ValueError, with the rule that was probably meant."""
    names = _rule_names()
    if code in names:
        return code
    codes = {name: code for code, name in names.items()}
    near = difflib.get_close_matches(_full(code), names, n=1) or difflib.get_close_matches(code.lower(), codes, n=1)
    if not near:
        raise ValueError("is not a rule: `incident-audit rules` lists them")
    meant = codes.get(near[0], near[0])
    raise ValueError(f"is not a rule; did you mean {meant} ({names[meant]})? `incident-audit rules` lists them")


def _full(code: str) -> str:
    """Return a code like ``ir7`` or ``IR-07`` as codes are written."""
    parts = re.fullmatch(r"([A-Za-z]+)[-_ ]?0*([0-9]{1,3})", code)
    return f"{parts[1].upper()}{int(parts[2]):03}" if parts else code.upper()


def _level(value: Any) -> Any:
    # other readers of YAML take a bare off for false, so that it may have been quoted, or written as false
    text = value.strip().lower() if isinstance(value, str) else value
    return "off" if text in ("false", "no", False) else text


RuleCode = Annotated[
    str,
    AfterValidator(_known_rule),
    Field(json_schema_extra=lambda schema: schema.update(enum=list(_rule_names()))),
]

MOST_DUE_DAYS: Final = 366
_OTHER = "other"


def _due_days(value: Any) -> Any:
    """Return a number, or one for each severity by its text, ``other`` for the rest. Raises ValueError."""
    if value is None:
        raise ValueError("has no value: write one, or take the key out for the default")
    if not isinstance(value, dict):
        return _number_of_days(value)
    days = {str(severity).strip().lower(): number for severity, number in value.items()}
    unknown = sorted(days.keys() - {"1", "2", "3", "4", _OTHER})
    if unknown:
        raise ValueError(f"should be a number, or one for each severity: {unknown[0]} is none of 1, 2, 3, 4 and other")
    if _OTHER not in days:
        raise ValueError("has no `other`: the days of incidents with another severity, or none")
    return {severity: _number_of_days(days[severity]) for severity in sorted(days)}


def _number_of_days(value: Any) -> int:
    if not re.fullmatch(r"-?[0-9]{1,99}", str(value).strip()) or isinstance(value, bool):
        raise ValueError("should be a whole number, or one for each severity, like {1: 3, 2: 5, other: 5}")
    if not 1 <= int(value) <= MOST_DUE_DAYS:
        raise ValueError(f"should be {'at least 1' if int(value) < 1 else f'at most {MOST_DUE_DAYS}'}")
    return int(value)


_Days = Annotated[int, Field(ge=1, le=MOST_DUE_DAYS)]
DueDays = Annotated[
    _Days | dict[Literal["1", "2", "3", "4", "other"], _Days],
    BeforeValidator(_due_days, json_schema_input_type=_Days | dict[Literal["1", "2", "3", "4", "other"], _Days]),
]
"""One number, or one for each severity."""
RuleLevel = Annotated[Literal["off", "violation", "advisory", "info"], BeforeValidator(_level)]

# A lone value is a list of one.
Labels = Annotated[tuple[Text, ...], BeforeValidator(_listed, json_schema_input_type=Text | tuple[Text, ...])]
TitlePrefix = Annotated[Text, AfterValidator(_title_prefix)]
TitlePrefixes = Annotated[
    tuple[TitlePrefix, ...], BeforeValidator(_listed, json_schema_input_type=TitlePrefix | tuple[TitlePrefix, ...])
]
NamedRow = Annotated[dict[Text, Labels], BeforeValidator(_row, json_schema_input_type=Text | dict[Text, Labels])]
"""A row's name and its further names: ``Start Time: [Began]``, or only its name."""
Rows = Annotated[tuple[NamedRow, ...], BeforeValidator(_rows, json_schema_input_type=NamedRow | tuple[NamedRow, ...])]
Paths = Annotated[
    tuple[ProjectPath, ...],
    BeforeValidator(_listed, json_schema_input_type=ProjectPath | tuple[ProjectPath, ...]),
]
LocalFile = Annotated[str, Field(min_length=1), AfterValidator(_local)]
Files = Annotated[
    tuple[LocalFile, ...], BeforeValidator(_listed, json_schema_input_type=LocalFile | tuple[LocalFile, ...])
]
Hosts = Annotated[tuple[Host, ...], BeforeValidator(_listed, json_schema_input_type=Host | tuple[Host, ...])]
Variables = Annotated[
    tuple[Variable, ...], BeforeValidator(_listed, json_schema_input_type=Variable | tuple[Variable, ...])
]
Accounts = Annotated[
    tuple[Annotated[AccountOrGroup, Field(min_length=1)], ...],
    BeforeValidator(_listed, json_schema_input_type=Text | tuple[Text, ...]),
]
Severities = Annotated[
    tuple[Severity, ...], BeforeValidator(_listed, json_schema_input_type=Severity | tuple[Severity, ...])
]
Weekdays = Annotated[
    tuple[Weekday, ...], BeforeValidator(_listed, json_schema_input_type=Weekday | tuple[Weekday, ...])
]
RuleCodes = Annotated[
    tuple[RuleCode, ...], BeforeValidator(_listed, json_schema_input_type=RuleCode | tuple[RuleCode, ...])
]
