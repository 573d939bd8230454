"""What cannot be processed is tried again with growing pauses, then parked where the admin shows it."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from datetime import timedelta

from django.db import InterfaceError, OperationalError
from django.db.models import F, QuerySet

from events.ingest.context import EventContext
from events.models import Submission
from events.models.submission import SubmissionKind
from exceptionless_site.core import json
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.time_keys import arrival_key

logger = logging.getLogger(__name__)

MAXIMUM_ATTEMPTS = 8
DESCRIPTION_ATTEMPTS = 15
"""A description may come hours before its event, from a client that was offline: about nine hours in all."""
_FIRST_PAUSE_SECONDS = 2
_DATABASE_PAUSE = timedelta(seconds=10)
_LONGEST_ERROR = 500


def pause_after(attempts: int) -> timedelta:
    """2, 4, 8 … seconds; about four minutes in all before the eighth attempt."""
    return timedelta(seconds=_FIRST_PAUSE_SECONDS * 2 ** max(attempts - 1, 0))


def fail(submission: Submission, error: Exception) -> None:
    """Say where in our code a claimed submission failed, and let go of it."""
    name = type(error).__name__
    # The text of the error is left out, since it may quote the payload.
    where = "".join(traceback.format_tb(error.__traceback__))
    logger.error("Submission %d failed (attempt %d) with %s\n%s", submission.key, submission.attempts, name, where)
    postpone(submission, error)


def postpone(submission: Submission, error: Exception) -> None:
    """Let go of a claimed submission: to be tried again later, or parked after the last attempt."""
    if is_about_database(error):
        _wait_for_database(submission, error)
    elif submission.attempts >= _maximum_attempts(submission):
        park(submission, _text(error))
    else:
        later = utc_now() + pause_after(submission.attempts)
        _own(submission).update(claimed_by="", available_utc=later, error=_text(error))


def is_about_database(error: Exception) -> bool:
    """Whether the database was away, busy or full, which says nothing about the submission."""
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    # PostgreSQL's class 54 is about the values: a text too long for an index or for its search.
    return not str(getattr(error.__cause__, "sqlstate", "")).startswith("54")


def _wait_for_database(submission: Submission, error: Exception) -> None:
    # Such an attempt does not count, or an hour without disk space would park the whole queue.
    later = utc_now() + _DATABASE_PAUSE
    _own(submission).update(claimed_by="", available_utc=later, attempts=F("attempts") - 1, error=_text(error))


def park(submission: Submission, error: str) -> None:
    """Set a claimed submission aside for a person to look at."""
    _own(submission).update(claimed_by="", parked_utc=utc_now(), error=error)


def _maximum_attempts(submission: Submission) -> int:
    return DESCRIPTION_ATTEMPTS if submission.kind == SubmissionKind.USER_DESCRIPTION else MAXIMUM_ATTEMPTS


def _text(error: Exception) -> str:
    # PostgreSQL does not store what it may have refused in the first place.
    return json.clean_text(f"{type(error).__name__}: {str(error)[:_LONGEST_ERROR]}")


def _own(submission: Submission) -> QuerySet[Submission]:
    """The row as long as nobody else has claimed it; the number of attempts tells one claim from the next."""
    return Submission.objects.filter(
        key=submission.key,
        claimed_by=submission.claimed_by,
        attempts=submission.attempts,
        parked_utc__isnull=True,
    )


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
