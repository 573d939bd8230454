"""The root fields of an event: names in any case, values of the right type or kept aside."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

from events.ingest.parsers.conversions import MISTYPED, Mistyped, distinct_texts, to_text
from exceptionless_site.core.dates import WireDate, parse_wire_date

INVALID_REFERENCE_ID: Final = "invalid-reference-id"
"""The reference id of events whose own was not valid; it does not identify any of them."""

DATA = "data"
IGNORED = "ignored"
_FIELDS = ("type", "source", "date", "tags", "message", "geo", "value", "count", "reference_id", "id", DATA)
_SERVER_FIELDS = ("organization_id", "project_id", "stack_id", "is_first_occurrence", "created_utc", "idx")
_ROOT_NAMES = {
    **{name: name for name in _FIELDS},
    **dict.fromkeys(_SERVER_FIELDS, IGNORED),
    "referenceid": "reference_id",
}

_PLAIN_REFERENCE_ID = re.compile(r"[A-Za-z0-9-]{8,100}")
_EMPTY_REFERENCE_IDS = frozenset({"00000000-0000-0000-0000-000000000000", "0" * 32})


def root_name(key: str) -> str | None:
    """The field that a root member names, in any case; IGNORED for what only the server sets, None for others."""
    return _ROOT_NAMES.get(key) or _ROOT_NAMES.get(key.lower())


def read_date(value: Any) -> WireDate | Mistyped | None:
    """An ISO 8601 date; None for .NET's smallest date, which means that none was set."""
    date = parse_wire_date(value) if isinstance(value, str) else None
    if date is None:
        return MISTYPED
    return None if date.moment.replace(tzinfo=None) == datetime.min else date  # noqa: DTZ901 - compared naively


def read_tags(value: Any) -> tuple[list[str], list[Any]]:
    """The distinct non-blank tags in order, and the items that are no tags. A single text is one tag."""
    texts: list[str] = []
    others: list[Any] = []
    for item in value if isinstance(value, list) else [value]:
        text = to_text(item)
        if isinstance(text, str):
            texts.append(text)
        elif item is not None:
            others.append(item)
    return distinct_texts(texts), others


def read_reference_id(value: Any) -> str | Mistyped | None:
    """A valid reference id; None for the empty GUID, which the Go client sends when there is none."""
    text = to_text(value)
    if isinstance(text, Mistyped) or text in _EMPTY_REFERENCE_IDS:
        return None if text in _EMPTY_REFERENCE_IDS else MISTYPED
    return text if is_reference_id(text) else MISTYPED


def identifies(reference_id: str | None) -> bool:
    """Whether it is the event's own; the marker is shared by events that have nothing to do with each other."""
    return bool(reference_id) and reference_id != INVALID_REFERENCE_ID


def is_reference_id(text: str) -> bool:
    """8 to 100 letters, digits (of any script) and hyphens."""
    if _PLAIN_REFERENCE_ID.fullmatch(text):
        return True
    return 8 <= len(text) <= 100 and all(char.isalpha() or char.isdecimal() or char == "-" for char in text)
