"""Invites by mail: sent on POST organizations/{id}/users/{email}, used at sign-up or login."""

from __future__ import annotations

from typing import Any

from django.core import mail
from rest_framework.test import APIClient

from accounts.models import Invite, MailMessage, User
from accounts.services.mails import send_waiting_mails
from tests.accounts.mailing import link_in, sent_mail, waiting
from tests.conftest import PASSWORD, Cast

ADA = "ada@example.test"


def add(cast: Cast, client: APIClient, email: str) -> Any:
    return client.post(f"/api/v2/organizations/{cast.organization.pk}/users/{email}")


def test_an_invite_is_mailed_and_its_token_joins_at_sign_up(cast: Cast, owner: APIClient, anonymous: APIClient) -> None:
    add(cast, owner, "Ada@Example.test")
    message = sent_mail()

    assert message.to == [ADA]
    assert "Owner invites you to join Acme" in message.body
    token = link_in(message).rpartition("token=")[2]
    body = {"name": "Ada", "email": ADA, "password": "analytical engine", "invite_token": token}
    assert anonymous.post("/api/v2/auth/signup", body, format="json").status_code == 200
    ada = User.objects.get(email_address=ADA)
    assert ada.organization_ids() == [cast.organization.pk]
    assert ada.is_email_address_verified
    assert waiting() == []


def test_an_invite_is_mailed_again_with_the_same_token(cast: Cast, owner: APIClient) -> None:
    add(cast, owner, ADA)
    first = link_in(sent_mail())
    add(cast, owner, ADA)
    second = link_in(sent_mail())

    assert first == second
    assert Invite.objects.count() == 1
    assert len(mail.outbox) == 2


def test_whoever_has_an_account_is_told_once(cast: Cast, owner: APIClient) -> None:
    add(cast, owner, "stranger@example.test")
    add(cast, owner, "stranger@example.test")

    message = sent_mail()
    assert message.to == ["stranger@example.test"]
    assert message.subject == "You were added to Acme"
    assert "Owner added you to Acme" in message.body
    assert waiting() == []


def test_a_key_without_a_person_invites_in_nobodys_name(cast: Cast) -> None:
    add(cast, cast.client(cast.user_key), ADA)

    assert "you are invited to join Acme" in sent_mail().body


def test_an_invite_that_was_withdrawn_is_not_mailed(cast: Cast, owner: APIClient) -> None:
    add(cast, owner, ADA)
    owner.delete(f"/api/v2/organizations/{cast.organization.pk}/users/{ADA}")

    assert send_waiting_mails() == 0


def test_refused_invites_send_nothing(cast: Cast, owner: APIClient, stranger: APIClient) -> None:
    cast.organization.max_users = 2
    cast.organization.save(update_fields=["max_users"])

    statuses = [
        add(cast, owner, ADA).status_code,
        add(cast, stranger, ADA).status_code,
        add(cast, cast.client(cast.key), ADA).status_code,
        add(cast, cast.client(None), ADA).status_code,
    ]

    assert statuses == [426, 404, 403, 401]
    assert not MailMessage.objects.exists()


def test_signing_up_without_an_invite_mails_a_link_that_verifies(cast: Cast, anonymous: APIClient) -> None:
    body = {"name": "Ada", "email": ADA, "password": "analytical engine"}
    token = anonymous.post("/api/v2/auth/signup", body, format="json").json()["token"]
    verification = link_in(sent_mail()).rpartition("token=")[2]

    anonymous.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    assert anonymous.get(f"/api/v2/users/verify-email-address/{verification}").status_code == 200
    assert User.objects.get(email_address=ADA).is_email_address_verified


def test_a_login_sends_nothing(cast: Cast, anonymous: APIClient) -> None:
    for path in ("login", "signup"):
        body = {"name": "Owner", "email": "owner@example.test", "password": PASSWORD}
        assert anonymous.post(f"/api/v2/auth/{path}", body, format="json").status_code == 200

    assert not MailMessage.objects.exists()
