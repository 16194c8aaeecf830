"""Where GitLab is and who asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


class Address(Protocol):
    """Where GitLab is and who asks; :class:`audit.settings.environment.Connection` is one."""

    @property
    def url(self) -> str:
        """The address that ``/api/v4`` is appended to."""

    @property
    def graphql_url(self) -> str | None:
        """The full address of GraphQL; None: ``/api/graphql`` below ``url``."""

    @property
    def web_url(self) -> str:
        """The address that people and references use."""

    @property
    def token(self) -> str:
        """The secret."""


@dataclass(frozen=True, slots=True)
class Connection:
    """An address of which only two parts are known; its text never shows the token."""

    url: str
    token: str = field(repr=False)
    graphql_url: str | None = None

    @property
    def web_url(self) -> str:
        """The same as ``url``."""
        return self.url
