"""Lists of events in another order than by date: by columns where all fields have one, else by their documents.

Events without a value come last, in both directions; equal ones are in the order of their ids. A place in such a list
is the tuple of what it is sorted by, with the id at its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cmp_to_key
from typing import Any, NamedTuple

from django.db.models import F, Q
from django.db.models.lookups import GreaterThan, LessThan

from events.documents import unpack
from events.models import Event
from events.search.document import field_values
from events.search.errors import FilterValueError
from events.search.fields import Field, Kind
from events.search.sql.columns import ByCodePoints
from events.selectors import EventQuery
from exceptionless_site.core.time_keys import from_milliseconds

MAXIMUM_SORTED = 20_000
"""So many events are sorted by what stands in their documents."""

Place = Sequence[Any]
SortBy = Sequence[tuple[Field, bool]]
"""Fields, and whether their order is descending."""

_COLUMNS = {
    "id": "event_id",
    "organization": "organization_id",
    "project": "project_id",
    "stack": "stack_id",
    "type": "type",
    "level": "level",
    "version": "version",
    "reference": "reference_id",
    "date": "key",
    "created": "created_utc",
    "value": "value",
    "count": "count",
    "first": "is_first_occurrence",
}
_TEXTS = frozenset({"organization", "project", "stack", "type", "level", "version", "reference"})
_NULLABLE = frozenset({"level", "version", "reference", "value", "count"})
_BATCH = 500


class InvalidPlaceError(ValueError):
    """The values are none of this order."""


class SortedPage(NamedTuple):
    events: list[Event]
    has_more: bool
    places: list[list[Any]]
    """One for each event."""


def page_sorted(
    query: EventQuery,
    sort: SortBy,
    limit: int,
    *,
    start: int = 0,
    before: Place | None = None,
    after: Place | None = None,
) -> SortedPage:
    """A page of the events: from the number `start` on, or next to a place.

    Raises FilterValueError when there are too many events to be sorted, and InvalidPlaceError.
    """
    fields = [(field, descending) for field, descending in sort if field.kind is not Kind.GEO]
    if all(field.storage in _COLUMNS for field, _ in fields):
        return _page_by_columns(query, fields, limit, start, before, after)
    return _page_by_documents(query, fields, limit, start, before, after)


# --- By columns ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of an order, in the direction in which it is read."""

    storage: str
    descending: bool
    nulls_last: bool = True

    @property
    def name(self) -> str:
        return _COLUMNS[self.storage]

    @property
    def expression(self) -> Any:
        return ByCodePoints(self.name) if self.storage in _TEXTS else F(self.name)

    def order(self) -> Any:
        first_or_last = {"nulls_last" if self.nulls_last else "nulls_first": True} if self.storage in _NULLABLE else {}
        expression = self.expression
        return expression.desc(**first_or_last) if self.descending else expression.asc(**first_or_last)

    def reversed(self) -> _Column:
        return _Column(self.storage, not self.descending, not self.nulls_last)

    def equals(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def lies_behind(self, value: Any) -> Q | None:
        """None where nothing can."""
        if value is None:
            return None if self.nulls_last else Q(**{f"{self.name}__isnull": False})
        found = Q((LessThan if self.descending else GreaterThan)(self.expression, value))
        if self.nulls_last and self.storage in _NULLABLE:
            found |= Q(**{f"{self.name}__isnull": True})
        return found


def _page_by_columns(
    query: EventQuery, sort: SortBy, limit: int, start: int, before: Place | None, after: Place | None
) -> SortedPage:
    columns = [_Column(field.storage, descending) for field, descending in sort] + [_Column("id", False)]
    if before is not None:
        columns = [column.reversed() for column in columns]
    rows = query.events().order_by(*(column.order() for column in columns))
    place = after if before is None else before
    if place is not None:
        rows = rows.filter(_behind(columns, _column_values(columns, place)))
    found = list(rows[start : start + limit + 1])
    events = found[:limit] if before is None else found[:limit][::-1]
    places = [[_wire_value(column.storage, event) for column in columns] for event in events]
    return SortedPage(events, len(found) > limit, places)


def _behind(columns: Sequence[_Column], values: Place) -> Q:
    found = Q(pk__in=[])
    equal = Q()
    for column, value in zip(columns, values, strict=True):
        behind = column.lies_behind(value)
        if behind is not None:
            found |= equal & behind
        equal &= column.equals(value)
    return found


def _wire_value(storage: str, event: Event) -> Any:
    value = getattr(event, _COLUMNS[storage])
    return int(value.timestamp() * 1_000_000) if isinstance(value, datetime) else value


def _column_values(columns: Sequence[_Column], place: Place) -> list[Any]:
    if len(place) != len(columns):
        raise InvalidPlaceError
    return [_column_value(column.storage, value) for column, value in zip(columns, place, strict=True)]


def _column_value(storage: str, value: Any) -> Any:
    if value is None and storage in _NULLABLE:
        return None
    if storage == "value":
        return _float(value)
    wanted = bool if storage == "first" else str if storage in _TEXTS or storage == "id" else int
    if not isinstance(value, wanted) or (wanted is int and not _is_whole(value)):
        raise InvalidPlaceError
    if storage == "created":
        return _moment(int(value))
    return value


def _is_whole(value: Any) -> bool:
    return not isinstance(value, bool) and abs(value) < 2**63


def _float(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise InvalidPlaceError
    try:
        return float(value)
    except OverflowError:
        raise InvalidPlaceError from None


def _moment(microseconds: int) -> datetime:
    try:
        return from_milliseconds(microseconds // 1000).replace(microsecond=microseconds % 1_000_000)
    except (OverflowError, ValueError):
        raise InvalidPlaceError from None


# --- By documents -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sorted:
    key: int
    place: list[Any]


def _page_by_documents(
    query: EventQuery, sort: SortBy, limit: int, start: int, before: Place | None, after: Place | None
) -> SortedPage:
    place = after if before is None else before
    if place is not None and len(place) != len(sort) + 1:
        raise InvalidPlaceError
    compare = _comparison([descending for _, descending in sort])
    by_place = cmp_to_key(compare)
    rows = sorted(_read(query, sort), key=lambda row: by_place(row.place))
    if place is not None:
        rows = _beside(rows, place, compare, is_before=before is not None)
    found = rows[-limit - 1 :] if before is not None else rows[start : start + limit + 1]
    kept = found[-limit:] if before is not None else found[:limit]
    by_key = Event.objects.in_bulk([row.key for row in kept])
    there = [row for row in kept if row.key in by_key]
    return SortedPage([by_key[row.key] for row in there], len(found) > limit, [row.place for row in there])


def _read(query: EventQuery, sort: SortBy) -> list[_Sorted]:
    events = query.events().order_by().only("key", "event_id", "document", *_COLUMNS.values())
    rows = []
    for event in events[: MAXIMUM_SORTED + 1].iterator(chunk_size=_BATCH):
        document = unpack(bytes(event.document))
        values = [_value(event, document, field, descending) for field, descending in sort]
        rows.append(_Sorted(event.key, [*values, event.event_id]))
    if len(rows) > MAXIMUM_SORTED:
        names = ", ".join(field.name for field, _ in sort)
        raise FilterValueError(
            f"There are more than {MAXIMUM_SORTED} events to sort by {names}; ask for a shorter time"
        )
    return rows


def _value(event: Event, document: dict[str, Any], field: Field, descending: bool) -> Any:
    """Of several values the one that comes first."""
    if field.storage in _COLUMNS:
        return _wire_value(field.storage, event)
    values = field_values(document, field)
    return (max if descending else min)(values, default=None)


def _comparison(directions: Sequence[bool]) -> Any:
    def compare(one: Place, other: Place) -> int:
        for left, right, descending in zip(one, other, [*directions, False], strict=True):
            if left != right:
                if left is None or right is None:
                    return 1 if left is None else -1
                return -1 if (left > right) is descending else 1
        return 0

    return compare


def _beside(rows: list[_Sorted], place: Place, compare: Any, *, is_before: bool) -> list[_Sorted]:
    try:
        return [row for row in rows if (compare(row.place, place) < 0 if is_before else compare(row.place, place) > 0)]
    except (TypeError, ValueError):
        raise InvalidPlaceError from None
