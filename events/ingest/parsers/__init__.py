"""From the text of a submission to its events."""

from __future__ import annotations

from datetime import datetime

from events.ingest.event import IncomingEvent
from events.ingest.parsers.documents import parse_documents, read_documents
from events.ingest.parsers.lines import parse_lines
from events.ingest.parsers.upgraders import upgrade_documents

__all__ = ["parse_events"]

_BYTE_ORDER_MARK = "\ufeff"


def parse_events(payload: str | bytes, *, api_version: int, now: datetime) -> list[IncomingEvent]:
    """The events of a payload, empty only when it is blank; never raises for what a client sent.

    JSON is read as such, with the shapes of the first API brought up to date for `api_version` 1; a payload
    that is not JSON, or holds no event, becomes one log event per line. `now` dates events without a date.
    """
    text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else payload
    text = text.removeprefix(_BYTE_ORDER_MARK).strip()
    documents = read_documents(text)
    if documents and api_version < 2:
        documents = upgrade_documents(documents)
    events = parse_documents(documents, now) if documents else []
    return events or parse_lines(text, now)
