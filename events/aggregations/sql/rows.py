"""The events of a query as a statement that others can stand around."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.core.exceptions import EmptyResultSet
from django.db.models import F

from events.aggregations.sql.fragments import Fragment
from events.models import Event, EventSearch
from events.models.event import EventQuerySet
from events.search.sql.vendor import is_postgresql
from events.selectors import EventQuery


def rows_of(query: EventQuery, names: Mapping[str, str]) -> Fragment | None:
    """`names` maps columns to what they are called in the rows; None when there can be no event.

    Raises FilterValueError.
    """
    events = query.events().order_by().annotate(**{name: F(column) for column, name in names.items()})
    try:
        sql, parameters = events.values_list(*(names.values() or ["pk"])).query.sql_with_params()
    except EmptyResultSet:
        return None
    return Fragment(_hinted(sql, _index(query, events, list(names))), parameters)


def _index(query: EventQuery, events: EventQuerySet, columns: Sequence[str]) -> str | None:
    """SQLite likes to walk the table itself, documents and all, where an index has everything that is asked for."""
    if is_postgresql() or query.scope.stack is not None or EventSearch._meta.db_table in events.query.alias_map:
        return None
    owner = "project" if query.scope.project is not None else "organization"
    asked = {owner, "key", "stack", *(column.removesuffix("_id") for column in columns)}
    for index in Event._meta.indexes:
        if index.fields[:2] == [owner, "key"] and not index.condition and asked <= set(index.fields):
            return str(index.name)
    return None


def _hinted(sql: str, index: str | None) -> str:
    if index is None:
        return sql
    table = f'FROM "{Event._meta.db_table}"'
    return sql.replace(table, f'{table} INDEXED BY "{index}"', 1)
