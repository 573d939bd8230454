"""Who hears of events in the transaction that stores them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from events.ingest.context import EventContext
from events.ingest.stacks import StackGroup
from events.search.sql.storage import SearchableEvent

StoredEvent = tuple[StackGroup, EventContext, SearchableEvent]

on_stored: list[Callable[[Sequence[StoredEvent]], object]] = []
"""Called once per batch, when its events and stacks are written and before the commit.

To be quick and to touch the database only: on SQLite nobody else can write meanwhile, and the batch may be written
once more. They register in `AppConfig.ready`.
"""
