"""What a person wrote about an event they met, added to that event once it is there."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from events.ingest.claims import Claim
from events.models import Event
from events.search.sql.storage import rewrite_document
from exceptionless_site.core import json
from projects.models import Project

KEY = "@user_description"


class EventNotThereYet(LookupError):  # noqa: N818 - an outcome, not a fault
    """The described event has not arrived; the queue tries again, and parks the description in the end."""


def apply_user_description(claim: Claim) -> None:
    """Merge the one claimed description into the newest event with its reference id.

    Raises EventNotThereYet, LostClaim. The description of a project that was deleted meanwhile is let go.
    """
    (submission,) = claim.submissions
    body: dict[str, Any] = json.loads(bytes(submission.payload))
    with transaction.atomic():
        event = (
            Event.objects.filter(
                organization_id=submission.organization_id,
                project_id=submission.project_id,
                reference_id=body["reference_id"],
            )
            .order_by("-key")
            .select_for_update()
            .first()
        )
        if event is None:
            if not Project.objects.alive().filter(pk=submission.project_id).exists():
                claim.finish()
                return
            raise EventNotThereYet("no event with this reference id has arrived yet")
        rewrite_document(event, describe(event.content, body))
        claim.finish()


def describe(document: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """The event's document with the description and the extra data in its `data`."""
    data = document.setdefault("data", {})
    data.update(body.get("data") or {})
    data[KEY] = {name: body[name] for name in ("email_address", "description") if isinstance(body.get(name), str)}
    return document
