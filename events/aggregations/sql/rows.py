"""The events of a query as a statement that others can stand around, and what is grouped and added up in its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.core.exceptions import EmptyResultSet
from django.db.models import F

from events.aggregations.planning import Planned
from events.aggregations.sql.fragments import Fragment, aliases, bucket_number, value_of
from events.aggregations.sql.measures import Names, measures_of
from events.models import Event, EventSearch
from events.models.event import EventQuerySet
from events.search.sql.vendor import is_postgresql
from events.selectors import EventQuery


class Rows(Protocol):
    """Rows that stand for events: the statement, how the number of the events is made, and the rest."""

    @property
    def base(self) -> Fragment: ...

    @property
    def total(self) -> str: ...

    def key(self, node: Planned) -> Fragment:
        """By what the rows fall into the buckets of a node; of dates it is the number of the bucket."""

    def measures(self, node: Planned) -> list[Fragment]:
        """The aggregate functions whose values `outcome_of` needs."""


@dataclass(frozen=True, slots=True)
class EventRows:
    """A row for each event, its columns called by `names`."""

    base: Fragment
    names: Names
    total: str = "COUNT(*)"

    def key(self, node: Planned) -> Fragment:
        value = value_of(node, self.names)
        return value if node.times is None else bucket_number(node.times, value.sql)

    def measures(self, node: Planned) -> list[Fragment]:
        return measures_of(node, self.names)


def event_rows(query: EventQuery, roots: Sequence[Planned]) -> EventRows | None:
    """With the columns that the roots need; None when there can be no event. Raises FilterValueError."""
    names = aliases(roots)
    base = _statement(query, names)
    return None if base is None else EventRows(base, names)


def _statement(query: EventQuery, names: Names) -> Fragment | None:
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
