"""The queue of long work: asking for it, and doing it slice by slice."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from events.models import WorkItem
from events.models.work_item import WorkItemKind
from events.services.bot_events import delete_bot_events
from events.services.clean_up import run_clean_up
from events.services.orphans import remove_orphans
from events.services.pace import Pace
from events.services.project_data import add_samples, reset_data
from events.services.purge import purge_deleted
from events.services.stack_counters import correct_stack_counters
from exceptionless_site.core.clock import utc_now
from projects.models import Project

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""A process that was silent for so long is taken for dead, and its work is done by another."""
SLICE_SECONDS = 4.0
MAXIMUM_FAILURES = 5
FINISHED_KEPT = timedelta(days=7)
_RETRY = timedelta(minutes=1)
_ERROR_LENGTH = 2_000

Handler = Callable[[WorkItem, Pace], bool]
"""Works until it is done (True) or its time ran out (False). It may be repeated, and run twice at once."""

HANDLERS: Mapping[str, Handler] = {
    WorkItemKind.RESET_DATA: reset_data,
    WorkItemKind.SAMPLE_DATA: add_samples,
    WorkItemKind.PURGE: lambda item, pace: purge_deleted(pace),
    WorkItemKind.CLEAN_UP: lambda item, pace: run_clean_up(pace) and remove_finished(pace),
    WorkItemKind.ORPHANED_DATA: lambda item, pace: remove_orphans(pace),
    WorkItemKind.BOT_EVENTS: delete_bot_events,
    WorkItemKind.STACK_STATISTICS: correct_stack_counters,
}


@transaction.atomic
def request_work(
    *, kind: WorkItemKind, project: Project | None = None, argument: str = "", delay: timedelta = timedelta(0)
) -> WorkItem:
    """Ask for work; what waits or is being done already is asked for anew and keeps its id."""
    now = utc_now()
    organization_id, project_id = (project.organization_id, project.pk) if project else (None, None)
    wanted = {"kind": kind, "organization_id": organization_id, "project_id": project_id, "argument": argument}
    item = WorkItem(**wanted, requested_utc=now, available_utc=now + delay)
    pending = WorkItem.objects.filter(**wanted, finished_utc__isnull=True)
    if not pending.update(requested_utc=now):
        # Two first requests at once: the unique constraint lets one insert win.
        WorkItem.objects.bulk_create([item], ignore_conflicts=True)
    return pending.order_by("requested_utc", "pk")[:1].get()


def run_work_items(seconds: float = SLICE_SECONDS) -> int:
    """Work on what is due, the oldest first, for at most that long; how many items were worked on."""
    pace, count = Pace(seconds), 0
    while not pace.is_over and (item := _claim()) is not None:
        _work(item, pace)
        count += 1
    return count


def remove_finished(pace: Pace) -> bool:
    """Remove items that were finished long ago; False when the time ran out."""
    old = WorkItem.objects.filter(finished_utc__lt=utc_now() - FINISHED_KEPT)
    return pace.repeat(partial(_remove, old))


def _remove(items: QuerySet[WorkItem], limit: int) -> int:
    ids = list(items.values_list("pk", flat=True)[:limit])
    return WorkItem.objects.filter(pk__in=ids).delete()[0]


def _claim() -> WorkItem | None:
    """The next item, which is this process's until the lease ends."""
    now = utc_now()
    due = WorkItem.objects.filter(finished_utc__isnull=True, available_utc__lte=now).order_by("available_utc", "pk")
    for item in due[:10]:
        # Whoever changes the row has it.
        mine = WorkItem.objects.filter(pk=item.pk, finished_utc__isnull=True, available_utc=item.available_utc)
        if mine.update(available_utc=now + LEASE, started_utc=Coalesce("started_utc", now)):
            return WorkItem.objects.get(pk=item.pk)
    return None


def _work(item: WorkItem, pace: Pace) -> None:
    before = pace.done
    try:
        is_done = HANDLERS[item.kind](item, pace)
    except Exception as error:
        logger.exception("The work item %s failed", item)
        _fail(item, error)
        return
    rows = WorkItem.objects.filter(pk=item.pk)
    rows.update(progress=F("progress") + pace.done - before, error="", failures=0, available_utc=utc_now())
    if is_done:
        # Unless the same was asked for once more meanwhile.
        rows.filter(requested_utc=item.requested_utc).update(finished_utc=utc_now())


def _fail(item: WorkItem, error: Exception) -> None:
    now = utc_now()
    failures = item.failures + 1
    WorkItem.objects.filter(pk=item.pk).update(
        failures=failures,
        error=f"{type(error).__name__}: {error}"[:_ERROR_LENGTH],
        available_utc=now + _RETRY * failures,
        finished_utc=now if failures >= MAXIMUM_FAILURES else None,
    )
