"""One transaction per batch: events, stacks, counters and the end of the queue rows, all or nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from events.ingest.claims import Claim
from events.ingest.context import EventContext
from events.ingest.parking import park_failed
from events.ingest.rows import event_row
from events.ingest.stacks import StackGroup, create_stacks, update_stacks
from events.models import Event
from exceptionless_site.core.clock import utc_now
from projects.services.usage import count_project_usage

_ROWS_PER_STATEMENT = 500

Blocked = Counter[tuple[str, str]]
"""Events over quota, by organization and project id."""


def write_batch(
    *,
    contexts: Sequence[EventContext],
    groups: Sequence[StackGroup],
    claim: Claim | None = None,
    blocked: Blocked | None = None,
) -> None:
    """Store a batch and let go of the submissions it came from.

    Raises LostClaim when another worker has taken them over, which leaves everything to that worker;
    IntegrityError when a drawn key was taken, after which the batch can simply be written again.
    """
    now = utc_now()
    with transaction.atomic():
        if claim is not None:
            claim.finish()
        create_stacks(groups)
        Event.objects.bulk_create(_rows(groups, now), batch_size=_ROWS_PER_STATEMENT)
        update_stacks(groups)
        park_failed([context for context in contexts if context.error is not None])
        _count_usage(contexts, blocked or Counter())


def _rows(groups: Iterable[StackGroup], now: datetime) -> list[Event]:
    rows = []
    for group in groups:
        if group.stack is None:
            raise RuntimeError("events cannot be stored before their stack")
        rows += [event_row(context, group.stack.pk, now) for context in group.live]
    return rows


def _count_usage(contexts: Sequence[EventContext], blocked: Blocked) -> None:
    counts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for context in contexts:
        owner = (context.project.organization_id, context.project.project_id)
        if context.is_discarded:
            counts[owner]["discarded"] += 1
        elif context.is_live:
            counts[owner]["total"] += 1
    for owner, amount in blocked.items():
        counts[owner]["blocked"] += amount
    for (organization_id, project_id), added in sorted(counts.items()):
        count_project_usage(organization_id=organization_id, project_id=project_id, counts=added)
