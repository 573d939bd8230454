"""`@error`: the message, the signature and the mark on the frame that decided it."""

from __future__ import annotations

from events.ingest.context import EventContext
from events.ingest.event import ERROR
from events.ingest.parsers.fields import identifies
from events.ingest.parsers.models import map_model
from events.ingest.steps.default_message import default_message
from events.ingest.steps.step import each
from events.stacking.error_signature import apply_target, error_signature
from events.stacking.signature import NO_STACKING_INFORMATION, own_stack

KEY = "@error"


def take_error(context: EventContext) -> None:
    """Default the message; without an earlier signature take the error's own and store the error with its mark."""
    event, project = context.event, context.project
    sent = event.mapping(KEY) if event.type == ERROR else None
    error = None if sent is None else map_model(KEY, sent)
    if error is None:
        return
    default_message(event, error)
    if context.signature:
        return
    signature = error_signature(error, user_namespaces=project.user_namespaces, common_methods=project.common_methods)
    if NO_STACKING_INFORMATION in signature.info and identifies(event.reference_id):
        # Sent twice, the event has one stack nevertheless: it is how two workers notice (see duplicates.py).
        signature.info[NO_STACKING_INFORMATION] = own_stack(project.project_id, str(event.reference_id))
    apply_target(error, signature)
    event.data[KEY] = error
    context.signature.update(signature.info)


run = each(take_error)
