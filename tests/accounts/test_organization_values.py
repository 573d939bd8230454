"""POST and DELETE organizations/{id}/data/{key} and organizations/{id}/features/{feature}."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Organization
from tests.conftest import Cast


def data_url(cast: Cast, key: str) -> str:
    return f"/api/v2/organizations/{cast.organization.pk}/data/{key}"


def feature_url(cast: Cast, feature: str) -> str:
    return f"/api/v2/organizations/{cast.organization.pk}/features/{feature}"


def stored(cast: Cast) -> Organization:
    return Organization.objects.get(pk=cast.organization.pk)


def set_value(client: APIClient, cast: Cast, key: str, value: Any) -> Any:
    return client.post(data_url(cast, key), {"value": value}, format="json")


# --- Data ---------------------------------------------------------------------------------------


def test_a_value_is_stored_under_its_key_both_trimmed(cast: Cast, owner: APIClient) -> None:
    set_value(owner, cast, "size", "large")

    response = set_value(owner, cast, "%20color%20", "  blue ")

    assert (response.status_code, response.content) == (200, b"")
    assert stored(cast).data == {"size": "large", "color": "blue"}


def test_a_value_can_be_replaced(cast: Cast, owner: APIClient) -> None:
    for value in ("blue", "green"):
        set_value(owner, cast, "color", value)

    assert stored(cast).data == {"color": "green"}


@pytest.mark.parametrize(
    ("key", "value"), [("-hidden", "x"), ("%20-hidden", "x"), ("%20", "x"), ("color", ""), ("color", "  "), ("k", None)]
)
def test_a_blank_or_hidden_key_and_a_blank_value_are_a_400(
    cast: Cast, owner: APIClient, key: str, value: str | None
) -> None:
    response = set_value(owner, cast, key, value)

    assert (response.status_code, response.json()["title"]) == (400, "Invalid key or value.")
    assert "errors" not in response.json()
    assert stored(cast).data == {}


@pytest.mark.parametrize("raw", [b"", b"null", b'"blue"', b'{"value": 5}', b'{"value": {"a": "b"}}'])
def test_values_are_texts_and_anything_else_is_a_400(cast: Cast, owner: APIClient, raw: bytes) -> None:
    assert owner.post(data_url(cast, "color"), raw, content_type="application/json").status_code == 400


def test_a_missing_value_is_a_400(cast: Cast, owner: APIClient) -> None:
    response = owner.post(data_url(cast, "color"), {}, format="json")

    assert (response.status_code, response.json()["title"]) == (400, "Invalid key or value.")


def test_a_value_can_be_removed_again_and_again(cast: Cast, owner: APIClient) -> None:
    set_value(owner, cast, "color", "blue")

    responses = [owner.delete(data_url(cast, "color")) for _ in range(2)]

    assert [(response.status_code, response.content) for response in responses] == [(200, b""), (200, b"")]
    assert stored(cast).data == {}


def test_what_belongs_to_the_server_is_not_removed(cast: Cast, owner: APIClient) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(data={"-@secret": "kept"})

    assert owner.delete(data_url(cast, "-@secret")).status_code == 200
    assert stored(cast).data == {"-@secret": "kept"}


@pytest.mark.parametrize("method", ["post", "delete"])
def test_who_may_change_data(cast: Cast, method: str) -> None:
    statuses = [
        getattr(cast.client(who), method)(data_url(cast, "color"), {"value": "blue"}, format="json").status_code
        for who in (None, cast.key, cast.stranger, cast.foreign_key, cast.mate, cast.admin, cast.user_key)
    ]

    assert statuses == [401, 403, 404, 403, 200, 200, 200]


# --- Features -----------------------------------------------------------------------------------


def test_a_feature_is_set_once_in_lower_case(cast: Cast, admin: APIClient) -> None:
    responses = [admin.post(feature_url(cast, name)) for name in ("Feature-X", "%20feature-x%20", "other")]

    assert [(response.status_code, response.content) for response in responses] == [(200, b"")] * 3
    assert stored(cast).features == ["feature-x", "other"]


def test_a_feature_can_be_taken_away_again_and_again(cast: Cast, admin: APIClient) -> None:
    admin.post(feature_url(cast, "feature-x"))

    assert [admin.delete(feature_url(cast, "FEATURE-X")).status_code for _ in range(2)] == [200, 200]
    assert stored(cast).features == []


@pytest.mark.parametrize("method", ["post", "delete"])
def test_a_blank_feature_is_a_400(cast: Cast, admin: APIClient, method: str) -> None:
    response = getattr(admin, method)(feature_url(cast, "%20"))

    assert (response.status_code, response.json()["title"]) == (400, "Invalid feature flag.")


@pytest.mark.parametrize("method", ["post", "delete"])
def test_only_global_admins_may_change_features(cast: Cast, method: str) -> None:
    statuses = [
        getattr(cast.client(who), method)(feature_url(cast, "feature-x")).status_code
        for who in (None, cast.key, cast.user_key, cast.owner, cast.stranger)
    ]

    assert statuses == [401, 403, 403, 403, 403]


def test_a_feature_of_an_unknown_organization_is_a_404(admin: APIClient) -> None:
    assert admin.post(f"/api/v2/organizations/{'5' * 24}/features/feature-x").status_code == 404
