"""Counting events by their rollups: for questions that no single event has to be looked at for.

Hours that the window of time cuts are answered by the events themselves, so the answers are exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, F, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from events.models import Event, Rollup
from events.rollups.storage import HOUR_OF_KEY
from events.search.conditions import And, Condition, Everything, Not, Nothing, Or
from events.search.sql.columns import column_condition
from events.search.sql.matching import EVERYTHING, NOTHING
from exceptionless_site.core.time_keys import hour_of_key, keys_of_hour
from projects.models import Project

if TYPE_CHECKING:
    from events.selectors import EventQuery, Scope

_FIELDS = frozenset({"organization", "project", "stack", "type"})
"""What rollups know of their events; by the field's storage."""

COLUMNS = (
    *("hour", "stack_id", "type"),
    *("events", "occurrences", "first_occurrences", "first_key", "last_key"),
)

_COUNTED = ("stack_id", "events", "occurrences", "first_occurrences")
_OF_HOURS = ("hour", *_COUNTED)
_OF_STACKS = (*_COUNTED, "first_key", "last_key")


class Totals(NamedTuple):
    """What some events add up to; keys are None where there are none."""

    events: int
    occurrences: int
    first_occurrences: int
    stacks: int
    first_key: int | None
    last_key: int | None


class Bucket(NamedTuple):
    """`hour` is that in which the bucket starts, in hours since 1970."""

    hour: int
    events: int
    occurrences: int
    first_occurrences: int
    stacks: int


class StackTotals(NamedTuple):
    stack_id: str
    events: int
    occurrences: int
    first_occurrences: int
    first_key: int
    last_key: int


StackOrder = Literal["occurrences", "first_key", "last_key"]


@dataclass(frozen=True, slots=True)
class Statement:
    sql: str
    parameters: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Rollups:
    """The rollups of the events that a query selects; made by `rollups_of`."""

    query: EventQuery
    condition: Q

    def rows(self, columns: Sequence[str] = COLUMNS) -> Statement | None:
        """A statement whose rows have these columns, which cost time each; None when there is nothing to be found.

        Events of an hour, stack and type may be in more than one row.
        """
        parts = [part for part in map(_compiled, self._parts(columns)) if part is not None]
        if not parts:
            return None
        return Statement(
            " UNION ALL ".join(part.sql for part in parts),
            tuple(value for part in parts for value in part.parameters),
        )

    def totals(self) -> Totals:
        found = self._read(f"{_SUMS}, COUNT(DISTINCT stack_id), MIN(first_key), MAX(last_key)", "", _OF_STACKS)
        events, occurrences, firsts, stacks, first, last = found[0] if found else (0, 0, 0, 0, None, None)
        return Totals(int(events or 0), int(occurrences or 0), int(firsts or 0), stacks, first, last)

    def histogram(self, hours: int = 1, offset: int = 0) -> list[Bucket]:
        """Buckets of so many hours that have events, ascending.

        They are counted from 1970, local time, which is `offset` hours ahead of UTC.
        """
        start = f"(hour + {offset:d}) / {hours:d} * {hours:d} - {offset:d}"
        rows = self._read(f"{start}, {_SUMS}, COUNT(DISTINCT stack_id)", "GROUP BY 1 ORDER BY 1", _OF_HOURS)
        return [Bucket(*map(int, row)) for row in rows]

    def stacks(self, order: StackOrder, limit: int, start: int = 0) -> list[StackTotals]:
        """The stacks with the greatest values first; ties by id."""
        ends = "MIN(first_key) AS first_key, MAX(last_key) AS last_key"
        rows = self._read(
            f"stack_id, {_SUMS}, {ends}",
            f"GROUP BY stack_id ORDER BY {order} DESC, stack_id LIMIT {limit:d} OFFSET {start:d}",
            _OF_STACKS,
        )
        return [StackTotals(row[0], *map(int, row[1:])) for row in rows]

    def _read(self, columns: str, rest: str, needed: Sequence[str]) -> Sequence[Sequence[Any]]:
        rows = self.rows(needed)
        if rows is None:
            return ()
        # Only our own names and numbers are put together here.
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns} FROM ({rows.sql}) AS found {rest}", rows.parameters)  # noqa: S608
            return list(cursor.fetchall())

    # --- Whole hours, and the events of those that are cut --------------------------------------

    def _parts(self, columns: Sequence[str]) -> Iterator[QuerySet[Any, Any]]:
        first, last = self.query.window
        if not self.query.scope.organizations or first > last:
            return
        first_hour, last_hour = hour_of_key(first), hour_of_key(last)
        if first > keys_of_hour(first_hour)[0]:
            yield self._events(columns, first, min(last, keys_of_hour(first_hour)[1]))
            first_hour += 1
        if last < keys_of_hour(last_hour)[1] and last_hour >= first_hour:
            yield self._events(columns, keys_of_hour(last_hour)[0], last)
            last_hour -= 1
        if first_hour <= last_hour:
            yield self._rollups(columns, first_hour, last_hour)

    def _rollups(self, columns: Sequence[str], first: int, last: int) -> QuerySet[Any, Any]:
        scope = self.query.scope
        rows = Rollup.objects.filter(_owners(scope), scope.owners(by_hour=True), hour__gte=first, hour__lte=last)
        return rows.filter(self.condition, scope.with_stacks(self.query.stacks)).values_list(*columns)

    def _events(self, columns: Sequence[str], first: int, last: int) -> QuerySet[Any, Any]:
        scope = self.query.scope
        rows = Event.objects.filter(scope.owners(), key__gte=first, key__lte=last)
        rows = rows.filter(self.condition, scope.with_stacks(self.query.stacks)).order_by()
        return rows.annotate(
            hour=HOUR_OF_KEY,
            events=Value(1, IntegerField()),
            occurrences=Cast(Coalesce("count", 1), BigIntegerField()),
            first_occurrences=Cast("is_first_occurrence", IntegerField()),
            first_key=F("key"),
            last_key=F("key"),
        ).values_list(*columns)


