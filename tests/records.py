"""Builders for records: what a test does not say is ordinary."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from audit.evidence.build import Evidence, build
from audit.model import (
    Catalog,
    Gap,
    Issue,
    LabelEvent,
    Link,
    Records,
    Ref,
    Service,
    Source,
    StateEvent,
    Team,
    TemplateEdition,
    User,
)
from audit.settings.settings import Settings
from tests.judging import judged
from tests.together import CaseResult, case_result

if TYPE_CHECKING:
    from audit.engine.result import Finding, Outcomes, Result

PROJECT = "ops/production"
TOOLS = "ops/tools"
LABELS = ("Severity::1", "Severity::2", "Severity::3", "Severity::4", "Review-Requested", "incident", "IncidentReview")
ANNA = User(username="anna")


def at(text: str) -> datetime:
    """Read ``2026-11-02`` or ``2026-11-02 10:30`` as an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def issue(iid: int, title: str = "", *, project: str = PROJECT, **fields: Any) -> Issue:
    """Return an issue; ``created`` and ``closed`` are texts as for :func:`at`."""
    fields["created_at"] = at(fields.pop("created", "2026-11-02 10:00"))
    if "closed" in fields:
        fields["closed_at"] = at(fields.pop("closed"))
    if fields.get("duplicate_of"):
        fields.setdefault("closed_at", fields["created_at"])  # an open one is no duplicate any more
    fields.setdefault("author", ANNA)
    url = f"https://gitlab.example/{project}/-/work_items/{iid}"
    return Issue(ref=Ref(project, iid), id=iid, url=url, title=title or f"Something broke {iid}", **fields)


def incident(iid: int, title: str = "", **fields: Any) -> Issue:
    """Return an incident of severity 2, declared on Monday 2026-11-02; it is due on Monday 2026-11-09."""
    fields.setdefault("labels", ("Severity::2",))
    return issue(iid, title, issue_type="incident", **fields)


def review(iid: int, title: str = "", *, of: int | None = None, **fields: Any) -> Issue:
    """Return a review, opened on Tuesday 2026-11-03, linked with incident ``of`` of the same project."""
    fields.setdefault("labels", ("IncidentReview",))
    fields.setdefault("created", "2026-11-03 10:00")
    if of is not None:
        fields["links"] = (*fields.get("links", ()), Link(target=Ref(fields.get("project", PROJECT), of)))
    return issue(iid, title or f"Incident Review: number {iid}", **fields)


def action(iid: int, title: str = "", *, of: int | None = None, **fields: Any) -> Issue:
    """Return a corrective action of severity 2, opened on Wednesday 2026-11-04 in a project that is not audited.

    Anna works on it, and it is linked with incident or review ``of`` of the audited project.
    """
    fields.setdefault("project", TOOLS)
    fields.setdefault("labels", ("corrective action", "Severity::2"))
    fields.setdefault("created", "2026-11-04 10:00")
    fields.setdefault("assignees", (ANNA,))
    if of is not None:
        fields["links"] = (*fields.get("links", ()), Link(target=Ref(PROJECT, of)))
    return issue(iid, title, **fields)


def added(label: str | None, when: str) -> LabelEvent:
    return LabelEvent(at=at(when), label=label, added=True)


def removed(label: str | None, when: str) -> LabelEvent:
    return LabelEvent(at=at(when), label=label, added=False)


def closed(when: str) -> StateEvent:
    return StateEvent(at=at(when), closed=True)


def reopened(when: str) -> StateEvent:
    return StateEvent(at=at(when), closed=False)


def source(project: str = PROJECT, **fields: Any) -> Source:
    fields.setdefault("labels", LABELS)
    return Source(project=project, **{"incidents": True, "reviews": True, **fields})


CATALOG = Catalog(
    services=(
        Service(name="api", label="API", owner="backend", weight=5),
        Service(name="web", label="Service::Web", owner="frontend"),
        Service(name="git", label="Git", owner="reliability_unowned", weight=1),
        Service(name="mail", label="Service:Mail Room", owner="ghosts"),
    ),
    teams=(Team(name="backend", manager="boss"), Team(name="frontend", handle="frontend-team")),
    teams_given=True,
)


