"""The statuses of a stack and what each means for its new events."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypedDict

from events.ingest.event import SESSION

SHORTEST_SNOOZE = timedelta(minutes=5)


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


class StatusChange(TypedDict, total=False):
    """What a decision writes, by column; a column that is missing keeps its value."""

    status: str
    date_fixed: datetime | None
    fixed_in_version: str
    snooze_until_utc: datetime | None


def fixed_in(version: str | None, now: datetime) -> StatusChange:
    """Fixed as of now, from the given (normalized) version on when there is one."""
    return {
        "status": StackStatus.FIXED.value,
        "date_fixed": now,
        "fixed_in_version": version or "",
        "snooze_until_utc": None,
    }


def snoozed_until(until: datetime) -> StatusChange:
    """Silent until an instant; what was known of a fix is forgotten."""
    return _without_fix(StackStatus.SNOOZED, until)


def changed_to(status: StackStatus, now: datetime) -> StatusChange:
    """A status that a person sets directly. A fix keeps the version of an earlier one."""
    if status == StackStatus.FIXED:
        return {"status": status.value, "date_fixed": now, "snooze_until_utc": None}
    return _without_fix(status)


def reopened() -> StatusChange:
    """What becomes of a snoozed stack when its time has passed."""
    return _without_fix(StackStatus.OPEN)


def _without_fix(status: StackStatus, snooze_until: datetime | None = None) -> StatusChange:
    return {
        "status": status.value,
        "date_fixed": None,
        "fixed_in_version": "",
        "snooze_until_utc": snooze_until,
    }


def can_snooze_until(until: datetime | None, now: datetime) -> bool:
    """Whether the instant lies far enough ahead; no instant at all does not."""
    return until is not None and until >= now + SHORTEST_SNOOZE