_SUMS = "SUM(events) AS events, SUM(occurrences) AS occurrences, SUM(first_occurrences) AS first_occurrences"


def _compiled(rows: QuerySet[Any, Any]) -> Statement | None:
    try:
        return Statement(*rows.query.sql_with_params())
    except EmptyResultSet:
        return None


def _owners(scope: Scope) -> Q:
    """The columns with which the key begins, all of them named, so that it is searched and not walked."""
    if scope.stack is not None:
        return Q()
    if scope.project is not None:
        return Q(organization_id=scope.project.organization_id)
    ids = [organization.pk for organization in scope.organizations]
    projects = Project.objects.filter(organization_id__in=ids).order_by()
    return Q(organization_id__in=ids, project_id__in=projects.values("pk"))


# --- Which questions ----------------------------------------------------------------------------


def rollups_of(query: EventQuery) -> Rollups | None:
    """None when the query asks for what only single events know."""
    condition = None if query.columns else _condition(query.condition)
    return None if condition is None else Rollups(query, condition)


def _condition(condition: Condition) -> Q | None:
    match condition:
        case Everything():
            return EVERYTHING
        case Nothing():
            return NOTHING
        case And(parts):
            return _joined(parts, Q.AND)
        case Or(parts):
            return _joined(parts, Q.OR)
        case Not(part):
            inner = _condition(part)
            return None if inner is None else ~inner
    field = getattr(condition, "field", None)
    return column_condition(condition) if field is not None and field.storage in _FIELDS else None


def _joined(parts: Sequence[Condition], connector: str) -> Q | None:
    found = Q(_connector=connector)
    for part in parts:
        inner = _condition(part)
        if inner is None:
            return None
        found.add(inner, connector)
    return found
