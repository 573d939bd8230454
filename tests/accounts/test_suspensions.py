"""POST and DELETE organizations/{id}/suspend."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from rest_framework.test import APIClient

from tests.conftest import Cast

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def url(cast: Cast, query: str = "") -> str:
    return f"/api/v2/organizations/{cast.organization.pk}/suspend{query}"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "Billing"),
        ("?code=Overage", "Overage"),
        ("?code=abuse", "Abuse"),
        ("?code=0", "Billing"),
        ("?code=1", "Overage"),
        ("?code=2", "Abuse"),
        ("?code=100&notes=because", "Other"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_suspending_states_code_date_and_person(cast: Cast, admin: APIClient, query: str, code: str) -> None:
    response = admin.post(url(cast, query))

    assert (response.status_code, response.content) == (200, b"")
    shown = admin.get(f"/api/v2/organizations/{cast.organization.pk}").json()
    assert shown["is_suspended"] is True
    assert shown["suspension_code"] == code
    assert shown["suspension_date"] == "2026-05-04T12:00:00Z"
    assert shown.get("suspension_notes") == ("because" if code == "Other" else None)
    cast.organization.refresh_from_db()
    assert cast.organization.suspended_by_user_id == cast.admin.pk


def test_keys_stop_working_and_work_again_afterwards(cast: Cast, admin: APIClient, owner: APIClient) -> None:
    key = cast.client(cast.user_key)

    admin.post(url(cast))
    assert key.get("/api/v2/organizations").status_code == 401
    assert owner.get("/api/v2/organizations").status_code == 200
    assert cast.client(cast.foreign_key).get("/api/v2/organizations").status_code == 403

    response = admin.delete(url(cast))
    assert (response.status_code, response.content) == (200, b"")
    assert key.get("/api/v2/organizations").status_code == 200
    shown = owner.get(f"/api/v2/organizations/{cast.organization.pk}").json()
    assert shown["is_suspended"] is False
    assert {"suspension_code", "suspension_notes", "suspension_date"}.isdisjoint(shown)


@pytest.mark.parametrize("notes", ["", "&notes=", "&notes=%20%20"])
def test_the_code_other_needs_notes(cast: Cast, admin: APIClient, notes: str) -> None:
    response = admin.post(url(cast, f"?code=Other{notes}"))

    assert response.status_code == 422
    assert list(response.json()["errors"]) == ["suspension_notes"]
    cast.organization.refresh_from_db()
    assert not cast.organization.is_suspended


@pytest.mark.parametrize("code", ["5", "nonsense", "-1"])
def test_an_unknown_code_is_a_400(cast: Cast, admin: APIClient, code: str) -> None:
    assert admin.post(url(cast, f"?code={code}")).status_code == 400


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", "application/json", 200),
        (b"{}", "application/json; charset=utf-8", 200),
        (b"{}", "text/plain", 415),
        (b"a=b", "application/x-www-form-urlencoded", 415),
    ],
)
def test_a_body_must_be_json(cast: Cast, admin: APIClient, body: bytes, content_type: str, status: int) -> None:
    assert admin.post(url(cast), body, content_type=content_type).status_code == status


def test_an_unknown_organization_is_a_404(admin: APIClient) -> None:
    path = f"/api/v2/organizations/{'5' * 24}/suspend"

    assert admin.post(path).json()["title"] == "Organization not found."
    assert admin.delete(path).status_code == 404


@pytest.mark.parametrize("method", ["post", "delete"])
def test_only_global_admins_may_suspend(cast: Cast, method: str) -> None:
    statuses = [
        getattr(cast.client(who), method)(url(cast)).status_code
        for who in (None, cast.key, cast.user_key, cast.owner, cast.stranger)
    ]

    assert statuses == [401, 403, 403, 403, 403]
