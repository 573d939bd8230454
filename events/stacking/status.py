"""The statuses of a stack and what each means for its new events."""

from __future__ import annotations

from enum import StrEnum

from events.ingest.event import SESSION


class StackStatus(StrEnum):
    """As the wire writes them."""

    OPEN = "open"
    FIXED = "fixed"
    REGRESSED = "regressed"
    SNOOZED = "snoozed"
    IGNORED = "ignored"
    DISCARDED = "discarded"


_SILENT = frozenset({StackStatus.FIXED, StackStatus.IGNORED, StackStatus.DISCARDED, StackStatus.SNOOZED})
_CHANGEABLE = {
    status.value: status for status in (StackStatus.OPEN, StackStatus.FIXED, StackStatus.IGNORED, StackStatus.DISCARDED)
}


def initial_status(event_type: str) -> StackStatus:
    """The status of a new stack: sessions are ignored from the start."""
    return StackStatus.IGNORED if event_type == SESSION else StackStatus.OPEN


def stores_events(status: str) -> bool:
    """Whether new events of the stack are kept; otherwise they are discarded and counted as such."""
    return status != StackStatus.DISCARDED


def allows_notifications(status: str) -> bool:
    """Whether mails and web hooks may tell of new events (wire name: allow_notifications)."""
    return status not in _SILENT


def changeable_status(text: str) -> StackStatus | None:
    """The status a person may set directly, in any case of letters; None for all other texts."""
    return _CHANGEABLE.get(text.lower())
