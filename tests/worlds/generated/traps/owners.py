"""Traps 19 to 22: labels and owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.sandbox.demo import service_files as words
from audit.sandbox.demo import texts
from tests.worlds.generated.stage import DAY, HOUR

if TYPE_CHECKING:
    from tests.worlds.generated.stage import Stage


def trap_19_spellings_of_labels(stage: Stage) -> None:
    """Spell the labels of reviews, requests and corrective actions in the ways that lie around."""
    incident = stage.incident("Badge of honour is missing", severity=3, labels=["review-requested"])
    stage.example(incident, "requested, in lower case")
    review = stage.review("About the badge", of=incident, linked=True, labels=["incidentreview"])
    stage.example(review, "a review by a label in lower case", incident)
    review.label("Incident:Review In Progress", at=review.at + HOUR, by=review.by)
    action = stage.other("Count the badges", at=incident.at + 2 * DAY, labels=["Corrective Action"])
    action.link(incident, at=incident.at + 2 * DAY, by=incident.by)
    stage.example(action, "a corrective action by a label in capitals", incident)
    web = stage.incident("Fonts are missing", service="Service:Web")
    stage.example(web, "a service label with one colon")
    api = stage.incident("Keys are missing", service="service::api")
    stage.example(api, "a service label in lower case")


def trap_20_labels_renamed_and_deleted(stage: Stage) -> None:
    """Rename a label, delete one that was added, and move issues within sight and out of it."""
    world, noon = stage.world, stage.early()
    for name in ("Service::Postgres Old", "Review-Wanted"):
        world.label(stage.production, name)
    renamed = stage.incident("Old name of the database", at=noon, service="Service::Postgres Old")
    renamed.unlabel("Service::Postgres Old", at=noon + HOUR, by=renamed.by)
    renamed.label("Service::Postgres", at=noon + HOUR, by=renamed.by)
    old, new = "Service::Postgres Old", "Service::Postgres 14"
    renamed.then(noon + 9 * DAY, lambda _: world.rename_label(stage.production, old, new))
    stage.example(renamed, "its history shows a label's new name")
    deleted = stage.incident("A label that is gone", at=noon, severity=3, labels=["Review-Wanted"])
    deleted.then(noon + 9 * DAY, lambda _: world.delete_label(stage.production, "Review-Wanted"))
    stage.example(deleted, "a label was added that is deleted today")
    inside = stage.incident("Moves to the second project", at=noon)
    inside.move(stage.place(words.EDGE), at=noon + DAY, by=inside.by)
    stage.incidents.append(inside)  # the copy is an incident as well
    stage.example(inside, "moved to a project that is read")
    outside = stage.incident("Moves out of sight", at=noon)
    outside.move(stage.place(words.VAULT), at=noon + DAY, by=outside.by)
    stage.example(outside, "moved to a project that the token cannot see")


def trap_20_review_moved(stage: Stage) -> None:
    """Move a review to the second review project: what it was moved to is the review."""
    incident = stage.incident("Preview pages are blank")
    review = stage.review("Incident Review: blank previews", of=incident, linked=False, text=lambda: _row(incident.ref))
    review.move(stage.place(words.DELIVERY), at=review.at + HOUR, by=review.by)
    stage.example(review, "a review that was moved to the second review project", incident)


def _row(link: str) -> str:
    return texts.review_text({"Link to Incident Issue": link}, summary="Blank, then not.")


def trap_21_services_of_all_sorts(stage: Stage) -> None:
    """Name two services, none, one that no catalogue has, a category instead, and one label for two owners."""
    two = stage.incident("Two services at once", labels=["Service::Redis"])
    stage.example(two, "two services")
    stage.example(stage.incident("No service named", service=None), "no service")
    stage.example(stage.incident("A service of old", service="Service::Sundial"), "a service in no catalogue")
    typed = stage.incident("Service typed as text", service=None, text="**Service:** Web and the thing behind it")
    typed.label("Category:Web", at=typed.at, by=typed.by)
    stage.example(typed, "a category label and typed text in the place of a service")
    shared = stage.incident("One label, two services", service="Service::Metrics")
    stage.example(shared, "one label leads to two services of two owners")
    for service in ("Search", "Mail", "Pages", "Exporter", "Queue"):
        unowned = stage.incident(f"Nobody's {service} fails", service=f"Service::{service}")
        stage.example(unowned, f"an unowned service: {service}")
    mixed = stage.incident("Owned and unowned", labels=["Service::Search"])
    stage.example(mixed, "an owned and an unowned service")


def trap_22_people_in_texts(stage: Stage) -> None:
    """Name people who are no accounts, doubled signs, and groups: nobody is to be mentioned for it."""
    text = (
        "IMOC: (user lookup failed), EOC: @@amara.okafor, shadow: @nobody.at.all, all of @tanuki and @all, please look."
    )
    incident = stage.incident("Who was there", text=texts.incident_text(text))
    review = stage.review(
        "Incident Review: who was there",
        of=incident,
        linked=True,
        done=None,
        text=lambda: _row(f"#{incident.iid}") + text,
    )
    stage.example(review, "mentions that must not be repeated", incident)
