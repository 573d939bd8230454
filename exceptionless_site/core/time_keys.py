"""64-bit keys that hold a date: (milliseconds << 20) | sequence.

Rows with such a primary key lie in date order, so newest-first lists, time windows, paging and hour
buckets need no other date index.
"""

from __future__ import annotations

import itertools
import os
import secrets
from datetime import UTC, datetime, timedelta

SEQUENCE_BITS = 20
_SEQUENCE_MASK = (1 << SEQUENCE_BITS) - 1
KEYS_PER_HOUR = 3_600_000 << SEQUENCE_BITS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LAST_MILLISECOND = (1 << 43) - 1
_sequence = itertools.count(secrets.randbits(SEQUENCE_BITS))


def reseed() -> None:
    """Go on elsewhere in the sequence: a forked child does, and who drew keys that another process had drawn."""
    global _sequence
    _sequence = itertools.count(secrets.randbits(SEQUENCE_BITS))


os.register_at_fork(after_in_child=reseed)


def to_milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970, UTC, rounded down."""
    return (moment - _EPOCH) // _MILLISECOND


def from_milliseconds(milliseconds: int) -> datetime:
    return _EPOCH + milliseconds * _MILLISECOND


def arrival_key(moment: datetime) -> int:
    """A key that sorts oldest first, and within a millisecond in the order of making."""
    return _milliseconds(moment) << SEQUENCE_BITS | next(_sequence) & _SEQUENCE_MASK


def event_key(moment: datetime) -> int:
    """A key whose descending order is newest date first, and within a millisecond first made first.

    Lists are newest first with ties by ascending id, so the sequence counts down. Two processes can draw
    the same key (one in a million for events of one millisecond); the writer then draws again.
    """
    return _milliseconds(moment) << SEQUENCE_BITS | _SEQUENCE_MASK - (next(_sequence) & _SEQUENCE_MASK)


def _milliseconds(moment: datetime) -> int:
    return min(max(to_milliseconds(moment), 0), _LAST_MILLISECOND)


def key_range(start: datetime | None, end: datetime | None) -> tuple[int, int]:
    """The smallest and the greatest key of the window, both ends included."""
    first = _milliseconds(start) << SEQUENCE_BITS if start else 0
    last = _milliseconds(end) << SEQUENCE_BITS | _SEQUENCE_MASK if end else (1 << 63) - 1
    return first, last


def key_moment(key: int) -> datetime:
    """The date in a key, to the millisecond."""
    return from_milliseconds(key >> SEQUENCE_BITS)


def hour_of_key(key: int) -> int:
    """The number of hours since 1970, UTC."""
    return key // KEYS_PER_HOUR


def keys_of_hour(hour: int) -> tuple[int, int]:
    """The smallest and the greatest key of an hour."""
    return hour * KEYS_PER_HOUR, (hour + 1) * KEYS_PER_HOUR - 1
