"""One running server for the tests that only talk to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.commands.running import RunningServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """`manage.py up --demo` on SQLite."""
    running = RunningServer(tmp_path_factory.mktemp("server"), ("--demo",))
    try:
        yield running.start()
    finally:
        running.stop()
