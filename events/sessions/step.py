"""The pipeline's step for sessions. What depends on what is stored is decided after the pipeline (see changes.py)."""

from __future__ import annotations

from collections.abc import Sequence

from events.ingest.context import EventContext
from events.sessions.groups import automatic_groups, bind_automatic, manual_groups


def run(contexts: Sequence[EventContext]) -> list[EventContext]:
    """Sort the events under their sessions; the start events made for sessions whose client sent none."""
    # Both before any id is given: events that got one look like those whose client named it.
    manual, automatic = manual_groups(contexts), automatic_groups(contexts)
    bind_automatic(automatic, {})
    return [group.start for group in (*manual, *automatic) if group.start.is_server_made]
