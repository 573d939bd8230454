"""Queue rows, and threads that work on them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections

from events.ingest.worker import Worker
from events.models import Submission
from exceptionless_site.core import json
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.time_keys import arrival_key
from projects.models import Project


def draft(project: Project, payload: Any, **fields: Any) -> Submission:
    """A queue row, not yet stored; a payload that is no bytes is written as JSON."""
    now = utc_now()
    body = payload if isinstance(payload, bytes) else json.dumps(payload)
    values: dict[str, Any] = {
        "key": arrival_key(now),
        "organization_id": project.organization_id,
        "project_id": project.pk,
        "media_type": "application/json",
        "received_utc": now,
        "available_utc": now,
    }
    return Submission(payload=body, **values | fields)


def queued(project: Project, *payloads: Any, **fields: Any) -> list[Submission]:
    """Stored queue rows, one for each payload, in order."""
    return Submission.objects.bulk_create([draft(project, payload, **fields) for payload in payloads])


def work() -> None:
    """Process all that can be processed now."""
    worker = Worker("test")
    while worker.run_once():
        pass


def at_once(functions: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run each in a thread of its own; what they return, or the exceptions they raise, in order."""
    results: list[Any] = [None] * len(functions)

    def run(position: int) -> None:
        try:
            results[position] = functions[position]()
        except Exception as error:
            results[position] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(position,)) for position in range(len(functions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return results
