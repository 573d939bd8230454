"""The position of an event and, found by an IP address, its `@location`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from events.ingest.context import EventContext
from events.ingest.steps.addresses import public_address, split_addresses
from events.ingest.steps.coordinates import normalize_coordinates
from events.ingest.steps.geo_database import Place, PlaceFinder, no_places
from events.ingest.steps.step import each

KEY = "@location"
# An address list longer than this is no list of proxies.
_MOST_ADDRESSES = 16


def run(contexts: Sequence[EventContext], *, find_place: PlaceFinder = no_places) -> None:
    """Normalize each event's coordinates, or look them up by its addresses; a sent `@location` never survives."""

    def locate(context: EventContext) -> None:
        set_place(context, find_place)

    each(locate)(contexts)


def set_place(context: EventContext, find_place: PlaceFinder) -> None:
    """Set geo and `@location` of one event."""
    event = context.event
    event.data.pop(KEY, None)
    own = normalize_coordinates(event.geo) if event.geo else None
    if own:
        event.geo = own
        return
    place = _first_place(context, find_place)
    event.geo = place.geo if place else None
    if place and place.location:
        event.data[KEY] = dict(place.location)


def _first_place(context: EventContext, find_place: PlaceFinder) -> Place | None:
    if find_place is no_places:
        return None
    for text in _addresses(context):
        address = public_address(text)
        place = find_place(address) if address else None
        if place:
            return place
    return None


def _addresses(context: EventContext) -> Iterator[str]:
    event = context.event
    if event.geo and ("." in event.geo or ":" in event.geo):
        yield event.geo
    yield from _listed(event.mapping("@request"), "client_ip_address")
    yield from _listed(event.mapping("@environment"), "ip_address")
    if context.submission.ip_address:
        yield context.submission.ip_address


def _listed(model: dict[str, Any] | None, member: str) -> list[str]:
    text = model.get(member) if model else None
    return split_addresses(text)[:_MOST_ADDRESSES] if isinstance(text, str) else []
