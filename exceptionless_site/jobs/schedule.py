"""Which jobs are due, and who of several schedulers runs them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import Q

from exceptionless_site.core.models import ScheduledJob
from exceptionless_site.jobs.registry import Job

LastStarts = Mapping[str, datetime | None]


def last_starts() -> dict[str, datetime | None]:
    """When each known job was last started, by any scheduler."""
    return dict(ScheduledJob.objects.values_list("name", "last_started_utc"))


def time_left(job: Job, starts: LastStarts, now: datetime) -> timedelta:
    """How long until the job is due; zero or less means now."""
    last = starts.get(job.name)
    return last + job.interval - now if last is not None else timedelta(0)


def due_jobs(jobs: Iterable[Job], starts: LastStarts, now: datetime) -> list[Job]:
    return [job for job in jobs if time_left(job, starts, now) <= timedelta(0)]


def claim(job: Job, now: datetime) -> bool:
    """Whether this scheduler may run the job now: the row is the lock, the one who changes it has won."""
    free = Q(last_started_utc__isnull=True) | Q(last_started_utc__lte=now - job.interval)
    rows = ScheduledJob.objects.filter(free, name=job.name)
    if rows.update(last_started_utc=now):
        return True
    # The row of a new job: two schedulers may both make it, and only one then changes it.
    ScheduledJob.objects.bulk_create([ScheduledJob(name=job.name)], ignore_conflicts=True)
    return bool(rows.update(last_started_utc=now))


def record_end(job: Job, now: datetime, error: str = "") -> None:
    ScheduledJob.objects.filter(name=job.name).update(last_finished_utc=now, last_error=error)
