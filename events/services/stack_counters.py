"""Stacks whose counters say less than their events: put right in the background."""

from __future__ import annotations

from events.models import WorkItem
from events.services.pace import Pace
from events.services.rebuild import correct_stacks


def correct_stack_counters(item: WorkItem, pace: Pace) -> bool:
    """Goes on where an earlier slice ended; False when the time ran out.

    Stacks that are purged meanwhile move the others forward, so a few may be left for the next time.
    """
    start, before = item.progress, pace.done
    return pace.repeat(lambda limit: correct_stacks(start + pace.done - before, limit))
