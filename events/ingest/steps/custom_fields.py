"""The typed custom fields that premium organizations can search by."""

from __future__ import annotations

from events.ingest.context import EventContext
from events.ingest.steps.step import each
from events.search.custom_fields import custom_fields


def fill_custom_fields(context: EventContext) -> None:
    """Derive the fields from the event's data as the earlier steps left it."""
    if context.project.has_premium_features:
        context.custom_fields = custom_fields(context.event.data)


run = each(fill_custom_fields)
