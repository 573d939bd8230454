"""GET users/me, GET and PATCH users/{id}."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import User
from tests.conftest import Cast
from tokens.models import Token, TokenType

ME = "/api/v2/users/me"


def url(user: User) -> str:
    return f"/api/v2/users/{user.pk}"


def test_me_shows_who_is_asking(cast: Cast, owner: APIClient) -> None:
    assert owner.get(ME).json() == {
        "id": cast.owner.pk,
        "organization_ids": [cast.organization.pk],
        "full_name": "Owner",
        "email_address": "owner@example.test",
        "email_notifications_enabled": True,
        "is_email_address_verified": False,
        "is_active": True,
        "is_invite": False,
        "roles": ["client", "user"],
        "has_local_account": True,
        "o_auth_accounts": [],
    }


def test_me_names_the_role_of_a_global_admin(admin: APIClient) -> None:
    assert admin.get(ME).json()["roles"] == ["client", "user", "global"]


def test_me_says_whether_there_is_a_password(cast: Cast, owner: APIClient) -> None:
    cast.owner.set_unusable_password()
    cast.owner.save(update_fields=["password"])

    assert owner.get(ME).json()["has_local_account"] is False


def test_me_never_shows_the_password(owner: APIClient) -> None:
    assert "password" not in owner.get(ME).json()


def test_a_deleted_organization_is_not_among_mine(cast: Cast, owner: APIClient) -> None:
    cast.organization.is_deleted = True
    cast.organization.save(update_fields=["is_deleted"])

    assert owner.get(ME).json()["organization_ids"] == []


def test_me_costs_three_statements(cast: Cast, owner: APIClient, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        owner.get(ME)


@pytest.mark.parametrize("path", [ME, "/api/v2/users/{owner}"])
def test_who_may_not_read_users(cast: Cast, path: str) -> None:
    path = path.format(owner=cast.owner.pk)

    assert cast.client(None).get(path).status_code == 401
    assert cast.client(cast.key).get(path).status_code == 403
    # The key has the role, but there is no person behind it.
    assert cast.client(cast.user_key).get(path).status_code == 401


@pytest.mark.parametrize(
    "credential",
    [
        {"HTTP_AUTHORIZATION": "Bearer a\0b"},
        {"HTTP_AUTHORIZATION": "Basic " + b64encode(b"a\0b:secret1").decode()},
        {"QUERY_STRING": "access_token=a%00b"},
    ],
    ids=["bearer", "basic", "query"],
)
def test_a_nul_in_a_credential_is_a_bad_credential(anonymous: APIClient, credential: dict[str, str]) -> None:
    assert anonymous.get(ME, **credential).status_code == 401  # type: ignore[arg-type]


def test_a_persons_api_key_stands_for_the_person(cast: Cast) -> None:
    key = Token.objects.create(type=TokenType.ACCESS, user=cast.owner, organization=cast.organization, scopes=["user"])

    assert cast.client(key).get(ME).json()["id"] == cast.owner.pk


def test_by_id_one_sees_oneself_as_the_current_user(cast: Cast, owner: APIClient) -> None:
    assert owner.get(url(cast.owner)).json() == owner.get(ME).json()


@pytest.mark.parametrize("method", ["get", "patch", "put"])
def test_others_are_not_found_not_even_in_the_same_organization(cast: Cast, mate: APIClient, method: str) -> None:
    response = getattr(mate, method)(url(cast.owner), {"full_name": "Taken"}, format="json")

    assert (response.status_code, response.json()["title"]) == (404, "User not found.")
    cast.owner.refresh_from_db()
    assert cast.owner.full_name == "Owner"


def test_a_global_admin_sees_everyone_without_what_only_the_person_sees(cast: Cast, admin: APIClient) -> None:
    shown = admin.get(url(cast.owner)).json()

    assert shown["organization_ids"] == [cast.organization.pk]
    assert "has_local_account" not in shown
    assert "o_auth_accounts" not in shown


@pytest.mark.parametrize("id_", ["5" * 24, "short", "x" * 37])
def test_an_unknown_id_is_a_404(admin: APIClient, id_: str) -> None:
    assert admin.get(f"/api/v2/users/{id_}").status_code == 404


@pytest.mark.parametrize("method", ["patch", "put"])
def test_patch_and_put_change_only_what_is_sent(cast: Cast, owner: APIClient, method: str) -> None:
    moment = datetime(2026, 5, 4, 12, tzinfo=UTC)

    with time_machine.travel(moment, tick=False):
        response = getattr(owner, method)(url(cast.owner), {"email_notifications_enabled": False}, format="json")

    assert response.status_code == 200
    assert response.json()["email_notifications_enabled"] is False
    assert response.json()["full_name"] == "Owner"
    cast.owner.refresh_from_db()
    assert cast.owner.email_notifications_enabled is False
    assert cast.owner.updated_utc == moment


def test_a_global_admin_may_rename_anyone(cast: Cast, admin: APIClient) -> None:
    assert admin.patch(url(cast.owner), {"full_name": "  Ada "}, format="json").json()["full_name"] == "Ada"


def test_what_is_not_in_the_update_model_is_ignored(cast: Cast, owner: APIClient) -> None:
    body = {
        "id": "5" * 24,
        "email_address": "new@example.test",
        "roles": ["global"],
        "is_superuser": True,
        "is_active": False,
        "is_email_address_verified": True,
        "organization_ids": [cast.foreign_organization.pk],
        "password": "changed-password",
    }

    response = owner.patch(url(cast.owner), body, format="json")

    assert response.status_code == 200
    assert response.json() == owner.get(ME).json()
    unchanged = User.objects.get(pk=cast.owner.pk)
    assert unchanged.email_address == "owner@example.test"
    assert not unchanged.is_superuser
    assert unchanged.password == cast.owner.password


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "The FullName field is required."),
        ("  ", "The FullName field is required."),
        ("n" * 251, "The field FullName must be a string or array type with a maximum length of '250'."),
    ],
)
def test_a_bad_name_is_a_422(cast: Cast, owner: APIClient, name: str, message: str) -> None:
    response = owner.patch(url(cast.owner), {"full_name": name}, format="json")

    assert response.status_code == 422
    assert response.json()["title"] == "Unprocessable Entity"
    assert response.json()["errors"] == {"full_name": [message]}


@pytest.mark.parametrize("raw", [b"", b"null", b"[]", b'{"full_name": 5}', b'{"email_notifications_enabled": null}'])
def test_a_body_that_cannot_be_bound_is_a_400(cast: Cast, owner: APIClient, raw: bytes) -> None:
    response = owner.patch(url(cast.owner), raw, content_type="application/json")

    assert response.status_code == 400
    assert response.json()["errors"]
