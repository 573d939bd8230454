"""The state of the queues in figures, for the API, the health check and the metrics."""

from __future__ import annotations

from datetime import timedelta
from typing import TypedDict

from django.db.models import Count, Q

from accounts.models import MailMessage
from accounts.services.mails import NOT_WANTED
from events.models import Notification, Submission
from exceptionless_site.core.clock import utc_now
from projects.models import WebHookDelivery

BEHIND = timedelta(minutes=1)


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


class QueueFigures(TypedDict):
    """Numbers as the wire names them: what waits for its (next) try, for a person, and what is being worked on."""

    active: int
    deadletter: int
    working: int


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


def all_queues() -> dict[str, QueueFigures]:
    """Every queue, by its name on the wire. Only submissions tell those being worked on from those that wait."""
    posts = queue_statistics()
    return {
        "event_posts": {
            "active": posts["waiting"] + posts["delayed"],
            "deadletter": posts["parked"],
            "working": posts["working"],
        },
        "mail_messages": _mails(),
        # They wait among the posts, since they must not overtake them.
        "user_descriptions": {"active": 0, "deadletter": 0, "working": 0},
        "notifications": _notifications(),
        "web_hooks": _web_hooks(),
    }


def is_behind() -> bool:
    """Whether what was accepted waits so long that nobody seems to work on it."""
    due = Submission.objects.filter(parked_utc__isnull=True, available_utc__lt=utc_now() - BEHIND)
    return due.exists()


def _mails() -> QueueFigures:
    unsent = MailMessage.objects.filter(sent_utc__isnull=True)
    found = unsent.aggregate(
        active=Count("pk", filter=Q(given_up_utc__isnull=True)),
        deadletter=Count("pk", filter=Q(given_up_utc__isnull=False) & ~Q(error=NOT_WANTED)),
    )
    return {"active": found["active"], "deadletter": found["deadletter"], "working": 0}


def _notifications() -> QueueFigures:
    found = Notification.objects.aggregate(
        active=Count("pk", filter=Q(error="")), deadletter=Count("pk", filter=~Q(error=""))
    )
    return {"active": found["active"], "deadletter": found["deadletter"], "working": 0}


def _web_hooks() -> QueueFigures:
    failed = WebHookDelivery.objects.filter(finished_utc__isnull=False).exclude(error="")
    waiting = WebHookDelivery.objects.filter(finished_utc__isnull=True)
    return {"active": waiting.count(), "deadletter": failed.count(), "working": 0}
