"""From one parsed JSON object to an event. A field that cannot be read costs neither the event nor its neighbours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from events.ingest.event import ERROR, LOG, IncomingEvent
from events.ingest.parsers.conversions import Mistyped, to_number, to_small_integer, to_text
from events.ingest.parsers.event_data import EventData
from events.ingest.parsers.fields import (
    DATA,
    IGNORED,
    INVALID_REFERENCE_ID,
    read_date,
    read_reference_id,
    read_tags,
    root_name,
)
from events.ingest.parsers.models import read_object

Fields = dict[str, Any]


def bind_event(members: dict[str, Any], now: datetime) -> IncomingEvent:
    """The event that a JSON object describes; its objects and lists are taken over and changed.

    Unknown members go into `data`. A value of the wrong type whose meaning is plain is converted, any other is
    kept in `data` as `Invalid<Field>` and the field has its default. `now` is the date of an event without one.
    """
    data = EventData()
    fields = _sort_members(members, data)
    event = IncomingEvent(type="", date=now)
    _set_date(event, fields, data)
    event.tags = _tags(fields, data)
    event.source = _text("source", fields, data)
    event.message = _text("message", fields, data)
    event.geo = _text("geo", fields, data)
    event.value = _read("value", to_number, fields, data)
    event.count = _read("count", to_small_integer, fields, data)
    event.reference_id = _reference_id(fields, data)
    event.type = _text("type", fields, data) or ""
    event.data = data.entries
    if not event.type or event.type.isspace():
        event.type = default_type(event.data)
    return event


def default_type(data: dict[str, Any]) -> str:
    """The type of an event that names none."""
    return ERROR if "@error" in data or "@simple_error" in data else LOG


def _sort_members(members: dict[str, Any], data: EventData) -> Fields:
    """The root fields that are set; all else goes into `data`, where the entries of the sent `data` come first."""
    fields: Fields = {}
    bags: list[Any] = []
    others: list[tuple[str, Any]] = []
    for key, value in members.items():
        name = root_name(key)
        if name is None:
            others.append((key, value))
        elif value is not None and name != IGNORED:
            if name == DATA:
                bags.append(value)
            else:
                fields[name] = value
    for bag in bags:
        _add_bag(bag, data)
    for key, value in others:
        data.add(key, value)
    return fields


def _add_bag(bag: Any, data: EventData) -> None:
    entries = read_object(bag)
    if entries is not None:
        for key, value in entries.items():
            data.add(key, value)
    elif bag not in ("", []):
        data.add_invalid("Data", bag)


def _read(name: str, convert: Callable[[Any], Any], fields: Fields, data: EventData) -> Any:
    value = fields.get(name)
    if value is None:
        return None
    converted = convert(value)
    if not isinstance(converted, Mistyped):
        return converted
    data.add_invalid(name.capitalize(), value)
    return None


def _text(name: str, fields: Fields, data: EventData) -> str | None:
    text: str | None = _read(name, to_text, fields, data)
    return text or None


def _tags(fields: Fields, data: EventData) -> list[str]:
    value = fields.get("tags")
    if value is None:
        return []
    tags, others = read_tags(value)
    if others:
        data.add_invalid("Tags", others)
    return tags


def _set_date(event: IncomingEvent, fields: Fields, data: EventData) -> None:
    date = _read("date", read_date, fields, data)
    if date is not None:
        event.set_date(date.moment, date.tick)


def _reference_id(fields: Fields, data: EventData) -> str | None:
    """The event's own reference id, else the id that was posted."""
    for value in (fields.get("reference_id"), fields.get("id") or None):
        reference_id = None if value is None else read_reference_id(value)
        if isinstance(reference_id, Mistyped):
            data.add_invalid("ReferenceId", value)
            return INVALID_REFERENCE_ID
        if reference_id is not None:
            return reference_id
    return None
