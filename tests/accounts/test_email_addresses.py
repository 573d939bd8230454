"""Changing and verifying e-mail addresses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import ExternalAccount, User
from accounts.services.email_addresses import ensure_verification_token
from tests.accounts.mailing import link_in, sent_mail, waiting
from tests.conftest import Cast

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def change(client: APIClient, user: User, email: str) -> Any:
    return client.post(f"/api/v2/users/{user.pk}/email-address/{email}")


def verify(client: APIClient, token: str) -> Any:
    return client.get(f"/api/v2/users/verify-email-address/{token}")


def stored(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_new_address_has_to_be_verified(cast: Cast, owner: APIClient) -> None:
    response = change(owner, cast.owner, " New@Example.test")

    assert (response.status_code, response.json()) == (200, {"is_verified": False})
    assert stored(cast.owner).email_address == "new@example.test"
    message = sent_mail()
    assert message.to == ["new@example.test"]
    link = link_in(message)
    assert link.startswith("http://localhost:8000/account/verify?token=")
    assert verify(owner, link.rpartition("=")[2]).status_code == 200
    assert stored(cast.owner).is_email_address_verified


def test_the_link_leads_to_the_web_ui_where_there_is_one(cast: Cast, owner: APIClient, settings: Any) -> None:
    settings.WEB_UI_URL = "https://errors.example.test/next"

    change(owner, cast.owner, "new@example.test")

    assert link_in(sent_mail()).startswith("https://errors.example.test/next/account/verify?token=")


def test_a_verified_address_is_verified_no_more_when_it_changes(cast: Cast, owner: APIClient) -> None:
    User.objects.filter(pk=cast.owner.pk).update(is_email_address_verified=True)

    change(owner, cast.owner, "new@example.test")

    assert not stored(cast.owner).is_email_address_verified


def test_the_own_address_changes_nothing(cast: Cast, owner: APIClient) -> None:
    User.objects.filter(pk=cast.owner.pk).update(is_email_address_verified=True)

    for _ in range(5):
        assert change(owner, cast.owner, "OWNER@example.test").json() == {"is_verified": True}
    assert waiting() == []


def test_an_address_that_an_external_account_vouches_for_is_verified_at_once(cast: Cast, owner: APIClient) -> None:
    ExternalAccount.objects.create(
        user=cast.owner, provider="github", provider_user_id="1", email_address="new@example.test"
    )

    assert change(owner, cast.owner, "new@example.test").json() == {"is_verified": True}
    assert waiting() == []
    assert stored(cast.owner).verify_email_address_token == ""


def test_an_account_of_somebody_else_vouches_for_nothing(cast: Cast, owner: APIClient) -> None:
    ExternalAccount.objects.create(
        user=cast.mate, provider="github", provider_user_id="1", email_address="new@example.test"
    )

    assert change(owner, cast.owner, "new@example.test").json() == {"is_verified": False}


@pytest.mark.parametrize(
    ("email", "message"),
    [
        ("mate@example.test", "A user already exists with this email address."),
        ("MATE@example.test", "A user already exists with this email address."),
        ("no-address", "The EmailAddress field is not a valid e-mail address."),
        ("a@b@c", "The EmailAddress field is not a valid e-mail address."),
        ("%00", "The EmailAddress field is not a valid e-mail address."),
        ("x" * 300 + "@example.test", "The EmailAddress field is not a valid e-mail address."),
    ],
)
def test_an_address_that_cannot_be_taken_is_a_422(cast: Cast, owner: APIClient, email: str, message: str) -> None:
    response = change(owner, cast.owner, email)

    assert response.status_code == 422
    assert response.json()["errors"] == {"email_address": [message]}
    assert stored(cast.owner).email_address == "owner@example.test"


def test_the_fourth_change_of_an_hour_is_a_429_and_refused_ones_count(cast: Cast, owner: APIClient) -> None:
    with time_machine.travel(NOON, tick=False):
        statuses = [change(owner, cast.owner, "mate@example.test").status_code for _ in range(3)]
        denied = change(owner, cast.owner, "new@example.test")
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        later = change(owner, cast.owner, "new@example.test")

    assert statuses == [422] * 3
    assert denied.status_code == 429
    assert denied.json()["title"] == "Unable to update email address. Please try later."
    assert later.status_code == 200


def test_a_global_admin_may_change_the_address_of_others(cast: Cast, admin: APIClient) -> None:
    assert change(admin, cast.owner, "new@example.test").status_code == 200
    assert stored(cast.owner).email_address == "new@example.test"


@pytest.mark.parametrize("path", ["email-address/new@example.test", "resend-verification-email"])
def test_nobody_reaches_other_people(cast: Cast, path: str) -> None:
    address = f"/api/v2/users/{cast.owner.pk}/{path}"
    method = "get" if path.startswith("resend") else "post"

    statuses = [
        getattr(cast.client(who), method)(address).status_code
        for who in (None, cast.key, cast.mate, cast.stranger, cast.user_key)
    ]

    assert statuses == [401, 403, 404, 404, 401]
    assert waiting() == []


# --- Verifying ------------------------------------------------------------------------------------


def test_whoever_has_the_link_verifies_its_address(cast: Cast, mate: APIClient) -> None:
    assert verify(mate, ensure_verification_token(user=cast.owner)).status_code == 200
    assert stored(cast.owner).is_email_address_verified
    assert not stored(cast.mate).is_email_address_verified


def test_the_web_ui_sends_the_token_in_the_query(cast: Cast, owner: APIClient) -> None:
    token = ensure_verification_token(user=cast.owner)

    assert owner.post(f"/api/v2/users/verify-email-address?token={token}").status_code == 200
    assert stored(cast.owner).is_email_address_verified
    assert owner.post("/api/v2/users/verify-email-address?token=%00").status_code == 200


def test_an_unknown_token_is_a_404_until_the_address_is_verified(cast: Cast, owner: APIClient) -> None:
    first = verify(owner, "x" * 40)
    User.objects.filter(pk=cast.owner.pk).update(is_email_address_verified=True)

    assert (first.status_code, first.json()["title"]) == (404, "User not found.")
    assert verify(owner, "x" * 40).status_code == 200


def test_an_old_link_is_a_422(cast: Cast, owner: APIClient) -> None:
    with time_machine.travel(NOON, tick=False):
        token = ensure_verification_token(user=cast.owner)
    with time_machine.travel(NOON + timedelta(hours=24), tick=False):
        response = verify(cast.client(cast.owner), token)

    assert response.status_code == 422
    assert response.json()["errors"] == {
        "verify_email_address_token_expiration": ["Verify Email Address Token has expired."]
    }
    assert not stored(cast.owner).is_email_address_verified


def test_who_may_not_verify(cast: Cast) -> None:
    token = ensure_verification_token(user=cast.owner)

    assert verify(cast.client(None), token).status_code == 401
    assert verify(cast.client(cast.key), token).status_code == 403
    assert not stored(cast.owner).is_email_address_verified


def test_the_mail_can_be_sent_again(cast: Cast, owner: APIClient) -> None:
    address = f"/api/v2/users/{cast.owner.pk}/resend-verification-email"

    statuses = [owner.get(address).status_code for _ in range(6)]

    assert statuses == [200] * 5 + [429]
    assert waiting() == [("verify-email-address", "owner@example.test")] * 5


def test_a_verified_address_gets_no_mail(cast: Cast, owner: APIClient) -> None:
    User.objects.filter(pk=cast.owner.pk).update(is_email_address_verified=True)

    assert owner.get(f"/api/v2/users/{cast.owner.pk}/resend-verification-email").status_code == 200
    assert waiting() == []


# --- Taking verification back ---------------------------------------------------------------------

UNVERIFY = "/api/v2/users/unverify-email-address"


def test_a_global_admin_takes_verification_back(cast: Cast, admin: APIClient) -> None:
    User.objects.update(is_email_address_verified=True)

    response = admin.post(
        UNVERIFY, "owner@example.test, Mate@example.test,nobody@example.test,\x00", content_type="text/plain"
    )

    assert (response.status_code, response.content) == (200, b"")
    verified = User.objects.filter(is_email_address_verified=True).values_list("email_address", flat=True)
    assert set(verified) == {"stranger@example.test", "admin@example.test"}


def test_only_plain_text_is_taken(admin: APIClient) -> None:
    assert admin.post(UNVERIFY, ["owner@example.test"], format="json").status_code == 415
    assert admin.post(UNVERIFY).status_code == 200


def test_who_may_not_take_verification_back(cast: Cast) -> None:
    User.objects.update(is_email_address_verified=True)

    statuses = [
        cast.client(who).post(UNVERIFY, "mate@example.test", content_type="text/plain").status_code
        for who in (None, cast.key, cast.user_key, cast.owner)
    ]

    assert statuses == [401, 403, 403, 403]
    assert stored(cast.mate).is_email_address_verified
