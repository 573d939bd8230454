"""The counters behind the step that throttles bots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.conf import settings

from events.ingest.context import EventContext
from events.ingest.steps import throttle_bots
from exceptionless_site.core.rates import Window

WINDOW = Window("bot", timedelta(minutes=5))

on_bot: list[Callable[[str, str], object]] = []
"""What else is done about a bot, with its address and the id of a project that it sends to, for each batch that has
such events. Those who need it register in `AppConfig.ready`."""


def discard_bots(contexts: Sequence[EventContext]) -> None:
    """Discard the events of addresses that sent BOT_THROTTLE_LIMIT events within five minutes.

    A batch that is repeated after a failure counts again; the limit is a rule of thumb, not a quota.
    """
    bots = throttle_bots.run(contexts, count_addresses=WINDOW.add_all, limit=settings.BOT_THROTTLE_LIMIT)
    found = {(address, context.project.project_id) for address, sent in bots.items() for context in sent}
    for address, project_id in sorted(found):
        for act in on_bot:
            act(address, project_id)
