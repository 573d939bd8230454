"""What monitors ask."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client

from exceptionless_site.core.clock import utc_now
from tests.conftest import Cast
from tests.queue.rows import queued

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_a_healthy_server_says_so_without_credentials(client: Client, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.content) == (200, b"Healthy")
    assert "no-cache" in response["Cache-Control"]


def test_a_server_without_its_database_is_unhealthy(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr("exceptionless_site.health.connection.cursor", refuse)
    response = client.get("/health")
    assert (response.status_code, response.content) == (503, b"Unhealthy")


@pytest.mark.parametrize(("age", "state"), [(30, b"Healthy"), (90, b"Degraded")])
def test_events_that_nobody_works_on_show(client: Client, cast: Cast, age: int, state: bytes) -> None:
    queued(cast.project, {}, available_utc=utc_now() - timedelta(seconds=age))
    response = client.get("/health")
    assert (response.status_code, response.content) == (200, state)


def test_what_was_parked_does_not_wait(client: Client, cast: Cast) -> None:
    hour_ago = utc_now() - timedelta(hours=1)
    queued(cast.project, {}, available_utc=hour_ago, parked_utc=hour_ago)
    assert client.get("/health").content == b"Healthy"


def test_about_names_the_version(client: Client) -> None:
    assert client.get("/api/v2/about").json()["informational_version"]
