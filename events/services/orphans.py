"""Events whose stack, project or organization is gone: a crash between two batches may leave some.

Duplicate stacks, which the official server merges in the same job, cannot come about here: the database lets a
project have one living stack of a signature.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.db.models import Model, QuerySet

from accounts.models import Organization
from events.models import Event, Stack
from events.services.event_deletion import remove_batch
from events.services.pace import Pace
from projects.models import Project

_OWNERS: tuple[tuple[str, type[Model]], ...] = (
    ("stack_id", Stack),
    ("project_id", Project),
    ("organization_id", Organization),
)
_IDS_PER_STATEMENT = 500


def orphaned_events() -> Iterator[QuerySet[Event]]:
    """The events of each owner that is gone."""
    for column, model in _OWNERS:
        for id_ in _missing(column, model):
            yield Event.objects.filter(**{column: id_})


def remove_orphans(pace: Pace) -> bool:
    """False when the time ran out. Orphans are seen by nobody, so they do not count as deleted."""
    return all(pace.repeat(partial(remove_batch, events)) for events in orphaned_events())


def _missing(column: str, model: type[Model]) -> Iterator[str]:
    """Ids that events name and that do not exist. Reads indexes only, in pages, outside of any transaction.

    An owner is stored before its events, so one that is not there when they are will not come.
    """
    last = ""
    while ids := _next_ids(column, last):
        known = set(model._base_manager.filter(pk__in=ids).values_list("pk", flat=True))
        yield from (id_ for id_ in ids if id_ not in known)
        last = ids[-1]


def _next_ids(column: str, after: str) -> list[str]:
    rows = Event.objects.filter(**{f"{column}__gt": after}).order_by(column)
    return list(rows.values_list(column, flat=True).distinct()[:_IDS_PER_STATEMENT])
