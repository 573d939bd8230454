"""What the page of one event shows beside its columns: the rendered document, its neighbours and its session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString

from events.admin.trees import as_tree
from events.models import Event, Stack
from events.presentation.document import DocumentView, document_view
from events.summaries.event import event_summary
from exceptionless_site.core.admin import as_json, shortened

MAXIMUM_STEPS = 200


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a session."""

    event: Event
    text: str
    seconds: float
    """Since the first shown event of the session."""
    is_this: bool


def event_context(event: Event) -> dict[str, Any]:
    """The context of the page's template."""
    document = event.content
    view = document_view(document)
    steps = session_steps(event)
    return {
        "document": document,
        "view": view,
        "stack": Stack.objects.filter(pk=event.stack_id).first(),
        "tags": [str(tag) for tag in document.get("tags") or []],
        "message": str(document.get("message") or document.get("source") or f"{event.type} event"),
        "sections": _sections(view),
        "newer": _neighbour(event, newer=True),
        "older": _neighbour(event, newer=False),
        "steps": steps,
        "has_all_steps": len(steps) < MAXIMUM_STEPS,
        "request_body": as_tree(view.request.body) if view.request and view.request.body else None,
        "raw": as_json(document),
        "list_address": reverse("admin:events_event_changelist"),
    }


def _sections(view: DocumentView) -> list[tuple[str, str, SafeString]]:
    """Extended data: an anchor, the key and its tree."""
    return [(f"data-{number}", key, as_tree(value)) for number, (key, value) in enumerate(view.extended)]


def _neighbour(event: Event, *, newer: bool) -> Event | None:
    """The next occurrence of the same stack in time."""
    stack = _same(event).filter(stack_id=event.stack_id).defer("document")
    if newer:
        return stack.filter(key__gt=event.key).order_by("key").first()
    return stack.filter(key__lt=event.key).order_by("-key").first()


def session_steps(event: Event) -> list[Step]:
    """The events of the session that the event belongs to, or starts, in time order."""
    session_id = event.reference_id if event.type == "session" else event.session_id
    if not session_id:
        return []
    same = _same(event).filter(project_id=event.project_id)
    members = list(same.filter(session_id=session_id).order_by("key")[:MAXIMUM_STEPS])
    starts = list(same.filter(reference_id=session_id, type="session").order_by("key")[:1])
    known = {row.key: row for row in [*starts, *members, event]}
    rows = [known[key] for key in sorted(known)]
    return [_step(row, rows[0], event) for row in rows]


def _step(row: Event, first: Event, event: Event) -> Step:
    document = row.content
    summary = event_summary(
        event_type=row.type,
        source=document.get("source"),
        message=document.get("message"),
        data=document.get("data") or {},
        value=row.value,
        reference_id=row.reference_id,
    )
    text = document.get("message") or document.get("source") or summary.data.get("TypeFullName") or row.type
    seconds = (row.date - first.date).total_seconds()
    return Step(row, shortened(str(text), 120), seconds, row.key == event.key)


def _same(event: Event) -> QuerySet[Event]:
    """Events of the same tenant: a session or a stack never reaches beyond it."""
    return Event.objects.filter(organization_id=event.organization_id)
