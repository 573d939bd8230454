"""From a finished context to the row that is stored."""

from __future__ import annotations

import hashlib
from datetime import datetime

from events.documents import pack
from events.ingest.context import EventContext
from events.ingest.event import SESSION
from events.models import Event
from events.sessions.names import REFERENCE
from events.sessions.start_event import has_end
from exceptionless_site.core.ids import new_object_id
from exceptionless_site.core.time_keys import event_key

_HASH_BITS_KEPT = 63
_LARGEST_COUNT = 2**31 - 1
_LONGEST_SESSION_ID = 100


def event_row(context: EventContext, now: datetime) -> Event:
    """The row of one event, still without its stack; keys and ids are drawn anew at each call."""
    event = context.event
    return Event(
        key=event_key(event.date),
        event_id=new_object_id(event.date),
        organization_id=context.project.organization_id,
        project_id=context.project.project_id,
        type=event.type,
        level=_text(event.data.get("@level"), 100),
        version=_text(event.data.get("@version"), 255),
        reference_id=event.reference_id,
        value=event.value,
        count=_count(event.count),
        user_hash=user_hash(event.data.get("@user")),
        session_id=_session_id(event.data.get(REFERENCE)),
        is_session_open=not has_end(event.data) if event.type == SESSION else None,
        created_utc=now,
        document=pack(event.to_document()),
    )


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
