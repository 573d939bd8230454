"""A page that was not found: named by its request, without what only errors have."""

from __future__ import annotations

from typing import Any

from events.ingest.context import EventContext
from events.ingest.event import NOT_FOUND
from events.ingest.parsers.models import map_model
from events.ingest.steps.step import each


def name_by_request(context: EventContext) -> None:
    """Drop environment and trace; with a request, default the source to `GET /path` and drop the errors too."""
    event = context.event
    if event.type != NOT_FOUND:
        return
    event.data.pop("@environment", None)
    event.data.pop("@trace", None)
    sent = event.mapping("@request")
    request = None if sent is None else map_model("@request", sent)
    if request is None:
        return
    if not (event.source and event.source.strip()):
        event.message = None
        event.source = method_and_path(request)
    event.data.pop("@error", None)
    event.data.pop("@simple_error", None)


def method_and_path(request: dict[str, Any]) -> str:
    """`GET /path`: the method when there is one, and the path with a leading slash, without host and query."""
    method, path = request.get("http_method"), request.get("path") or ""
    if not path.startswith("/"):
        path = "/" + path
    return f"{method} {path}" if method else path


run = each(name_by_request)
