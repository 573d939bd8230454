"""Keeping the rollups in step with the events, in the transactions that store and delete them.

Every change is an addition to what stands there, so several processes may write at once. Rows are touched in the order
of their keys, and after the stacks and the events: then nobody waits for another in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import connection, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, IntegerField, Max, Min, QuerySet, Sum
from django.db.models.functions import Cast, Coalesce

from events.models import Event, NewEvent, Rollup
from exceptionless_site.core.time_keys import KEYS_PER_HOUR, hour_of_key, keys_of_hour

HOUR_OF_KEY = ExpressionWrapper(F("key") / KEYS_PER_HOUR, BigIntegerField())


class Group(NamedTuple):
    """The key of a rollup, in the order of its columns."""

    organization_id: str
    project_id: str
    hour: int
    stack_id: str
    type: str


class Sums(NamedTuple):
    """What the events of a group add up to."""

    events: int
    occurrences: int
    first_occurrences: int
    first_key: int
    last_key: int


_KEY = ", ".join(Group._fields)
_ADD = f"""
    INSERT INTO events_rollup ({_KEY}, {", ".join(Sums._fields)})
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT ({_KEY}) DO UPDATE SET
        events = events_rollup.events + excluded.events,
        occurrences = events_rollup.occurrences + excluded.occurrences,
        first_occurrences = events_rollup.first_occurrences + excluded.first_occurrences,
        first_key = CASE WHEN excluded.first_key < events_rollup.first_key
            THEN excluded.first_key ELSE events_rollup.first_key END,
        last_key = CASE WHEN excluded.last_key > events_rollup.last_key
            THEN excluded.last_key ELSE events_rollup.last_key END
"""  # noqa: S608
_IS_GROUP = "organization_id = %s AND project_id = %s AND hour = %s AND stack_id = %s AND type = %s"
# The ends come from the index of stacks: two look-ups, however many events the hour has.
_LEFT = "SELECT {}(key) FROM events_event WHERE stack_id = %s AND key BETWEEN %s AND %s AND type = %s"
_SUBTRACT = f"""
    UPDATE events_rollup SET
        events = events - %s, occurrences = occurrences - %s, first_occurrences = first_occurrences - %s,
        first_key = COALESCE(({_LEFT.format("MIN")}), first_key),
        last_key = COALESCE(({_LEFT.format("MAX")}), last_key)
    WHERE {_IS_GROUP}
