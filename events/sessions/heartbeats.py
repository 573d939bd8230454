"""Heartbeats: kept as clients send them, until the job that closes sessions uses them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from events.models import Event, Heartbeat
from events.sessions.names import name_hash, user_identity

HeartbeatKey = tuple[str, str]
"""Project id and name hash."""


def record_heartbeat(*, organization_id: str, project_id: str, name: str, closes: bool, now: datetime) -> None:
    """Note that a session, or a user's session, goes on or, with `closes`, is over.

    `name` is the session id or the user's identity. An end stays one whatever heartbeats come after it.
    """
    Heartbeat.objects.bulk_create(
        [
            Heartbeat(
                organization_id=organization_id,
                project_id=project_id,
                name_hash=name_hash(spelling),
                last_heartbeat_utc=now,
                closes=closes,
            )
            for spelling in _spellings(name)
        ],
        update_conflicts=True,
        update_fields=["last_heartbeat_utc", "closes"] if closes else ["last_heartbeat_utc"],
        unique_fields=("organization", "project", "name_hash"),
    )


def _spellings(name: str) -> list[str]:
    # Clients that do not encode the name send a plus sign, as mail addresses have it, that reads as a space.
    return [name, name.replace(" ", "+")] if " " in name else [name]


def keys_of(start: Event) -> list[HeartbeatKey]:
    """The keys under which a session's heartbeats may be kept: its id's and, for want of those, its user's."""
    identity = user_identity(start.content.get("data") or {})
    return [(start.project_id, name_hash(name)) for name in (start.reference_id, identity) if name]


def read_heartbeats(
    organization_ids: Iterable[str], keys: Iterable[HeartbeatKey], since: datetime
) -> Mapping[HeartbeatKey, Heartbeat]:
    """Those of the keys that have a heartbeat not older than `since`; one query."""
    wanted = set(keys)
    rows = Heartbeat.objects.filter(
        organization_id__in=set(organization_ids),
        project_id__in={project_id for project_id, _ in wanted},
        name_hash__in={hash_ for _, hash_ in wanted},
        last_heartbeat_utc__gte=since,
    )
    return {(row.project_id, row.name_hash): row for row in rows.order_by()}


def remove_used(heartbeats: Iterable[Heartbeat]) -> None:
    """Delete heartbeats, except those that have come again since they were read."""
    for used in heartbeats:
        Heartbeat.objects.filter(
            organization_id=used.organization_id,
            pk=used.pk,
            last_heartbeat_utc=used.last_heartbeat_utc,
            closes=used.closes,
        ).delete()
