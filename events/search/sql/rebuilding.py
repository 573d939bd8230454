"""Making the index of tokens anew while the server runs, and comparing it with the events.

PostgreSQL gets the tokens row by row. SQLite's index cannot be read back, so it is emptied and filled again, newest
events first; which ones are still to be done stands in a table of its own, so that a run that was broken off can be
continued. Until the end, lists with a filter lack the events that are still to be done.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from events.search.sql import fts5, tsvector
from events.search.sql.storage import SearchableEvent, fts5_row, replace_tokens
from events.search.sql.vendor import is_postgresql

_WAITING = "events_waiting_for_index"
_TOKENS_COMPARED = 200


def begin() -> None:
    """Empty the index where that has to be; does nothing when an earlier run was broken off."""
    if is_postgresql() or _WAITING in connection.introspection.table_names():
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(fts5.DELETE_ALL)
        cursor.execute(f"CREATE TABLE {_WAITING} AS SELECT key FROM events_event")  # noqa: S608


def end() -> None:
    """The index is complete again."""
    if not is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {_WAITING}")


def waiting_keys(before: int, limit: int) -> list[int]:
    """The next keys to be done, newest first, below a key."""
    table = "events_event" if is_postgresql() else _WAITING
    with connection.cursor() as cursor:
        statement = f"SELECT key FROM {table} WHERE key < %s ORDER BY key DESC LIMIT %s"  # noqa: S608
        cursor.execute(statement, [before, limit])
        return [key for (key,) in cursor.fetchall()]


def index_again(events: Sequence[SearchableEvent], keys: Sequence[int]) -> int:
    """Write the tokens of events; how many had others. `keys` are those that are done then, gone events too."""
    if is_postgresql():
        return _update(events)
    # What a worker wrote again meanwhile must not be there twice.
    replace_tokens(events, events)
    _set_done(keys)
    return len(events)


def _update(events: Sequence[SearchableEvent]) -> int:
    column = tsvector.COLUMN
    statement = (
        f'UPDATE events_event SET "{column}" = %s::tsvector '  # noqa: S608
        f'WHERE key = %s AND "{column}" IS DISTINCT FROM %s::tsvector'
    )
    changed = 0
    with connection.cursor() as cursor:
        for row, tokens in events:
            cursor.execute(statement, [tokens, row.key, tokens])
            changed += cursor.rowcount
    return changed


def _set_done(keys: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        statement = f"DELETE FROM {_WAITING} WHERE key BETWEEN %s AND %s"  # noqa: S608
        cursor.execute(statement, [min(keys), max(keys)])


def count_different(events: Sequence[SearchableEvent]) -> int:
    """How many of the events are not indexed as they should be; SQLite only tells whether tokens are missing."""
    is_indexed = _is_in_column if is_postgresql() else _is_in_index
    return sum(not is_indexed(event) for event in events)


def _is_in_column(event: SearchableEvent) -> bool:
    statement = f'SELECT "{tsvector.COLUMN}" = %s::tsvector FROM events_event WHERE key = %s'  # noqa: S608
    return _is_true(statement, [event.tokens, event.row.key])


def _is_in_index(event: SearchableEvent) -> bool:
    key, text = fts5_row(event)
    tokens = list(dict.fromkeys(text.split(" ")))[:_TOKENS_COMPARED]
    query = " AND ".join(map(fts5.quoted, tokens))
    return _is_true(fts5.IS_THERE, [key, query])


def _is_true(statement: str, parameters: Sequence[str | int]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
    return bool(row and row[0])
