"""POST auth/login."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import Invite, Membership, User
from tests.conftest import PASSWORD, Cast
from tokens.models import Token, TokenType

LOGIN = "/api/v2/auth/login"
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def log_in(client: APIClient, email: str, password: str = PASSWORD, **more: Any) -> Any:
    body = {"email": email, "password": password} | more.pop("body", {})
    return client.post(LOGIN, body, format="json", **more)


def test_a_right_password_gives_a_token_that_lets_in(cast: Cast, anonymous: APIClient) -> None:
    response = log_in(anonymous, cast.owner.email_address)

    assert response.status_code == 200
    assert list(response.json()) == ["token"]
    assert len(response.json()["token"]) == 40
    anonymous.credentials(HTTP_AUTHORIZATION=f"Bearer {response.json()['token']}")
    assert anonymous.get("/api/v2/users/me").json()["id"] == cast.owner.pk


def test_the_email_address_is_trimmed_and_read_in_any_case(cast: Cast, anonymous: APIClient) -> None:
    assert log_in(anonymous, "  Owner@Example.TEST ").status_code == 200


def test_two_logins_give_the_same_token(cast: Cast, anonymous: APIClient) -> None:
    first, second = (log_in(anonymous, cast.owner.email_address).json() for _ in range(2))

    assert first == second


@time_machine.travel(NOON, tick=False)
def test_a_new_token_lasts_three_months(cast: Cast, anonymous: APIClient) -> None:
    log_in(anonymous, cast.owner.email_address)

    token = Token.objects.get(user=cast.owner)
    assert token.type == TokenType.AUTHENTICATION
    assert token.created_by == cast.owner.pk
    assert token.expires_utc == NOON + timedelta(days=90)


@pytest.mark.parametrize(
    "fields",
    [{"expires_utc": NOON - timedelta(seconds=1)}, {"is_disabled": True}, {"is_suspended": True}],
    ids=["expired", "disabled", "suspended"],
)
@time_machine.travel(NOON, tick=False)
def test_a_token_that_no_longer_works_is_not_given_out_again(
    cast: Cast, anonymous: APIClient, fields: dict[str, Any]
) -> None:
    old = Token.objects.create(type=TokenType.AUTHENTICATION, user=cast.owner, **fields)

    assert log_in(anonymous, cast.owner.email_address).json()["token"] != old.secret


def test_an_api_key_is_never_given_out_as_a_login_token(cast: Cast, anonymous: APIClient) -> None:
    key = Token.objects.create(type=TokenType.ACCESS, user=cast.owner, organization=cast.organization)

    assert log_in(anonymous, cast.owner.email_address).json()["token"] != key.secret


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("owner@example.test", "not-the-password"),
        ("nobody@example.test", PASSWORD),
        ("inactive@example.test", PASSWORD),
        ("social@example.test", PASSWORD),
        ("owner@example.test", PASSWORD.upper()),
        ("owner@example.test", f" {PASSWORD}"),
    ],
    ids=["wrong password", "unknown", "inactive", "no password", "other case", "blank in front"],
)
def test_all_failures_look_the_same(cast: Cast, anonymous: APIClient, email: str, password: str) -> None:
    User.objects.create_user("inactive@example.test", PASSWORD, full_name="Gone", is_active=False)
    User.objects.create_user("social@example.test", None, full_name="Social")

    response = log_in(anonymous, email, password)

    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["title"] == "Login failed."
    assert response.json()["instance"] == "POST /api/v2/auth/login"
    assert "WWW-Authenticate" not in response
    assert "errors" not in response.json()


def test_an_unknown_address_costs_a_hash_as_a_known_one_does(cast: Cast, anonymous: APIClient) -> None:
    with patch("accounts.services.users.make_password") as make_password:
        log_in(anonymous, "nobody@example.test")

    make_password.assert_called_once_with(PASSWORD)


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({"email": ""}, "email", "The Email field is required."),
        ({"email": "   "}, "email", "The Email field is required."),
        ({"password": ""}, "password", "The Password field is required."),
        ({"password": " " * 8}, "password", "The Password field is required."),
        (
            {"password": "x" * 5},
            "password",
            "The field Password must be a string with a minimum length of 6 and a maximum length of 100.",
        ),
        (
            {"password": "x" * 101},
            "password",
            "The field Password must be a string with a minimum length of 6 and a maximum length of 100.",
        ),
        (
            {"invite_token": "short"},
            "invite_token",
            "The field InviteToken must be a string with a minimum length of 40 and a maximum length of 40.",
        ),
    ],
)
def test_a_field_that_breaks_its_rule_is_a_422(
    cast: Cast, anonymous: APIClient, body: dict[str, str], field: str, message: str
) -> None:
    response = log_in(anonymous, cast.owner.email_address, body=body)

    assert response.status_code == 422
    assert response.json()["title"] == "One or more validation errors occurred."
    assert response.json()["errors"] == {field: [message]}


def test_missing_fields_are_all_named(anonymous: APIClient) -> None:
    response = anonymous.post(LOGIN, {}, format="json")

    assert response.status_code == 422
    assert response.json()["errors"] == {
        "email": ["The Email field is required."],
        "password": ["The Password field is required."],
    }


@pytest.mark.parametrize(
    "raw",
    [b"", b"null", b"[]", b'"text"', b"{", b'{"email": null, "password": "secret1"}', b'{"email": 5}'],
)
def test_a_body_that_cannot_be_bound_is_a_400(anonymous: APIClient, raw: bytes) -> None:
    response = anonymous.post(LOGIN, raw, content_type="application/json")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["errors"]


def test_another_content_type_is_a_415(cast: Cast, anonymous: APIClient) -> None:
    response = anonymous.post(LOGIN, "email=a&password=b", content_type="application/x-www-form-urlencoded")

    assert response.status_code == 415


def test_the_sixth_attempt_for_an_address_is_denied_even_with_the_right_password(
    cast: Cast, anonymous: APIClient
) -> None:
    with time_machine.travel(NOON):
        titles = [log_in(anonymous, "owner@example.test", "wrong-password").json()["title"] for _ in range(5)]
        denied = log_in(anonymous, "Owner@example.test ")
        other = log_in(anonymous, "mate@example.test")
    with time_machine.travel(NOON + timedelta(minutes=15)):
        later = log_in(anonymous, "owner@example.test")

    assert titles == ["Login failed."] * 5
    assert (denied.status_code, denied.json()["title"]) == (401, "Login denied.")
    assert other.status_code == 200
    assert later.status_code == 200


@time_machine.travel(NOON)
def test_a_denied_attempt_does_not_look_at_the_password(cast: Cast, anonymous: APIClient) -> None:
    for _ in range(5):
        log_in(anonymous, "owner@example.test", "wrong-password")

    with patch("tokens.services.login.user_with_password") as look:
        log_in(anonymous, "owner@example.test")

    look.assert_not_called()


@time_machine.travel(NOON)
def test_the_sixteenth_attempt_from_one_place_is_denied(cast: Cast, anonymous: APIClient) -> None:
    statuses = [log_in(anonymous, f"nobody{number}@example.test").json()["title"] for number in range(16)]
    elsewhere = log_in(anonymous, "owner@example.test", REMOTE_ADDR="203.0.113.9")

    assert statuses == ["Login failed."] * 15 + ["Login denied."]
    assert elsewhere.status_code == 200


@time_machine.travel(NOON)
def test_a_success_forgets_the_failures_before_it(cast: Cast, anonymous: APIClient) -> None:
    for _ in range(2):
        failures = [log_in(anonymous, "owner@example.test", "wrong-password").status_code for _ in range(4)]
        assert failures == [401] * 4
        assert log_in(anonymous, "owner@example.test").status_code == 200


@time_machine.travel(NOON)
def test_many_people_may_sign_in_from_one_place(cast: Cast, anonymous: APIClient) -> None:
    statuses = {log_in(anonymous, "owner@example.test").status_code for _ in range(20)}

    assert statuses == {200}


def test_an_invite_token_joins_the_organization(cast: Cast, anonymous: APIClient) -> None:
    invite = Invite.objects.create(organization=cast.organization, email_address="stranger@example.test")

    response = log_in(anonymous, "stranger@example.test", body={"invite_token": invite.token})

    assert response.status_code == 200
    assert set(cast.stranger.organization_ids()) == {cast.organization.pk, cast.foreign_organization.pk}
    assert not Invite.objects.exists()
    cast.stranger.refresh_from_db()
    assert cast.stranger.is_email_address_verified


def test_an_invite_for_another_address_joins_but_verifies_nothing(cast: Cast, anonymous: APIClient) -> None:
    invite = Invite.objects.create(organization=cast.organization, email_address="other@example.test")

    log_in(anonymous, "stranger@example.test", body={"invite_token": invite.token})

    cast.stranger.refresh_from_db()
    assert cast.organization.pk in cast.stranger.organization_ids()
    assert not cast.stranger.is_email_address_verified


@pytest.mark.parametrize("token", ["x" * 40, "", None], ids=["unknown", "empty", "null"])
def test_an_invite_token_that_is_none_is_ignored(cast: Cast, anonymous: APIClient, token: str | None) -> None:
    assert log_in(anonymous, "stranger@example.test", body={"invite_token": token}).status_code == 200
    assert Membership.objects.filter(user=cast.stranger).count() == 1


def test_an_invite_to_a_deleted_organization_is_ignored(cast: Cast, anonymous: APIClient) -> None:
    invite = Invite.objects.create(organization=cast.organization, email_address="stranger@example.test")
    cast.organization.is_deleted = True
    cast.organization.save(update_fields=["is_deleted"])

    log_in(anonymous, "stranger@example.test", body={"invite_token": invite.token})

    assert Membership.objects.filter(user=cast.stranger).count() == 1


def test_a_failed_login_leaves_the_invite_alone(cast: Cast, anonymous: APIClient) -> None:
    invite = Invite.objects.create(organization=cast.organization, email_address="stranger@example.test")

    log_in(anonymous, "stranger@example.test", "wrong-password", body={"invite_token": invite.token})

    assert Invite.objects.filter(pk=invite.pk).exists()


def test_a_bad_credential_does_not_stop_a_login(cast: Cast, anonymous: APIClient) -> None:
    anonymous.credentials(HTTP_AUTHORIZATION="Bearer nonsense")

    assert log_in(anonymous, cast.owner.email_address).status_code == 200


def test_a_nul_in_the_address_fails_like_any_unknown_one(anonymous: APIClient) -> None:
    response = anonymous.post(
        LOGIN, b'{"email": "a\\u0000b@example.test", "password": "secret1"}', content_type="application/json"
    )

    assert response.status_code == 401


def test_no_password_reaches_the_log(cast: Cast, anonymous: APIClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "correct horse battery"

    log_in(anonymous, cast.owner.email_address, secret)
    with patch("tokens.api.auth.log_in", side_effect=RuntimeError("broken")):
        anonymous.raise_request_exception = False
        assert log_in(anonymous, cast.owner.email_address, secret).status_code == 500

    assert caplog.records
    assert secret not in caplog.text
