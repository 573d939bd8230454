"""The job that closes sessions in which nothing happens any more, and moves those on whose client sends heartbeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from events.models import Event, Heartbeat, Session, SessionIdentity
from events.sessions.heartbeats import HeartbeatKey, keys_of, read_heartbeats, remove_used
from events.sessions.plan import (
    HEARTBEAT_MEMORY,
    IDENTITY_MEMORY,
    SESSION_MEMORY,
    HeartbeatState,
    StartState,
    after_silence,
)
from events.sessions.rows import state_of, store_states
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.time_keys import key_range

INTERVAL = timedelta(seconds=60)
_YOUNGEST = timedelta(minutes=1)
_PAGE = 100
_ROWS_PER_DELETE = 1_000


def close_inactive_sessions(now: datetime | None = None) -> int:
    """Look at all open sessions, newest first, a page at a time; how many were closed.

    It may be repeated and run twice at once: each session is decided again by whoever comes next.
    """
    now = now or utc_now()
    used: dict[HeartbeatKey, Heartbeat] = {}
    before, _ = key_range(now - _YOUNGEST, None)
    closed = 0
    while starts := list(Event.objects.filter(is_session_open=True, key__lt=before).order_by("-key")[:_PAGE]):
        closed += _store(_look(starts, used, now))
        before = starts[-1].key
    _forget(now)
    return closed


@dataclass(frozen=True, slots=True)
class _Change:
    """What becomes of the session whose start was read as `start`."""

    start: Event
    state: StartState
    heartbeat: Heartbeat | None


def _look(starts: Sequence[Event], used: dict[HeartbeatKey, Heartbeat], now: datetime) -> list[_Change]:
    """The changes of a page. `used` are the heartbeats of all newer sessions, and is added to."""
    keys = {start.key: keys_of(start) for start in starts}
    organizations = {start.organization_id for start in starts}
    wanted = [key for names in keys.values() for key in names]
    heartbeats = {**read_heartbeats(organizations, wanted, now - HEARTBEAT_MEMORY), **used}
    changes = []
    for start in starts:
        key = next((name for name in keys[start.key] if name in heartbeats), None)
        heartbeat = heartbeats[key] if key else None
        is_duplicate = key in used
        if key and heartbeat:
            used[key] = heartbeat
        beat = HeartbeatState(heartbeat.last_heartbeat_utc, heartbeat.closes) if heartbeat else None
        state = after_silence(state_of(start), beat, is_duplicate=is_duplicate, now=now)
        if state is not None:
            changes.append(_Change(start, state, heartbeat))
    return changes


def _store(changes: Sequence[_Change]) -> int:
    """Write the changes of sessions to which nothing has happened since they were read; how many were closed."""
    if not changes:
        return 0
    with transaction.atomic():
        rows = Event.objects.filter(
            organization_id__in={change.start.organization_id for change in changes},
            key__in=[change.start.key for change in changes],
            is_session_open=True,
        )
        locked = {row.key: row for row in rows.order_by("key").select_for_update()}
        valid = [change for change in changes if _is_unchanged(change.start, locked.get(change.start.key))]
        store_states((locked[change.start.key], change.state) for change in valid)
        remove_used({change.heartbeat.pk: change.heartbeat for change in valid if change.heartbeat}.values())
    return sum(change.state.ended is not None for change in valid)


def _is_unchanged(read: Event, locked: Event | None) -> bool:
    return locked is not None and locked.value == read.value


def _forget(now: datetime) -> None:
    """Delete the rows that nobody asks for any more."""
    _delete(Session.objects.filter(last_activity_utc__lt=now - SESSION_MEMORY))
    _delete(SessionIdentity.objects.filter(last_activity_utc__lt=now - IDENTITY_MEMORY))
    _delete(Heartbeat.objects.filter(last_heartbeat_utc__lt=now - HEARTBEAT_MEMORY))


def _delete(rows: QuerySet[Any]) -> None:
    while True:
        with transaction.atomic():
            # A row that a worker has locked is in use again; waiting for it could end in a circle.
            keys = list(
                rows.order_by().select_for_update(skip_locked=True).values_list("pk", flat=True)[:_ROWS_PER_DELETE]
            )
            if not keys:
                return
            rows.filter(pk__in=keys).delete()
