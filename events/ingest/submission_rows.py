"""Storing queue rows the short way: with the ORM, making up the statement takes longer than running it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from events.models import Submission

_FIELDS = Submission._meta.concrete_fields
_TABLE = Submission._meta.db_table
_COLUMNS = ", ".join(str(field.column) for field in _FIELDS)
_INSERT = f"INSERT INTO {_TABLE} ({_COLUMNS}) VALUES ({', '.join(['%s'] * len(_FIELDS))})"  # noqa: S608
_COPY = f"COPY {_TABLE} ({_COLUMNS}) FROM STDIN"


def insert_submissions(submissions: Sequence[Submission]) -> None:
    """Store new rows; call it in a transaction. Raises IntegrityError when a key is taken."""
    rows = [_values(submission) for submission in submissions]
    if connection.vendor == "postgresql":
        _copy(rows)
        return
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, rows)


def _values(submission: Submission) -> list[Any]:
    return [field.get_db_prep_save(getattr(submission, field.attname), connection) for field in _FIELDS]


def _copy(rows: Sequence[Sequence[Any]]) -> None:
    # The cursor's wrapper knows nothing of copying, so its errors are translated here.
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row(row)
