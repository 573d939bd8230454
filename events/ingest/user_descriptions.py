"""What a person wrote about an event they met, added to that event once it is there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from events.ingest.claims import Claim
from events.ingest.context import EventContext
from events.ingest.parking import postpone
from events.ingest.project_settings import project_settings
from events.models import Event, Submission
from events.search.sql.storage import rewrite_document
from exceptionless_site.core import json
from exceptionless_site.core.clock import utc_now
from projects.models import Project

KEY = "@user_description"


class EventNotThereYet(LookupError):  # noqa: N818 - an outcome, not a fault
    """The described event has not arrived; the queue tries again, and parks the description in the end."""


def apply_user_description(claim: Claim) -> None:
    """Merge the one claimed description into the newest event with its reference id.

    Raises EventNotThereYet, LostClaim. The description of a project that was deleted meanwhile is let go.
    """
    (submission,) = claim.submissions
    body = _body(submission)
    project = Project.objects.alive().filter(pk=submission.project_id).first()
    with transaction.atomic():
        if project is not None:
            event = _events(submission, body).order_by("-key").select_for_update().first()
            if event is None:
                raise EventNotThereYet("no event with this reference id has arrived yet")
            is_private = not project_settings(project).include_private_information
            rewrite_document(event, describe(event.content, body, without_address=is_private))
        claim.finish()


def wait_for_event(submission: Submission, error: EventNotThereYet) -> None:
    """Try a claimed description again later, or at once when its event has arrived since it was looked for."""
    postpone(submission, error)
    # Whoever stored the event in between has passed over the description, which was claimed.
    if _events(submission, _body(submission)).exists():
        _retry(Submission.objects.filter(key=submission.key))


def wake_descriptions(contexts: Iterable[EventContext]) -> None:
    """Let the descriptions of events that have just been stored be tried at once, those that were given up too."""
    stored = {
        (context.project.project_id, context.event.reference_id): context.project.organization_id
        for context in contexts
        if context.is_live and context.event.reference_id
    }
    if not stored:
        return
    rows = Submission.objects.filter(
        organization_id__in=set(stored.values()),
        project_id__in={project_id for project_id, _ in stored},
        reference_id__in={reference_id for _, reference_id in stored},
    )
    waiting = rows.order_by().values_list("key", "project_id", "reference_id")
    keys = [key for key, *described in waiting if tuple(described) in stored]
    if keys:
        _retry(Submission.objects.filter(key__in=keys))


def _retry(descriptions: QuerySet[Submission]) -> None:
    descriptions.filter(claimed_by="").update(parked_utc=None, attempts=0, error="", available_utc=utc_now())


def _body(submission: Submission) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(bytes(submission.payload))
    return body


def _events(submission: Submission, body: dict[str, Any]) -> QuerySet[Event]:
    return Event.objects.filter(
        organization_id=submission.organization_id,
        project_id=submission.project_id,
        reference_id=body["reference_id"],
    )


def describe(document: dict[str, Any], body: dict[str, Any], *, without_address: bool = False) -> dict[str, Any]:
    """The event's document with the description and the extra data in its `data`."""
    data = document.setdefault("data", {})
    data.update(body.get("data") or {})
    names = ("description",) if without_address else ("email_address", "description")
    data[KEY] = {name: body[name] for name in names if isinstance(body.get(name), str)}
    return document
