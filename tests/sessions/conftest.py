"""Sessions in tests: events at seconds after a beginning, posted as one batch or one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from exceptionless_site.core import json
from exceptionless_site.core.clock import utc_now
from tests.conftest import Cast
from tests.events.conftest import work
from tests.sessions.stories import Story
from tokens.models import Token

__all__ = ["work"]

Documents = list[dict[str, Any]]
Enqueue = Callable[..., None]


@pytest.fixture
def enqueue(cast: Cast) -> Enqueue:
    """Post a batch without processing it."""

    def run(documents: Documents, key: Token | None = None) -> None:
        # In a transaction the row is stored by this thread, and no other is left with a connection of its own.
        with transaction.atomic():
            client = cast.client(key or cast.key)
            response = client.post("/api/v2/events", json.dumps(documents), content_type="application/json")
        assert response.status_code == 202, response.content

    return run


@pytest.fixture
def story(enqueue: Enqueue, work: Callable[[], None]) -> Story:
    """Events of one hour ago and later."""

    def send(documents: Documents, key: Token | None = None) -> None:
        enqueue(documents, key)
        work()

    return Story((utc_now() - timedelta(hours=1)).replace(microsecond=0), send)
