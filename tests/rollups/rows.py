"""Random events around the edges of hours, and the same sums made in Python."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from events.documents import pack
from events.models import Event, Rollup, Stack
from events.rollups.storage import FILL, Group, Sums
from events.search.sql.storage import insert_events, searchable
from exceptionless_site.core.time_keys import event_key

NOW = datetime(2026, 1, 15, 12, 30, tzinfo=UTC)
TYPES = ("error", "log", "Error")


def random_moment(r: random.Random) -> datetime:
    """Within two days before now; often the first or the last millisecond of an hour."""
    moment = NOW - timedelta(milliseconds=r.randrange(2 * 86_400_000))
    start = moment.replace(minute=0, second=0, microsecond=0)
    return r.choice((moment, start, start - timedelta(milliseconds=1), start + timedelta(milliseconds=1)))


def store_random_events(r: random.Random, stacks: Sequence[Stack], count: int) -> list[Event]:
    events: list[Event] = []
    searched = []
    for _ in range(count):
        stack, moment, kind = r.choice(stacks), random_moment(r), r.choice(TYPES)
        number = r.choice((None, 1, 5))
        document: dict[str, Any] = {"type": kind} if number is None else {"type": kind, "count": number}
        row = Event(
            key=event_key(moment),
            organization_id=stack.organization_id,
            project_id=stack.project_id,
            stack_id=stack.pk,
            type=kind,
            count=number,
            is_first_occurrence=r.random() < 0.2,
            created_utc=moment,
            document=pack(document),
        )
        events.append(row)
        searched.append(searchable(row, document))
    insert_events(searched)
    return events


def sums_in_python(events: Iterable[Event]) -> dict[Group, Sums]:
    found: dict[Group, list[Event]] = {}
    for event in events:
        hour = int(event.date.timestamp()) // 3600
        group = Group(event.organization_id, event.project_id, hour, event.stack_id, event.type)
        found.setdefault(group, []).append(event)
    return {
        group: Sums(
            len(rows),
            sum(1 if row.count is None else row.count for row in rows),
            sum(row.is_first_occurrence for row in rows),
            min(row.key for row in rows),
            max(row.key for row in rows),
        )
        for group, rows in found.items()
    }


def stored_sums() -> dict[Group, Sums]:
    rows = Rollup.objects.values_list(*Group._fields, *Sums._fields)
    return {Group(*row[:5]): Sums(*row[5:]) for row in rows}


def refilled() -> None:
    """Make the rollups of the events that tests stored by themselves."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM events_rollup")
        cursor.execute(FILL)
