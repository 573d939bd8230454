"""POST auth/change-password."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from tests.conftest import PASSWORD, Cast
from tokens.models import Token, TokenType

CHANGE = "/api/v2/auth/change-password"
NEW = "a-new-password"


def change(client: APIClient, current: str = PASSWORD, new: str = NEW) -> Any:
    return client.post(CHANGE, {"current_password": current, "password": new}, format="json")


def test_the_answer_is_a_new_token_that_lets_in(cast: Cast, owner: APIClient, anonymous: APIClient) -> None:
    old = cast.login_token(cast.owner)

    response = change(owner)

    assert response.status_code == 200
    assert response.json()["token"] != old.secret
    anonymous.credentials(HTTP_AUTHORIZATION=f"Bearer {response.json()['token']}")
    assert anonymous.get("/api/v2/users/me").status_code == 200
    assert User.objects.get(pk=cast.owner.pk).check_password(NEW)


def test_all_that_the_old_password_let_in_is_refused(cast: Cast, owner: APIClient) -> None:
    personal = Token.objects.create(type=TokenType.ACCESS, user=cast.owner, organization=cast.organization)
    session = APIClient()
    session.force_login(cast.owner)

    assert change(owner).status_code == 200

    assert owner.get("/api/v2/users/me").status_code == 401
    assert cast.client(personal).get("/api/v2/users/me").status_code == 401
    assert session.get("/api/v2/users/me").status_code == 401


def test_keys_of_the_project_and_tokens_of_others_stay(cast: Cast, owner: APIClient, mate: APIClient) -> None:
    change(owner)

    assert Token.objects.filter(pk=cast.key.pk).exists()
    assert mate.get("/api/v2/users/me").status_code == 200


def test_a_wrong_current_password_changes_nothing(cast: Cast, owner: APIClient) -> None:
    response = change(owner, current="not-the-password")

    assert response.status_code == 422
    assert response.json()["errors"] == {"current_password": ["The current password is incorrect."]}
    assert owner.get("/api/v2/users/me").status_code == 200
    assert User.objects.get(pk=cast.owner.pk).check_password(PASSWORD)


def test_the_same_password_twice_is_a_422(owner: APIClient) -> None:
    response = change(owner, new=PASSWORD)

    assert response.status_code == 422
    assert response.json()["errors"] == {"password": ["New password must not be the same as the current password."]}


def test_after_five_wrong_passwords_even_the_right_one_is_not_looked_at(cast: Cast, owner: APIClient) -> None:
    statuses = [change(owner, current="not-the-password").status_code for _ in range(5)]

    assert statuses == [422] * 5
    assert change(owner).status_code == 429
    assert User.objects.get(pk=cast.owner.pk).check_password(PASSWORD)


def test_whoever_has_no_password_sets_the_first_one(cast: Cast, owner: APIClient) -> None:
    cast.owner.set_unusable_password()
    cast.owner.save(update_fields=["password"])

    assert change(owner, current="anything").status_code == 200
    assert User.objects.get(pk=cast.owner.pk).check_password(NEW)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": NEW}, "current_password"),
        ({"current_password": PASSWORD}, "password"),
        ({"current_password": PASSWORD, "password": "short"}, "password"),
        ({"current_password": "x" * 101, "password": NEW}, "current_password"),
    ],
)
def test_a_field_that_breaks_its_rule_is_named(owner: APIClient, body: dict[str, str], field: str) -> None:
    response = owner.post(CHANGE, body, format="json")

    assert response.status_code == 422
    assert list(response.json()["errors"]) == [field]


@pytest.mark.parametrize("raw", [b"", b"null", b"[1]", b'{"password": 5, "current_password": "secret1"}'])
def test_a_body_that_cannot_be_bound_is_a_400(owner: APIClient, raw: bytes) -> None:
    assert owner.post(CHANGE, raw, content_type="application/json").status_code == 400


def test_who_may_not_change_a_password(cast: Cast) -> None:
    assert change(cast.client(None)).status_code == 401
    assert change(cast.client(cast.key)).status_code == 403
    assert change(cast.client(cast.user_key)).status_code == 401
