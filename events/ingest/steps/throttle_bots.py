"""Addresses that send too much too fast are taken for bots, in projects that ask for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from events.ingest.context import EventContext
from events.ingest.steps.addresses import public_address, split_addresses

AddressCounter = Callable[[Mapping[str, int]], Mapping[str, int]]
"""Counts events by address, over all projects; answers with the counts of the last minutes, these included."""


def run(
    contexts: Sequence[EventContext], *, count_addresses: AddressCounter, limit: int
) -> dict[str, list[EventContext]]:
    """Discard the events of addresses that reach `limit`, and tell them by address; -1 is no limit.

    Private addresses are nobody's.
    """
    if limit < 0:
        return {}
    by_address: defaultdict[str, list[EventContext]] = defaultdict(list)
    for context in contexts:
        address = _address(context)
        if address:
            by_address[address].append(context)
    if not by_address:
        return {}
    counts = count_addresses({address: len(sent) for address, sent in by_address.items()})
    bots = {address: sent for address, sent in by_address.items() if counts.get(address, 0) >= limit}
    for context in (context for sent in bots.values() for context in sent):
        context.discard()
    return bots


def _address(context: EventContext) -> str | None:
    """The public address that the event's request came from, where the project lets it count."""
    project = context.project
    if not project.delete_bot_data_enabled or not project.include_private_information:
        return None
    return bot_address(context.event.mapping("@request"))


def bot_address(request: Mapping[str, Any] | None) -> str | None:
    """The public address that a request came from, also as it is stored; of a list the first."""
    reported = request.get("client_ip_address") if request else None
    if not isinstance(reported, str):
        return None
    addresses = split_addresses(reported)
    return public_address(addresses[0]) if addresses else None
