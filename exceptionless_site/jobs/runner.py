"""The scheduler's loop: runs what is due, one job after the other."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db import DatabaseError, close_old_connections

from exceptionless_site.core.clock import utc_now
from exceptionless_site.jobs.registry import Job, registered_jobs
from exceptionless_site.jobs.schedule import claim, due_jobs, last_starts, record_end, time_left

logger = logging.getLogger(__name__)

_SHORTEST_WAIT = 0.2
_LONGEST_WAIT = 30.0
_AFTER_FAILURE_SECONDS = 5.0
_ERROR_LENGTH = 2_000


class Scheduler:
    """Several may run at once, on as many machines as wanted; each run of a job goes to one of them."""

    def __init__(self, jobs: Callable[[], Sequence[Job]] = registered_jobs) -> None:
        self._jobs = jobs

    def run_until(self, stop: threading.Event) -> None:
        """Run due jobs until `stop` is set, which ends the loop after the job in hand."""
        while not stop.is_set():
            try:
                self.run_due(stop)
                wait = self._seconds_to_next()
            except DatabaseError as error:
                logger.error("The scheduler could not reach its database: %s", type(error).__name__)
                wait = _AFTER_FAILURE_SECONDS
            close_old_connections()
            stop.wait(wait)

    def run_due(self, stop: threading.Event | None = None) -> int:
        """Run the jobs that are due and that no other scheduler took; how many."""
        count = 0
        for job in due_jobs(self._jobs(), last_starts(), utc_now()):
            if stop is not None and stop.is_set():
                break
            if claim(job, utc_now()):
                run_job(job)
                count += 1
        return count

    def _seconds_to_next(self) -> float:
        now, starts = utc_now(), last_starts()
        nearest = min((time_left(job, starts, now) for job in self._jobs()), default=timedelta(seconds=_LONGEST_WAIT))
        return min(max(nearest.total_seconds(), _SHORTEST_WAIT), _LONGEST_WAIT)


def run_job(job: Job) -> None:
    """Run a claimed job and note how it ended; a failing job is logged and does not stop the others."""
    error = ""
    try:
        job.run()
    except Exception as failure:
        error = f"{type(failure).__name__}: {failure}"[:_ERROR_LENGTH]
        logger.exception("The job %s failed", job.name)
    record_end(job, utc_now(), error)
