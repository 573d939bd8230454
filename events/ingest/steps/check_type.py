"""The one rule of validity that truncation does not already see to: a type has at most 100 characters."""

from __future__ import annotations

import logging

from events.ingest.context import EventContext
from events.ingest.steps.step import each

LONGEST_TYPE = 100

logger = logging.getLogger(__name__)


def check_type(context: EventContext) -> None:
    """Discard an event whose type is too long to be stored; its neighbours are not affected."""
    length = len(context.event.type)
    if length > LONGEST_TYPE:
        logger.warning(
            "An event of project %s was discarded: its type has %d characters", context.project.project_id, length
        )
        context.discard()


run = each(check_type)
