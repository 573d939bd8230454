"""`@error`: the message, the signature and the mark on the frame that decided it."""

from __future__ import annotations

from events.ingest.context import EventContext
from events.ingest.event import ERROR
from events.ingest.parsers.models import map_model
from events.ingest.steps.step import each
from events.stacking.error_signature import apply_target, error_signature

KEY = "@error"


def take_error(context: EventContext) -> None:
    """Default the message; unless a signature is there, take that of the error and store the marked error."""
    event = context.event
    sent = event.mapping(KEY) if event.type == ERROR else None
    error = map_model(KEY, sent) if sent is not None else None
    if error is None:
        return
    event.default_message(error.get("message"))
    if context.signature:
        return
    project = context.project
    signature = error_signature(
        error, user_namespaces=project.user_namespaces, common_methods=project.common_methods
    )
    apply_target(error, signature)
    event.data[KEY] = error
    context.signature.update(signature.info)


run = each(take_error)
