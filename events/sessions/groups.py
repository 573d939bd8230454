"""The events of a batch sorted under their sessions, with the start event that each session gets if it is new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from events.ingest.context import EventContext
from events.ingest.event import SESSION
from events.sessions.names import REFERENCE, is_session_id, name_hash, session_id_of, user_identity
from events.sessions.plan import Outline, StartState, after_activity, outline, split_at_ends
from events.sessions.start_event import make_start, put_state, state_of_event
from exceptionless_site.core.ids import new_object_id

_CUSTOM_FIELD = "session-r"

IdentityKey = tuple[str, str]
"""Project id and identity hash."""
SessionKey = tuple[str, str]
"""Project id and session id."""


@dataclass(slots=True)
class SessionGroup:
    """The events of one session, oldest first.

    `last` is the latest date. `start` is the batch's own session event or one made from the first event; it is stored
    if the session is new, and `state` is what it says. `identity_hash` is set when the session goes by the user; then
    `new_id` is the session's id unless the user's last session goes on.
    """

    contexts: Sequence[EventContext]
    outline: Outline
    last: datetime
    start: EventContext
    state: StartState
    session_id: str = ""
    identity_hash: str | None = None
    new_id: str = ""

    @property
    def organization_id(self) -> str:
        return self.start.project.organization_id

    @property
    def project_id(self) -> str:
        return self.start.project.project_id

    @property
    def key(self) -> SessionKey:
        return self.project_id, self.session_id

    @property
    def end(self) -> EventContext | None:
        return None if self.outline.end is None else self.contexts[self.outline.end]

    def bind(self, session_id: str) -> None:
        """Give all events the session id."""
        if session_id == self.session_id:
            return
        self.session_id = session_id
        for context in (*self.contexts, self.start):
            _set_session_id(context, session_id)


def _set_session_id(context: EventContext, session_id: str) -> None:
    event = context.event
    if event.type == SESSION:
        event.reference_id = session_id
        return
    event.data[REFERENCE] = session_id
    if _CUSTOM_FIELD in context.custom_fields:
        context.custom_fields[_CUSTOM_FIELD] = session_id


# --- Sorting ------------------------------------------------------------------------------------


def manual_groups(contexts: Iterable[EventContext]) -> list[SessionGroup]:
    """Sessions that the client names. An id that is none is left alone: its events are stored without a session."""
    groups = []
    for (_, session_id), found in _sorted_under(contexts, _session_key).items():
        if is_session_id(session_id):
            group = _make_group(found, is_automatic=False)
            group.bind(session_id)
            groups.append(group)
    return groups


def automatic_groups(contexts: Iterable[EventContext]) -> list[SessionGroup]:
    """Sessions of users whose client names none, one user's in their order; their ids are not bound yet."""
    groups = []
    for (_, hash_), found in _sorted_under(contexts, _identity_key).items():
        for part in split_at_ends([context.event.type for context in found]):
            group = _make_group(found[part], is_automatic=True)
            group.identity_hash, group.new_id = hash_, new_object_id(group.state.date)
            groups.append(group)
    return groups


def bind_automatic(groups: Iterable[SessionGroup], open_ids: Mapping[IdentityKey, str]) -> dict[IdentityKey, str]:
    """Give the users' sessions their ids, continuing with those that are open; the ids that are open afterwards.

    A user whose last session has ended has an empty one.
    """
    left_open: dict[IdentityKey, str] = {}
    for group in groups:
        key = group.project_id, group.identity_hash or ""
        current = left_open.get(key, open_ids.get(key))
        group.bind(current or group.new_id)
        left_open[key] = "" if group.end else group.session_id
    return left_open


def _session_key(context: EventContext) -> SessionKey | None:
    session_id = session_id_of(context.event)
    return (context.project.project_id, session_id) if session_id else None


def _identity_key(context: EventContext) -> IdentityKey | None:
    if session_id_of(context.event):
        return None
    identity = user_identity(context.event.data)
    return (context.project.project_id, name_hash(identity)) if identity else None


def _sorted_under(
    contexts: Iterable[EventContext], key_of: Callable[[EventContext], tuple[str, str] | None]
) -> dict[tuple[str, str], list[EventContext]]:
    found: dict[tuple[str, str], list[EventContext]] = {}
    for context in contexts:
        key = key_of(context)
        if key is not None:
            found.setdefault(key, []).append(context)
    for group in found.values():
        group.sort(key=_date)
    return found


def _date(context: EventContext) -> tuple[datetime, int]:
    return context.event.date, context.event.date_tick


# --- What is settled whatever is stored ---------------------------------------------------------


def _make_group(contexts: Sequence[EventContext], *, is_automatic: bool) -> SessionGroup:
    """Cancel what a session has twice, discard heartbeats, and let the start and the end span all of its events."""
    plan = outline([context.event.type for context in contexts], is_automatic=is_automatic)
    first, last = contexts[0].event, contexts[-1].event
    first_date, last_date = (first.date, first.date_tick), (last.date, last.date_tick)
    for position in plan.duplicates:
        contexts[position].cancel()
    for position in plan.heartbeats:
        contexts[position].discard()
    start = _made_start(contexts[0]) if plan.start is None else contexts[plan.start]
    start.event.set_date(*first_date)
    if plan.end is not None:
        contexts[plan.end].event.set_date(*last_date)
    state = after_activity(state_of_event(start.event), last_date[0], ends=plan.end is not None)
    put_state(start.event, state)
    group = SessionGroup(contexts, plan, last_date[0], start, state)
    for context in (*contexts, start):
        context.session = group
    return group


def _made_start(first: EventContext) -> EventContext:
    event = make_start(first.event, include_private=first.project.include_private_information)
    return EventContext(event, first.submission, first.project, is_server_made=True)
