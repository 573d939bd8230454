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
_HASH_LENGTH = 40
_STACK_DATES = ("first_occurrence", "last_occurrence", "date_fixed", "snooze_until_utc")


def moment(text: str) -> datetime:
    read = parse_wire_date(text)
    assert read is not None
    return read.moment.astimezone(UTC)


def store_organizations(documents: Iterable[Document], created: datetime) -> None:
    """Organizations with their projects; what a document leaves out is as in a new one with a paying plan."""
    for document in documents:
        organization = Organization(
            pk=document["id"],
            name=document.get("name") or "Acme",
            created_utc=created,
            is_suspended=document.get("is_suspended", False),
        )
        organization.apply_plan(UNLIMITED if has_premium_features(document) else FREE)
        organization.save()
        for project in document.get("projects") or []:
            id_ = project["id"] if isinstance(project, Mapping) else project
            Project.objects.create(pk=id_, organization=organization, name=id_, created_utc=created)


def has_premium_features(organization: Document) -> bool:
    return bool(organization.get("has_premium_features", organization.get("plan") != "free"))


def store_owners(documents: Iterable[Document], created: datetime) -> None:
    """The organizations and projects that stacks or events name and that are not there yet."""
    for document in documents:
        if not Organization.objects.filter(pk=document["organization_id"]).exists():
            store_organizations([{"id": document["organization_id"]}], created)
        names = {"organization_id": document["organization_id"], "name": "Another", "created_utc": created}
        Project.objects.get_or_create(pk=document["project_id"], defaults=names)


def store_stacks(documents: Iterable[Document]) -> None:
    seen: set[str] = set()
    for number, document in enumerate(documents):
        stack = _stack({"signature_hash": document["id"], **document})
        # The fixtures repeat hashes, which our table keeps unique.
        if stack.signature_hash in seen or len(stack.signature_hash) > _HASH_LENGTH:
            stack.signature_hash = f"{number:040x}"
        seen.add(stack.signature_hash)
        stack.save(force_insert=True)


def _stack(document: Document) -> Stack:
    columns = {name: document[name] for name in _STACK_COLUMNS if document.get(name) is not None}
    dates = {name: moment(document[name]) for name in _STACK_DATES if document.get(name) is not None}
    return Stack(**{"type": "log", "title": "Test Event"} | columns | dates)


def store_events(documents: Iterable[Document]) -> None:
    insert_events([searchable(_event(document), _content(document)) for document in documents])


def _content(document: Document) -> dict[str, Any]:
    return {"type": "log"} | {name: value for name, value in document.items() if name not in _COLUMNS}


def _event(document: Document) -> Event:
    content = _content(document)
    return Event(
        key=event_key(moment(document["date"])),
        event_id=document["id"],
        organization_id=document["organization_id"],
        project_id=document["project_id"],
        stack_id=document["stack_id"],
        is_first_occurrence=bool(document.get("is_first_occurrence")),
        created_utc=moment(document.get("created_utc") or document["date"]),
        document=pack(content),
        **document_columns(content),
    )
