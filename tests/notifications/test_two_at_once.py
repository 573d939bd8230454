"""Two processes tell of the same events, or make the same calls: each is told and made once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import close_old_connections, connection

from events.models import Notification
from events.notifications.dispatch import run_notifications
from projects.models import WebHook, WebHookDelivery
from projects.services.web_hook_deliveries import run_deliveries
from tests.conftest import Cast
from tests.notifications.receiver import Receiver

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite", reason="SQLite lets one writer in at a time; its tests share one connection"
    ),
]

Run = Callable[..., None]


def at_once(function: Callable[[], int]) -> None:
    barrier = threading.Barrier(3)
    errors: list[BaseException] = []

    def run() -> None:
        try:
            barrier.wait()
            function()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    assert errors == []


def test_each_event_is_told_once(cast: Cast, receiver: Receiver, hook: Callable[..., WebHook], post: Run) -> None:
    hook("NewEvent")
    post(*[{"type": "log", "source": f"source{number}", "message": "hello"} for number in range(120)])
    assert Notification.objects.count() == 120
    at_once(run_notifications)
    assert not Notification.objects.exists()
    assert WebHookDelivery.objects.count() == 120
    at_once(run_deliveries)
    sources = [body["source"] for body in receiver.bodies]
    assert sorted(sources) == sorted({f"source{number}" for number in range(120)})
