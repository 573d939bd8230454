"""The stack that the sender asked for by `@stack.signature_data`."""

from __future__ import annotations

from events.ingest.context import EventContext
from events.ingest.parsers.models import map_model
from events.ingest.steps.step import each
from events.stacking.signature import manual_signature

KEY = "@stack"


def take_manual_signature(context: EventContext) -> None:
    """Copy the non-empty pairs of the sender's signature; later steps then leave the signature alone."""
    sent = context.event.mapping(KEY)
    stack_info = map_model(KEY, sent) if sent else None
    if stack_info:
        context.signature.update(manual_signature(stack_info))


run = each(take_manual_signature)
