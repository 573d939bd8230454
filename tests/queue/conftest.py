"""Real threads and processes need a database that each of them can open, and rows to work on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections

from events.ingest import queue


@pytest.fixture
def real_database(
    transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[None]:
    """A database for other threads and processes: PostgreSQL as it is, SQLite as a file instead of in memory."""
    # The writing thread keeps its connection, so each test has its own.
    monkeypatch.setattr(queue, "_committer", queue.GroupCommitter())
    if connection.vendor == "sqlite":
        yield from _sqlite_file(tmp_path / "queue.sqlite3")
    else:
        yield
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def _sqlite_file(path: Path) -> Iterator[None]:
    in_memory = connections["default"]
    in_memory.ensure_connection()
    with sqlite3.connect(path) as file:
        in_memory.connection.backup(file)
    file.close()
    name = in_memory.settings_dict["NAME"]
    del connections["default"]
    # All threads' connections share this one dictionary.
    connections.settings["default"]["NAME"] = str(path)
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"]["NAME"] = name
        connections["default"] = in_memory
