"""What monitors ask."""

from __future__ import annotations

import pytest
from django.db import DatabaseError
from django.test import Client

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


def test_about_names_the_version(client: Client) -> None:
    assert client.get("/api/v2/about").json()["informational_version"]
