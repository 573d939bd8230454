"""Shorthands of the parser tests."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from events.ingest.event import IncomingEvent
from events.ingest.parsers import parse_events

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def parse(payload: Any, *, api_version: int = 2) -> list[IncomingEvent]:
    """The events of a text, bytes, or any other value as JSON."""
    text = payload if isinstance(payload, (str, bytes)) else json.dumps(payload)
    return parse_events(text, api_version=api_version, now=NOW)


def parse_one(payload: Any, *, api_version: int = 2) -> IncomingEvent:
    (event,) = parse(payload, api_version=api_version)
    return event


def nested(levels: int, kind: str = "list", core: Any = None) -> Any:
    """`levels` lists or objects inside each other, around `core`."""
    value = core
    for _ in range(levels):
        value = [value] if kind == "list" else {"k": value}
    return value


def depth_of(value: Any) -> int:
    """How many objects and lists are inside each other."""
    deepest = 0
    waiting = [(value, 0)]
    while waiting:
        item, level = waiting.pop()
        deepest = max(deepest, level)
        if isinstance(item, (dict, list)):
            waiting += [(child, level + 1) for child in (item.values() if isinstance(item, dict) else item)]
            deepest = max(deepest, level + 1)
    return deepest
