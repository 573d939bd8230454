"""Contexts for the tests of single steps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from events.ingest.context import EventContext, ProjectSettings, SubmissionInfo
from events.ingest.event import IncomingEvent

RECEIVED_AT = datetime(2026, 1, 15, 12, tzinfo=UTC)
PRIVATE = {"@@includeprivateinformation": "false"}


def make_project(settings: dict[str, str] | None = None, **fields: Any) -> ProjectSettings:
    return ProjectSettings(project_id="p" * 24, organization_id="o" * 24, settings=settings or {}, **fields)


def make_submission(ip_address: str | None = None, user_agent: str | None = None) -> SubmissionInfo:
    return SubmissionInfo(received_at=RECEIVED_AT, ip_address=ip_address, user_agent=user_agent)


def make_context(
    event_type: str = "log",
    data: dict[str, Any] | None = None,
    *,
    submission: SubmissionInfo | None = None,
    project: ProjectSettings | None = None,
    **members: Any,
) -> EventContext:
    """A context of an event of this type and data; other members of the event by name."""
    members.setdefault("date", RECEIVED_AT)
    return EventContext(
        event=IncomingEvent(type=event_type, data=data or {}, **members),
        submission=submission or make_submission(),
        project=project or make_project(),
    )
