"""The message of an error event that was sent without one."""

from __future__ import annotations

from typing import Any

from events.ingest.event import IncomingEvent


def default_message(event: IncomingEvent, error: dict[str, Any]) -> None:
    """Take the error's message when the event's own is missing or blank."""
    message = error.get("message")
    if isinstance(message, str) and not (event.message and event.message.strip()):
        event.message = message
