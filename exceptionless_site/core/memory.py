"""What a process remembers of rows for a moment, so that a hot route need not ask for them each time."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from django.db import models, transaction
from django.db.models.signals import ModelSignal, post_delete, post_save

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Row = TypeVar("Row", bound=models.Model)

rows_updated = ModelSignal()
"""Rows of the sender were changed by `update()`, of which Django's own signals tell nothing."""


class Memory(Generic[Key, Value]):
    """Values by key for `seconds`; at most `size` of them.

    A change of a row of `sources` in this process is felt at once, a change in another process after `seconds`.
    What was not found is not remembered.
    """

    def __init__(self, *sources: type[models.Model], seconds: float = 1.0, size: int = 4096) -> None:
        self.seconds = seconds
        self.size = size
        self._entries: dict[Key, tuple[float, Value]] = {}
        self._changes = 0
        _every_memory.append(self)
        for source in sources:
            for signal in (post_save, post_delete, rows_updated):
                signal.connect(self._on_change, sender=source)

    def get(self, key: Key, read: Callable[[], Value | None]) -> Value | None:
        """The remembered value, else what `read` finds."""
        entry = self._entries.get(key)
        now = time.monotonic()
        if entry is not None and entry[0] > now:
            return entry[1]
        changes = self._changes
        value = read()
        # A change during the reading may or may not be in the value.
        if value is not None and changes == self._changes:
            if len(self._entries) >= self.size:
                # They live for moments only: which of them go is not worth any book-keeping.
                self._entries.clear()
            self._entries[key] = (now + self.seconds, value)
        return value

    def forget(self) -> None:
        self._changes += 1
        self._entries.clear()

    def _on_change(self, **_: Any) -> None:
        self.forget()
        # Until the commit, others read the old row, and may remember it.
        if transaction.get_connection().in_atomic_block:
            transaction.on_commit(self.forget)


_every_memory: list[Memory[Any, Any]] = []


def forget_everything() -> None:
    for memory in _every_memory:
        memory.forget()


class RememberedQuerySet(models.QuerySet[Row]):
    """For models whose rows are remembered: `update()` tells of the change too."""

    def update(self, **values: Any) -> int:
        count = super().update(**values)
        rows_updated.send(self.model)
        return count
