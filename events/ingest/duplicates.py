"""A reference id counts once per project and day: a batch that a client sends again stores nothing twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from events.ingest.context import EventContext
from events.ingest.parsers.fields import INVALID_REFERENCE_ID
from events.models import Event
from exceptionless_site.core.clock import utc_now

MEMORY = timedelta(hours=24)


def cancel_duplicates(contexts: Sequence[EventContext]) -> None:
    """Cancel events whose reference id an earlier event of the batch or a stored event of the last day has."""
    referenced = [context for context in contexts if context.is_live and _has_reference(context)]
    seen = _stored_references(referenced)
    for context in referenced:
        reference = (context.project.project_id, context.event.reference_id)
        if reference in seen:
            context.cancel()
        else:
            seen.add(reference)


def _has_reference(context: EventContext) -> bool:
    # The marker of ids that were no ids is shared by events that have nothing to do with each other.
    return bool(context.event.reference_id) and context.event.reference_id != INVALID_REFERENCE_ID


def _stored_references(contexts: Sequence[EventContext]) -> set[tuple[str, str | None]]:
    if not contexts:
        return set()
    rows = Event.objects.filter(
        project_id__in={context.project.project_id for context in contexts},
        reference_id__in={context.event.reference_id for context in contexts},
        created_utc__gte=utc_now() - MEMORY,
    )
    return set(rows.values_list("project_id", "reference_id"))
