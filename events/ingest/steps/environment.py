"""`@environment` in its stored form, with the address of the machine."""

from __future__ import annotations

from typing import Any

from events.ingest.context import EventContext
from events.ingest.parsers.models import map_model
from events.ingest.steps.addresses import merge_addresses
from events.ingest.steps.model_members import without_members
from events.ingest.steps.step import each
from events.ingest.steps.submission_client import is_javascript_client, submission_address

KEY = "@environment"
_PRIVATE = frozenset({"ipaddress", "machinename"})


def complete_environment(context: EventContext) -> None:
    """Store the environment in snake_case; its address is completed by the sender's, or left out if private."""
    event = context.event
    sent = event.mapping(KEY)
    environment = None if sent is None else map_model(KEY, sent)
    if environment is None:
        return
    if context.project.include_private_information:
        _complete_address(environment, context)
    else:
        environment = without_members(environment, _PRIVATE)
    event.data[KEY] = environment


def _complete_address(environment: dict[str, Any], context: EventContext) -> None:
    # A browser's address belongs to its user, so JavaScript submissions complete the request instead.
    submission = None if is_javascript_client(context.event) else submission_address(context.event)
    address = merge_addresses(environment.pop("ip_address", None), submission)
    if address:
        environment["ip_address"] = address


run = each(complete_environment)
