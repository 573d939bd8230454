"""From the text of a submission to its events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from events.ingest.event import IncomingEvent
from events.ingest.parsers.documents import parse_document, read_documents
from events.ingest.parsers.lines import iterate_lines
from events.ingest.parsers.upgraders import upgrade_documents

__all__ = ["iterate_events", "parse_events"]

_BYTE_ORDER_MARK = "\ufeff"


def parse_events(payload: str | bytes, *, api_version: int, now: datetime) -> list[IncomingEvent]:
    """The events of a payload, empty only when it is blank; never raises for what a client sent.

    JSON is read as such, with the shapes of the first API brought up to date for `api_version` 1; a payload
    that is not JSON, or holds no event, becomes one log event per line. `now` dates events without a date.
    """
    return list(iterate_events(payload, api_version=api_version, now=now))


def iterate_events(payload: str | bytes, *, api_version: int, now: datetime) -> Iterator[IncomingEvent]:
    """The same events one by one: a payload of two megabytes may hold a million of them."""
    text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else payload
    text = text.removeprefix(_BYTE_ORDER_MARK).strip()
    documents = read_documents(text) or []
    if api_version < 2:
        documents = upgrade_documents(documents)
    is_empty = True
    for document in documents:
        event = parse_document(document, now)
        if event is not None:
            is_empty = False
            yield event
    if is_empty:
        yield from iterate_lines(text, now)
