"""Stacks and events put straight into the database, for tests of reading."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from events.documents import pack
from events.ingest.rows import user_hash
from events.models import Event, Stack
from events.search.sql.storage import insert_events, searchable
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.time_keys import event_key
from projects.models import Project

_number = itertools.count()


def statements(number: int) -> int:
    """So many statements, and on PostgreSQL those that limit the time of a search."""
    return number + (3 if connection.vendor == "postgresql" else 0)


def minutes_ago(minutes: float) -> datetime:
    return utc_now() - timedelta(minutes=minutes)


def make_stack(project: Project, **fields: Any) -> Stack:
    """A stack of the project that occurred just now; `fields` are its columns."""
    now = utc_now()
    defaults: dict[str, Any] = {
        "type": "log",
        "title": "A title",
        "signature_hash": f"{next(_number):040x}",
        "signature_info": {"Type": "log", "Source": "shop"},
        "first_occurrence": fields.get("last_occurrence", now),
        "last_occurrence": now,
        "total_occurrences": 1,
    }
    return Stack.objects.create(organization_id=project.organization_id, project=project, **defaults | fields)


def make_event(stack: Stack, minutes: float = 0, *, user: str | None = None, **fields: Any) -> Event:
    """An event of the stack, some minutes old."""
    date = minutes_ago(minutes)
    document = {"type": fields.get("type", stack.type), "date": date.isoformat()}
    if "reference_id" in fields:
        document["reference_id"] = fields["reference_id"]
    event = Event(
        key=event_key(date),
        organization_id=stack.organization_id,
        project_id=stack.project_id,
        stack_id=stack.pk,
        user_hash=user_hash({"identity": user}) if user else None,
        created_utc=date,
        document=pack(document),
        **{"type": stack.type} | fields,
    )
    insert_events([searchable(event, document)])
    return event
