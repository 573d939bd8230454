"""What a step of the pipeline is, and how a function for one event becomes one."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from typing import NamedTuple

from events.ingest.context import EventContext

EventFunction = Callable[[EventContext], None]
BatchFunction = Callable[[Sequence[EventContext]], Sequence[EventContext] | None]

logger = logging.getLogger(__name__)


class Step(NamedTuple):
    """One entry of the pipeline.

    `order` is the contract's priority: (action,) or (5, plugin) for the plugins that action 5 runs. `run` may answer
    contexts of events that it made; they go through the later steps.
    """

    order: tuple[int, ...]
    name: str
    run: BatchFunction


def each(function: EventFunction) -> BatchFunction:
    """A batch step that calls `function` for every live event.

    What it raises puts that one event in error; its neighbours go on. The step is named after the module
    in which `function` is written.
    """
    name = function.__module__.rpartition(".")[2]

    def run(contexts: Sequence[EventContext]) -> None:
        for context in contexts:
            if context.is_live:
                try:
                    function(context)
                except Exception as error:
                    fail(context, name, error)

    return run


def fail(context: EventContext, step_name: str, error: Exception) -> None:
    """Put the event in error and log where it happened.

    The text of the exception is kept out of both: it may quote the payload.
    """
    kind = type(error).__name__
    context.error = f"{step_name}: {kind}"
    where = "".join(traceback.format_tb(error.__traceback__))
    logger.error("Step %s failed with %s in project %s\n%s", step_name, kind, context.project.project_id, where)