def records(*issues: Issue, gaps: tuple[Gap, ...] = (), **fields: Any) -> Records:
    """Return records of one project, with the catalogue above unless ``catalog`` says otherwise."""
    fields.setdefault("sources", (source(),))
    fields.setdefault("catalog", CATALOG)
    fields.setdefault("hosts", ("gitlab.example",))
    fields.setdefault("accounts", {"boss": User(username="boss")})
    return Records(issues=issues, gaps=gaps, **fields)


def template(text: str, *, name: str = "review.md", since: str | None = None, **fields: Any) -> TemplateEdition:
    """Return an edition of a template of the project."""
    origin = f"{PROJECT}:.gitlab/issue_templates/{name}"
    chosen = {"origin": origin, "project": PROJECT, "since": since and at(since)}
    return TemplateEdition(**(chosen | fields), text=text)


def settings(**fields: Any) -> Settings:
    """Return settings of one project."""
    return Settings.model_validate({"projects": {"incidents": [PROJECT]}, **fields})


def evidence(*issues: Issue, as_of: str = "2026-11-23", settings: Settings | None = None, **fields: Any) -> Evidence:
    """Return the evidence of these issues."""
    return build(*case(*issues, as_of=as_of, settings=settings, **fields))


def case(
    *issues: Issue, as_of: str = "2026-11-23", settings: Settings | None = None, **fields: Any
) -> tuple[Records, Settings, date]:
    return records(*issues, **fields), settings or globals()["settings"](), date.fromisoformat(as_of)


def audited(*issues: Issue, **fields: Any) -> Result:
    """Return what the audit says of these issues; the fields are those of :func:`evidence`."""
    return judged(*case(*issues, **fields))


def case_audited(*issues: Issue, **fields: Any) -> CaseResult:
    """Return what the audit says of these issues alone: of many such cases it is found out in one audit."""
    return case_result(*case(*issues, **fields))


def weighed(*issues: Issue, **fields: Any) -> Result:
    """Return the verdicts and gaps of these issues, and whether rates are withheld: what is found without any rule."""
    return judged(*case(*issues, **fields), ())


def row(*issues: Issue, iid: int = 1, **fields: Any) -> dict[str, Any]:
    """Return what the evidence holds of one incident."""
    return case_result(*case(*issues, **fields), ()).row(iid)


def verdict(*issues: Issue, iid: int = 1, **fields: Any) -> str:
    """Return the verdict of one incident."""
    return case_result(*case(*issues, **fields), ()).verdict(iid)


def found(result: Result | CaseResult, code: str) -> dict[str, Finding]:
    """Return the findings of one rule by their subject, without the project's path."""
    if isinstance(result, CaseResult):
        result.check(code)
    return {one.subject.removeprefix(PROJECT): one for one in result.findings if one.code == code}


def outcomes(result: Result | CaseResult, code: str) -> Outcomes:
    """Return how many subjects a rule was asked about."""
    if isinstance(result, CaseResult):
        return result.outcomes(code)
    return next(one for one in result.outcomes if one.code == code)


def asked(result: Result | CaseResult, code: str) -> dict[str, int]:
    """Return the outcomes of a rule that occur at all."""
    one = outcomes(result, code)
    counts = {
        "conforms": one.conforms,
        "violates": one.violates,
        "waived": one.waived,
        "not applicable": one.not_applicable,
        "unknown": one.unknown,
    }
    return {name: count for name, count in counts.items() if count}


def waiver(subject: str, *rules: str, expires: str = "2026-12-31") -> dict[str, Any]:
    """Return a waiver as it stands in the settings."""
    return {
        "subject": subject,
        "rules": list(rules),
        "reason": "Reviewed with the supplier.",
        "approved_by": "a.manager",
        "expires": expires,
    }
