"""PATCH and PUT organizations/{id}."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.conftest import Cast


def url(cast: Cast) -> str:
    return f"/api/v2/organizations/{cast.organization.pk}"


@pytest.mark.parametrize("method", ["patch", "put"])
@pytest.mark.parametrize("name", ["Acme Rockets", "Elsewhere"], ids=["new", "taken elsewhere"])
def test_the_name_can_be_changed(cast: Cast, owner: APIClient, method: str, name: str) -> None:
    before = cast.organization.updated_utc

    response = getattr(owner, method)(url(cast), {"name": f" {name} "}, format="json")

    assert response.status_code == 200
    assert response.json()["name"] == name
    cast.organization.refresh_from_db()
    assert cast.organization.name == name
    assert cast.organization.updated_utc > before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"plan_id": "EX_FREE", "is_suspended": True, "max_events_per_month": 1, "features": ["x"], "data": {"a": "b"}},
        {"id": "5" * 24, "created_utc": "2020-01-01T00:00:00Z", "invites": [], "is_deleted": True},
    ],
    ids=["nothing", "settings of the server", "identity"],
)
def test_what_is_not_in_the_update_model_changes_nothing(cast: Cast, owner: APIClient, body: dict[str, Any]) -> None:
    before = owner.get(url(cast)).json()

    response = owner.patch(url(cast), body, format="json")

    assert response.status_code == 200
    assert response.json() == before


@pytest.mark.parametrize("raw", [b'{"name": ""}', b'{"name": null}'])
def test_an_empty_name_is_a_400(cast: Cast, owner: APIClient, raw: bytes) -> None:
    response = owner.patch(url(cast), raw, content_type="application/json")

    assert (response.status_code, response.json()["title"]) == (400, "Organization name is required.")
    assert "errors" not in response.json()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("  ", "The Name field is required."),
        ("n" * 1001, "The field Name must be a string or array type with a maximum length of '1000'."),
    ],
)
def test_a_bad_name_is_a_422(cast: Cast, owner: APIClient, name: str, message: str) -> None:
    response = owner.patch(url(cast), {"name": name}, format="json")

    assert response.status_code == 422
    assert response.json()["title"] == "Unprocessable Entity"
    assert response.json()["errors"] == {"name": [message]}


@pytest.mark.parametrize("raw", [b"", b"null"])
def test_no_body_is_a_400(cast: Cast, owner: APIClient, raw: bytes) -> None:
    response = owner.patch(url(cast), raw, content_type="application/json")

    assert response.status_code == 400
    assert response.json()["errors"] == {"": ["A non-empty request body is required."]}


@pytest.mark.parametrize("raw", [b"[]", b'"Acme"', b'{"name": 5}', b'{"name": ["Acme"]}', b"{"])
def test_a_body_that_cannot_be_bound_is_a_400(cast: Cast, owner: APIClient, raw: bytes) -> None:
    assert owner.patch(url(cast), raw, content_type="application/json").status_code == 400


def test_who_may_change_an_organization(cast: Cast) -> None:
    statuses = [
        cast.client(who).patch(url(cast), {"name": "Changed"}, format="json").status_code
        for who in (None, cast.key, cast.stranger, cast.foreign_key, cast.mate, cast.admin, cast.user_key)
    ]

    assert statuses == [401, 403, 404, 403, 200, 200, 200]
