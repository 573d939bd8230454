"""The counters behind the step that throttles bots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings

from events.ingest.context import EventContext
from events.ingest.steps import throttle_bots
from exceptionless_site.core.rates import Window

WINDOW = Window("bot", timedelta(minutes=5))


def discard_bots(contexts: Sequence[EventContext]) -> None:
    """Discard the events of addresses that sent BOT_THROTTLE_LIMIT events within five minutes.

    A batch that is repeated after a failure counts again; the limit is a rule of thumb, not a quota.
    """
    throttle_bots.run(contexts, count_addresses=WINDOW.add_all, limit=settings.BOT_THROTTLE_LIMIT)
