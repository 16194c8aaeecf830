"""What can go wrong, one class a stage of the run: ``str()`` is one line for the log, ``advice`` says what to do."""


class AuditError(Exception):
    """The audit did not complete (exit 1). Caught once, in cli.

    ``message`` is one line; ``advice`` is what the reader should do next, or empty; ``faults`` holds one line for each
    thing that is wrong, where there may be several.
    """

    exit_status = 1

    def __init__(self, message: str, advice: str = "", *, faults: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.faults = faults


class UsageError(AuditError):
    """The command line or the environment is wrong (exit 2)."""

    exit_status = 2


class SettingsError(UsageError):
    """The settings file is wrong (exit 2); ``faults`` holds one line for each fault, with file, line and column."""

    def __init__(self, message: str, faults: tuple[str, ...] = (), advice: str = "") -> None:
        super().__init__(message, advice, faults=faults)


class GitLabError(AuditError):
    """GitLab refused, gave an answer that makes no sense, or did not answer."""


class PreflightError(GitLabError):
    """The audit cannot work with this token, server or project; ``faults`` holds one line for each fault."""

    def __init__(self, message: str, faults: tuple[str, ...] = (), advice: str = "") -> None:
        super().__init__(message, advice, faults=faults)


class CatalogError(AuditError):
    """The service catalogue cannot be read, or the file is not one."""


class EvidenceError(AuditError):
    """A frame breaks its column contract, which is a fault of this program, never of the tracker."""


class OutputError(AuditError):
    """A file of the report could not be written."""


class PublishError(AuditError):
    """The report could not be written to some destinations; the others have it."""


class ReminderError(AuditError):
    """Some reminders could not be carried out; the others were."""
