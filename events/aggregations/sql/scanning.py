"""Aggregations that need single events: one pass over all of them, in bounded memory and limited time."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

from django.db.models import QuerySet

from events.aggregations.collectors import Group, Workspace
from events.aggregations.document_values import document_reader
from events.aggregations.limits import MAXIMUM_BUCKETS, Budget, too_many_buckets
from events.aggregations.outcomes import Counted, number_of_buckets
from events.aggregations.planning import Planned
from events.aggregations.sources import Source
from events.search.fields import Kind
from events.search.sql.limits import SearchTimeoutError
from events.selectors import EventQuery
from exceptionless_site.core.time_keys import SEQUENCE_BITS, to_milliseconds

_ROWS_AT_ONCE = 500

Row = Sequence[Any]


def count_by_scan(query: EventQuery, roots: tuple[Planned, ...], seconds: float) -> Counted:
    """The number of the events, and what the roots come to. Raises AggregationError, SearchTimeoutError."""
    sources = list(dict.fromkeys(node.source for root in roots for node in root.walk()))
    sources.sort(key=lambda source: source.is_in_documents)
    columns = list(dict.fromkeys(["key", *(column for source in sources for column in source.columns)]))
    readers = [_reader(source, columns) for source in sources if source.field is None]
    read_document = document_reader([source.field for source in sources if source.field is not None])
    has_documents = len(readers) < len(sources)
    everything = Group(roots, Workspace(sources, Budget()))
    rows = query.events().order_by().values_list(*columns, *(["document"] if has_documents else []))
    # PostgreSQL forgets the cursor with the transaction, so it is closed here also when something goes wrong.
    with closing(_stream(rows)) as found_rows:
        for row in _in_time(found_rows, seconds):
            values = [read(row) for read in readers]
            if has_documents:
                values += read_document(bytes(row[-1]))
            everything.add(row[0], values)
    found = everything.outcomes()
    if number_of_buckets(found) > MAXIMUM_BUCKETS:
        raise too_many_buckets()
    return Counted(everything.total, found)


def _stream(rows: QuerySet[Any, Any]) -> Generator[Row, None, None]:
    yield from rows.iterator(chunk_size=_ROWS_AT_ONCE)


def _in_time(rows: Iterable[Row], seconds: float) -> Iterator[Row]:
    deadline = time.monotonic() + seconds
    for number, row in enumerate(rows):
        if number % _ROWS_AT_ONCE == 0 and time.monotonic() > deadline:
            raise SearchTimeoutError(seconds)
        yield row


def _reader(source: Source, columns: Sequence[str]) -> Callable[[Row], Sequence[Any]]:
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
