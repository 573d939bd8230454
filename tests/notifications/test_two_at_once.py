"""Two processes tell of the same events, or make the same calls: each is told and made once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from events.models import Notification
from events.notifications.dispatch import run_notifications
from projects.models import WebHook, WebHookDelivery
from projects.services.web_hook_deliveries import run_deliveries
from tests.conftest import Cast
from tests.notifications.receiver import Receiver
from tests.queue.conftest import real_database
from tests.queue.rows import at_once

__all__ = ["real_database"]

pytestmark = pytest.mark.usefixtures("real_database")


def test_each_event_is_told_once(
    cast: Cast, receiver: Receiver, hook: Callable[..., WebHook], post: Callable[..., None]
) -> None:
    hook("NewEvent")
    post(*[{"type": "log", "source": f"source{number}", "message": "hello"} for number in range(120)])
    assert Notification.objects.count() == 120
    assert all(isinstance(count, int) for count in at_once([run_notifications] * 3))
    assert not Notification.objects.exists()
    assert WebHookDelivery.objects.count() == 120
    assert sum(at_once([run_deliveries] * 3)) == 120
    sources = [body["source"] for body in receiver.bodies]
    assert sorted(sources) == sorted(f"source{number}" for number in range(120))
