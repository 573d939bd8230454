"""A reference id counts once per project and day: a batch that a client sends again stores nothing twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from events.ingest.context import EventContext
from events.ingest.parsers.fields import identifies
from events.models import Event, Stack
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


def has_new_duplicates(contexts: Sequence[EventContext], stacks: Sequence[Stack]) -> bool:
    """Whether another worker stored one of the reference ids since the batch was read.

    Call it in the writer's transaction, with the stacks of the batch. An event that is sent twice has the same
    stack twice: with its row locked, the other worker's events are either there to be seen or come later.
    """
    live = [context for context in contexts if context.is_live]
    if not live:
        return False
    keys = sorted(stack.pk for stack in stacks)
    organizations = {stack.organization_id for stack in stacks}
    locked = Stack.objects.filter(organization_id__in=organizations, pk__in=keys).order_by("pk").select_for_update()
    list(locked.values_list("pk"))
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
