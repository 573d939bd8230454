"""`manage.py up` on PostgreSQL, in databases made for it; skipped when the suite runs on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from tests.commands.running import RunningServer, free_port


@pytest.fixture
def database_url() -> Iterator[str]:
    """The address of an empty database."""
    values = settings.DATABASES["default"]
    if "postgresql" not in values["ENGINE"]:
        pytest.skip("the suite does not run on PostgreSQL")
    server = (
        f"postgres://{values['USER']}:{values['PASSWORD']}@{values['HOST'] or 'localhost'}:{values['PORT'] or 5432}"
    )
    name = f"exceptionless_up_{free_port()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as administration:
        administration.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{server}/{name}"
        finally:
            administration.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_two_starts_on_one_empty_database_migrate_once_and_accept_events(database_url: str, tmp_path: Path) -> None:
    environment = {"DATABASE_URL": database_url}
    servers = [RunningServer(tmp_path, ("--demo",), environment) for _ in range(2)]
    try:
        for server in servers:
            server.launch()
        for server in servers:
            server.wait_until_running()
        headers = {"Content-Type": "application/json"}
        status, _ = servers[1].request("POST", "/api/v2/events", b'{"message":"hello"}', **headers)
        assert status == 202
    finally:
        assert [server.stop() for server in servers] == [0, 0]
