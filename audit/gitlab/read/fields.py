"""Fields of GitLab's answers that need more than a type; each raises ValueError for an invalid value."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator


def _moment(value: object) -> datetime:
    """Return an instant in UTC; GitLab writes the instance's zone offset, or Z."""
    if not isinstance(value, str):
        raise ValueError("an instant is due")  # noqa: TRY004 - pydantic collects ValueErrors
    try:
        at = datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("an instant between the years 1 and 9999 is due") from error


def _day(value: object) -> date | None:
    """Return the day of a date field, which GraphQL writes as a midnight; the last valid day if after the year 9999."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("a day is due")  # noqa: TRY004 - pydantic collects ValueErrors
    year = value.lstrip("+").partition("-")[0]
    return date.max if len(year) > 4 and year.isdecimal() else date.fromisoformat(value[:10])


def _number(value: object) -> int:
    """Return the number of a global id like ``gid://gitlab/Issue/12``."""
    number = value.rpartition("/")[2] if isinstance(value, str) else ""
    if not (number.isascii() and number.isdecimal()):
        raise ValueError("a global id is due")
    return int(number)


def _iid(value: object) -> int:
    if not (isinstance(value, str) and value.isascii() and value.isdecimal()):
        raise ValueError("a number as text is due")
    return int(value)


def _bytes(value: object) -> bytes:
    if not isinstance(value, str):
        raise ValueError("base64 is due")  # noqa: TRY004 - pydantic collects ValueErrors
    return base64.b64decode(value, validate=False)


def _url(value: str) -> str:
    urlsplit(value)
    return value


Url = Annotated[str, AfterValidator(_url)]
"""An address of which the parts can be told; ``http://[`` has none."""
Base64 = Annotated[bytes, BeforeValidator(_bytes)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Day = Annotated[date | None, BeforeValidator(_day)]
Gid = Annotated[int, BeforeValidator(_number)]
Iid = Annotated[int, BeforeValidator(_iid)]
