"""The data of one event while it is read: no entry replaces another."""

from __future__ import annotations

from typing import Any

from events.ingest.parsers.known_keys import canonical_key, read_entry
from events.ingest.parsers.models import KNOWN_OBJECTS


class EventData:
    """Collects entries; keys are unique in any case, and the first to come keeps its name.

    A later one is called `_@key` when the key is a known object's, else `key1`, `key2` and so on.
    """

    def __init__(self) -> None:
        self.entries: dict[str, Any] = {}
        self._taken: set[str] = set()
        self._last_numbers: dict[str, int] = {}

    def add(self, key: str, value: Any) -> None:
        """Store a value as sent under `key`; a null for a known object is the same as none."""
        known = canonical_key(key)
        if value is None and known in KNOWN_OBJECTS:
            return
        name, stored = read_entry(known, value)
        lowered = name.lower()
        if lowered in self._taken:
            name = self._free_name(f"_{name}" if name in KNOWN_OBJECTS else name)
            lowered = name.lower()
        self._taken.add(lowered)
        self.entries[name] = stored

    def add_invalid(self, field_name: str, value: Any) -> None:
        """Keep what a client sent for a root field that could not be read, such as `InvalidValue`."""
        self.add(f"Invalid{field_name}", value)

    def _free_name(self, wished: str) -> str:
        lowered = wished.lower()
        name = wished
        # Counting on from the last number keeps thousands of spellings of one key from costing their square.
        number = self._last_numbers.get(lowered, 0)
        while name.lower() in self._taken:
            number += 1
            name = f"{wished}{number}"
        self._last_numbers[lowered] = number
        return name
