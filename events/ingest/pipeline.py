"""The way of an event between parser and store: an ordered list of steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial

from events.ingest.context import EventContext
from events.ingest.steps import (
    angular,
    check_date,
    custom_fields,
    cut_type,
    environment,
    error,
    geo,
    manual_stacking,
    not_found,
    private_information,
    request_info,
    simple_error,
    submission_client,
    truncate,
)
from events.ingest.steps.geo_database import PlaceFinder, no_places
from events.ingest.steps.step import BatchFunction, Step


def steps(
    *,
    maximum_age: timedelta | None = check_date.MAXIMUM_AGE,
    find_place: PlaceFinder = no_places,
    discard_bots: BatchFunction | None = None,
    cancel_duplicates: BatchFunction | None = None,
    map_frames: BatchFunction | None = None,
    session: BatchFunction | None = None,
) -> tuple[Step, ...]:
    """All steps in their order.

    `maximum_age=None` lets old events pass, for sample data. `find_place` is made once per process.
    `discard_bots`, `cancel_duplicates` and `map_frames` (source maps) need the database and are left out without one;
    so is `session`, whose outcome the writer stores.
    """
    return (
        Step((1,), "check_date", partial(check_date.run, maximum_age=maximum_age)),
        *([Step((5, 0), "throttle_bots", discard_bots)] if discard_bots else []),
        Step((5, 3), "manual_stacking", manual_stacking.run),
        *([Step((5, 5), "duplicates", cancel_duplicates)] if cancel_duplicates else []),
        Step((5, 7), "submission_client", submission_client.run),
        Step((5, 10), "not_found", not_found.run),
        *([Step((5, 15), "source_maps", map_frames)] if map_frames else []),
        Step((5, 20), "error", error.run),
        Step((5, 30), "simple_error", simple_error.run),
        Step((5, 40), "request_info", request_info.run),
        Step((5, 45), "environment", environment.run),
        Step((5, 50), "geo", partial(geo.run, find_place=find_place)),
        *([Step((5, 70), "session", session)] if session else []),
        Step((5, 80), "angular", angular.run),
        Step((5, 90), "private_information", private_information.run),
        Step((6,), "truncate", truncate.run),
        Step((6,), "cut_type", cut_type.run),
        Step((40,), "custom_fields", custom_fields.run),
    )


def run(contexts: Sequence[EventContext], ordered_steps: Iterable[Step]) -> list[EventContext]:
    """Take the contexts through the steps, each of which sees those that are still live; all of them, new ones last.

    A step decides per event and puts a failing one in error (see `each`). An exception that leaves a step is
    about the batch, such as a database that is away: it leaves this function too, for the batch to be repeated.
    """
    every = list(contexts)
    live = every
    for step in ordered_steps:
        live = [context for context in live if context.is_live]
        if not live:
            break
        made = step.run(live)
        if made:
            every += made
            live += made
    return every
