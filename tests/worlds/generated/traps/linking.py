"""Traps 1 to 8: which review belongs to which incident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.sandbox.demo import texts
from tests.worlds.generated import vocabulary as words
from tests.worlds.generated.builder import DAY, HOUR

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.sandbox.demo.drafts import Draft
    from tests.worlds.generated.builder import Builder

_SUMMARY = "The service answered with errors until the change was taken back."


def row(link: str, **more: str) -> str:
    """Write a review whose link row says this."""
    return texts.review_text({"Link to Incident Issue": link, **more}, summary=_SUMMARY)


def prose(details: str) -> str:
    """Write a review that says this in its details."""
    return texts.review_text({"Customers Affected": "some"}, summary=_SUMMARY, details=details)


def trap_01_ways_to_name_the_incident(builder: Builder) -> None:
    """Name it by a row, an address or id of the paging system, a number in the title, or nothing but the title."""
    names = ("blue", "green", "red", "grey", "gold", "pink")
    blue, green, red, grey, gold, pink = (
        builder.incident(
            f"Cache of the {name} zone is cold" + (" (INC-4711)" if name == "pink" else ""),
            text=texts.incident_text("Pages load slowly.", extra="Paged as INC-4712." if name == "green" else ""),
        )
        for name in names
    )
    address = "https://app.incident.io/tanuki/incidents/4712"
    made = (
        (blue, "Incident Review: cold cache", lambda: row(f"#{blue.iid}"), "key_information_row"),
        (green, "Incident Review: second cold cache", lambda: row(address), "external_id"),
        (red, lambda: f"Incident Review for the third cold cache #{red.iid}", texts.TEMPLATE, "title_reference"),
        (grey, lambda: f"Incident Review: fourth cold cache ({grey.iid})", texts.TEMPLATE, "title_reference"),
        (gold, "Incident Review: Cache of the gold zone is cold", texts.TEMPLATE, "title_match"),
        (pink, "Incident Review: fifth cold cache", prose("See INC-4711."), "external_id"),
    )
    for incident, title, text, signal in made:
        review = builder.review(title, of=incident, text=text)
        builder.example(review, f"found by {signal}", incident)


def trap_02_links_to_everything_else(builder: Builder) -> None:
    """Link a corrective action and a change, and list incidents that the review is not about."""
    first, second, third = (builder.incident(f"Index {name} is rebuilt by day") for name in ("north", "south", "east"))
    action = builder.other("Rebuild indexes by night", at=first.at + DAY, labels=["corrective action"])
    change = builder.other("Change: rebuild the index", at=first.at - DAY, labels=["change"])
    review = builder.review(
        "Incident Review: index rebuilds",
        of=third,
        text=lambda: row(f"#{third.iid}") + f"\n\nLike #{first.iid} and #{second.iid}, and unlike #{change.iid}.\n",
    )
    review.link(action, at=review.at + HOUR, by=review.by).link(change, at=review.at + HOUR, by=review.by)
    builder.example(review, "names two more incidents, and links issues that are none", third)
    listing = builder.review(
        "Incident Review: all index rebuilds of the quarter",
        of=third,
        opened=2 * DAY,
        text=lambda: prose(f"They were #{first.iid}, #{second.iid} and #{third.iid}."),
    )
    builder.example(listing, "a list of incidents and no signal")


def trap_03_one_review_for_several(builder: Builder) -> None:
    """Give the table a column for each incident; let a second, nearly empty review point to another."""
    one, two = (builder.incident(f"Mail relay {n} refuses connections") for n in (1, 2))
    later = max((one, two), key=lambda draft: draft.at)
    both = builder.review(
        "Incident Review: both mail relays",
        of=later,
        text=lambda: texts.review_text(
            {
                "Customers Affected": ("120", "80"),
                "Total Duration": ("30 minutes", "45 minutes"),
                "Link to Incident Issue": (f"#{one.iid}", f"#{two.iid}"),
            },
            summary=_SUMMARY,
        ),
    )
    builder.example(both, "one review for two incidents, a column each", one)
    builder.example(both, "one review for two incidents, a column each", two)
    pointer = builder.review(
        "Incident Review: second mail relay",
        of=later,
        opened=2 * DAY,
        linked=True,
        text=lambda: f"The whole story is told in #{both.iid}.",
    )
    builder.example(pointer, "points to another review and says nothing itself", both)


def trap_04_review_inside_the_incident(builder: Builder) -> None:
    """Review inside the incident: completed, untouched, or in a comment."""
    done = builder.incident(
        "Login tokens expire too early",
        text=texts.incident_text("People log in twice.", extra=prose("A clock drifted.")),
    )
    done.label("Incident::Review-Completed", at=done.at + 3 * DAY, by=done.by)
    builder.example(done, "inline review, completed by its label")
    untouched = builder.incident(
        "Search returns stale pages", text=texts.incident_text("Old pages.", extra=texts.TEMPLATE)
    )
    builder.example(untouched, "inline review, untouched")
    said = builder.incident("Avatars are gone")
    said.comment("Root cause analysis: the bucket's rule was renamed, its user was not.", at=said.at + DAY, by=said.by)
    builder.example(said, "a root cause analysis in a comment")


def trap_05_review_elsewhere(builder: Builder) -> None:
    """Put the review into another project, where a bare number means that project."""
    incident = builder.incident("Artifacts cannot be fetched")
    bystander = builder.other("Upgrade the fetcher", at=incident.at - DAY, path=words.DELIVERY)
    review = builder.review(
        "RCA for the artifacts",
        of=incident,
        project=builder.project(words.DELIVERY),
        text=lambda: row(f"production#{incident.iid}") + f"\n\nSee also #{bystander.iid}.\n",
    )
    builder.example(review, "lies in another project, and its bare number is that project's", incident)
    edge = builder.incident("Proxy in the south drops packets", project=builder.project(words.EDGE))
    away = builder.review(
        "Incident Review: dropped packets", of=edge, project=builder.project(words.DELIVERY), text=lambda: row(edge.ref)
    )
    builder.example(away, "the incident's project has no reviews at all", edge)


def trap_06_titles_of_reviews(builder: Builder) -> None:
    """Write the prefix in every way that people do, once without label, and once where it means nothing."""
    incident = builder.incident("Invoices are sent twice")
    day = f"{incident.at:%Y-%m-%d}"
    titles = (
        *(
            "Incident Review: invoices twice",
            f"Incident review: {day} - invoices twice",
            "Incident Review for invoices",
        ),
        *("RCA for invoices", f"{day} 10:00 UTC: Incident Review: invoices", "RCA - invoices", "INCIDENT REVIEW #1"),
    )
    for n, title in enumerate(titles):
        labels = () if n == 3 else ("IncidentReview",)
        review = builder.review(
            title, of=incident, opened=DAY + n * HOUR, linked=True, labels=labels, text=prose("Told elsewhere.")
        )
        builder.example(review, f"a review by its title {title!r}", incident)
    process = builder.other("Incident Review process: shorten the template", at=incident.at + DAY)
    builder.example(process, "no review: the prefix is part of a sentence")


def trap_07_equal_titles(builder: Builder) -> None:
    """Share titles: three of one day, one letter apart, older than its incident, and five weeks apart."""
    noon = builder.early()
    triplets = [builder.incident("Queue of exports grows", at=noon + n * HOUR) for n in range(3)]
    shared = builder.review("Incident Review: Queue of exports grows", of=triplets[2])
    builder.example(shared, "three incidents share its title: no signal")
    near = [builder.incident(f"Balancer {name} flaps in the east", at=noon + n * HOUR) for n, name in enumerate("ab")]
    close = builder.review("Incident Review: Balancer b flaps in the east", of=near[1])
    builder.example(close, "its incident's title is one letter away from another", near[1])
    early = builder.incident("Sessions vanish after the night", at=noon + 5 * DAY)
    older = builder.review("Incident Review: Sessions vanish after the night", of=early, opened=-2 * DAY, done=10 * DAY)
    builder.example(older, "older than the incident whose title it shares: no signal")
    apart = [builder.incident("Import of issues stalls", at=at) for at in (noon, noon + 35 * DAY)]
    again = builder.review("Incident Review: Import of issues stalls", of=apart[1])
    builder.example(again, "two incidents of one title within the window: no signal")


def _forms(path: str) -> dict[str, Callable[[int], str]]:
    here = f"https://{words.HOST}/{path}"
    return {
        "#12": lambda n: f"#{n}",
        "project#12": lambda n: f"{path.rpartition('/')[2]}#{n}",
        "group/project#12": lambda n: f"{path}#{n}",
        "/issues/12": lambda n: f"{here}/issues/{n}",
        "/-/issues/12": lambda n: f"{here}/-/issues/{n}",
        "/-/issues/incident/12": lambda n: f"{here}/-/issues/incident/{n}",
        "/-/work_items/12": lambda n: f"{here}/-/work_items/{n}",
        "a trailing slash": lambda n: f"{here}/-/issues/{n}/",
        "a query and an anchor": lambda n: f"{here}/-/issues/{n}?tab=designs#top",
        "+": lambda n: f"#{n}+",
        "+s": lambda n: f"{here}/-/issues/{n}+s",
        "a Markdown link": lambda n: f"[the incident]({here}/-/issues/{n})",
        "the address of a comment": lambda n: f"{here}/-/issues/{n}#note_77",
        "a former path": lambda n: f"{words.FORMER_PRODUCTION}#{n}",
    }


def trap_08_forms_of_references(builder: Builder) -> None:
    """Refer in every form that GitLab reads; and in forms that are something else."""
    for name, write in _forms(words.PRODUCTION).items():
        incident = builder.incident(f"Webhook {name} is not delivered")

        def text(incident: Draft = incident, write: Callable[[int], str] = write) -> str:
            return row(write(incident.iid))

        review = builder.review(f"Incident Review: undelivered webhook, {name}", of=incident, text=text)
        builder.example(review, f"refers by {name}", incident)
    nothing = builder.incident("Calendar feed is empty")
    for what, form in (
        ("a chat channel", "`#incident-{n}` and #incident-{n}"),
        ("another host", "https://gitlab.elsewhere.example/tanuki/sre/production/-/issues/{n}"),
        ("text in code", "`#{n}`"),
        ("a title that is cut", "Calendar feed is..."),
    ):
        title = "Incident Review: Calendar feed is..." if "cut" in what else f"Incident Review: feed, {what}"

        def wrong(form: str = form) -> str:
            return row(form.format(n=nothing.iid))

        builder.example(builder.review(title, of=nothing, text=wrong), f"{what} is no reference")
