"""`manage.py worker`: turns accepted submissions into stored events."""

from __future__ import annotations

import gc
import socket
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from events.ingest.worker import Worker
from exceptionless_site.jobs.stopping import stop_on_signals


def run_worker(name: str) -> None:
    """Work until SIGTERM or SIGINT; the batch in hand is finished."""
    _spare_collector()
    Worker(name).run_until(stop_on_signals())


def _spare_collector() -> None:
    # A batch is a hundred thousand objects that all go at once and without cycles: by default the collector looks
    # through them time and again, which took a fifth of the time.
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


class Command(BaseCommand):
    help = "Process accepted events until told to stop. Run as many as you like, on as many machines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", default=socket.gethostname(), help="What claims of this worker are marked with.")

    def handle(self, *args: Any, **options: Any) -> None:
        run_worker(options["name"])
