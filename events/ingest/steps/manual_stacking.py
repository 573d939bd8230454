"""The stack that the sender asked for by `@stack.signature_data`."""

from __future__ import annotations

from events.ingest.context import EventContext
from events.ingest.parsers.models import map_model
from events.ingest.steps.step import each


def take_manual_signature(context: EventContext) -> None:
    """Copy the non-empty pairs of the sender's signature; later steps then leave the signature alone."""
    stack = context.event.mapping("@stack")
    model = map_model("@stack", stack) if stack else None
    pairs = model.get("signature_data") if model else None
    if pairs:
        context.signature.update((name, value) for name, value in pairs.items() if value)


run = each(take_manual_signature)
