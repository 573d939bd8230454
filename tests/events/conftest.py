"""Posting and processing in tests: the worker runs in the test's own transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from events.ingest.worker import Worker
from exceptionless_site.core import json
from tests.conftest import Cast


@pytest.fixture
def work() -> Callable[[], None]:
    """Process all that is waiting."""
    worker = Worker("test")

    def run() -> None:
        while worker.run_once():
            pass

    return run


@pytest.fixture
def post(cast: Cast, work: Callable[[], None]) -> Callable[..., None]:
    """Post documents with the project's client key, and process them."""

    def run(*documents: dict[str, Any] | str, key: Any = None) -> None:
        client = cast.client(key or cast.key)
        for document in documents:
            body = document if isinstance(document, str) else json.dumps(document)
            response = client.post("/api/v2/events", body, content_type="application/json")
            assert response.status_code == 202, response.content
        work()

    return run
