"""POST auth/signup."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.db import IntegrityError, connection
from rest_framework.test import APIClient

from accounts.models import Invite, Organization, User
from tests.conftest import PASSWORD, Cast
from tokens.services.login import sign_up as sign_up_service

SIGNUP = "/api/v2/auth/signup"
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def sign_up(client: APIClient, email: str = "ada@example.test", **more: Any) -> Any:
    body = {"name": "Ada Lovelace", "email": email, "password": PASSWORD} | more.pop("body", {})
    return client.post(SIGNUP, body, format="json", **more)


def me(client: APIClient, response: Any) -> dict[str, Any]:
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {response.json()['token']}")
    found: dict[str, Any] = client.get("/api/v2/users/me").json()
    return found


@pytest.mark.django_db
def test_the_first_person_of_a_server_becomes_its_global_admin() -> None:
    client = APIClient()

    assert me(client, sign_up(client))["roles"] == ["client", "user", "global"]
    client.credentials()
    assert me(client, sign_up(client, "grace@example.test"))["roles"] == ["client", "user"]


def test_a_new_person_can_sign_in_and_belongs_nowhere(cast: Cast, anonymous: APIClient) -> None:
    with time_machine.travel(NOON, tick=False):
        response = sign_up(anonymous, " Ada@Example.test", body={"name": "  Ada Lovelace "})
        shown = me(anonymous, response)

    assert response.status_code == 200
    assert list(response.json()) == ["token"]
    assert shown["email_address"] == "ada@example.test"
    assert shown["full_name"] == "Ada Lovelace"
    assert shown["roles"] == ["client", "user"]
    assert shown["organization_ids"] == []
    assert shown["is_active"] is True
    assert shown["is_email_address_verified"] is False
    assert Organization.objects.count() == 2
    user = User.objects.get(email_address="ada@example.test")
    assert len(user.verify_email_address_token) == 40
    assert user.verify_email_address_token_expires_utc == NOON + timedelta(hours=24)


def test_a_known_address_with_its_password_is_a_login(cast: Cast, anonymous: APIClient) -> None:
    response = sign_up(anonymous, "OWNER@example.test")

    assert response.status_code == 200
    assert me(anonymous, response)["id"] == cast.owner.pk
    assert User.objects.count() == 4


def test_a_known_address_with_another_password_fails_as_a_login(cast: Cast, anonymous: APIClient) -> None:
    response = sign_up(anonymous, "owner@example.test", body={"password": "another-password"})

    assert (response.status_code, response.json()["title"]) == (401, "Login failed.")


@time_machine.travel(NOON)
def test_guessing_passwords_by_sign_up_is_limited_like_logins(cast: Cast, anonymous: APIClient) -> None:
    titles = [
        sign_up(anonymous, "owner@example.test", body={"password": "wrong-password"}).json()["title"] for _ in range(6)
    ]

    assert titles == ["Login failed."] * 5 + ["Login denied."]


def test_an_invite_joins_the_organization_and_proves_the_address(cast: Cast, anonymous: APIClient) -> None:
    invite = Invite.objects.create(organization=cast.organization, email_address="ada@example.test")

    shown = me(anonymous, sign_up(anonymous, body={"invite_token": invite.token}))

    assert shown["organization_ids"] == [cast.organization.pk]
    assert shown["is_email_address_verified"] is True
    assert not Invite.objects.exists()
    assert User.objects.get(email_address="ada@example.test").verify_email_address_token == ""


def test_an_invite_of_another_address_joins_without_proving_anything(cast: Cast, anonymous: APIClient) -> None:
    invite = Invite.objects.create(organization=cast.organization, email_address="other@example.test")

    shown = me(anonymous, sign_up(anonymous, body={"invite_token": invite.token}))

    assert shown["organization_ids"] == [cast.organization.pk]
    assert shown["is_email_address_verified"] is False


def test_closed_doors_open_only_to_an_invite(cast: Cast, anonymous: APIClient, settings: Any) -> None:
    settings.ENABLE_ACCOUNT_CREATION = False
    invite = Invite.objects.create(organization=cast.organization, email_address="ada@example.test")

    refused = sign_up(anonymous)
    bad_invite = sign_up(anonymous, body={"invite_token": "x" * 40})
    invited = sign_up(anonymous, body={"invite_token": invite.token})

    assert (refused.status_code, refused.json()["title"]) == (403, "Account Creation is currently disabled")
    assert bad_invite.status_code == 403
    assert invited.status_code == 200


def test_the_eleventh_sign_up_of_an_hour_from_one_place_is_denied(cast: Cast, anonymous: APIClient) -> None:
    with time_machine.travel(NOON):
        statuses = [sign_up(anonymous, f"ada{number}@example.test").status_code for number in range(11)]
        denied = sign_up(anonymous, "ada11@example.test")
        invite = Invite.objects.create(organization=cast.organization, email_address="x@example.test")
        invited = sign_up(anonymous, "ada12@example.test", body={"invite_token": invite.token})
        elsewhere = sign_up(anonymous, "ada13@example.test", REMOTE_ADDR="203.0.113.9")
    with time_machine.travel(NOON + timedelta(hours=1)):
        later = sign_up(anonymous, "ada14@example.test")

    assert statuses == [200] * 10 + [401]
    assert denied.json()["title"] == "Signup denied."
    assert (invited.status_code, elsewhere.status_code, later.status_code) == (200, 200, 200)


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"name": "  "}, {"name": ["The Name field is required."]}),
        ({"email": ""}, {"email": ["The Email field is required."]}),
        (
            {"password": "short"},
            {
                "password": [
                    "The field Password must be a string with a minimum length of 6 and a maximum length of 100."
                ]
            },
        ),
        (
            {"name": "n" * 251},
            {"name": ["The field Name must be a string or array type with a maximum length of '250'."]},
        ),
        (
            {"invite_token": "x" * 41},
            {
                "invite_token": [
                    "The field InviteToken must be a string with a minimum length of 40 and a maximum length of 40."
                ]
            },
        ),
    ],
)
def test_a_field_that_breaks_its_rule_is_a_422(
    cast: Cast, anonymous: APIClient, body: dict[str, str], errors: dict[str, list[str]]
) -> None:
    response = sign_up(anonymous, body=body)

    assert response.status_code == 422
    assert response.json()["errors"] == errors


@pytest.mark.parametrize("email", ["ada", "@example.test", "ada@", "a@b@c", "a b@example.test", "x" * 250 + "@e.test"])
def test_an_address_that_is_none_is_a_422(cast: Cast, anonymous: APIClient, email: str) -> None:
    response = sign_up(anonymous, email)

    assert response.status_code == 422
    assert list(response.json()["errors"]) == ["email_address"]
    assert response.json()["title"] == "Unprocessable Entity"


def test_no_body_is_a_400(anonymous: APIClient) -> None:
    response = anonymous.post(SIGNUP, b"", content_type="application/json")

    assert response.status_code == 400
    assert response.json()["errors"] == {"": ["A non-empty request body is required."]}


def test_losing_a_race_for_an_address_is_a_login(cast: Cast) -> None:
    with (
        patch("tokens.services.login.User.objects.filter") as nobody_yet,
        patch("tokens.services.login.create_user", side_effect=IntegrityError),
        patch("tokens.services.login.log_in") as log_in,
    ):
        nobody_yet.return_value.exists.return_value = False
        token = sign_up_service(name="Owner", email="owner@example.test", password=PASSWORD, ip="203.0.113.1")

    assert token is log_in.return_value
    log_in.assert_called_once()


@pytest.mark.django_db(transaction=True)
def test_of_two_first_sign_ups_at_once_only_one_becomes_admin() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time, so there is no race to lose")
    barrier = threading.Barrier(4)

    def enter(number: int) -> None:
        barrier.wait()
        try:
            sign_up(APIClient(), f"ada{number}@example.test")
        finally:
            connection.close()

    threads = [threading.Thread(target=enter, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert User.objects.count() == 4
    assert User.objects.filter(is_superuser=True).count() == 1
