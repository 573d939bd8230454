"""Two workers never store events with the same reference id at the same time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db import connection

from events.ingest.context import EventContext
from events.models import ReferenceLock

LockKey = tuple[str, str, int]
"""Organization id, project id, hash of the reference id."""


def lock_references(contexts: Iterable[EventContext]) -> None:
    """Wait until no other transaction holds one of the reference ids, and hold them until this one ends.

    The rows are deleted as soon as they are inserted: their keys stay taken until the commit, and nothing has to be
    removed later. All transactions insert in the same order, so that two of them never wait for each other in a
    circle.
    """
    # SQLite has one writer at a time.
    if not connection.features.has_select_for_update:
        return
    keys = sorted({_key(context) for context in contexts})
    ReferenceLock.objects.bulk_create([ReferenceLock(pk=key) for key in keys], ignore_conflicts=True)
    organizations, projects, hashes = zip(*keys, strict=True) if keys else ((), (), ())
    ReferenceLock.objects.filter(
        organization_id__in=set(organizations), project_id__in=set(projects), reference_hash__in=hashes
    ).delete()


def _key(context: EventContext) -> LockKey:
    reference = (context.event.reference_id or "").encode("utf-8", "replace")
    digest = hashlib.blake2b(reference, digest_size=8).digest()
    return context.project.organization_id, context.project.project_id, int.from_bytes(digest, "big", signed=True)
