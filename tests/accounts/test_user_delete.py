"""DELETE users/me and users/{ids}, and the role of a global admin."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from tests.conftest import Cast
from tokens.models import Token

IN_ORGANIZATION = "Please delete or leave any organizations before deleting your account."


@pytest.fixture
def loner(cast: Cast) -> User:
    return User.objects.create_user("loner@example.test", "loner-password", full_name="Loner")


def test_whoever_belongs_to_nothing_may_go(cast: Cast, loner: User) -> None:
    client = cast.client(loner)

    response = client.delete("/api/v2/users/me")

    assert (response.status_code, response.json()) == (202, {"workers": []})
    assert not User.objects.filter(pk=loner.pk).exists()
    assert not Token.objects.filter(user_id=loner.pk).exists()
    assert client.get("/api/v2/users/me").status_code == 401


def test_members_stay(cast: Cast, owner: APIClient) -> None:
    response = owner.delete("/api/v2/users/me")

    assert (response.status_code, response.json()["title"]) == (400, IN_ORGANIZATION)
    assert User.objects.filter(pk=cast.owner.pk).exists()


def test_members_of_deleted_organizations_may_go(cast: Cast, owner: APIClient) -> None:
    cast.organization.is_deleted = True
    cast.organization.save(update_fields=["is_deleted"])

    assert owner.delete("/api/v2/users/me").status_code == 202


def test_the_last_global_admin_stays(cast: Cast, admin: APIClient) -> None:
    response = admin.delete("/api/v2/users/me")

    assert (response.status_code, response.json()["title"]) == (400, "The last global admin cannot be removed.")


def test_two_last_global_admins_cannot_be_removed_together(cast: Cast, admin: APIClient, loner: User) -> None:
    User.objects.filter(pk=loner.pk).update(is_superuser=True)

    response = admin.delete(f"/api/v2/users/{loner.pk},{cast.admin.pk}")

    assert response.status_code == 400
    assert User.objects.filter(is_superuser=True).count() == 2


def test_a_global_admin_removes_people(cast: Cast, admin: APIClient, loner: User) -> None:
    response = admin.delete(f"/api/v2/users/{loner.pk}")

    assert (response.status_code, response.json()) == (202, {"workers": []})
    assert not User.objects.filter(pk=loner.pk).exists()


def test_a_single_member_is_a_400_and_nobody_a_404(cast: Cast, admin: APIClient) -> None:
    member, nobody = (admin.delete(f"/api/v2/users/{id_}") for id_ in (cast.owner.pk, "0" * 24))

    assert (member.status_code, member.json()["title"]) == (400, IN_ORGANIZATION)
    assert (nobody.status_code, nobody.json()["title"]) == (404, "User not found.")


def test_of_several_those_go_that_can(cast: Cast, admin: APIClient, loner: User) -> None:
    response = admin.delete(f"/api/v2/users/{loner.pk},{cast.owner.pk},{'0' * 24}")

    assert response.status_code == 400
    assert response.json()["success"] == [loner.pk]
    assert {row["id"]: row["status_code"] for row in response.json()["failure"]} == {
        cast.owner.pk: 400,
        "0" * 24: 404,
    }
    assert not User.objects.filter(pk=loner.pk).exists()


def test_who_may_not_remove_people(cast: Cast, loner: User) -> None:
    statuses = [
        cast.client(who).delete(f"/api/v2/users/{loner.pk}").status_code
        for who in (None, cast.key, cast.user_key, cast.owner, loner)
    ]

    assert statuses == [401, 403, 403, 403, 403]
    assert [cast.client(who).delete("/api/v2/users/me").status_code for who in (None, cast.key, cast.user_key)] == [
        401,
        403,
        401,
    ]
    assert User.objects.filter(pk=loner.pk).exists()


# --- The role -------------------------------------------------------------------------------------


def role(user: User) -> str:
    return f"/api/v2/users/{user.pk}/admin-role"


def test_the_role_is_given_and_taken(cast: Cast, admin: APIClient, owner: APIClient) -> None:
    given = [admin.post(role(cast.owner)) for _ in range(2)]
    roles = owner.get("/api/v2/users/me").json()["roles"]
    taken = [admin.delete(role(cast.owner)) for _ in range(2)]

    assert [(response.status_code, response.content) for response in given] == [(200, b"")] * 2
    assert "global" in roles
    assert [response.status_code for response in taken] == [204, 204]
    assert "global" not in owner.get("/api/v2/users/me").json()["roles"]


def test_the_last_one_keeps_it(cast: Cast, admin: APIClient) -> None:
    User.objects.create_user("gone@example.test", None, full_name="Gone", is_superuser=True, is_active=False)

    assert admin.delete(role(cast.admin)).status_code == 400
    assert User.objects.get(pk=cast.admin.pk).is_superuser


def test_nobody_is_a_404(admin: APIClient) -> None:
    for method in (admin.post, admin.delete):
        response: Any = method(f"/api/v2/users/{'0' * 24}/admin-role")
        assert (response.status_code, response.json()["title"]) == (404, "User not found.")


@pytest.mark.parametrize("method", ["post", "delete"])
def test_who_may_not_touch_the_role(cast: Cast, method: str) -> None:
    statuses = [
        getattr(cast.client(who), method)(role(cast.owner)).status_code
        for who in (None, cast.key, cast.user_key, cast.owner)
    ]

    assert statuses == [401, 403, 403, 403]
    assert not User.objects.get(pk=cast.owner.pk).is_superuser


# --- Grants ---------------------------------------------------------------------------------------


def test_nobody_has_granted_anything(cast: Cast, owner: APIClient) -> None:
    response = owner.get("/api/v2/users/me/oauth-grants")
    revoked = owner.delete("/api/v2/users/me/oauth-grants/anything")

    assert (response.status_code, response.json()) == (200, [])
    assert (revoked.status_code, revoked.json()["title"]) == (404, "OAuth grant not found.")
    assert cast.client(cast.user_key).get("/api/v2/users/me/oauth-grants").status_code == 401
    assert cast.client(None).get("/api/v2/users/me/oauth-grants").status_code == 401
