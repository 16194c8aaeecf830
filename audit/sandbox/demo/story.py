"""The demo's story as tables: sixteen weeks at Tanuki Cloud, of which a Monday's report is to make sense.

Days are of 2026. The incidents stand in the order of their declaration; what each is there to show stands above it.
"""

from __future__ import annotations

from typing import NamedTuple

from audit.sandbox.demo.service_files import CatalogEntry

SERVICES = (
    CatalogEntry("api", "API", "core-platform", "sv", 5),
    CatalogEntry("web", "Web", "core-platform", "sv", 3),
    CatalogEntry("redis", "Redis", "core-platform", "db"),
    CatalogEntry("postgres", "Postgres", "data-stores", "db", 5),
    CatalogEntry("runners", "CI Runners", "ci-runners", "sv", 2),
    CatalogEntry("cdn", "CDN", "edge-network", "lb"),
    CatalogEntry("registry", "Registry", "packages", "sv", 1),
    CatalogEntry("mail-relay", "Mail Relay", "notifications", "inf"),
    CatalogEntry("search", "Search", "reliability_unowned", "sv", 2),
    CatalogEntry("pages", "Pages", "growth-tools", "sv"),  # a team that was dissolved: the teams' file does not have it
)
TEAMS: tuple[dict[str, str], ...] = (
    {"name": "core-platform", "label": "team::Core Platform", "manager": "ingrid.solheim", "slack_channel": "core"},
    {"name": "data-stores", "label": "team::Data Stores", "manager": "katrin.voss", "slack_channel": "data-stores"},
    {"name": "edge-network", "label": "team::Edge Network", "manager": "denise.walker", "slack_channel": "edge"},
    {"name": "ci-runners", "label": "team::CI Runners", "manager": "owen.gallagher", "slack_channel": "runners"},
    {"name": "packages", "label": "team::Packages", "handle": "hana.kimura", "slack_channel": "packages"},
    {"name": "notifications", "label": "team::Notifications", "manager": "victor.lam", "slack_channel": "notify"},
)
PEOPLE = (
    *("ingrid.solheim", "tomas.vrba", "leila.haddad", "marcus.oyelaran", "katrin.voss", "jan.petersen"),
    *("milan.kovac", "denise.walker", "ray.castillo", "priya.raman", "owen.gallagher", "sofia.lindgren"),
    *("ben.adeyemi", "hana.kimura", "nadia.rahman"),
)
LEFT = ("victor.lam",)
"""Left the company in October, and is still the manager of a team."""


class Look(NamedTuple):
    """A review: when it was opened, by whom it is to be written, when it was completed."""

    opened: str
    dri: str
    done: str = ""
    via: str = "link"
    """link, row or title: how it names its incident; with: the incident shares the review of the one named in `dri`."""
    care: str = "full"
    """full, half or none: how much of it is written; wrong: the duration is not end minus start."""


class Tale(NamedTuple):
    """An incident."""

    key: str
    at: str
    severity: int
    service: str
    title: str
    cause: str
    minutes: int
    eoc: str
    look: Look | None = None
    marks: tuple[str, ...] = ()
    secret: bool = False


