"""What a stack is called: decided by the event that creates it."""

from __future__ import annotations

from events.ingest.event import ERROR, HEARTBEAT, LOG, NOT_FOUND, SESSION, SESSION_END, USAGE, IncomingEvent
from events.stacking.error_chain import text_member
from events.stacking.text import truncate

MAXIMUM_TITLE_LENGTH = 1000

_TITLES_BY_TYPE = {SESSION: "Session Start", SESSION_END: "Session End", HEARTBEAT: "Session Heartbeat"}
_TITLES_WITHOUT_SOURCE = {NOT_FOUND: "(Unknown)", USAGE: "(Unknown)", LOG: "(Global)"}


def stack_title(event: IncomingEvent) -> str:
    """The title of the stack that this event would create, at most 1000 characters."""
    title = _manual_title(event) or _error_title(event) or _type_title(event)
    return truncate(title or default_title(event.type, event.source, event.message), MAXIMUM_TITLE_LENGTH)


def default_title(event_type: str, source: str | None, message: str | None) -> str:
    """The title of an event that says nothing better about itself; never empty."""
    message = _unless_blank(message)
    if event_type == ERROR and not message:
        return "Unknown Error"
    return message or _unless_blank(source) or f"{event_type} Event"


def _manual_title(event: IncomingEvent) -> str:
    stack_info = event.mapping("@stack")
    return _unless_blank(text_member(stack_info, "title")) if stack_info else ""


def _error_title(event: IncomingEvent) -> str:
    if event.type != ERROR:
        return ""
    errors = (event.mapping("@simple_error"), event.mapping("@error"))
    messages = (_unless_blank(text_member(error, "message")) for error in errors if error)
    return next((message for message in messages if message), "")


def _type_title(event: IncomingEvent) -> str:
    if event.type in _TITLES_WITHOUT_SOURCE:
        return _unless_blank(event.source) or _TITLES_WITHOUT_SOURCE[event.type]
    return _TITLES_BY_TYPE.get(event.type, "")


def _unless_blank(text: str | None) -> str:
    return text if text and not text.isspace() else ""
