"""A finished report on its way to the destinations of the settings, and what became of it there."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Self

from audit.markers import digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from audit.settings.tracker_settings import Projects

OTHER_AUDIT: Final = "an audit of other projects wrote it for the same day, and the two would take each other's place"
"""Why something that the bot wrote is left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedReport:
    """The files of a run, which the destinations are made from."""

    texts: Mapping[str, str] = field(repr=False)
    """By the name of the file, such as report.md."""
    as_of: date
    today: date
    audit: str = ""
    """Fingerprint of the audited projects: by it two audits that publish in one place notice each other."""
    edition: str = ""
    """weekly or nightly: a nightly one takes no place of a weekly one."""
    since: Mapping[date, str] = field(default_factory=dict, repr=False)
    """Earlier day of the same week -> what has happened since then, on one line of Markdown."""
    web_url: str = ""
    """Address of the GitLab that people use; empty: not known."""
    pages_url: str = ""
    """Address of the site on which the reports are published; empty: none."""
    details_url: str = ""
    """Where the details are published, apart from the files; empty: nowhere."""

    @classmethod
    def of(
        cls, texts: Mapping[str, str], *, as_of: date, today: date, projects: Projects | None = None, **fields: Any
    ) -> Self:
        """Take the texts as the files of the output folder hold them."""
        audit = digest(projects.model_dump_json())[:12] if projects else ""
        return cls(texts=texts, as_of=as_of, today=today, audit=audit, **fields)


class PublishState(StrEnum):
    """What became of a destination."""

    PLANNED = "would be written"
    PLANNED_TO_SEND = "would be sent"
    CREATED = "written"
    SENT = "sent"
    EDITED = "brought up to date"
    UNCHANGED = "unchanged"
    NEWER = "left alone, since it is the report of a later day"
    WEEKLY = "left alone, since it is the page of a weekly report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was written, or would be."""

    what: str
    where: str
    state: PublishState
    url: str = ""
    """Where people can read it; empty: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpublished:
    """What could not be written, and why; the other destinations were."""

    what: str
    where: str
    why: str
    advice: str = ""
