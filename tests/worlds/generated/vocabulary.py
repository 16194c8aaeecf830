"""Who works at the company of a generated world, what runs there, and what people say when it does not."""

from __future__ import annotations

from audit.sandbox.demo.service_files import CatalogEntry

GROUP = "tanuki/sre"
PRODUCTION = f"{GROUP}/production"
EDGE = f"{GROUP}/edge"
DELIVERY = f"{GROUP}/delivery"
RUNBOOKS = f"{GROUP}/runbooks"
VAULT = "tanuki/security/vault"
FORMER_PRODUCTION = "tanuki/platform/production"
HOST = "gitlab.tanuki.example"

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

SERVICES = (
    CatalogEntry("api", "API", "core", "sv", 5),
    CatalogEntry("web", "Service::Web", "core", "sv", 3),
    CatalogEntry("git-storage", "Service:Git Storage", "storage", "stor", 5),
    CatalogEntry("postgres", "postgres", "storage", "db"),
    CatalogEntry("redis", "Service::Redis", "storage", "db"),
    CatalogEntry("runners", "CI Runners", "runners", "sv", 2),
    CatalogEntry("registry", "Service::registry", "packages", "sv", 1),
    CatalogEntry("cdn", "CDN", "edge", "lb"),
    CatalogEntry("edge-proxy", "Edge.Proxy", "edge", "lb"),
    CatalogEntry("search", "Search", "reliability_unowned", "sv", 1),
    CatalogEntry("mail", "Mail", "reliability_unowned", "inf"),
    CatalogEntry("pages", "Pages", "lost_and_found", "sv"),  # an owner that the teams' file does not have
    CatalogEntry("exporter", "Exporter", None, "inf"),
    CatalogEntry("queue", "Queue", "nobody", "sv"),  # a team that is labelled as unowned
    CatalogEntry("metrics", "Metrics", "observability", "inf"),
    CatalogEntry("logging", "Metrics", "quiet", "inf"),  # one label, two services, two owners
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
