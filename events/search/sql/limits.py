"""How long a search may take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

from events.search.sql.vendor import is_postgresql

_INSTRUCTIONS_BETWEEN_LOOKS = 50_000
_CANCELLED = "57014"
"""PostgreSQL's code of a statement that was cancelled."""


class SearchTimeoutError(Exception):
    """The database was told to stop. `seconds` is what it was given."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"stopped after {seconds:g} seconds")
        self.seconds = seconds


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Stop the statements of the block, which only read, when they take longer. Raises SearchTimeoutError.

    PostgreSQL gives each statement that time; SQLite all of them together.
    """
    limit = _postgresql_limit if is_postgresql() else _sqlite_limit
    try:
        with limit(seconds):
            yield
    except OperationalError as error:
        if not _was_stopped(error):
            raise
        raise SearchTimeoutError(seconds) from error


@contextmanager
def _postgresql_limit(seconds: float) -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", (str(max(int(seconds * 1000), 1)),))
        yield


@contextmanager
def _sqlite_limit(seconds: float) -> Iterator[None]:
    connection.ensure_connection()
    database = connection.connection
    deadline = time.monotonic() + seconds
    database.set_progress_handler(lambda: time.monotonic() > deadline, _INSTRUCTIONS_BETWEEN_LOOKS)
    try:
        yield
    finally:
        database.set_progress_handler(None, 0)


def _was_stopped(error: OperationalError) -> bool:
    cause = error.__cause__
    return getattr(cause, "sqlstate", None) == _CANCELLED or "interrupted" in str(error)