TALES = (
    # August: reviews begin to be counted, and most come late
    Tale("pool", "08-04 09:12", 2, "API", "API returns 502 after the connection pool change",
         "The new pool limit was lower than the number of workers.", 48, "tomas.vrba",
         Look("08-05", "tomas.vrba", "08-11")),
    Tale("failover", "08-07 14:40", 1, "Postgres", "Writes rejected for eleven minutes during failover",
         "Two replicas both took themselves for the primary.", 11, "jan.petersen",
         Look("08-10", "jan.petersen", "08-20")),
    Tale("avatars", "08-12 08:05", 3, "Web", "Avatars load slowly in the morning",
         "A cache was emptied by the nightly deploy.", 95, "leila.haddad"),
    Tale("stopped", "08-17 10:22", 2, "CI Runners", "Linux runners stop taking jobs",
         "A token was rotated on one side only.", 74, "ben.adeyemi", Look("08-19", "ben.adeyemi", "09-02")),
    # unowned: the owner was dissolved
    Tale("pages", "08-25 16:31", 2, "Pages", "Pages sites answer with an expired certificate",
         "The renewal job had failed since June.", 180, "nadia.rahman"),
    Tale("gameday1", "08-27 13:00", 2, "Postgres", "Game day: lose the primary on purpose",
         "Nothing broke that was not meant to.", 60, "katrin.voss", marks=("Gameday",)),
    # due after Labor Day, in the calendar of the team that owns the service
    Tale("zone", "08-31 19:15", 2, "CDN", "CDN serves stale pages in the west zone",
         "The purge queue had no consumer in that zone.", 55, "ray.castillo",
         Look("09-01", "ray.castillo", "09-08", "row")),
    # September: half of what is due is late
    Tale("token", "09-02 07:48", 2, "API", "API rejects valid tokens after key rotation",
         "One node kept the old key in memory.", 37, "marcus.oyelaran", Look("09-03", "marcus.oyelaran", "09-11")),
    Tale("login", "09-05 11:02", 1, "Web", "Nobody can log in through single sign-on",
         "The identity provider's metadata had expired.", 63, "leila.haddad", Look("09-07", "leila.haddad", "09-11")),
    # voluntary
    Tale("layers", "09-08 15:20", 3, "Registry", "Registry garbage collection removes live layers",
         "Two collections ran at once.", 130, "hana.kimura", Look("09-09", "hana.kimura", "09-15")),
    # a review that was closed with nothing in it
    Tale("macs", "09-10 09:30", 2, "CI Runners", "macOS runners wait for disk space",
         "Images of old releases were never removed.", 210, "sofia.lindgren",
         Look("09-14", "sofia.lindgren", "09-22", care="none")),
    Tale("sessions", "09-14 12:11", 2, "Redis", "Sessions vanish when Redis evicts early",
         "The memory limit ignored the replication buffer.", 42, "tomas.vrba", Look("09-15", "tomas.vrba", "09-18")),
    # unowned, with a weight in the SLA
    Tale("search1", "09-16 10:09", 2, "Search", "Search returns nothing for new projects",
         "The indexer had stopped without an alert.", 400, "marcus.oyelaran"),
    # overdue: its waiver has lapsed
    Tale("batch", "09-18 21:40", 2, "API", "Batch endpoint times out for large imports",
         "A query plan changed with the statistics.", 150, "marcus.oyelaran",
         Look("09-21", "marcus.oyelaran", care="half")),
    Tale("editor", "09-21 08:51", 2, "Web", "Web editor loses unsaved text",
         "Two tabs wrote the same draft.", 88, "leila.haddad", Look("09-22", "leila.haddad", "09-30")),
    # missing
    Tale("export", "09-22 17:05", 2, "Web", "Project exports stay empty",
         "A bucket policy was tightened.", 300, "nadia.rahman"),
    # two incidents that share a review
    Tale("lock1", "09-23 13:25", 2, "Postgres", "Migration holds a lock on the projects table",
         "A migration added an index without asking for it to be concurrent.", 26, "milan.kovac",
         Look("09-25", "milan.kovac", "09-30")),
    Tale("lock2", "09-24 13:31", 2, "Postgres", "Migration holds a lock on the issues table",
         "The same migration ran for the second database.", 19, "milan.kovac", Look("", "lock1", via="with")),
    # a duplicate, and what it is a duplicate of
    Tale("flap", "09-28 06:14", 2, "Redis", "Redis sentinel flaps between two nodes",
         "A clock was off by four seconds.", 33, "tomas.vrba", Look("09-29", "tomas.vrba", "10-05", "row")),
    Tale("flap2", "09-28 06:15", 2, "Redis", "Redis sentinel is unhealthy",
         "Told by a second alert.", 5, "tomas.vrba", marks=("duplicate:flap",)),
    # October is better than September
    Tale("tls", "10-01 15:44", 2, "CDN", "TLS handshakes fail for old clients",
         "A cipher list was shortened.", 71, "priya.raman", Look("10-02", "priya.raman", "10-08")),
    # overdue, snoozed by a label
    Tale("graphql", "10-05 10:40", 2, "API", "GraphQL answers are cut after 1,000 nodes",
         "A limit was applied twice.", 125, "leila.haddad", Look("10-07", "leila.haddad", care="half")),
    Tale("arm", "10-06 09:18", 2, "CI Runners", "ARM runners pick jobs for the wrong architecture",
         "A tag was missing in the new image.", 52, "ben.adeyemi", Look("10-08", "ben.adeyemi", "10-15")),
    Tale("docs", "10-07 11:00", 4, "Web", "Help pages link to a retired domain",
         "A redirect was removed.", 600, "nadia.rahman"),
    # waived
    Tale("vendor", "10-08 04:52", 2, "API", "Payment callbacks rejected by the provider",
         "The provider changed a signature without notice.", 240, "marcus.oyelaran",
         Look("10-09", "marcus.oyelaran", care="half")),
    Tale("pull", "10-12 14:02", 2, "Registry", "Image pulls end in the middle of a layer",
         "A read replica lagged behind.", 44, "hana.kimura", Look("10-13", "hana.kimura", "10-19")),
    # confidential and overdue
    Tale("logged", "10-13 18:26", 2, "API", "Access tokens written to the debug log",
         "A debug flag was left on after a test.", 35, "tomas.vrba",
         Look("10-14", "tomas.vrba", care="half"), secret=True),
    # unowned, with a weight in the SLA
    Tale("search2", "10-14 12:37", 2, "Search", "Search cluster rejects writes",
         "A disk watermark was reached.", 160, "leila.haddad"),
    # missing, with a title that somebody's tool wrote
    Tale("echo", "10-15 06:58", 2, "Redis",
         "Rate limits off: <img src=x onerror=alert(1)> ![](https://tracker.invalid/x.png) | @all /close",
         "A test of the alert bridge was pasted into a real alert.", 50, "tomas.vrba", marks=("unassigned",)),
    Tale("down", "10-16 17:20", 1, "CDN", "All static assets unavailable",
         "A configuration without origins was pushed everywhere.", 28, "ray.castillo",
         Look("10-16", "ray.castillo", "10-23")),
    # required by its label
    Tale("quota", "10-19 09:45", 3, "API", "Quota warnings sent to the wrong projects",
         "A join went over names.", 140, "marcus.oyelaran", Look("10-20", "marcus.oyelaran", "10-26"),
         marks=("Review-Requested",)),
    # missing, and nobody can be reached
    Tale("mail", "10-20 07:33", 2, "Mail Relay", "Confirmation mails arrive hours late",
         "The relay was on a block list.", 330, "victor.lam"),
    Tale("boards", "10-22 10:10", 2, "Web", "Issue boards do not load",
         "A bundle was built without its styles.", 39, "leila.haddad", Look("10-23", "leila.haddad", "10-29")),
    Tale("gameday2", "10-23 13:00", 2, "CDN", "Game day: withdraw a route",
         "Traffic moved as planned.", 45, "denise.walker", marks=("Gameday",)),
    Tale("cache", "10-26 08:29", 2, "CI Runners", "Runner cache uploads fail",
         "A bucket moved to another region.", 65, "sofia.lindgren", Look("10-27", "sofia.lindgren", "11-02")),
    # escaped: lowered after five hours, and nobody reviewed it
    Tale("hooks", "10-27 16:00", 2, "API", "Webhooks delivered twice",
         "A retry did not see that the first try had worked.", 310, "tomas.vrba", marks=("lowered",)),
    # its review is known by the title only
    Tale("memory", "10-28 05:50", 2, "Redis", "Redis memory grows without bound",
         "Keys of deleted projects were never expired.", 190, "tomas.vrba",
         Look("10-29", "tomas.vrba", "11-04", "title")),
    Tale("builder", "10-29 13:40", 2, "CI Runners", "Internal image builder out of disk",
         "Nobody outside the company noticed.", 220, "ben.adeyemi", marks=("backstage",)),
    Tale("vacuum", "10-30 03:15", 2, "Postgres", "Replica lag during vacuum",
         "A long transaction held back the horizon.", 84, "jan.petersen", Look("11-02", "jan.petersen", "11-06")),
    # November: nearly all in time
    Tale("slow", "11-02 09:05", 1, "API", "API latency ten times its usual",
         "A feature flag reached everybody instead of one percent.", 57, "marcus.oyelaran",
         Look("11-02", "marcus.oyelaran", "11-06")),
    Tale("merge", "11-03 11:48", 2, "Web", "Merge button stays disabled",
         "A status check reported under its old name.", 92, "leila.haddad", Look("11-04", "leila.haddad", "11-10")),
    Tale("npm", "11-05 10:30", 2, "Registry", "Package downloads fail for scoped names",
         "A slash was decoded once too often.", 47, "hana.kimura", Look("11-06", "hana.kimura", "11-12", "row")),
    # overdue: the pilot has reminded once, and the second reminder is due today
    Tale("queue", "11-06 08:20", 2, "CI Runners", "Jobs wait twenty minutes for a runner",
         "The autoscaler counted idle machines twice.", 135, "sofia.lindgren",
         Look("11-09", "sofia.lindgren", care="half")),
    Tale("stale", "11-06 20:02", 2, "CDN", "Stale release assets after publication",
         "The purge key was built from the old path.", 68, "priya.raman",
         Look("11-09", "priya.raman", "11-13", care="wrong")),
    # missing; the on-call engineer is asked
    Tale("upload", "11-09 15:36", 2, "API", "Uploads above 100 MB are refused",
         "A proxy limit came back with a new image.", 100, "nadia.rahman"),
    Tale("drafts", "11-09 17:12", 2, "Web", "Comment drafts overwrite each other",
         "A key in the browser's storage lacked the issue's number.", 64, "leila.haddad",
         Look("11-10", "leila.haddad", "11-13", "row")),
    # due after Veterans Day
    Tale("route", "11-10 22:41", 2, "CDN", "Route leak slows traffic from Asia",
         "A peer announced what it should not.", 77, "ray.castillo", Look("11-12", "ray.castillo", "11-18")),
    # due a day later thanks to a holiday of its team, and completed on that day
    Tale("index", "11-12 09:12", 2, "Postgres", "Index corruption on a replica",
         "A library sorted text in another order.", 260, "jan.petersen", Look("11-13", "jan.petersen", "11-20")),
    Tale("gpu", "11-12 11:26", 2, "CI Runners", "GPU runners refuse jobs after a driver update",
         "The driver was newer than the library in the image.", 118, "ben.adeyemi",
         Look("11-13", "ben.adeyemi", "11-19")),
    # due today for the same reason; nobody is assigned
    Tale("backup", "11-13 07:30", 2, "Postgres", "Nightly backup takes fourteen hours",
         "Compression had been switched off.", 840, "milan.kovac", Look("11-17", "")),
    # overdue, and left alone: a person has just said how it stands
    Tale("markdown", "11-13 12:45", 2, "Web", "Markdown preview shows raw text",
         "A sanitizer update dropped a tag.", 58, "leila.haddad", Look("11-16", "leila.haddad", care="half")),
    Tale("labels", "11-14 18:00", 3, "Web", "Label colours are wrong in dark mode",
         "A variable was renamed.", 1500, "nadia.rahman"),
    # pending, due today
    Tale("search3", "11-16 10:03", 2, "API", "API search endpoint returns 500",
         "The client did not survive a refused connection.", 85, "marcus.oyelaran",
         Look("11-18", "marcus.oyelaran", care="half")),
    # inconclusive: no severity
    Tale("unrated", "11-17 14:14", 0, "Web", "Some users see another language",
         "Not understood yet.", 60, "nadia.rahman"),
    Tale("tags", "11-18 09:26", 2, "Registry", "Tag list is empty for large repositories",
         "Paging stopped at the first gap.", 41, "hana.kimura", Look("11-19", "hana.kimura", "11-20")),
    # pending, due after Thanksgiving
    Tale("origin", "11-19 16:55", 1, "CDN", "Origin shield returns 503 for a third of requests",
         "Under investigation.", 46, "priya.raman"),
    # pending
    Tale("wal", "11-20 11:37", 2, "Postgres", "Write-ahead log fills the disk",
         "An unused replication slot kept it.", 73, "milan.kovac", Look("11-20", "milan.kovac", care="none")),
    Tale("windows", "11-21 13:13", 3, "CI Runners", "Windows runners start slowly",
         "An image grew by 9 GB.", 480, "ben.adeyemi"),
)  # fmt: skip


