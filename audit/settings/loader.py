"""audit.yml -> Settings, or every fault of the file at once, each with file, line and column."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from audit.errors import SettingsError
from audit.settings.document import Fault, read
from audit.settings.document_position import Position
from audit.settings.fault_messages import faults_of
from audit.settings.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic.main import IncEx

    from audit.settings.document import SettingsDocument

# These say how the audit works and what it shows, not what it finds: none of them changes a verdict.
_DECIDES_NOTHING: dict[str, IncEx | bool] = {
    "reminders": True,
    "report": True,
    "publish": True,
    "snapshot": True,
    "gitlab": {"timeout_seconds", "patience_seconds", "page_size", "parallel", "requests_per_minute"},
}


def load(path: Path) -> Settings:
    """Read the settings. Raises SettingsError with a line for each fault."""
    document = read(_bytes_of(path))
    settings, faults = _validated(document)
    faults = sorted({*document.faults, *faults}, key=lambda fault: (fault.position, fault.where))
    if settings is None or faults:
        count = "one fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise SettingsError(
            f"{path} has {count}",
            faults=tuple(fault.line(path) for fault in faults),
            advice="`incident-audit init --full` writes a file that shows every key with its default.",
        )
    return settings


def settings_hash(settings: Settings) -> str:
    """Return a sha256 of what decides verdicts; neither comments nor the order of keys change it."""
    deciding = settings.model_dump(mode="json", by_alias=True, exclude=_DECIDES_NOTHING)
    canonical = json.dumps(deciding, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of audit.yml for editors; like the loader it takes an empty section as all defaults."""
    schema = Settings.model_json_schema()
    for section in schema["$defs"].values():
        section["type"] = ["object", "null"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise SettingsError(
            f"{path} does not exist", advice="Run `incident-audit init` to write one, or name another file."
        ) from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error


def _validated(document: SettingsDocument) -> tuple[Settings | None, list[Fault]]:
    if () in document.broken:
        return None, []
    if document.data is None:
        return None, [Fault(Position(), "settings", "the file is empty; `incident-audit init` writes one")]
    try:
        return Settings.model_validate(document.data), []
    except ValidationError as error:
        return None, faults_of(error, document)
