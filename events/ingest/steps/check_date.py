"""No event from the future, none from long ago."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from events.ingest.context import EventContext
from events.ingest.steps.step import each

MAXIMUM_AGE = timedelta(days=3)


def run(contexts: Sequence[EventContext], *, maximum_age: timedelta | None = MAXIMUM_AGE) -> None:
    """Move future dates to the moment of reception and discard old events; no age limit for `maximum_age=None`.

    Age counts from the reception: an event that waited in the queue is not older for it.
    """

    def check(context: EventContext) -> None:
        check_date(context, maximum_age)

    each(check)(contexts)


def check_date(context: EventContext, maximum_age: timedelta | None) -> None:
    """Correct or discard by the date; a future date becomes the reception in the sender's own offset."""
    event, received_at = context.event, context.submission.received_at
    age = received_at - event.date
    if age < timedelta():
        event.set_date(received_at.astimezone(event.date.tzinfo))
    elif maximum_age is not None and age > _limit(maximum_age, context.project.retention_days):
        context.discard()


def _limit(maximum_age: timedelta, retention_days: int) -> timedelta:
    return min(maximum_age, timedelta(days=retention_days)) if retention_days > 0 else maximum_age
