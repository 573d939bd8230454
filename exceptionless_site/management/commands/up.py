"""`manage.py up`: everything that the server needs, in one go."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel

from accounts.models import User
from events.ingest.waking import bell
from exceptionless_site import web_server
from exceptionless_site.jobs.supervisor import Program, Supervisor
from exceptionless_site.management.addresses import AddressUnusable, answers, check_free
from exceptionless_site.management.commands.sample_data import load_with_progress
from exceptionless_site.management.commands.scheduler import run_scheduler
from exceptionless_site.management.commands.worker import run_worker
from exceptionless_site.management.migration import DatabaseUnusable, bring_up_to_date, check_database

_PROBE_PATH = "/api/v2/about"
_PROBE_PAUSE = 0.02
_PROBES = 1500
_LAST_PORT = 65535


class Command(BaseCommand):
    help = "Start the whole server: web, worker and scheduler, on a database that is brought up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on (default: 127.0.0.1).")
        parser.add_argument("--port", type=int, default=8000, help="Port to listen on (default: 8000).")
        parser.add_argument("--workers", type=int, default=1, help="Processes that turn submissions into events.")
        # These two act before the settings are read: see early_options.py.
        parser.add_argument("--data-dir", help="Where the database and the secret key live (default: .data).")
        parser.add_argument("--demo", action="store_true", help="Add accounts with known passwords, and sample events.")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port, workers = options["host"], options["port"], options["workers"]
        console = Console()
        _prepare(host, port, workers)
        if settings.DEMO:
            load_with_progress(console)
        notice = _notice()
        supervisor = Supervisor(programs(host, port, workers))
        supervisor.start()
        if _wait_for_web(supervisor, host, port):
            console.print(Panel(notice, title="Exceptionless is running", expand=False))
        sys.exit(supervisor.run())


def _prepare(host: str, port: int, workers: int) -> None:
    if not 0 < port <= _LAST_PORT:
        raise CommandError(f"--port must be between 1 and {_LAST_PORT}, not {port}.")
    if workers < 1:
        raise CommandError(f"--workers must be at least 1, not {workers}.")
    try:
        check_free(host, port)
        check_database()
        bring_up_to_date()
    except (AddressUnusable, DatabaseUnusable) as error:
        raise CommandError(str(error)) from None


def programs(host: str, port: int, workers: int) -> list[Program]:
    bell.install()
    # The web server comes first: callers wait for it, not for the others.
    web_server.load_application()
    return [
        Program("web", partial(web_server.serve, host=host, port=port)),
        *(Program(f"worker {number}", partial(run_worker, f"worker-{number}")) for number in range(1, workers + 1)),
        Program("scheduler", run_scheduler),
    ]


def _wait_for_web(supervisor: Supervisor, host: str, port: int) -> bool:
    """Whether the web server answers; a server that never does ends the supervisor as well."""
    for _ in range(_PROBES):
        if not supervisor.is_running:
            return False
        if answers(host, port, _PROBE_PATH):
            return True
        supervisor.step(_PROBE_PAUSE)
    supervisor.fail("The web server does not answer")
    return False


def _notice() -> str:
    base = escape(settings.BASE_URL)
    lines = [
        f"Start page     {base}/",
        f"API with docs  {base}/docs",
        f"Admin          {base}/admin/",
        f"Clients send to {base}/api/v2/",
        f"Data           {escape(str(settings.DATA_DIR))}",
        "",
        *(_DEMO_LINES if settings.DEMO else _first_account_lines()),
        "Ctrl-C stops everything.",
    ]
    return "\n".join(lines)


_DEMO_LINES = [
    "Demo accounts, password [bold]tester[/]: admin@exceptionless.test (global admin), org@localhost, free@localhost",
    "Everybody knows these passwords: do not put this server on a network you do not trust.",
    "",
]


def _first_account_lines() -> list[str]:
    if User.objects.exists():
        return []
    return [
        "There is no account yet. The first one becomes the global admin: sign up with",
        "POST /api/v2/auth/signup (it can be sent from /docs), or run `manage.py createsuperuser`.",
        "",
    ]
