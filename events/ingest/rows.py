"""From a finished context to the row that is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from events.documents import pack
from events.ingest.context import EventContext
from events.ingest.event import SESSION
from events.models import NewEvent
from events.search.errors import FilterValueError
from events.search.geo import Point, parse_point
from events.search.sql.storage import SearchableEvent, searchable
from events.sessions.names import REFERENCE
from events.sessions.start_event import has_end
from exceptionless_site.core.ids import new_object_id
from exceptionless_site.core.time_keys import event_key

_HASH_BITS_KEPT = 63
_LARGEST_COUNT = 2**31 - 1
_LONGEST_SESSION_ID = 100


def event_row(context: EventContext, now: datetime) -> SearchableEvent:
    """The row of one event, still without its stack, and its tokens; keys and ids are drawn anew at each call."""
    event = context.event
    document = event.to_document()
    row = NewEvent(
        key=event_key(event.date),
        event_id=new_object_id(event.date),
        organization_id=context.project.organization_id,
        project_id=context.project.project_id,
        created_utc=now,
        document=pack(document),
        **document_columns(document),
    )
    return searchable(row, document)


def document_columns(document: Mapping[str, Any]) -> dict[str, Any]:
    """The columns whose values stand in the document too."""
    data = document.get("data", {})
    place = place_of(document.get("geo"))
    return {
        "type": document["type"],
        "level": _text(data.get("@level"), 100),
        "version": _text(data.get("@version"), 255),
        "reference_id": document.get("reference_id"),
        "value": document.get("value"),
        "count": _count(document.get("count")),
        "user_hash": user_hash(data.get("@user")),
        "session_id": _session_id(data.get(REFERENCE)),
        "is_session_open": not has_end(data) if document["type"] == SESSION else None,
        "latitude": place and place.latitude,
        "longitude": place and place.longitude,
    }


def place_of(geo: str | None) -> Point | None:
    """Where the event happened; None without a place, or with one that is nowhere."""
    try:
        return parse_point(geo) if geo else None
    except FilterValueError:
        return None


def _text(value: object, length: int) -> str | None:
    return value[:length] if isinstance(value, str) and value else None


def _session_id(value: object) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST_SESSION_ID else None


def _count(value: int | None) -> int | None:
    return None if value is None else max(min(value, _LARGEST_COUNT), -_LARGEST_COUNT)


def user_hash(user: object) -> int | None:
    """63 bits that stand for the user's identity; None without one."""
    if not isinstance(user, dict):
        return None
    identity = next((value for name, value in user.items() if name.lower() == "identity"), None)
    if not isinstance(identity, str) or not identity.strip():
        return None
    digest = hashlib.blake2b(identity.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> (64 - _HASH_BITS_KEPT)
