"""The tag of an event whose stack is critical; called where the stack is known."""

from __future__ import annotations

from events.ingest.context import EventContext

CRITICAL = "Critical"


def mark_critical(context: EventContext) -> None:
    """Add the tag `Critical` unless the event has it in any spelling."""
    tags = context.event.tags
    if not any(tag.lower() == CRITICAL.lower() for tag in tags):
        tags.append(CRITICAL)
