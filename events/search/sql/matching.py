"""Questions to the index of tokens as conditions on the events' table."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, Q
from django.db.models.sql.compiler import SQLCompiler

from events.models import EventSearch
from events.search.sql import fts5, tsvector
from events.search.sql.queries import AllOf, Query, simplified
from events.search.sql.vendor import is_postgresql

NOTHING = Q(pk__in=[])
EVERYTHING = ~NOTHING
"""Not an empty Q, which vanishes from an OR instead of deciding it."""

KeyWindow = tuple[int, int]
"""The smallest and the greatest key that are asked for, both included."""


class VectorMatches(Func):
    """PostgreSQL: whether the tokens of the row answer a query."""

    output_field: Any = BooleanField()

    def __init__(self, query: str) -> None:
        super().__init__(F("key"))
        self.query = query

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *args: Any, **kwargs: Any
    ) -> tuple[str, tuple[Any, ...]]:
        column = tsvector.column_beside(compiler.compile(self.source_expressions[0])[0])
        return f"{column} @@ %s::tsquery", (self.query,)


class Unindexed(Func):
    """A column that SQLite shall not look up in an index of its own: the walk along the keys is the better one."""

    arity = 1
    template = "%(expressions)s"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **kwargs: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="+%(expressions)s", **kwargs)


def nested_condition(query: Query, window: KeyWindow) -> Q:
    """The events that answer a query, as a condition that can stand anywhere."""
    simple = simplified(query)
    if isinstance(simple, bool):
        return EVERYTHING if simple else NOTHING
    if is_postgresql():
        return Q(VectorMatches(tsvector.render(simple)))
    found = fts5.render(simple)
    rows = EventSearch.objects.filter(tokens__match=found.text, key__gte=window[0], key__lte=window[1])
    condition = Q(key__in=rows.order_by().values("key"))
    return ~condition if found.is_negated else condition


class TopCondition(NamedTuple):
    """A condition for all of a statement, and the name of the key by which its rows should be ordered."""

    condition: Q
    key: str = "key"


def top_condition(query: Query, owners: Query, window: KeyWindow) -> TopCondition:
    """The events that answer a query and belong to `owners`, as the condition of a whole statement.

    On SQLite it is a join, which is walked along the keys and can stop early where a nested condition would first
    gather all that match.
    """
    simple = simplified(query)
    if isinstance(simple, bool) or is_postgresql():
        return TopCondition(nested_condition(query, window))
    found = fts5.render(simplified_all(owners, simple))
    return TopCondition(
        Q(search__tokens__match=found.text, search__key__gte=window[0], search__key__lte=window[1]), "search__key_id"
    )


def simplified_all(*queries: Query) -> Query:
    """All of the queries, none of which is decided already."""
    simple = simplified(AllOf(queries))
    if isinstance(simple, bool):
        raise TypeError("nothing is asked")
    return simple
