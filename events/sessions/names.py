"""Whose session it is: session ids and user identities."""

from __future__ import annotations

import hashlib
from typing import Any

from events.ingest.event import SESSION, IncomingEvent
from events.ingest.parsers.fields import INVALID_REFERENCE_ID, is_reference_id

REFERENCE = "@ref:session"


def session_id_of(event: IncomingEvent) -> str | None:
    """The session id that the client gave the event, valid or not; a start event has it as its reference id."""
    found = event.reference_id if event.type == SESSION else event.data.get(REFERENCE)
    return found if isinstance(found, str) and found and found != INVALID_REFERENCE_ID else None


def is_session_id(text: str) -> bool:
    return is_reference_id(text)


def user_identity(data: dict[str, Any]) -> str | None:
    """The identity of an event's user, who is stored as the client spelled it; None when it is blank."""
    user = data.get("@user")
    if not isinstance(user, dict):
        return None
    identity = user.get("identity") or next((value for name, value in user.items() if name.lower() == "identity"), None)
    return identity if isinstance(identity, str) and identity.strip() else None


def name_hash(name: str) -> str:
    """32 characters that stand for a session id or identity of any length."""
    return hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=16).hexdigest()
