"""Making derived data anew from the documents: tokens, columns, rollups, and counters of stacks that say too little.

A stack's counters may say more than its events do, since old events go and stay counted; so they are only raised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Min

from events.ingest.rows import document_columns
from events.models import Event, Stack
from events.rollups import storage as rollups
from events.search.document import searchable_values
from events.search.facets import facets_text
from events.search.sql import rebuilding
from events.search.sql.storage import SearchableEvent, searchable
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.time_keys import key_moment, to_milliseconds

Progress = Callable[[int], object]
"""Called with the number of events or stacks that are done."""

_EVENTS_AT_ONCE = 200
_STACKS_AT_ONCE = 100
_BEHIND_ALL_KEYS = 2**63 - 1


@dataclass(slots=True)
class Differences:
    """What was found to differ from the documents, and was put right unless it was only checked."""

    tokens: int = 0
    columns: int = 0
    stacks: int = 0
    rollups: int = 0

    def __bool__(self) -> bool:
        return bool(self.tokens or self.columns or self.stacks or self.rollups)


def rebuild(*, progress: Progress = lambda number: None) -> Differences:
    """Make all derived data anew, in small transactions; the server may run meanwhile.

    SQLite's index of tokens is filled from nothing, so there all events count as different.
    """
    found = Differences()
    rebuilding.begin()
    before = _BEHIND_ALL_KEYS
    while keys := rebuilding.waiting_keys(before, _EVENTS_AT_ONCE):
        _rebuild_events(keys, found)
        progress(len(keys))
        before = keys[-1]
    rebuilding.end()
    for stacks in _stack_chunks():
        found.stacks += sum(_raise_counters(stack, *ends) for stack, ends in _too_low(stacks))
        progress(len(stacks))
    # After the columns, of which they are made.
    found.rollups = sum(map(rollups.rebuild, _chunks_of_rollups()))
    return found


def check(*, progress: Progress = lambda number: None) -> Differences:
    """Compare all derived data with the documents and change nothing."""
    found = Differences()
    before = _BEHIND_ALL_KEYS
    while rows := list(Event.objects.filter(key__lt=before).order_by("-key")[:_EVENTS_AT_ONCE]):
        found.columns += sum(bool(_other_columns(row)) for row in rows)
        found.tokens += rebuilding.count_different([searchable(row, row.content) for row in rows])
        progress(len(rows))
        before = rows[-1].key
    for stacks in _stack_chunks():
        found.stacks += len(list(_too_low(stacks)))
        progress(len(stacks))
    found.rollups = sum(map(rollups.count_different, _chunks_of_rollups()))
    return found


def correct_stacks(offset: int, limit: int) -> int:
    """Raise the counters of some stacks, by the order of ids, to what their events say; how many were looked at."""
    stacks = list(Stack.objects.order_by("pk")[offset : offset + limit])
    for stack, ends in _too_low([stack for stack in stacks if not stack.is_deleted]):
        _raise_counters(stack, *ends)
    return len(stacks)


def number_of_rows() -> int:
    """Events and stacks, which is how far the progress goes."""
    return Event.objects.count() + Stack.objects.count()


# --- Events -------------------------------------------------------------------------------------


@transaction.atomic
def _rebuild_events(keys: Sequence[int], found: Differences) -> None:
    events: list[SearchableEvent] = []
    for row in Event.objects.filter(key__in=keys).order_by("key").select_for_update():
        changes = _other_columns(row)
        if changes:
            Event.objects.filter(organization_id=row.organization_id, key=row.key).update(**changes)
            found.columns += 1
        events.append(searchable(row, row.content))
    found.tokens += rebuilding.index_again(events, keys)


def _other_columns(row: Event) -> dict[str, Any]:
    content = row.content
    wanted = document_columns(content) | {"facets": facets_text(searchable_values(content))}
    return {name: value for name, value in wanted.items() if getattr(row, name) != value}


# --- Stacks -------------------------------------------------------------------------------------

_Ends = tuple[int, int, int]
"""How many events there are, and the keys of the first and the last one."""


def _stack_chunks() -> Iterator[list[Stack]]:
    last = ""
    while stacks := list(Stack.objects.filter(pk__gt=last, is_deleted=False).order_by("pk")[:_STACKS_AT_ONCE]):
        yield stacks
        last = stacks[-1].pk


def _chunks_of_rollups() -> Iterator[list[str]]:
    last = ""
    while ids := rollups.next_stacks(last, _STACKS_AT_ONCE):
        yield ids
        last = ids[-1]


def _too_low(stacks: Sequence[Stack]) -> Iterator[tuple[Stack, _Ends]]:
    """The stacks whose events are more, or reach further, than their counters say."""
    rows = Event.objects.filter(stack_id__in=[stack.pk for stack in stacks]).order_by().values_list("stack_id")
    ends = {row[0]: row[1:] for row in rows.annotate(Count("key"), Min("key"), Max("key"))}
    for stack in stacks:
        if stack.pk in ends and _changes(stack, *ends[stack.pk]):
            yield stack, ends[stack.pk]


def _raise_counters(stack: Stack, number: int, first: int, last: int) -> bool:
    with transaction.atomic():
        row = Stack.objects.filter(organization_id=stack.organization_id, pk=stack.pk).select_for_update().first()
        changes = {} if row is None else _changes(row, number, first, last)
        if changes:
            rows = Stack.objects.filter(organization_id=stack.organization_id, pk=stack.pk)
            rows.update(updated_utc=utc_now(), **changes)
    return bool(changes)


def _changes(stack: Stack, number: int, first: int, last: int) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if stack.total_occurrences < number:
        changes["total_occurrences"] = number
    # Keys know milliseconds only.
    if to_milliseconds(stack.first_occurrence) > to_milliseconds(key_moment(first)):
        changes["first_occurrence"] = key_moment(first)
    if to_milliseconds(stack.last_occurrence) < to_milliseconds(key_moment(last)):
        changes["last_occurrence"] = key_moment(last)
    return changes
