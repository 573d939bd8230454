"""Databases of their own for data sets, beside that of the product."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection


@contextmanager
def separate_database(name: str) -> Iterator[None]:
    """Let everything in the block use the database `name`, which is made when it is not there.

    On SQLite it is a file in the folder `bench` of the data directory, on PostgreSQL a database of the same server.
    """
    product = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = _file(name) if connection.vendor == "sqlite" else _database(str(product), name)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = product


def _file(name: str) -> str:
    folder = Path(settings.DATA_DIR) / "bench"
    folder.mkdir(exist_ok=True)
    return str(folder / f"{name}.sqlite3")


def _database(product: str, name: str) -> str:
    database = f"{product}_bench_{name}".replace("-", "_")
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(database)}")
    return database
