"""Deleting events: at once when a person asks for it, in batches when a job does.

What a person deletes is taken off the counters of its stack: the total falls, and the first and the last occurrence
are those of the events that are left, if the first or the last one was deleted. A stack without events keeps its
dates. What a job removes because of its age changes no stack: "seen since 2019, a million times" stays true.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from events.models import Event, Stack
from events.rollups.storage import subtract, sums_of
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.time_keys import key_moment, to_milliseconds
from projects.services.usage import count_usage_of_projects

on_delete: list[Callable[[Sequence[int]], object]] = []
"""What else forgets events, such as the search index: called with their keys, in the transaction that deletes the
rows and before they go. Those who need it register in `AppConfig.ready`."""

_EVENTS_AT_ONCE = 500
_STACKS_PER_STATEMENT = 100


class Going(NamedTuple):
    """What is known of an event that is being removed."""

    key: int
    stack_id: str
    organization_id: str
    project_id: str


def delete_events(*, events: Iterable[Event]) -> int:
    """Remove the events for good and count them as deleted; how many were still there."""
    waiting, count = iter(events), 0
    while chunk := list(islice(waiting, _EVENTS_AT_ONCE)):
        count += _delete(chunk)
    return count


def remove_batch(events: QuerySet[Event], limit: int, note: Callable[[Sequence[Going]], object] | None = None) -> int:
    """Remove up to `limit` of the events in one transaction, without touching their stacks; how many.

    `note` is told of them in the same transaction. Rows that another process is removing just now are left to it.
    """
    with transaction.atomic():
        wanted = events.order_by().select_for_update(skip_locked=True, of=("self",))
        going = [Going(*row) for row in wanted.values_list(*Going._fields)[:limit]]
        _remove([row.key for row in going])
        if going and note is not None:
            note(going)
    return len(going)


def _remove(keys: Sequence[int]) -> None:
    if keys:
        for forget in on_delete:
            forget(keys)
        rows = Event.objects.filter(key__in=keys)
        sums = sums_of(rows)
        rows.delete()
        subtract(sums)


@transaction.atomic
def _delete(events: Sequence[Event]) -> int:
    stacks = _locked_stacks(events)
    # Two requests may delete the same event: whoever has the stacks' locks second finds it gone.
    going = _still_there(events)
    _remove([row.key for row in going])
    _correct(stacks, going)
    _count_usage(going)
    return len(going)


def _locked_stacks(events: Sequence[Event]) -> list[Stack]:
    # In the order of their ids, as the ingestion does, so that nobody waits in a circle.
    rows = Stack.objects.filter(
        organization_id__in={event.organization_id for event in events}, pk__in={event.stack_id for event in events}
    )
    return list(rows.order_by("pk").select_for_update())


def _still_there(events: Sequence[Event]) -> list[Going]:
    rows = Event.objects.filter(key__in=[event.key for event in events]).order_by()
    return [Going(*row) for row in rows.values_list(*Going._fields)]


def _count_usage(going: Sequence[Going]) -> None:
    numbers = Counter((row.organization_id, row.project_id) for row in going)
    count_usage_of_projects({owner: {"deleted": number} for owner, number in numbers.items()})


def _correct(stacks: Iterable[Stack], going: Sequence[Going]) -> None:
    """Take the events that went off their stacks: three statements, however many there were."""
    deleted: dict[str, list[int]] = {}
    for row in going:
        deleted.setdefault(row.stack_id, []).append(row.key)
    changed = [stack for stack in stacks if stack.pk in deleted]
    spans = _spans_left([stack.pk for stack in changed if _touches_end(stack, deleted[stack.pk])])
    now = utc_now()
    for stack in changed:
        stack.total_occurrences = max(stack.total_occurrences - len(deleted[stack.pk]), 0)
        stack.updated_utc = now
        if stack.pk in spans:
            _take_span(stack, deleted[stack.pk], *spans[stack.pk])
    Stack.objects.bulk_update(
        changed,
        ["total_occurrences", "first_occurrence", "last_occurrence", "updated_utc"],
        batch_size=_STACKS_PER_STATEMENT,
    )


def _touches_end(stack: Stack, keys: Sequence[int]) -> bool:
    return _holds_first(stack, keys) or _holds_last(stack, keys)


def _holds_first(stack: Stack, keys: Sequence[int]) -> bool:
    return key_moment(min(keys)) <= stack.first_occurrence


def _holds_last(stack: Stack, keys: Sequence[int]) -> bool:
    # Keys know milliseconds only.
    return to_milliseconds(key_moment(max(keys))) >= to_milliseconds(stack.last_occurrence)


def _take_span(stack: Stack, deleted: Sequence[int], first: datetime, last: datetime) -> None:
    if _holds_first(stack, deleted):
        stack.first_occurrence = first
    if _holds_last(stack, deleted):
        stack.last_occurrence = last


def _spans_left(stack_ids: Sequence[str]) -> dict[str, tuple[datetime, datetime]]:
    """Dates of the first and the last event that each stack still has; stacks without events are left out."""
    if not stack_ids:
        return {}
    # By the stack alone: with the organization named too, SQLite may walk that one's whole index instead.
    keys = Event.objects.filter(stack_id=OuterRef("pk")).values("key")
    rows = Stack.objects.filter(pk__in=stack_ids).order_by()
    ends = rows.annotate(
        oldest=Subquery(keys.order_by("key")[:1]), newest=Subquery(keys.order_by("-key")[:1])
    ).values_list("pk", "oldest", "newest")
    return {id_: (key_moment(oldest), key_moment(newest)) for id_, oldest, newest in ends if oldest is not None}
