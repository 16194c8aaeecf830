"""Who works at Tanuki Cloud, what runs there, and what people say when it does not."""

from __future__ import annotations

from typing import Any, NamedTuple

import yaml

GROUP = "tanuki/sre"
PRODUCTION = f"{GROUP}/production"
EDGE = f"{GROUP}/edge"
DELIVERY = f"{GROUP}/delivery"
RUNBOOKS = f"{GROUP}/runbooks"
VAULT = "tanuki/security/vault"
FORMER_PRODUCTION = "tanuki/platform/production"
HOST = "gitlab.tanuki.example"
SERVICES_PATH = "services/service-catalog.yml"
TEAMS_PATH = "services/teams.yml"

BOT = "review-audit-bot"
CLOSER = "incident-closer-bot"
ALERTS = "alert-bridge-bot"
PEOPLE = (
    *("amara.okafor", "bruno.keller", "chiara.monti", "dmitri.aalto", "elif.sahin", "farid.nazari", "greta.lund"),
    *("hiro.tanabe", "ines.haddad", "jonas.brandt", "kavya.menon", "leon.duarte", "mira.novak", "nils.oberg"),
    *("olga.petrenko", "pablo.rivas", "quinn.ashby", "rosa.bianchi", "samir.khalil", "tess.vandam", "umar.farouk"),
    *("vera.lindholm", "wiktor.zalewski", "xenia.moraes", "yusuf.demir", "zoe.carver"),
)
LEFT = ("former.mate", "gone.fishing")
"""Blocked accounts."""


class Service(NamedTuple):
    """An entry of the catalogue."""

    name: str
    label: str
    owner: str | None
    tier: str
    weight: float | None = None


SERVICES = (
    Service("api", "API", "core", "sv", 5),
    Service("web", "Service::Web", "core", "sv", 3),
    Service("git-storage", "Service:Git Storage", "storage", "stor", 5),
    Service("postgres", "postgres", "storage", "db"),
    Service("redis", "Service::Redis", "storage", "db"),
    Service("runners", "CI Runners", "runners", "sv", 2),
    Service("registry", "Service::registry", "packages", "sv", 1),
    Service("cdn", "CDN", "edge", "lb"),
    Service("edge-proxy", "Edge.Proxy", "edge", "lb"),
    Service("search", "Search", "reliability_unowned", "sv", 1),
    Service("mail", "Mail", "reliability_unowned", "inf"),
    Service("pages", "Pages", "lost_and_found", "sv"),  # an owner that the teams' file does not have
    Service("exporter", "Exporter", None, "inf"),
    Service("queue", "Queue", "nobody", "sv"),  # a team that is labelled as unowned
    Service("metrics", "Metrics", "observability", "inf"),
    Service("logging", "Metrics", "quiet", "inf"),  # one label, two services, two owners
)

TEAMS: tuple[dict[str, str], ...] = (
    {"name": "core", "label": "team::Core", "manager": "ines.haddad", "slack_channel": "core"},
    {"name": "storage", "label": "team::Storage", "manager": "@vera.lindholm", "slack_channel": "storage"},
    {"name": "runners", "label": "team::Runners", "manager": "former.mate", "handle": "tess.vandam"},
    {"name": "packages", "label": "team::Packages", "handle": "@rosa.bianchi"},
    {"name": "edge", "label": "team::Edge", "manager": "quinn.ashby"},
    {"name": "observability", "label": "team::Observability", "contact": GROUP},
    {"name": "quiet", "label": "team::Quiet", "slack_channel": "quiet-please"},
    {"name": "nobody", "label": "team::Unowned"},
)

SYMPTOMS = (
    *("{s} answers slowly", "{s} returns 502 to a part of its callers", "error budget of {s} burns fast"),
    *("{s} node {n} runs out of memory", "connections of {s} are saturated", "{s} queue grows without end"),
    *("{s} replica {n} lags behind", "disk of {s} node {n} fills up", "{s} certificate is about to expire"),
    *("{s} dropped jobs silently", "canary of {s} fails its checks", "{s} rollout was stopped at {n} percent"),
    *("clients of {s} time out", "{s} lost a zone", "{s} health checks flap", "uploads through {s} stall"),
)
PLACES = (
    *("in the west zone", "on shard {n}", "for callers of group {n}", "after the evening rollout", "on canary"),
    *("on cluster c{n}", "behind the new balancer", "during the nightly export", "at pool {n}", ""),
)
CAUSES = (
    *("A connection limit was raised on one side only.", "A retry without jitter met a restart."),
    *("The new schema took a lock that nobody expected.", "An expired token stopped the renewal of certificates."),
    *("A feature flag reached everybody instead of one percent.", "Two nodes disagreed on who leads."),
    *("The cache was cold after a resize.", "A dashboard had hidden the slow rise for days."),
)
ACTIONS = (
    *("Alert on the slow rise, not on the cliff", "Give the retry a jitter", "Write down how to fail over by hand"),
    *("Let the rollout stop itself on errors", "Test the renewal of certificates every week", "Size the pool by load"),
)
CHATTER = (
    *("Looking at it.", "The graphs agree, rolling back.", "Paged the service's team.", "Errors are down to normal."),
    *("Can somebody confirm from the outside?", "Handover to the next shift: watching only.", "Thanks everybody."),
)


def services_yaml(services: tuple[Service, ...] = SERVICES) -> str:
    """Write services/service-catalog.yml."""
    rows: list[dict[str, Any]] = []
    for one in services:
        row: dict[str, Any] = {"name": one.name, "friendly_name": one.name.replace("-", " ").title(), "tier": one.tier}
        row |= {"label": one.label, "owner": one.owner}
        if one.weight is not None:
            row["business"] = {"SLA": {"overall_sla_weighting": one.weight}}
        rows.append(row)
    tiers = [{"name": tier} for tier in dict.fromkeys(one.tier for one in services)]
    return "# What runs, and who answers for it.\n" + yaml.safe_dump(
        {"tiers": tiers, "services": rows}, sort_keys=False
    )


def teams_yaml(teams: tuple[dict[str, str], ...] = TEAMS) -> str:
    """Write services/teams.yml."""
    return yaml.safe_dump({"teams": list(teams)}, sort_keys=False)
