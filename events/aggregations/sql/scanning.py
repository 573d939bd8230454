"""Aggregations that SQL cannot add up: one pass over the events, in bounded memory and limited time.

Events that have the same values come as one row that tells how many they are, unless their keys are asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

from django.db.models import Count, QuerySet, Value

from events.aggregations.collectors import Group, Workspace
from events.aggregations.limits import MAXIMUM_BUCKETS, Budget, too_many_buckets
from events.aggregations.outcomes import Counted, number_of_buckets
from events.aggregations.parser import Operation
from events.aggregations.planning import Planned
from events.aggregations.sources import Source
from events.aggregations.sql.facets import FacetText, facet_values
from events.search.fields import Kind
from events.search.sql.limits import SearchTimeoutError
from events.selectors import EventQuery
from exceptionless_site.core.time_keys import SEQUENCE_BITS, to_milliseconds

_ROWS_AT_ONCE = 500
_FACET = "facet_"

Row = Sequence[Any]


def count_by_scan(query: EventQuery, roots: tuple[Planned, ...], seconds: float) -> Counted:
    """The number of the events, and what the roots come to. Raises AggregationError, SearchTimeoutError."""
    sources = list(dict.fromkeys(node.source for root in roots for node in root.walk()))
    columns = list(dict.fromkeys(column for source in sources for column in _columns(source)))
    readers = [_reader(source, columns) for source in sources]
    everything = Group(roots, Workspace(sources, Budget()))
    # PostgreSQL forgets the cursor with the transaction, so it is closed here also when something goes wrong.
    with closing(_stream(_rows(query, roots, sources, columns))) as found_rows:
        for row in _in_time(found_rows, seconds):
            everything.add(row[-2], [read(row) for read in readers], row[-1])
    found = everything.outcomes()
    if number_of_buckets(found) > MAXIMUM_BUCKETS:
        raise too_many_buckets()
    return Counted(everything.total, found)


def _rows(
    query: EventQuery, roots: tuple[Planned, ...], sources: Sequence[Source], columns: Sequence[str]
) -> QuerySet[Any, Any]:
    """The columns, then a key and the number of events."""
    facets = {_FACET + source.field.storage: FacetText(source.field.storage) for source in sources if source.field}
    rows: QuerySet[Any, Any] = query.events().order_by().annotate(**facets)
    needs_keys = any(node.operation is Operation.TOP_HITS for root in roots for node in root.walk())
    found: QuerySet[Any, Any]
    if needs_keys or "key" in columns:
        found = rows.values_list(*columns, "key", Value(1))
    elif columns:
        found = rows.values(*columns).annotate(events=Count("key")).values_list(*columns, Value(0), "events")
    else:
        found = rows.values_list(Value(0)).annotate(Count("key"))
    return found


def _columns(source: Source) -> Sequence[str]:
    return source.columns if source.field is None else (_FACET + source.field.storage,)


def _stream(rows: QuerySet[Any, Any]) -> Generator[Row, None, None]:
    yield from rows.iterator(chunk_size=_ROWS_AT_ONCE)


def _in_time(rows: Iterable[Row], seconds: float) -> Iterator[Row]:
    deadline = time.monotonic() + seconds
    for number, row in enumerate(rows):
        if number % _ROWS_AT_ONCE == 0 and time.monotonic() > deadline:
            raise SearchTimeoutError(seconds)
        yield row


def _reader(source: Source, columns: Sequence[str]) -> Callable[[Row], Sequence[Any]]:
    if source.field is not None:
        facet = columns.index(_columns(source)[0])
        return lambda row: facet_values(row[facet])
    if not source.columns:
        return lambda row: ()
    places = [columns.index(column) for column in source.columns]
    place = places[0]
    if source.kind is Kind.GEO:
        return lambda row: () if row[place] is None else (tuple(row[at] for at in places),)
    if source.columns == ("key",):
        return lambda row: (row[place] >> SEQUENCE_BITS,)
    if source.kind is Kind.DATE:
        return lambda row: (to_milliseconds(row[place]),)
    return lambda row: () if row[place] is None else (row[place],)
