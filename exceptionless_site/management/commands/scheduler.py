"""`manage.py scheduler`: runs the jobs that repeat."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from exceptionless_site.jobs.runner import Scheduler
from exceptionless_site.jobs.stopping import stop_on_signals


def run_scheduler() -> None:
    """Run due jobs until SIGTERM or SIGINT; the job in hand is finished."""
    Scheduler().run_until(stop_on_signals())


class Command(BaseCommand):
    help = "Run the repeating jobs until told to stop. Several may run; each run of a job goes to one of them."

    def handle(self, *args: Any, **options: Any) -> None:
        run_scheduler()
