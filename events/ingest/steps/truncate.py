"""The length rules of source, message and tags."""

from __future__ import annotations

from events.ingest.context import EventContext
from events.ingest.steps.step import each
from events.stacking.text import trim_tags, truncate

LONGEST_TEXT = 2000


def truncate_fields(context: EventContext) -> None:
    """Cut source and message to 2000 characters, empty ones to None, and keep at most 50 sensible tags."""
    event = context.event
    event.source = truncate(event.source, LONGEST_TEXT) if event.source else None
    event.message = truncate(event.message, LONGEST_TEXT) if event.message else None
    if event.tags:
        event.tags = trim_tags(event.tags)


run = each(truncate_fields)
