"""Work on all events of a project: removing them, and adding samples."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice
from zlib import crc32

from django.db import transaction
from django.db.models import F

from events.ingest.direct import ingest_documents
from events.models import Event, Stack, WorkItem
from events.services.pace import Pace
from events.services.purge import purge_stacks
from events.services.sample_events import Document, sample_events
from exceptionless_site.core.clock import utc_now
from projects.models import Project
from projects.services.usage import count_project_usage

SAMPLE_EVENTS, SAMPLE_DAYS = 300, 7
_SAMPLES_AT_ONCE = 20
_EVENTS_AT_ONCE = 20_000
"""So many events, by their stacks' counters, are hidden and counted in one transaction."""


def reset_data(item: WorkItem, pace: Pace) -> bool:
    """Hide and count what came before the request, then remove it; False when the time ran out.

    What comes after the request stays: the next event with the same cause makes a new stack.
    """
    return pace.repeat(partial(_hide_stacks, item)) and pace.repeat(purge_stacks)


@transaction.atomic
def _hide_stacks(item: WorkItem, limit: int) -> int:
    rows = Stack.objects.filter(
        organization_id=item.organization_id,
        project_id=item.project_id,
        created_utc__lte=item.requested_utc,
        is_deleted=False,
    )
    candidates = rows.order_by("pk").select_for_update().values_list("pk", "total_occurrences")[:limit]
    ids = _affordable(list(candidates))
    if not ids or item.organization_id is None:
        return 0
    # The index of stacks alone answers this, however many events there are.
    number = Event.objects.filter(stack_id__in=ids).count()
    count_project_usage(organization_id=item.organization_id, project_id=item.project_id, counts={"deleted": number})
    return Stack.objects.filter(pk__in=ids).update(is_deleted=True, updated_utc=utc_now())


def _affordable(stacks: Sequence[tuple[str, int]]) -> list[str]:
    """The first stacks that together have few enough events; at least one."""
    ids: list[str] = []
    events = 0
    for id_, total in stacks:
        events += total
        if ids and events > _EVENTS_AT_ONCE:
            break
        ids.append(id_)
    return ids


def add_samples(item: WorkItem, pace: Pace) -> bool:
    """Store the sample events that are not stored yet; False when the time ran out.

    The same item makes the same events whenever it is repeated, so it can go on where it stopped.
    """
    project = Project.objects.alive().filter(pk=item.project_id).first()
    if project is None:
        return True
    seed = crc32(item.pk.encode())
    documents = sample_events(count=SAMPLE_EVENTS, now=item.started_utc or utc_now(), days=SAMPLE_DAYS, seed=seed)
    waiting = islice(documents, item.progress, None)
    while batch := list(islice(waiting, _SAMPLES_AT_ONCE)):
        if pace.is_over:
            return False
        _store_samples(item, project, batch)
    return True


@transaction.atomic
def _store_samples(item: WorkItem, project: Project, documents: Sequence[Document]) -> None:
    """Together with the progress: a process that dies leaves neither events without it nor the reverse."""
    ingest_documents(project=project, documents=documents, keep_old=True)
    WorkItem.objects.filter(pk=item.pk).update(progress=F("progress") + len(documents))
