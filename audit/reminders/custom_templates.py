"""Custom templates of the bot's notes: local files of the checkout in which the job runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from audit.errors import SettingsError
from audit.reminders.note_templates import LONGEST, NAMES, CustomTemplate, Wording

if TYPE_CHECKING:
    from audit.settings.settings import Settings


def read_wording(settings: Settings) -> Wording:
    """Read ``reminders.templates``. Raises SettingsError with all faults, each with file and line."""
    if not settings.reminders.templates:
        return Wording()
    folder = Path(settings.reminders.templates)
    custom = {name: _read(folder / name) for name in NAMES if (folder / name).exists()}
    if not custom:
        raise SettingsError(
            f"reminders.templates: {folder} holds none of {', '.join(NAMES)}",
            advice="Copy one of the program's templates there and change it, or leave the setting out.",
        )
    return Wording(custom=custom)


def _read(path: Path) -> CustomTemplate:
    try:
        with path.open(encoding="utf-8-sig") as file:
            return CustomTemplate(path=str(path), text=file.read(LONGEST + 1))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
