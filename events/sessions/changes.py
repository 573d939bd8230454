"""The sessions of a batch against those that are stored.

What the events are to their sessions is decided before the writer's transaction and looked at again in it, under
locks: two workers may hold events of one session, and only one of them may store its start.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from events.ingest.context import EventContext
from events.ingest.stacks import BatchChanged
from events.models import Event, Session
from events.sessions.groups import SessionGroup, SessionKey, bind_automatic
from events.sessions.plan import Decision, StartState, StoredSession, after_activity, decide
from events.sessions.rows import (
    open_ids,
    read_identities,
    read_sessions,
    read_starts,
    state_of,
    store_ends,
    store_open_ids,
    store_states,
)


class SessionChanges:
    """What a batch does to sessions: `plan` it, group the events that are left by stack, `apply` it while writing."""

    def __init__(self, contexts: Iterable[EventContext]) -> None:
        found = {id(context.session): context.session for context in contexts if context.session is not None}
        self.groups: list[SessionGroup] = list(found.values())
        self._automatic = [group for group in self.groups if group.identity_hash is not None]
        self._cancelled: list[EventContext] = []
        self._planned: list[Decision] = []

    def plan(self, now: datetime) -> None:
        """Bind users' events to their open sessions and cancel the starts and ends that are not stored.

        It may be called again after a transaction that failed.
        """
        for context in self._cancelled:
            context.is_cancelled = False
        self._cancelled.clear()
        if self._automatic:
            bind_automatic(self._automatic, open_ids(read_identities(self._automatic), now))
        if self.groups:
            self._planned = self._decide(read_sessions(self.groups), read_starts(self.groups), now)
        for group, decision in zip(self.groups, self._planned, strict=True):
            self._cancel_for(group, decision)

    def apply(self, now: datetime) -> None:
        """Write it; call it first in the writer's transaction.

        Raises BatchChanged or IntegrityError when the plan does not hold, because another worker was faster.
        """
        if self._automatic:
            self._apply_identities(now)
        if self.groups:
            self._apply_sessions(now)

    def let_go(self) -> None:
        """Part events and groups, which hold each other: their memory is free at once, without the collector."""
        for group in self.groups:
            for context in (*group.contexts, group.start):
                context.session = None
        self.groups.clear()

    def _apply_identities(self, now: datetime) -> None:
        bound = [group.session_id for group in self._automatic]
        stored = read_identities(self._automatic, lock=True)
        left_open = bind_automatic(self._automatic, open_ids(stored, now))
        if [group.session_id for group in self._automatic] != bound:
            raise BatchChanged
        store_open_ids(left_open, stored, self._automatic, now)

    def _apply_sessions(self, now: datetime) -> None:
        stored, starts = read_sessions(self.groups, lock=True), read_starts(self.groups, lock=True)
        if self._decide(stored, starts, now) != self._planned:
            raise BatchChanged
        ends: dict[SessionKey, datetime | None] = {}
        moved: list[tuple[Event, StartState]] = []
        for group, decision in zip(self.groups, self._planned, strict=True):
            if decision is Decision.BEGIN:
                ends[group.key] = group.state.ended
            elif decision is Decision.JOIN:
                start = starts[group.key]
                before = state_of(start)
                after = after_activity(before, group.last, ends=group.end is not None)
                ends[group.key] = after.ended
                if after != before:
                    moved.append((start, after))
        store_ends(ends, stored, self.groups, now)
        store_states(moved)

    def _decide(
        self, sessions: Mapping[SessionKey, Session], starts: Mapping[SessionKey, Event], now: datetime
    ) -> list[Decision]:
        decisions = []
        for group in self.groups:
            session = sessions.get(group.key)
            has_start = group.key in starts
            stored = StoredSession(has_start, session.last_activity_utc, session.ended_utc) if session else None
            decisions.append(decide(stored, last=group.last, is_lone_end=group.outline.is_lone_end, now=now))
        return decisions

    def _cancel_for(self, group: SessionGroup, decision: Decision) -> None:
        if decision is not Decision.BEGIN:
            self._cancel(group.start)
        if group.end is not None and decision in (Decision.DROP, Decision.LATE):
            self._cancel(group.end)

    def _cancel(self, context: EventContext) -> None:
        if context.is_live:
            context.cancel()
            self._cancelled.append(context)
