"""Events, stacks and their owners as they stand on the wire, put straight into the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from accounts.models import Organization
from accounts.plans import FREE, UNLIMITED
from events.documents import pack
from events.ingest.rows import document_columns
from events.models import Event, Stack
from events.search.sql.storage import insert_events, searchable
from exceptionless_site.core.dates import parse_wire_date
from exceptionless_site.core.time_keys import event_key
from projects.models import Project

Document = Mapping[str, Any]

_COLUMNS = ("id", "organization_id", "project_id", "stack_id", "is_first_occurrence", "created_utc")
_STACK_COLUMNS = (
    *("id", "organization_id", "project_id", "type", "status", "signature_hash", "fixed_in_version", "title"),
    *("total_occurrences", "occurrences_are_critical", "description", "references", "tags", "is_deleted"),
)
_STACK_DATES = ("first_occurrence", "last_occurrence", "date_fixed", "snooze_until_utc")


def moment(text: str) -> datetime:
    read = parse_wire_date(text)
    assert read is not None
    return read.moment.astimezone(UTC)


def store_organizations(documents: Iterable[Document], created: datetime) -> None:
    for document in documents:
        organization = Organization(pk=document["id"], name=document["name"], created_utc=created)
        organization.apply_plan(UNLIMITED if document["has_premium_features"] else FREE)
        organization.save()
        for project_id in document["projects"]:
            Project.objects.create(pk=project_id, organization=organization, name=project_id, created_utc=created)


def store_owners(documents: Iterable[Document], created: datetime) -> None:
    """The organizations and projects that stacks or events name and that are not there yet."""
    for document in documents:
        owner = {"id": document["organization_id"], "name": "Another", "has_premium_features": True, "projects": []}
        if not Organization.objects.filter(pk=owner["id"]).exists():
            store_organizations([owner], created)
        names = {"organization_id": owner["id"], "name": "Another", "created_utc": created}
        Project.objects.get_or_create(pk=document["project_id"], defaults=names)


def store_stacks(documents: Iterable[Document]) -> None:
    seen: set[str] = set()
    for number, document in enumerate(documents):
        stack = _stack(document)
        # The fixtures repeat hashes, which our table keeps unique.
        if stack.signature_hash in seen:
            stack.signature_hash = f"{number:040x}"
        seen.add(stack.signature_hash)
        stack.save(force_insert=True)


def _stack(document: Document) -> Stack:
    columns = {name: document[name] for name in _STACK_COLUMNS if document.get(name) is not None}
    dates = {name: moment(document[name]) for name in _STACK_DATES if document.get(name) is not None}
    return Stack(**columns | dates)


def store_events(documents: Iterable[Document]) -> None:
    insert_events([searchable(_event(document), _content(document)) for document in documents])


def _content(document: Document) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in _COLUMNS}


def _event(document: Document) -> Event:
    return Event(
        key=event_key(moment(document["date"])),
        event_id=document["id"],
        organization_id=document["organization_id"],
        project_id=document["project_id"],
        stack_id=document["stack_id"],
        is_first_occurrence=document["is_first_occurrence"],
        created_utc=moment(document["created_utc"]),
        document=pack(_content(document)),
        **document_columns(document),
    )
