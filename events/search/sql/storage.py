"""Storing events together with what makes them found, and taking both out again; the same on both databases."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import DatabaseError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from events.documents import pack
from events.models import Event, NewEvent
from events.rollups.storage import add_events
from events.search.document import searchable_values
from events.search.facets import facets_text
from events.search.sql import fts5, tsvector
from events.search.sql.tokens import keyword_token, truth_token
from events.search.sql.vendor import is_postgresql

logger = logging.getLogger(__name__)

MAXIMUM_TEXT = 600_000
"""Characters of tokens per event; PostgreSQL takes a megabyte. What is beyond, in the order of the document's members,
cannot be found."""

_ROWS_PER_STATEMENT = 500
_OF_COLUMNS = frozenset({"id", "organization", "project", "stack", "date", "created", "first", "value", "count"})
"""Fields that are asked for by a column, or whose tokens are made of the row and not of the document."""


_CREATED = Event._meta.get_field("created_utc")
# The key comes second: the first column is the only one whose value has another form in the database.
_OTHERS = [field for field in Event._meta.concrete_fields if field is not _CREATED]
_ATTRIBUTES = attrgetter(*(field.attname for field in _OTHERS))
_COLUMNS = ", ".join(f'"{field.column}"' for field in (_CREATED, *_OTHERS))
_INSERT = f"INSERT INTO events_event ({_COLUMNS}) VALUES ({', '.join(['%s'] * (len(_OTHERS) + 1))})"  # noqa: S608
_COPY = f'COPY events_event ({_COLUMNS}, "{tsvector.COLUMN}") FROM STDIN'

_FIRST = truth_token("first", True)


class SearchableEvent(NamedTuple):
    """A row and the tokens of its document, in the form of the database that is used."""

    row: Event | NewEvent
    tokens: str


def searchable(row: Event | NewEvent, document: Mapping[str, Any]) -> SearchableEvent:
    """The event with the facets and the tokens of its document; the work is done here and not when it is stored."""
    write = tsvector.values_text if is_postgresql() else fts5.values_text
    found = searchable_values(document)
    row.facets = facets_text(found)
    return SearchableEvent(row, _text(found, write))


def _text(values: Mapping[str, list[Any]], write: Callable[[str, list[Any]], str]) -> str:
    texts = [write(storage, found) for storage, found in values.items() if storage not in _OF_COLUMNS]
    if sum(map(len, texts)) > MAXIMUM_TEXT:
        texts = _shortened(texts)
    return " ".join(texts)


def _shortened(texts: Sequence[str]) -> list[str]:
    kept, length = [], 0
    for text in texts:
        length += len(text)
        if length <= MAXIMUM_TEXT:
            kept.append(text)
    return kept


# --- Writing ------------------------------------------------------------------------------------


def insert_events(events: Sequence[SearchableEvent]) -> None:
    """Store new events with all that is made of them; call it in a transaction.

    Raises IntegrityError when a key is taken.
    """
    insert_rows([values(event) for event in events])
    add_events(event.row for event in events)


Values = tuple[Any, ...]
"""A row of the events' table in the order of its columns, and then its tokens."""


def values(event: SearchableEvent) -> Values:
    """The event as the database takes it, its stack known."""
    row = event.row
    created = connection.ops.adapt_datetimefield_value(row.created_utc)
    tokens = event.tokens if is_postgresql() else fts5_row(event)[1]
    return (created, *_ATTRIBUTES(row), tokens)


def insert_rows(rows: Sequence[Values]) -> None:
    """Store events without adding them up; call it in a transaction. Raises IntegrityError when a key is taken."""
    if is_postgresql():
        _copy(rows)
    else:
        _execute_each(_INSERT, [row[:-1] for row in rows])
        _execute_each(fts5.INSERT, [(row[1], row[-1]) for row in rows])


def replace_tokens(before: Sequence[SearchableEvent], after: Sequence[SearchableEvent]) -> None:
    """Make stored events found by what their documents hold now; `before` is what they were stored with.

    Call it in the transaction that changes the rows.
    """
    if is_postgresql():
        statement = f'UPDATE events_event SET "{tsvector.COLUMN}" = %s::tsvector WHERE key = %s'  # noqa: S608
        _execute_each(statement, [(event.tokens, event.row.key) for event in after])
    else:
        _delete_rows(before)
        _execute_each(fts5.INSERT, [fts5_row(event) for event in after])


def rewrite_document(row: Event, document: dict[str, Any]) -> None:
    """Store another document for an event, and make it found by that; call it in a transaction that locks the row."""
    before = searchable(row, row.content)
    after = searchable(row, document)
    row.document = pack(document)
    row.save(update_fields=["document", "facets"])
    replace_tokens([before], [after])


def forget_events(keys: Sequence[int]) -> None:
    """Take events out of the index; called in the transaction that deletes the rows, while they are there.

    SQLite needs to be told the tokens. Were they made otherwise when the event was stored, some stay behind: they take
    room until the index is made anew, but no list finds an event without a row.
    """
    if is_postgresql():
        return
    for start in range(0, len(keys), _ROWS_PER_STATEMENT):
        rows = Event.objects.filter(key__in=keys[start : start + _ROWS_PER_STATEMENT]).order_by()
        _forget([searchable(row, row.content) for row in rows])


def _forget(events: Sequence[SearchableEvent]) -> None:
    try:
        with transaction.atomic():
            _delete_rows(events)
    except DatabaseError:
        # FTS5 refuses to take out more than was put in.
        logger.warning(
            "The search index keeps tokens of %d deleted events; `manage.py rebuild` removes them", len(events)
        )


def _delete_rows(events: Sequence[SearchableEvent]) -> None:
    """Those that are in the index: taking out others would spoil its sums."""
    rows = [fts5_row(event) for event in events]
    with connection.cursor() as cursor:
        for key, text in rows:
            cursor.execute(fts5.IS_THERE, [key, fts5.quoted(text.partition(" ")[0])])
            if cursor.fetchone():
                cursor.execute(fts5.DELETE, [key, text])


def _copy(rows: Sequence[Values]) -> None:
    # The cursor's wrapper knows nothing of copying, so its errors are translated here.
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row(row)


def fts5_row(event: SearchableEvent) -> tuple[int, str]:
    """With tokens of the owners: the index shall skip other projects' events by itself."""
    row = event.row
    own = _owners(row.organization_id, row.project_id, row.stack_id)
    if row.is_first_occurrence:
        own = f"{own} {_FIRST}"
    return row.key, f"{own} {event.tokens}"


@lru_cache(maxsize=10_000)
def _owners(organization_id: str, project_id: str, stack_id: str) -> str:
    owners = (("organization", organization_id), ("project", project_id), ("stack", stack_id))
    return " ".join(fts5.escape(keyword_token(storage, id_)) for storage, id_ in owners)


def _execute_each(statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


# --- The index itself ---------------------------------------------------------------------------


def create_index(database: BaseDatabaseWrapper) -> None:
    """Make the empty index of a new database."""
    _execute(database, tsvector.CREATE if database.vendor == "postgresql" else (fts5.CREATE,))


def drop_index(database: BaseDatabaseWrapper) -> None:
    _execute(database, tsvector.DROP if database.vendor == "postgresql" else (fts5.DROP,))


def _execute(database: BaseDatabaseWrapper, statements: Sequence[str]) -> None:
    with database.cursor() as cursor:
        for statement in statements:
            # Without parameters, so that a percent sign is one.
            cursor.execute(statement)
