"""Removing what a bot had got stored before it was recognised: its events of the same five minutes.

In all projects of the organization, whichever of them asked for it. Which events are the bot's is asked of the search
index and then of the documents, since no column holds addresses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import QuerySet

from events.ingest.bots import WINDOW
from events.ingest.steps.throttle_bots import bot_address
from events.models import Event, WorkItem
from events.search.sql import tokens
from events.search.sql.matching import nested_condition
from events.search.sql.queries import AnyOf, Has, HasPrefix
from events.services.event_deletion import delete_events
from events.services.pace import Pace
from exceptionless_site.core.time_keys import from_milliseconds, key_range, to_milliseconds


@dataclass(frozen=True, slots=True)
class Bot:
    """An address, and the start of the window in which it sent too much."""

    address: str
    start: datetime

    def to_argument(self) -> str:
        return f"{self.address} {to_milliseconds(self.start)}"

    @classmethod
    def from_argument(cls, text: str) -> Bot:
        address, _, milliseconds = text.partition(" ")
        return cls(address, from_milliseconds(int(milliseconds)))


def delete_bot_events(item: WorkItem, pace: Pace) -> bool:
    """Delete the events and count them as deleted; False when the time ran out."""
    bot = Bot.from_argument(item.argument)
    keys = iter(list(_candidates(item.organization_id, bot).values_list("key", flat=True)))

    def delete_some(limit: int) -> int:
        wanted = list(islice(keys, limit))
        delete_events(events=_sent_by(bot.address, Event.objects.filter(key__in=wanted)))
        return len(wanted)

    return pace.repeat(delete_some)


def _sent_by(address: str, events: Iterable[Event]) -> list[Event]:
    return [event for event in events if bot_address(event.content.get("data", {}).get("@request")) == address]


def _candidates(organization_id: str | None, bot: Bot) -> QuerySet[Event]:
    """Events in which the address stands somewhere, perhaps with a port."""
    window = key_range(bot.start, bot.start + WINDOW.length - timedelta(milliseconds=1))
    mark = tokens.mark("ip")
    query = AnyOf(
        (
            Has(mark + tokens.shortened(bot.address)),
            HasPrefix(mark + bot.address + ":"),
            HasPrefix(mark + "[" + bot.address + "]"),
        )
    )
    return Event.objects.filter(
        nested_condition(query, window),
        organization_id=organization_id,
        key__gte=window[0],
        key__lte=window[1],
    ).order_by("key")
