"""Events of any age, and jobs that need no waiting."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from events.services import event_deletion
from events.services.pace import Pace
from tests.conftest import Cast
from tests.events.conftest import post, work
from tests.queue.conftest import real_database

__all__ = ["post", "real_database", "work"]


@pytest.fixture
def owner(cast: Cast) -> APIClient:
    return cast.client(cast.owner)


@pytest.fixture
def nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else forgets events: SQLite's search index takes a statement for each of them."""
    monkeypatch.setattr(event_deletion, "on_delete", [])


@pytest.fixture
def pace() -> Pace:
    """All the time that is needed."""
    return Pace()
