"""Free values inside an event: dates in the form of the wire, at most 64 levels, numbers that can be written."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from exceptionless_site.core.dates import format_offset, parse_wire_date
from exceptionless_site.core.json import dumps

MAX_DEPTH = 64
"""Levels of objects and lists in an event; the event itself is the first."""

_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,16})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
_SHORTEST_DATE_TIME = len("2026-01-02T03:04")
_LONGEST_DATE_TIME = len("2026-01-02T03:04:05.1234567890123456+00:00")
_LARGEST_INTEGER = 2**64 - 1
_SMALLEST_INTEGER = -(2**63)


def normalize_value(value: Any, depth: int) -> Any:
    """The value as it is stored; objects and lists are changed in place.

    `depth` is the level at which it stands, counted from the event at 1. What lies deeper than MAX_DEPTH
    becomes its JSON text. A text that is an ISO 8601 date-time (with `T`) gets the offset form of the wire.
    """
    kind = type(value)
    if kind is str:
        return _normalize_text(value)
    if kind is dict or kind is list:
        if depth > MAX_DEPTH:
            return json_text(value)
        _normalize_members(value, value.items() if kind is dict else enumerate(value), depth + 1)
        return value
    return _normalize_number(value) if kind is int or kind is float else value


def _normalize_members(container: Any, members: Any, depth: int) -> None:
    # Replacing the value of an existing key while iterating is safe. The simple kinds are
    # decided here: a call per member would double the time of a large event.
    for key, value in members:
        kind = type(value)
        if kind is str:
            if len(value) >= _SHORTEST_DATE_TIME and value[10] == "T":
                container[key] = _normalize_text(value)
        elif kind is int:
            if not _SMALLEST_INTEGER <= value <= _LARGEST_INTEGER:
                container[key] = _normalize_number(value)
        elif kind is not bool and value is not None:
            container[key] = normalize_value(value, depth)


def _normalize_text(text: str) -> str:
    if not _SHORTEST_DATE_TIME <= len(text) <= _LONGEST_DATE_TIME or text[10] != "T":
        return text
    date = parse_wire_date(text) if _DATE_TIME.fullmatch(text) else None
    return format_offset(date.moment, date.tick) if date else text


def _normalize_number(value: int | float) -> Any:
    """JSON knows no infinity, and integers beyond 64 bits cannot be written again."""
    if isinstance(value, float):
        return value if math.isfinite(value) else json_text(value)
    if _SMALLEST_INTEGER <= value <= _LARGEST_INTEGER:
        return value
    try:
        return float(value)
    except OverflowError:
        return str(value)


def json_text(value: Any) -> str:
    """Compact JSON of a parsed value of any depth."""
    if type(value) is float and not math.isfinite(value):
        return repr(value)
    try:
        return dumps(value).decode()
    except (TypeError, RecursionError):
        # orjson ends at 254 levels and at 64-bit integers.
        return _deep_json_text(value)


class _Mark(str):
    """A piece of finished JSON among the values still to be written."""

    __slots__ = ()


def _deep_json_text(value: Any) -> str:
    pieces: list[str] = []
    waiting: list[Any] = [value]
    while waiting:
        item = waiting.pop()
        if type(item) is _Mark:
            pieces.append(item)
        elif isinstance(item, dict):
            waiting += _reversed_pieces("{", _member_pieces(item), "}")
        elif isinstance(item, list):
            waiting += _reversed_pieces("[", [[element] for element in item], "]")
        else:
            pieces.append(json.dumps(item, ensure_ascii=False))
    return "".join(pieces)


def _member_pieces(members: dict[str, Any]) -> list[list[Any]]:
    return [[_Mark(json.dumps(key, ensure_ascii=False) + ":"), item] for key, item in members.items()]


def _reversed_pieces(opening: str, groups: list[list[Any]], closing: str) -> list[Any]:
    pieces: list[Any] = [_Mark(opening)]
    for index, group in enumerate(groups):
        pieces += [_Mark(","), *group] if index else group
    pieces.append(_Mark(closing))
    return pieces[::-1]
