"""JSON payloads: one object is one event, a list is one event per item."""

from __future__ import annotations

import logging
import traceback
from datetime import datetime
from typing import Any

from events.ingest.event import LOG, IncomingEvent
from events.ingest.parsers.binding import bind_event
from events.ingest.parsers.values import json_text
from exceptionless_site.core.json import loads

logger = logging.getLogger(__name__)


def read_documents(text: str) -> list[Any] | None:
    """The items of a payload, nulls left out; None when it is neither a JSON object nor a JSON list of something."""
    if text[:1] not in ("{", "["):
        return None
    try:
        payload = loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(payload, list):
        return [payload]
    return [item for item in payload if item is not None]


def parse_document(document: Any, now: datetime) -> IncomingEvent | None:
    """The event of one item of a payload: an object is bound, anything else is the message of a log event.

    None for a blank text, like a blank line.
    """
    if not isinstance(document, dict):
        return _as_message(document, now)
    try:
        return bind_event(document, now)
    except Exception as error:
        # An oversight in the binding must not cost the other events of the payload. The text of the
        # exception stays out of the log: it may quote the payload.
        where = "".join(traceback.format_tb(error.__traceback__))
        logger.error("Binding an event failed with %s\n%s", type(error).__name__, where)
        return _as_message(document, now)


def _as_message(document: Any, now: datetime) -> IncomingEvent | None:
    text = document if isinstance(document, str) else json_text(document)
    return IncomingEvent(type=LOG, date=now, message=text) if text and not text.isspace() else None
