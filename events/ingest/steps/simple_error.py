"""`@simple_error`: the message and the signature of errors whose stack trace is one text."""

from __future__ import annotations

from events.ingest.context import EventContext
from events.ingest.event import ERROR
from events.ingest.parsers.models import map_model
from events.ingest.steps.default_message import default_message
from events.ingest.steps.step import each
from events.stacking.error_signature import set_target
from events.stacking.signature import simple_error_signature

KEY = "@simple_error"


def take_simple_error(context: EventContext) -> None:
    """Default the message; without an earlier signature take the error's own and store it as `data.@target`."""
    event = context.event
    sent = event.mapping(KEY) if event.type == ERROR else None
    error = None if sent is None else map_model(KEY, sent)
    if error is None:
        return
    default_message(event, error)
    if context.signature:
        return
    signature = simple_error_signature(error)
    if signature:
        set_target(error, signature)
        context.signature.update(signature)
    event.data[KEY] = error


run = each(take_simple_error)
