"""The state of the queue in figures, for the API, the health check and the metrics."""

from __future__ import annotations

from typing import TypedDict

from django.db.models import Count, Q

from events.models import Submission
from exceptionless_site.core.clock import utc_now


class QueueStatistics(TypedDict):
    """Numbers of submissions, and seconds.

    `waiting` can be processed now, `working` is with a worker, `delayed` failed and is tried again later,
    `parked` waits for a person. `oldest_seconds` is since when the first of the waiting could have been
    processed; 0 when nothing waits.
    """

    waiting: int
    working: int
    delayed: int
    parked: int
    oldest_seconds: float


def queue_statistics() -> QueueStatistics:
    """All figures in four statements, each over an index of the rows that it counts."""
    now = utc_now()
    alive = Submission.objects.filter(parked_utc__isnull=True)
    due = alive.filter(available_utc__lte=now)
    later = alive.filter(available_utc__gt=now).aggregate(
        working=Count("key", filter=~Q(claimed_by="")), delayed=Count("key", filter=Q(claimed_by=""))
    )
    oldest = due.order_by("available_utc").values_list("available_utc", flat=True).first()
    return {
        "waiting": due.count(),
        "working": later["working"],
        "delayed": later["delayed"],
        "parked": Submission.objects.filter(parked_utc__isnull=False).count(),
        "oldest_seconds": (now - oldest).total_seconds() if oldest else 0.0,
    }
