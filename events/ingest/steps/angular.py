"""Angular's rejected promises that nobody handled share one stack instead of getting one each."""

from __future__ import annotations

from events.ingest.context import EventContext
from events.ingest.event import ERROR
from events.ingest.steps.step import each
from events.stacking.error_signature import set_target
from events.stacking.signature import is_unhandled_rejection, unhandled_rejection_signature


def sign_unhandled_rejection(context: EventContext) -> None:
    """Replace the random signature of such an error, in its `@target` too."""
    event = context.event
    if event.type != ERROR:
        return
    if not is_unhandled_rejection(context.signature, event.data.get("@submission_method"), event.message):
        return
    error = event.mapping("@error")
    if error is not None:
        context.signature = unhandled_rejection_signature(error)
        set_target(error, context.signature)


run = each(sign_unhandled_rejection)
