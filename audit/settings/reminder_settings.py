"""The part of the settings that says whom the bot reminds, and how often."""

from __future__ import annotations

from pydantic import Field

from audit.settings.value_types import AccountOrGroup, Day, Flag, IssueRef, LinePattern, LocalPath, Model, WebAddress


class Postponement(Model):
    """An issue without reminders through a day."""

    issue: IssueRef = Field(description="The review or the incident, g/p#12.")
    until: Day = Field(description="The last day without reminders.")


class Adopted(Model):
    """Reminders that another bot posted, which count as posted steps."""

    author: AccountOrGroup = Field(min_length=1, description="Username of the account that posted them.")
    pattern: LinePattern = Field(description="Regular expression that matches in a line of each of them.")


class ReminderSettings(Model):
    """Whom the bot reminds, and how often at most."""

    remind_from: Day | None = Field(
        default=None,
        description="Remind only of incidents declared on or after this day. Default: the first day that is read; where"
        " all are, nobody is reminded.",
        examples=["2026-01-01"],
    )
    before_due: int | None = Field(
        default=None,
        ge=1,
        le=20,
        description="Also remind once, this many working days before the due day. Default: not before it.",
        examples=[2],
    )
    per_person: int = Field(
        default=3,
        ge=1,
        description="Reviews a run about which the same account or group is asked at most; the oldest due go first.",
    )
    max_reminders: int = Field(default=30, ge=0, description="Reminders a run at most; the oldest due go first.")
    steps: int = Field(default=4, ge=1, le=10, description="Reminders about one issue at most.")
    step_days: int = Field(default=5, ge=1, le=366, description="Working days between two reminders about one issue.")
    quiet_days: int = Field(
        default=2,
        ge=0,
        le=366,
        description="A person's comment within this many working days postpones the first reminder. Later ones count"
        " `step_days` from the last comment.",
    )
    contact: AccountOrGroup = Field(default="", description="Account or group to remind where nobody else can be.")
    ping_groups: Flag = Field(
        default=False,
        description="Ping the groups that the catalogue names for a team, which notifies all of their members."
        " Otherwise they are named in code, which notifies nobody.",
    )
    confirm_above: int = Field(
        default=10,
        ge=0,
        description="A run that would post more reminders than this, and more than `confirm_times` as many as were"
        " posted on the last day with any, posts none until its plan is confirmed.",
    )
    confirm_times: int = Field(default=3, ge=1, description="See `confirm_above`.")
    commands: Flag = Field(
        default=True,
        description="Obey `@bot snooze 3d`, `2w` or a day, and `@bot not needed: reason`, by members who may edit the"
        " issue.",
    )
    about: WebAddress = Field(
        default="",
        description="Address of a page that says who runs this bot and what the policy asks for; notes link to it.",
        examples=["https://example.com/handbook/incident-review"],
    )
    templates: LocalPath = Field(
        default="",
        description="Local folder with custom templates: reminder.md.j2, status.md.j2, answer.md.j2. Empty: those"
        " built in.",
    )
    postponed: tuple[Postponement, ...] = Field(
        default=(),
        description="Issues that get no reminders for now.",
        examples=[[{"issue": "example-group/production#12", "until": "2026-12-31"}]],
    )
    adopted: tuple[Adopted, ...] = Field(
        default=(),
        description="Another bot's reminders, which count as posted: `incident-audit reminders --adopt` finds them.",
        examples=[[{"author": "review-bot", "pattern": "review .* overdue"}]],
    )
