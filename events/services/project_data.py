"""Work on all events of a project: removing them, and adding samples."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice
from zlib import crc32

from django.db import transaction
from django.db.models import F

from events.ingest.direct import ingest_documents
from events.models import Stack, WorkItem
from events.services.pace import Pace
from events.services.purge import purge_stacks
from events.services.sample_events import Document, sample_events
from exceptionless_site.core.clock import utc_now
from projects.models import Project

SAMPLE_EVENTS, SAMPLE_DAYS = 300, 7
_SAMPLES_AT_ONCE = 20


def reset_data(item: WorkItem, pace: Pace) -> bool:
    """Hide what came before the request, then remove and count it; False when the time ran out.

    What comes after the request stays: the next event with the same cause makes a new stack.
    """
    return pace.repeat(partial(_hide_stacks, item)) and purge_stacks(pace)


@transaction.atomic
def _hide_stacks(item: WorkItem, limit: int) -> int:
    rows = Stack.objects.filter(
        organization_id=item.organization_id,
        project_id=item.project_id,
        created_utc__lte=item.requested_utc,
        is_deleted=False,
    )
    ids = list(rows.order_by("pk").select_for_update().values_list("pk", flat=True)[:limit])
    if not ids:
        return 0
    hidden = Stack.objects.filter(organization_id=item.organization_id, pk__in=ids)
    return hidden.update(is_deleted=True, updated_utc=utc_now())


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
