"""One transaction per batch: events, stacks, counters and the end of the queue rows, all or nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from events.ingest.claims import Claim
from events.ingest.context import EventContext
from events.ingest.duplicates import has_new_duplicates
from events.ingest.parking import park_failed
from events.ingest.rows import event_row
from events.ingest.stacks import BatchChanged, StackGroup, create_stacks, update_stacks
from events.ingest.stored import StoredEvent, on_stored
from events.rollups.storage import add_events
from events.search.sql.storage import SearchableEvent, insert_rows, values
from events.sessions.changes import SessionChanges
from exceptionless_site.core.clock import utc_now
from projects.services.usage import count_usage_of_projects

Blocked = Counter[tuple[str, str]]
"""Events over quota, by organization and project id."""


def write_batch(
    *,
    contexts: Sequence[EventContext],
    groups: Sequence[StackGroup],
    sessions: SessionChanges | None = None,
    claim: Claim | None = None,
    blocked: Blocked | None = None,
    referenced: Sequence[EventContext] = (),
) -> None:
    """Store a batch and let go of the submissions it came from.

    `referenced` are the events whose reference id must not be stored yet. Raises LostClaim when another worker
    has taken the submissions over, which leaves everything to that worker; IntegrityError when a drawn key was
    taken or BatchChanged, after which the batch can simply be grouped and written again.
    """
    # The rows are packed before the transaction, in which on SQLite nobody else can write.
    now = utc_now()
    rows = _draft(groups, now)
    with transaction.atomic():
        if claim is not None:
            claim.finish()
        if sessions is not None:
            sessions.apply(now)
        create_stacks(groups)
        if has_new_duplicates(referenced):
            raise BatchChanged
        events = _complete(rows)
        insert_rows([values(event) for event in events])
        update_stacks(groups)
        add_events(event.row for event in events)
        for hear in on_stored:
            hear(rows)
        park_failed([context for context in contexts if context.error is not None])
        _count_usage(contexts, blocked or Counter())


def _draft(groups: Iterable[StackGroup], now: datetime) -> list[StoredEvent]:
    return [(group, context, event_row(context, now)) for group in groups for context in group.live]


def _complete(rows: Iterable[StoredEvent]) -> list[SearchableEvent]:
    """The rows with what is known only when their stacks are there."""
    events = []
    for group, context, event in rows:
        if group.stack is None:
            raise RuntimeError("events cannot be stored before their stack")
        event.row.stack_id = group.stack.pk
        event.row.is_first_occurrence = context.is_new
        events.append(event)
    return events


def _count_usage(contexts: Iterable[EventContext], blocked: Blocked) -> None:
    counts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for context in contexts:
        if context.is_server_made:
            continue
        owner = (context.project.organization_id, context.project.project_id)
        if context.is_discarded:
            counts[owner]["discarded"] += 1
        elif context.is_live:
            counts[owner]["total"] += 1
    for owner, amount in blocked.items():
        counts[owner]["blocked"] += amount
    count_usage_of_projects(counts)
