"""A type has at most 100 characters; a longer one is cut, so that its event is kept."""

from __future__ import annotations

from events.ingest.context import EventContext
from events.ingest.steps.step import each
from events.stacking.text import truncate

LONGEST_TYPE = 100


def cut_type(context: EventContext) -> None:
    context.event.type = truncate(context.event.type, LONGEST_TYPE)


run = each(cut_type)