"""  # noqa: S608
_GROUPS_PER_STATEMENT = 500
_REMOVE_EMPTY = f"DELETE FROM events_rollup WHERE {_IS_GROUP} AND events <= 0"  # noqa: S608
_SET = f"UPDATE events_rollup SET {', '.join(f'{name} = %s' for name in Sums._fields)} WHERE {_IS_GROUP}"  # noqa: S608


# --- Adding -------------------------------------------------------------------------------------


def add_events(rows: Iterable[Event | NewEvent]) -> None:
    """Add new events; call it in the transaction that stores them."""
    found: dict[Group, Sums] = {}
    for row in rows:
        group = Group(row.organization_id, row.project_id, hour_of_key(row.key), row.stack_id, row.type)
        sums = Sums(1, 1 if row.count is None else row.count, int(row.is_first_occurrence), row.key, row.key)
        found[group] = _together(found[group], sums) if group in found else sums
    add(found)


def _together(one: Sums, other: Sums) -> Sums:
    return Sums(
        one.events + other.events,
        one.occurrences + other.occurrences,
        one.first_occurrences + other.first_occurrences,
        min(one.first_key, other.first_key),
        max(one.last_key, other.last_key),
    )


def add(sums: Mapping[Group, Sums]) -> None:
    """Add to rollups, making those that are not there."""
    if sums:
        with connection.cursor() as cursor:
            cursor.executemany(_ADD, [(*group, *sums[group]) for group in sorted(sums)])


# --- Taking away --------------------------------------------------------------------------------


def sums_of(events: QuerySet[Event]) -> dict[Group, Sums]:
    """What the rollups of these events must say, by one statement."""
    rows = (
        events.order_by()
        .annotate(hour=HOUR_OF_KEY)
        .values_list(*Group._fields)
        .annotate(
            events=Count("key"),
            occurrences=Sum(Coalesce("count", 1)),
            first_occurrences=Sum(Cast("is_first_occurrence", IntegerField())),
            first_key=Min("key"),
            last_key=Max("key"),
        )
    )
    return {Group(*row[:5]): Sums(*row[5:]) for row in rows}


def subtract(sums: Mapping[Group, Sums]) -> None:
    """Take events away that are deleted; call it in the same transaction, when they are gone.

    `sums` are those of the events, from before.
    """
    groups = sorted(sums)
    if not groups:
        return
    # The ends are read by statements that start when nobody else can change the rows any more.
    lock(groups)
    with connection.cursor() as cursor:
        cursor.executemany(_SUBTRACT, [_subtraction(group, sums[group]) for group in groups])
        cursor.executemany(_REMOVE_EMPTY, groups)


def _subtraction(group: Group, sums: Sums) -> Sequence[str | int]:
    left = (group.stack_id, *keys_of_hour(group.hour), group.type)
    return [*sums[:3], *left, *left, *group]


def lock(groups: Sequence[Group]) -> None:
    """Let nobody else change these rollups until the end of the transaction; SQLite has one writer anyway."""
    if connection.features.has_select_for_update:
        for start in range(0, len(groups), _GROUPS_PER_STATEMENT):
            rows = Rollup.objects.filter(pk__in=groups[start : start + _GROUPS_PER_STATEMENT])
            list(rows.order_by("pk").select_for_update().values_list("hour"))


# --- Making them anew ---------------------------------------------------------------------------


def next_stacks(after: str, limit: int) -> list[str]:
    """Ids of the next stacks, by id, that have events or rollups."""
    found: set[str] = set()
    for model in (Event, Rollup):
        rows = model.objects.filter(stack_id__gt=after).order_by("stack_id")
        found.update(rows.values_list("stack_id", flat=True).distinct()[:limit])
    return sorted(found)[:limit]


def count_different(stack_ids: Sequence[str]) -> int:
    """How many rollups of the stacks say something else than the events, are missing, or too many."""
    stored, wanted = _stored(stack_ids), _wanted(stack_ids)
    return sum(stored.get(group) != wanted.get(group) for group in stored.keys() | wanted.keys())


@transaction.atomic
def rebuild(stack_ids: Sequence[str]) -> int:
    """Make the rollups of the stacks anew while events come and go; how many were different.

    What stands there is locked before the events are read. What is missing is added, so that it does not matter
    whether another process adds its own events to it meanwhile.
    """
    lock(sorted(_stored(stack_ids)))
    stored, wanted = _stored(stack_ids), _wanted(stack_ids)
    different = [group for group in sorted(stored.keys() | wanted.keys()) if stored.get(group) != wanted.get(group)]
    with connection.cursor() as cursor:
        for group in different:
            if group not in wanted:
                cursor.execute(f"DELETE FROM events_rollup WHERE {_IS_GROUP}", group)  # noqa: S608
            elif group in stored:
                cursor.execute(_SET, (*wanted[group], *group))
    add({group: wanted[group] for group in different if group not in stored})
    return len(different)


def _stored(stack_ids: Sequence[str]) -> dict[Group, Sums]:
    rows = Rollup.objects.filter(stack_id__in=stack_ids).values_list(*Group._fields, *Sums._fields)
    return {Group(*row[:5]): Sums(*row[5:]) for row in rows}


def _wanted(stack_ids: Sequence[str]) -> dict[Group, Sums]:
    return sums_of(Event.objects.filter(stack_id__in=stack_ids))


# --- The table itself ---------------------------------------------------------------------------


def create_table(editor: BaseDatabaseSchemaEditor, model: type[Rollup]) -> None:
    """SQLite's table is sorted by its key, so a window of time is read in one go and needs no other index.

    PostgreSQL's has room for new versions of rows, which then change no index.
    """
    is_postgresql = editor.connection.vendor == "postgresql"
    statement, parameters = editor.table_sql(model)
    editor.execute(statement + (" WITH (fillfactor = 80)" if is_postgresql else " WITHOUT ROWID"), parameters or None)
    for index in model._meta.indexes:
        editor.add_index(model, index)


# What a database holds when it gets the table.
FILL = f"""
    INSERT INTO events_rollup ({_KEY}, {", ".join(Sums._fields)})
    SELECT organization_id, project_id, key / {KEYS_PER_HOUR}, stack_id, type, COUNT(*), SUM(COALESCE(count, 1)),
        SUM(CASE WHEN is_first_occurrence THEN 1 ELSE 0 END), MIN(key), MAX(key)
    FROM events_event GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608
