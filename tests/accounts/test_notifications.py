"""The system notification, which everybody reads, and the release notification, which passes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from exceptionless_site.core import notifications
from tests.conftest import Cast

SYSTEM = "/api/v2/notifications/system"
RELEASE = "/api/v2/notifications/release"
NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)


@pytest.fixture
def told() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """What open browsers are told."""
    heard: list[tuple[str, dict[str, Any]]] = []
    hook = lambda kind, members: heard.append((kind, members))  # noqa: E731
    notifications.on_publish.append(hook)
    yield heard
    notifications.on_publish.remove(hook)


def test_there_is_none_at_first(owner: APIClient) -> None:
    response = owner.get(SYSTEM)
    assert (response.status_code, response.content) == (204, b"")


@time_machine.travel(NOW, tick=False)
def test_everybody_reads_what_an_admin_sets(owner: APIClient, admin: APIClient) -> None:
    first = admin.post(SYSTEM, {"message": "Soon", "level": "warning", "target": "Modern"}, format="json")
    expected = {"date": "2026-05-17T12:00:00Z", "message": "Soon", "level": "Warning", "target": "Modern"}
    assert first.json() == owner.get(SYSTEM).json() == expected
    admin.post(SYSTEM, {"message": " Now "}, format="json")
    assert owner.get(SYSTEM).json() == expected | {"message": "Now", "level": "Info", "target": "Both"}
    assert admin.delete(SYSTEM).status_code == 200
    assert owner.get(SYSTEM).status_code == 204


@pytest.mark.parametrize("message", ["", "  ", None])
def test_a_notification_without_a_message_is_none(admin: APIClient, message: str | None) -> None:
    assert admin.post(SYSTEM, {"message": message}, format="json").status_code == 404
    assert admin.get(SYSTEM).status_code == 204


@pytest.mark.parametrize(
    ("query", "body", "status"),
    [
        ("", {"message": "x", "level": "Fatal"}, 422),
        ("", {"message": "x", "target": ["Both"]}, 422),
        ("", {"message": {"a": 1}}, 400),
        ("", [], 400),
        ("?publish=maybe", {"message": "x"}, 400),
    ],
)
def test_what_cannot_be_read_is_refused(admin: APIClient, query: str, body: Any, status: int) -> None:
    assert admin.post(SYSTEM + query, body, format="json").status_code == status
    assert admin.get(SYSTEM).status_code == 204


def test_browsers_are_told_unless_that_is_not_wanted(
    admin: APIClient, told: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(f"{SYSTEM}?publish=false", {"message": "Quiet"}, format="json")
        admin.delete(f"{SYSTEM}?publish=false")
    assert told == []
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(SYSTEM, {"message": "Loud"}, format="json")
        admin.delete(SYSTEM)
        admin.post(f"{RELEASE}?critical=true", {"value": "Version 9"}, format="json")
    assert [kind for kind, _ in told] == ["SystemNotification", "SystemNotification", "ReleaseNotification"]
    assert told[0][1]["message"] == "Loud"
    assert told[2][1]["critical"] is True


@time_machine.travel(NOW, tick=False)
def test_a_release_is_announced(admin: APIClient) -> None:
    response = admin.post(RELEASE, {"value": "Version 9"}, format="json")
    assert response.json() == {"critical": False, "date": "2026-05-17T12:00:00Z", "message": "Version 9"}
    assert "message" not in admin.post(RELEASE, {}, format="json").json()


def test_only_admins_write(cast: Cast, owner: APIClient, anonymous: APIClient) -> None:
    for client, status in ((owner, 403), (cast.client(cast.key), 403), (anonymous, 401)):
        assert client.post(SYSTEM, {"message": "Mine"}, format="json").status_code == status
        assert client.delete(SYSTEM).status_code == status
        assert client.post(RELEASE, {"value": "Mine"}, format="json").status_code == status
    assert cast.client(cast.key).get(SYSTEM).status_code == 403
