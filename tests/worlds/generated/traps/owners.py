"""Traps 19 to 22: labels and owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.sandbox.demo import texts
from tests.worlds.generated import vocabulary as words
from tests.worlds.generated.builder import DAY, HOUR

if TYPE_CHECKING:
    from tests.worlds.generated.builder import Builder


def trap_19_spellings_of_labels(builder: Builder) -> None:
    """Spell the labels of reviews, requests and corrective actions in the ways that lie around."""
    incident = builder.incident("Badge of honour is missing", severity=3, labels=["review-requested"])
    builder.example(incident, "requested, in lower case")
    review = builder.review("About the badge", of=incident, linked=True, labels=["incidentreview"])
    builder.example(review, "a review by a label in lower case", incident)
    review.label("Incident:Review In Progress", at=review.at + HOUR, by=review.by)
    action = builder.other("Count the badges", at=incident.at + 2 * DAY, labels=["Corrective Action"])
    action.link(incident, at=incident.at + 2 * DAY, by=incident.by)
    builder.example(action, "a corrective action by a label in capitals", incident)
    web = builder.incident("Fonts are missing", service="Service:Web")
    builder.example(web, "a service label with one colon")
    api = builder.incident("Keys are missing", service="service::api")
    builder.example(api, "a service label in lower case")


def trap_20_labels_renamed_and_deleted(builder: Builder) -> None:
    """Rename a label, delete one that was added, and move issues within sight and out of it."""
    world, noon = builder.world, builder.early()
    for name in ("Service::Postgres Old", "Review-Wanted"):
        world.label(builder.production, name)
    renamed = builder.incident("Old name of the database", at=noon, service="Service::Postgres Old")
    renamed.unlabel("Service::Postgres Old", at=noon + HOUR, by=renamed.by)
    renamed.label("Service::Postgres", at=noon + HOUR, by=renamed.by)
    old, new = "Service::Postgres Old", "Service::Postgres 14"
    renamed.then(noon + 9 * DAY, lambda _: world.rename_label(builder.production, old, new))
    builder.example(renamed, "its history shows a label's new name")
    deleted = builder.incident("A label that is gone", at=noon, severity=3, labels=["Review-Wanted"])
    deleted.then(noon + 9 * DAY, lambda _: world.delete_label(builder.production, "Review-Wanted"))
    builder.example(deleted, "a label was added that is deleted today")
    inside = builder.incident("Moves to the second project", at=noon)
    inside.move(builder.project(words.EDGE), at=noon + DAY, by=inside.by)
    builder.incidents.append(inside)  # the copy is an incident as well
    builder.example(inside, "moved to a project that is read")
    outside = builder.incident("Moves out of sight", at=noon)
    outside.move(builder.project(words.VAULT), at=noon + DAY, by=outside.by)
    builder.example(outside, "moved to a project that the token cannot see")


def trap_20_review_moved(builder: Builder) -> None:
    """Move a review to the second review project: what it was moved to is the review."""
    incident = builder.incident("Preview pages are blank")
    review = builder.review(
        "Incident Review: blank previews", of=incident, linked=False, text=lambda: _row(incident.ref)
    )
    review.move(builder.project(words.DELIVERY), at=review.at + HOUR, by=review.by)
    builder.example(review, "a review that was moved to the second review project", incident)


def _row(link: str) -> str:
    return texts.review_text({"Link to Incident Issue": link}, summary="Blank, then not.")


def trap_21_services_of_all_sorts(builder: Builder) -> None:
    """Name two services, none, one that no catalogue has, a category instead, and one label for two owners."""
    two = builder.incident("Two services at once", labels=["Service::Redis"])
    builder.example(two, "two services")
    builder.example(builder.incident("No service named", service=None), "no service")
    builder.example(builder.incident("A service of old", service="Service::Sundial"), "a service in no catalogue")
    typed = builder.incident("Service typed as text", service=None, text="**Service:** Web and the thing behind it")
    typed.label("Category:Web", at=typed.at, by=typed.by)
    builder.example(typed, "a category label and typed text in the place of a service")
    shared = builder.incident("One label, two services", service="Service::Metrics")
    builder.example(shared, "one label leads to two services of two owners")
    for service in ("Search", "Mail", "Pages", "Exporter", "Queue"):
        unowned = builder.incident(f"Nobody's {service} fails", service=f"Service::{service}")
        builder.example(unowned, f"an unowned service: {service}")
    mixed = builder.incident("Owned and unowned", labels=["Service::Search"])
    builder.example(mixed, "an owned and an unowned service")


def trap_22_people_in_texts(builder: Builder) -> None:
    """Name people who are no accounts, doubled signs, and groups: nobody is to be mentioned for it."""
    text = (
        "IMOC: (user lookup failed), EOC: @@amara.okafor, shadow: @nobody.at.all, all of @tanuki and @all, please look."
    )
    incident = builder.incident("Who was there", text=texts.incident_text(text))
    review = builder.review(
        "Incident Review: who was there",
        of=incident,
        linked=True,
        done=None,
        text=lambda: _row(f"#{incident.iid}") + text,
    )
    builder.example(review, "mentions that must not be repeated", incident)
