"""Who sent the event: `@submission_client` is always the server's word."""

from __future__ import annotations

import re
from functools import lru_cache

from events.ingest.context import EventContext
from events.ingest.event import IncomingEvent
from events.ingest.steps.addresses import LOCALHOST, is_local
from events.ingest.steps.step import each

KEY = "@submission_client"
JAVASCRIPT_CLIENT = "exceptionless-js"
_VERSION = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,10}){1,3}")
_LARGEST_PART = 2**31 - 1


def set_submission_client(context: EventContext) -> None:
    """Replace whatever the client sent by what the request tells."""
    data = context.event.data
    data.pop(KEY, None)
    client = describe_client(context.submission.user_agent or "")
    address = context.submission.ip_address
    if address and context.project.include_private_information:
        client = {"ip_address": LOCALHOST if is_local(address) else address, **client}
    if client:
        data[KEY] = client


def is_javascript_client(event: IncomingEvent) -> bool:
    """Whether a browser's or Node's own client sent the event; asks what this step stored."""
    client = event.mapping(KEY)
    return client is not None and client.get("user_agent") == JAVASCRIPT_CLIENT


def submission_address(event: IncomingEvent) -> str | None:
    """The sender's address as this step stored it."""
    client = event.mapping(KEY)
    return client.get("ip_address") if client else None


def describe_client(user_agent: str) -> dict[str, str]:
    """`fluentrest/1.0.0` → user_agent and version; any other text is the user agent as a whole, lower-case."""
    name, version = _split(user_agent.strip())
    client = {"user_agent": name} if name else {}
    if version:
        client["version"] = version
    return client


@lru_cache(maxsize=1024)
def _split(user_agent: str) -> tuple[str, str]:
    parts = [part for part in user_agent.split("/") if part]
    if len(parts) == 2 and _is_version(parts[1]):
        return parts[0].lower(), parts[1]
    return user_agent.lower(), ""


def _is_version(text: str) -> bool:
    return bool(_VERSION.fullmatch(text)) and all(int(part) <= _LARGEST_PART for part in text.split("."))


run = each(set_submission_client)
