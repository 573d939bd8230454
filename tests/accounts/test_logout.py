"""GET auth/logout."""

from __future__ import annotations

from base64 import b64encode

from rest_framework.test import APIClient

from tests.conftest import PASSWORD, Cast
from tokens.models import Token, TokenType

LOGOUT = "/api/v2/auth/logout"


def test_logout_ends_the_token_for_all_sessions(cast: Cast, owner: APIClient) -> None:
    response = owner.get(LOGOUT)

    assert response.status_code == 200
    assert response.content == b""
    assert owner.get("/api/v2/users/me").status_code == 401
    assert not Token.objects.filter(user=cast.owner).exists()


def test_logout_leaves_the_persons_api_keys(cast: Cast, owner: APIClient) -> None:
    key = Token.objects.create(type=TokenType.ACCESS, user=cast.owner, organization=cast.organization)

    owner.get(LOGOUT)

    assert Token.objects.filter(pk=key.pk).exists()


def test_a_persons_api_key_cannot_log_out(cast: Cast) -> None:
    key = Token.objects.create(type=TokenType.ACCESS, user=cast.owner, organization=cast.organization, scopes=["user"])

    response = cast.client(key).get(LOGOUT)

    assert response.status_code == 403
    assert response.json()["title"] == "Logout not supported for current user access token"
    assert Token.objects.filter(pk=key.pk).exists()


def test_an_api_key_without_a_person_is_nobody_who_could_log_out(cast: Cast) -> None:
    assert cast.client(cast.user_key).get(LOGOUT).status_code == 401


def test_a_client_key_is_refused(cast: Cast) -> None:
    assert cast.client(cast.key).get(LOGOUT).status_code == 403


def test_a_password_cannot_log_out(cast: Cast, anonymous: APIClient) -> None:
    credentials = b64encode(f"owner@example.test:{PASSWORD}".encode()).decode()

    response = anonymous.get(LOGOUT, HTTP_AUTHORIZATION=f"Basic {credentials}")

    assert (response.status_code, response.json()["title"]) == (403, "Logout not supported")


def test_anonymous_callers_are_challenged(anonymous: APIClient) -> None:
    response = anonymous.get(LOGOUT)

    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer resource_metadata=")
