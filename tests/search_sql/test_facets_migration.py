"""Events from before the column of facets get it when the database is migrated."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from events.models import Event
from tests.events.conftest import post, work

__all__ = ["post", "work"]

migration: Any = import_module("events.migrations.0012_event_facets")


def test_old_events_are_counted_by_their_tags(post: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    post(*({"message": f"text {number}", "tags": ["a"] if number % 2 else []} for number in range(5)))
    stored = dict(Event.objects.values_list("key", "facets"))
    assert sorted(map(str, stored.values())) == ["None"] * 3 + ['{"tag":["a"]}'] * 2
    Event.objects.update(facets=None)
    monkeypatch.setattr(migration, "AT_ONCE", 2)
    migration.fill(apps, SimpleNamespace(connection=connection))
    assert dict(Event.objects.values_list("key", "facets")) == stored