class Action(NamedTuple):
    """A corrective action of a review."""

    of: str
    title: str
    opened: str
    severity: int
    assignee: str
    done: str = ""


ACTIONS = (
    Action("failover", "Fence the old primary before promoting", "08-20", 1, "jan.petersen", "08-26"),
    Action("login", "Alert two weeks before metadata expires", "09-11", 2, "leila.haddad"),  # late since October
    Action("sessions", "Alert on early evictions", "09-18", 3, "tomas.vrba", "10-20"),
    Action("lock1", "Refuse migrations that index without concurrency", "09-30", 2, ""),  # nobody is assigned
    Action("down", "Stage configuration by zone", "10-23", 1, "ray.castillo", "10-29"),
    Action("memory", "Expire keys with their project", "11-04", 3, "tomas.vrba"),
    Action("slow", "Let flags start at one percent", "11-06", 2, "marcus.oyelaran"),
)
ACTED_ON = frozenset(action.of for action in ACTIONS)
UNLABELLED = frozenset({"arm"})
"""Reviews without a severity label."""
RETITLED = {"boards": "what happened on Thursday"}
"""Reviews whose titles do not tell what they are about."""
FORGOTTEN = frozenset({"token", "tls"})
"""Reviews that were completed without a corrective action, and without saying that none is needed."""
