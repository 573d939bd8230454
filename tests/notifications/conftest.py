"""Posting events, telling of them, and a receiver that hears of it."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django import Settings

from events.notifications.dispatch import run_notifications
from projects.models import Project, WebHook
from projects.models.web_hook import EVENT_TYPES
from projects.services.web_hook_deliveries import run_deliveries
from tests.conftest import Cast
from tests.events.conftest import post, work
from tests.notifications.receiver import Receiver, receiving

__all__ = ["post", "work"]

ERROR: dict[str, Any] = {
    "type": "error",
    "message": "the cart",
    "tags": ["shop"],
    "reference_id": None,
    "data": {
        "@error": {
            "type": "System.NullReferenceException",
            "message": "Object reference not set",
            "code": "42",
            "stack_trace": [
                {"name": "Add", "declaring_namespace": "Shop", "declaring_type": "Cart"},
                {"name": "Buy", "declaring_namespace": "Shop", "declaring_type": "Till"},
            ],
        },
        "@request": {
            "http_method": "POST",
            "is_secure": True,
            "host": "shop.example.test",
            "port": 8443,
            "path": "/cart",
            "query_string": {"item": "rocket skates"},
            "client_ip_address": "203.0.113.9",
        },
        "@environment": {"machine_name": "web-1"},
        "@version": "1.2.3",
    },
}


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    """The operator has let in loopback, which is closed otherwise."""
    settings.WEB_HOOK_NETWORKS = (ipaddress.ip_network("127.0.0.0/8"),)
    with receiving() as found:
        yield found


@pytest.fixture
def tell() -> Callable[[], None]:
    """Queue what is to be told, and make the calls that are due."""

    def run() -> None:
        run_notifications()
        run_deliveries()

    return run


@pytest.fixture
def hook(cast: Cast, receiver: Receiver) -> Callable[..., WebHook]:
    """A web hook of the project at the receiver, for all event types unless told otherwise."""

    def make(*event_types: str, project: Project | None = None, **fields: Any) -> WebHook:
        owner = project or cast.project
        values = {"url": receiver.url(), "event_types": list(event_types or EVENT_TYPES)} | fields
        return WebHook.objects.create(organization=owner.organization, project=owner, **values)

    return make
