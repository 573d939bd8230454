"""The rows of sessions: looked up for a batch at once, locked while the writer decides, and stored.

Rows are locked and inserted in the order of their keys, so that two workers do not wait for each other in a circle.
Where a row is missing there is nothing to lock: of two workers that make it one gets an IntegrityError, and repeats
its batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet

from events.documents import pack
from events.ingest.event import SESSION
from events.models import Event, Session, SessionIdentity
from events.search.sql.storage import SearchableEvent, replace_tokens, searchable
from events.sessions.groups import IdentityKey, SessionGroup, SessionKey
from events.sessions.plan import IDENTITY_MEMORY, StartState
from events.sessions.start_event import has_end, put_state_in_document, state_of_document
from exceptionless_site.core.ids import new_object_id

Groups = Sequence[SessionGroup]

# --- Reading ------------------------------------------------------------------------------------


def read_identities(groups: Groups, *, lock: bool = False) -> dict[IdentityKey, SessionIdentity]:
    """The rows of the groups' users, as far as there are any; with `lock` until the end of the transaction."""
    hashes = {group.identity_hash for group in groups}
    rows = SessionIdentity.objects.filter(**_tenants(groups), identity_hash__in=hashes)
    return {(row.project_id, row.identity_hash): row for row in _locked(rows, lock)}


def open_ids(rows: Mapping[IdentityKey, SessionIdentity], now: datetime) -> dict[IdentityKey, str]:
    """The users' open sessions, without those that are forgotten."""
    since = now - IDENTITY_MEMORY
    return {key: row.session_id for key, row in rows.items() if row.last_activity_utc >= since}


def read_sessions(groups: Groups, *, lock: bool = False) -> dict[SessionKey, Session]:
    """The rows of the groups' sessions, as far as there are any; with `lock` until the end of the transaction."""
    ids = {group.session_id for group in groups}
    rows = Session.objects.filter(**_tenants(groups), session_id__in=ids)
    return {(row.project_id, row.session_id): row for row in _locked(rows, lock)}


def read_starts(groups: Groups, *, lock: bool = False) -> dict[SessionKey, Event]:
    """The stored start events of the groups' sessions, with their documents only if they are locked.

    Of several with one id, as an id that is used again has them, it is the one stored last.
    """
    ids = {group.session_id for group in groups}
    rows = Event.objects.filter(**_tenants(groups), reference_id__in=ids, type=SESSION, stack__is_deleted=False)
    found = _locked(rows if lock else rows.defer("document"), lock)
    return {(row.project_id, row.reference_id or ""): row for row in sorted(found, key=lambda row: row.created_utc)}


def _tenants(groups: Groups) -> dict[str, set[str]]:
    return {
        "organization_id__in": {group.organization_id for group in groups},
        "project_id__in": {group.project_id for group in groups},
    }


def _locked(rows: QuerySet[Any], lock: bool) -> QuerySet[Any]:
    return rows.order_by("pk").select_for_update(of=("self",)) if lock else rows.order_by()


# --- Storing ------------------------------------------------------------------------------------


def store_open_ids(
    values: Mapping[IdentityKey, str], stored: Mapping[IdentityKey, SessionIdentity], groups: Groups, now: datetime
) -> None:
    """Store the users' open sessions; the rows that are there already are locked."""
    _store(SessionIdentity, ("identity_hash", "session_id"), values, stored, groups, now)


def store_ends(
    values: Mapping[SessionKey, datetime | None], stored: Mapping[SessionKey, Session], groups: Groups, now: datetime
) -> None:
    """Store that sessions were active, with the ends of those that ended; the rows that are there are locked."""
    _store(Session, ("session_id", "ended_utc"), values, stored, groups, now)


def _store(
    model: type[Model],
    columns: tuple[str, str],
    values: Mapping[tuple[str, str], Any],
    stored: Mapping[tuple[str, str], Any],
    groups: Groups,
    now: datetime,
) -> None:
    """Values by project id and name; `columns` are those of the name and the value."""
    organizations = {group.project_id: group.organization_id for group in groups}
    rows = model._default_manager.filter(organization_id__in=set(organizations.values()))
    in_database = connection.ops.adapt_datetimefield_value
    new: list[tuple[Any, ...]] = []
    unchanged = []
    for (project_id, name), value in sorted(values.items()):
        row = stored.get((project_id, name))
        changes = {columns[1]: value, "last_activity_utc": now}
        if row is None:
            stored_value = in_database(value) if isinstance(value, datetime) else value
            new.append((new_object_id(), organizations[project_id], project_id, name, stored_value, in_database(now)))
        elif getattr(row, columns[1]) == value:
            unchanged.append(row.pk)
        else:
            rows.filter(pk=row.pk).update(**changes)
    _insert(model._meta.db_table, columns, new)
    if unchanged:
        rows.filter(pk__in=unchanged).update(last_activity_utc=now)


def _insert(table: str, columns: tuple[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
    # A batch of many users has as many rows, and the ORM takes longer for each than the database.
    if rows:
        names = f"id, organization_id, project_id, {columns[0]}, {columns[1]}, last_activity_utc"
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES (%s, %s, %s, %s, %s, %s)", rows)  # noqa: S608


def state_of(start: Event) -> StartState:
    """What a stored start event says."""
    return state_of_document(start.content)


def store_states(states: Iterable[tuple[Event, StartState]]) -> None:
    """Write durations and ends of sessions into their start events, which are locked."""
    changes: list[tuple[Any, ...]] = []
    before: list[SearchableEvent] = []
    after: list[SearchableEvent] = []
    for start, state in states:
        document = start.content
        # A duration is searched by its column; only the end stands in the index.
        is_end_changed = state.ended is not None or has_end(document.get("data") or {})
        if is_end_changed:
            before.append(searchable(start, document))
        put_state_in_document(document, state)
        start.document = pack(document)
        changes.append((start.document, state.seconds, state.ended is None, start.organization_id, start.pk))
        if is_end_changed:
            after.append(searchable(start, document))
    if changes:
        # One statement for all of them: making a statement takes Django longer than running it takes the database.
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE events_event SET document = %s, value = %s, is_session_open = %s"
                " WHERE organization_id = %s AND key = %s",
                changes,
            )
    replace_tokens(before, after)
