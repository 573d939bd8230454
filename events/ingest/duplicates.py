"""A reference id counts once per project and day: a batch that a client sends again stores nothing twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from events.ingest.context import EventContext
from events.ingest.parsers.fields import identifies
from events.ingest.reference_locks import lock_references
from events.models import Event
from exceptionless_site.core.clock import utc_now

MEMORY = timedelta(hours=24)


def run(contexts: Iterable[EventContext]) -> None:
    """The pipeline's step: cancel what was sent before, and mark the others to be looked at again when written."""
    for context in cancel_duplicates(contexts):
        context.is_referenced = True


def cancel_duplicates(contexts: Iterable[EventContext]) -> list[EventContext]:
    """Cancel events whose reference id an earlier event of the batch or a stored event of the last day has.

    The others that have a reference id are returned.
    """
    referenced = [context for context in contexts if context.is_live and identifies(context.event.reference_id)]
    seen = _stored_references(referenced)
    kept = []
    for context in referenced:
        reference = (context.project.project_id, context.event.reference_id)
        if reference in seen:
            context.cancel()
        else:
            seen.add(reference)
            kept.append(context)
    return kept


def has_new_duplicates(contexts: Iterable[EventContext]) -> bool:
    """Whether another worker stored one of the reference ids since the batch was read.

    Call it in the writer's transaction. With the reference ids locked, the other worker's events are either there to
    be seen or come later.
    """
    live = [context for context in contexts if context.is_live]
    if not live:
        return False
    lock_references(live)
    return bool(_stored_references(live))


def _stored_references(contexts: Sequence[EventContext]) -> set[tuple[str, str | None]]:
    if not contexts:
        return set()
    rows = Event.objects.filter(
        project_id__in={context.project.project_id for context in contexts},
        reference_id__in={context.event.reference_id for context in contexts},
        created_utc__gte=utc_now() - MEMORY,
    )
    return set(rows.values_list("project_id", "reference_id"))
