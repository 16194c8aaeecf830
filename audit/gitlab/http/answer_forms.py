"""Holds an answer against the form that it should have."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pydantic import BaseModel, RootModel, model_validator

from audit.gitlab.http import failures

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")


class AnyObject(RootModel[dict[str, Any]]):
    """A row of which the caller itself checks the parts."""


@cache
def checked(shape: type[BaseModel]) -> type[AnyObject]:
    """Return what takes rows of this form and leaves them as they are."""

    class Checked(AnyObject):
        @model_validator(mode="after")
        def check(self) -> Self:
            shape.model_validate(self.root)
            return self

    return Checked


def parsed(parse: Callable[[Any], R], value: Any, where: str) -> R:
    """Return what ``parse`` makes of an answer; its ValueError becomes a RequestError."""
    try:
        return parse(value)
    except ValueError as error:
        raise failures.malformed(error, where) from None
