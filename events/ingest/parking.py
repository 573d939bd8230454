"""What cannot be processed is tried again with growing pauses, then parked where the admin shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import QuerySet

from events.ingest.context import EventContext
from events.models import Submission
from exceptionless_site.core import json
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.time_keys import arrival_key

MAXIMUM_ATTEMPTS = 8
_FIRST_PAUSE_SECONDS = 2


def pause_after(attempts: int) -> timedelta:
    """2, 4, 8 … seconds; about four minutes after the seventh attempt."""
    return timedelta(seconds=_FIRST_PAUSE_SECONDS * 2 ** max(attempts - 1, 0))


def postpone(submission: Submission, error: str) -> None:
    """Let go of a claimed submission: to be tried again later, or parked after the last attempt."""
    if submission.attempts >= MAXIMUM_ATTEMPTS:
        park(submission, error)
        return
    _own(submission).update(claimed_by="", available_utc=utc_now() + pause_after(submission.attempts), error=error)


def park(submission: Submission, error: str) -> None:
    """Set a claimed submission aside for a person to look at."""
    _own(submission).update(claimed_by="", parked_utc=utc_now(), error=error)


def _own(submission: Submission) -> QuerySet[Submission]:
    return Submission.objects.filter(key=submission.key, attempts=submission.attempts, parked_utc__isnull=True)


def park_failed(contexts: Sequence[EventContext]) -> None:
    """Park each event that a step failed on as a submission of its own; its neighbours are stored."""
    if not contexts:
        return
    now = utc_now()
    rows = [
        Submission(
            key=arrival_key(now),
            organization_id=context.project.organization_id,
            project_id=context.project.project_id,
            media_type="application/json",
            ip_address=context.submission.ip_address or "",
            user_agent=context.submission.user_agent or "",
            payload=json.dumps(context.event.to_document()),
            received_utc=context.submission.received_at,
            available_utc=now,
            parked_utc=now,
            error=context.error or "",
        )
        for context in contexts
    ]
    Submission.objects.bulk_create(rows)
