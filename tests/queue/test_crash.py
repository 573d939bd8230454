"""A worker may be killed at any point: nothing is lost and nothing is doubled."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection

from accounts.models import OrganizationUsage
from events.ingest import writer
from events.ingest.claims import LEASE
from events.ingest.worker import Worker
from events.models import Event, Stack, Submission
from exceptionless_site.core.clock import utc_now
from projects.models import ProjectUsage
from projects.services.usage import count_usage_of_projects
from tests.conftest import Cast
from tests.queue.rows import queued, work

pytestmark = pytest.mark.usefixtures("real_database")

CHECKOUT = Path(__file__).parents[2]
HANGING_WORKER = """
    import importlib, threading, time
    import django

    django.setup()
    from events.ingest.worker import Worker

    module = importlib.import_module("{module}")
    original = module.{function}

    def hang(*arguments, **options):
        result = original(*arguments, **options) if {is_after} else None
        print("reached", flush=True)
        time.sleep(60)
        return result

    module.{function} = hang
    Worker("doomed").run_until(threading.Event())
"""


def environment() -> dict[str, str]:
    """The test's own database for a process of its own."""
    entry = connection.settings_dict
    if connection.vendor == "sqlite":
        address = f"sqlite:///{entry['NAME']}"
    else:
        user = entry["USER"] + (f":{entry['PASSWORD']}" if entry["PASSWORD"] else "")
        address = f"postgres://{user}@{entry['HOST']}:{entry['PORT']}/{entry['NAME']}"
    return {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "exceptionless_site.settings"}


def start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, *arguments]
    return subprocess.Popen(command, cwd=CHECKOUT, env=environment(), text=True, **options)


def let_leases_pass() -> None:
    Submission.objects.filter(parked_utc__isnull=True).update(available_utc=utc_now())


def check_exactly_once(sources: list[str], posts: int) -> None:
    """Each source came `posts` times."""
    assert not Submission.objects.exists()
    stored = Counter(event.content["source"] for event in Event.objects.all())
    assert stored == dict.fromkeys(sources, posts)
    assert sorted(Stack.objects.values_list("total_occurrences", flat=True)) == [posts] * len(sources)
    assert Event.objects.filter(is_first_occurrence=True).count() == len(sources)
    assert OrganizationUsage.objects.get().total == ProjectUsage.objects.get().total == posts * len(sources)


@pytest.mark.parametrize(
    ("module", "function", "is_after"),
    [
        ("events.ingest.worker", "process", False),
        ("events.ingest.worker", "write_batch", False),
        ("events.ingest.writer", "create_stacks", True),
        ("events.ingest.writer", "count_usage_of_projects", True),
        ("events.ingest.worker", "write_batch", True),
    ],
    ids=["claimed", "processed", "stacks made", "all but committed", "committed"],
)
def test_killed_at_this_point(cast: Cast, module: str, function: str, is_after: bool) -> None:
    sources = ["a", "b", "c"]
    documents = [{"type": "log", "source": source} for source in sources]
    queued(cast.project, documents, *documents)
    program = textwrap.dedent(HANGING_WORKER).format(module=module, function=function, is_after=is_after)
    with start("-c", program, stdout=subprocess.PIPE) as doomed:
        assert doomed.stdout is not None
        assert doomed.stdout.readline() == "reached\n"
        doomed.kill()
    # What it held stays its own until the lease has passed.
    work()
    is_committed = (function, is_after) == ("write_batch", True)
    assert Event.objects.count() == (6 if is_committed else 0)
    with time_machine.travel(utc_now() + LEASE + timedelta(seconds=1)):
        work()
    check_exactly_once(sources, posts=2)


def test_killed_again_and_again(cast: Cast) -> None:
    sources = [f"source {number}" for number in range(20)]
    for delay in (0.05, 0.15, 0.4):
        # Each worker finds some, however fast the one before was.
        for _ in range(20):
            queued(cast.project, *({"type": "log", "source": source} for source in sources))
        with start("manage.py", "worker", "--name", "doomed") as doomed:
            try:
                wait_for_first_claim(doomed)
                time.sleep(delay)
            finally:
                doomed.kill()
        let_leases_pass()
    work()
    check_exactly_once(sources, posts=60)


def wait_for_first_claim(process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 30
    before = Submission.objects.count()
    while time.monotonic() < end and process.poll() is None:
        waiting = Submission.objects.all()
        if waiting.count() < before or waiting.filter(available_utc__gt=utc_now()).exists():
            return
        time.sleep(0.01)
    raise AssertionError("the worker did not start")


def test_a_worker_that_is_asked_to_stop_lets_go_of_the_rest(cast: Cast) -> None:
    payloads = [[{"type": "log", "source": "a"} for _ in range(900)] for _ in range(20)]
    queued(cast.project, *payloads)
    with start("manage.py", "worker") as worker:
        wait_for_first_claim(worker)
        worker.terminate()
        assert worker.wait(20) == 0
    assert not Submission.objects.exclude(claimed_by="", attempts=0).exists()
    work()
    check_exactly_once(["a"], posts=900 * 20)


def test_a_database_that_drops_its_connections_loses_and_doubles_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no connection to lose")
    sources = ["a", "b"]
    for _ in range(30):
        queued(cast.project, *({"type": "log", "source": source} for source in sources))
    calls = []

    def lose_connection_first(counts: Any) -> None:
        calls.append(counts)
        if len(calls) == 1:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        count_usage_of_projects(counts)

    monkeypatch.setattr(writer, "count_usage_of_projects", lose_connection_first)
    stop = threading.Event()
    thread = threading.Thread(target=run_and_close, args=(Worker("survivor"), stop))
    thread.start()
    end = time.monotonic() + 20
    while Submission.objects.exists() and time.monotonic() < end:
        time.sleep(0.05)
    stop.set()
    thread.join(20)
    assert len(calls) > 1
    check_exactly_once(sources, posts=30)


def run_and_close(worker: Worker, stop: threading.Event) -> None:
    worker.run_until(stop)
    connection.close()
