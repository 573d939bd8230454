"""What becomes of the events of a session: decided from their types and dates, and from what is stored of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from events.ingest.event import HEARTBEAT, SESSION, SESSION_END

SESSION_MEMORY = timedelta(hours=24)
"""So long after its last event was stored a session is joined by further events with its id."""
IDENTITY_MEMORY = timedelta(minutes=15)
"""So long after their last event was stored a user without session ids stays in the same session."""
HEARTBEAT_MEMORY = timedelta(hours=2)
INACTIVE_AFTER = timedelta(minutes=5)
LONGEST_SECONDS = 366 * 24 * 3600.0
"""A client may name any value for a session; more than a year is no duration."""


# --- The events of a batch ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outline:
    """What is settled whatever is stored. Numbers are positions among the session's events in the order of dates.

    `start` and `end` are the session and sessionend event that count. `duplicates` are further ones, which are not
    stored; `heartbeats` only tell of activity.
    """

    start: int | None
    end: int | None
    duplicates: tuple[int, ...]
    heartbeats: tuple[int, ...]
    is_lone_end: bool
    """Nothing but an end: without a session that it could end, it means nothing."""


def outline(types: Sequence[str], *, is_automatic: bool) -> Outline:
    """Of one session's events, oldest first. `is_automatic`: the session goes by the user, not by a session id."""
    starts = _positions(types, SESSION)
    ends = _positions(types, SESSION_END)
    heartbeats = _positions(types, HEARTBEAT)
    duplicates = starts[1:] + ends[1:]
    # Contract: a user's heartbeats make a session, those with a session id do not save a lone end.
    others = len(types) if is_automatic else len(types) - len(duplicates) - len(heartbeats)
    return Outline(
        start=starts[0] if starts else None,
        end=ends[0] if ends else None,
        duplicates=duplicates,
        heartbeats=heartbeats,
        is_lone_end=bool(ends) and others == 1,
    )


def _positions(types: Sequence[str], wanted: str) -> tuple[int, ...]:
    return tuple(position for position, type_ in enumerate(types) if type_ == wanted)


def split_at_ends(types: Sequence[str]) -> list[slice]:
    """A user's events, oldest first, cut into sessions: each ends with its sessionend event, the last may go on."""
    sessions, first = [], 0
    for position, type_ in enumerate(types):
        if type_ == SESSION_END:
            sessions.append(slice(first, position + 1))
            first = position + 1
    return sessions if first == len(types) else [*sessions, slice(first, len(types))]


# --- Against what is stored ---------------------------------------------------------------------


class StoredSession(NamedTuple):
    """`has_start`: its start event is stored. `ended`: the date of its end event."""

    has_start: bool
    last_activity: datetime
    ended: datetime | None = None


class Decision(StrEnum):
    """What the events of a batch are to their session."""

    BEGIN = "they begin it: the batch's start event is stored, or one is made"
    JOIN = "they join it: its stored start event is moved on, and the batch's is not stored"
    LATE = "they come after its end was told but happened before: nothing moves, and no start or end is stored"
    DROP = "they are the end of nothing, which is not stored"


def decide(stored: StoredSession | None, *, last: datetime, is_lone_end: bool, now: datetime) -> Decision:
    """`last` is the date of the latest of the events, `now` the server's clock."""
    if stored is not None and stored.has_start and now - stored.last_activity <= SESSION_MEMORY:
        if stored.ended is None:
            return Decision.JOIN
        # Two workers, or a client's second queue, may bring a session's events in any order.
        if last <= stored.ended:
            return Decision.LATE
    return Decision.DROP if is_lone_end else Decision.BEGIN


# --- The start event ----------------------------------------------------------------------------


class StartState(NamedTuple):
    """What a start event says of its session: when it began, its seconds (`value`) and its end (`sessionend`)."""

    date: datetime
    seconds: float = 0
    ended: datetime | None = None

    @property
    def last_activity(self) -> datetime:
        return self.date + timedelta(seconds=self.seconds)


def sensible_seconds(value: object) -> float:
    """The duration in a start event's value; 0 for what is none."""
    if not isinstance(value, int | float) or not value > 0:
        return 0
    return min(value, LONGEST_SECONDS)


def after_activity(start: StartState, last: datetime, *, ends: bool) -> StartState:
    """The start after activity up to `last`. A session never gets shorter; activity without an end opens it again."""
    seconds = (last - start.date).total_seconds()
    longer = start._replace(seconds=_whole(min(seconds, LONGEST_SECONDS))) if seconds > start.seconds else start
    return longer._replace(ended=longer.last_activity if ends else None)


def _whole(seconds: float) -> float:
    """12 rather than 12.0, as the wire writes it."""
    return int(seconds) if seconds.is_integer() else seconds


class HeartbeatState(NamedTuple):
    moment: datetime
    closes: bool = False


def after_silence(
    start: StartState, heartbeat: HeartbeatState | None, *, is_duplicate: bool, now: datetime
) -> StartState | None:
    """What the regular look at an open session makes of its start; None when it stays as it is.

    `is_duplicate`: a newer session has the same heartbeat, so this one cannot be going on.
    """
    inactive = now - INACTIVE_AFTER
    if heartbeat is not None and (is_duplicate or heartbeat.closes or heartbeat.moment > start.last_activity):
        ends = is_duplicate or heartbeat.closes or heartbeat.moment <= inactive
        return after_activity(start, heartbeat.moment, ends=ends)
    if start.last_activity <= inactive:
        return after_activity(start, start.last_activity, ends=True)
    return None
