"""The part of the settings that says where the snapshot of the last pull lies, and what it holds."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from audit.settings.value_types import Model, Text


class SnapshotSettings(Model):
    """The records of the last pull, as a file that the next night builds on."""

    file: Text | None = Field(
        default=None,
        description="File of the last pull's records, from which a run reads on: only what changed since is read."
        " Relative to the working folder. Default: every run reads everything.",
        examples=[".snapshot/tracker.sqlite"],
    )
    texts: Literal["keep", "drop"] = Field(
        default="keep",
        description="keep: titles and texts of public issues are in the snapshot; of confidential ones only what the"
        " rules need. drop: so it is for all of them, and every pull reads everything.",
    )
    full_every_days: int = Field(
        default=7, ge=1, le=365, description="After so many days everything is read anew, and compared."
    )
