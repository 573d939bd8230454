"""GET auth/forgot-password, POST auth/reset-password and auth/cancel-reset-password."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from rest_framework.test import APIClient

from accounts.models import MailMessage, User
from accounts.services.mails import send_waiting_mails
from accounts.services.password_resets import new_reset_token
from tests.accounts.mailing import link_in, sent_mail, waiting
from tests.conftest import PASSWORD, Cast

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
NEW = "a-new-password"
RESET = "/api/v2/auth/reset-password"


def forgot(client: APIClient, email: str, **more: Any) -> Any:
    return client.get(f"/api/v2/auth/forgot-password/{email}", **more)


def reset(client: APIClient, token: str, password: str = NEW) -> Any:
    return client.post(RESET, {"password_reset_token": token, "password": password}, format="json")


def token_for(client: APIClient, email: str) -> str:
    forgot(client, email)
    return link_in(sent_mail()).rpartition("/")[2]


def test_the_mailed_link_sets_a_new_password(cast: Cast, anonymous: APIClient) -> None:
    token = token_for(anonymous, "  Owner@Example.test ")

    response = reset(anonymous, token)

    assert mail.outbox[-1].to == ["owner@example.test"]
    assert len(token) == 40
    assert (response.status_code, response.content) == (200, b"")
    user = User.objects.get(pk=cast.owner.pk)
    assert user.check_password(NEW)
    assert user.is_email_address_verified


def test_all_tokens_end_with_the_old_password(cast: Cast, anonymous: APIClient, owner: APIClient) -> None:
    reset(anonymous, token_for(anonymous, "owner@example.test"))

    assert owner.get("/api/v2/users/me").status_code == 401


def test_known_and_unknown_addresses_are_treated_alike_until_the_mail_is_sent(
    cast: Cast, anonymous: APIClient, django_assert_num_queries: Any
) -> None:
    forgot(anonymous, "warms-up@example.test")
    with django_assert_num_queries(3):
        known = forgot(anonymous, "owner@example.test")
    with django_assert_num_queries(3):
        unknown = forgot(anonymous, "nobody@example.test")

    assert (known.status_code, known.content) == (unknown.status_code, unknown.content) == (200, b"")
    send_waiting_mails()
    assert [message.to for message in mail.outbox] == [["owner@example.test"]]


def test_an_inactive_person_gets_no_mail(cast: Cast, anonymous: APIClient) -> None:
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)

    forgot(anonymous, "owner@example.test")

    assert send_waiting_mails() == 0


def test_the_fourth_request_of_an_hour_sends_nothing(cast: Cast, anonymous: APIClient) -> None:
    with time_machine.travel(NOON, tick=False):
        statuses = {forgot(anonymous, "owner@example.test").status_code for _ in range(4)}
        number = len(waiting())
        forgot(anonymous, "owner@example.test", REMOTE_ADDR="203.0.113.9")

    assert statuses == {200}
    assert number == 3
    assert len(waiting()) == 4


@pytest.mark.parametrize("email", ["%20", "%20%20"])
def test_a_blank_address_is_a_400(anonymous: APIClient, email: str) -> None:
    response = forgot(anonymous, email)

    assert response.status_code == 400
    assert response.json()["title"] == "Please specify a valid Email Address."


@pytest.mark.parametrize("email", ["%00@example.test", "no-address", "x" * 500 + "@example.test"])
def test_what_is_no_address_is_answered_like_any_other(anonymous: APIClient, email: str) -> None:
    assert forgot(anonymous, email).status_code == 200
    assert waiting() == []


def test_a_token_works_once(cast: Cast, anonymous: APIClient) -> None:
    token = token_for(anonymous, "owner@example.test")
    reset(anonymous, token)

    response = reset(anonymous, token, "yet-another-one")

    assert response.status_code == 422
    assert response.json()["errors"] == {"password_reset_token": ["Invalid Password Reset Token"]}
    assert User.objects.get(pk=cast.owner.pk).check_password(NEW)


def test_a_newer_link_replaces_the_older_one(cast: Cast, anonymous: APIClient) -> None:
    old, new = (token_for(anonymous, "owner@example.test") for _ in range(2))

    assert reset(anonymous, old).status_code == 422
    assert reset(anonymous, new).status_code == 200


def test_a_link_is_good_for_a_day(cast: Cast, anonymous: APIClient) -> None:
    with time_machine.travel(NOON, tick=False):
        token = new_reset_token(user=cast.owner)
    with time_machine.travel(NOON + timedelta(hours=24), tick=False):
        late = reset(anonymous, token)
    with time_machine.travel(NOON + timedelta(hours=23, minutes=59), tick=False):
        in_time = reset(anonymous, token)

    assert late.json()["errors"] == {"password_reset_token": ["Password Reset Token has expired"]}
    assert (late.status_code, in_time.status_code) == (422, 200)


def test_the_old_password_is_not_taken_again(cast: Cast, anonymous: APIClient) -> None:
    token = token_for(anonymous, "owner@example.test")

    response = reset(anonymous, token, PASSWORD)

    assert response.status_code == 422
    assert response.json()["errors"] == {"password": ["The new password must be different than the previous password"]}
    assert reset(anonymous, token).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": NEW}, "password_reset_token"),
        ({"password_reset_token": "x" * 39, "password": NEW}, "password_reset_token"),
        ({"password_reset_token": "x" * 40}, "password"),
        ({"password_reset_token": "x" * 40, "password": "short"}, "password"),
    ],
)
def test_a_field_that_breaks_its_rule_is_named(anonymous: APIClient, body: dict[str, str], field: str) -> None:
    response = anonymous.post(RESET, body, format="json")

    assert response.status_code == 422
    assert list(response.json()["errors"]) == [field]


def test_a_cancelled_link_works_no_more(cast: Cast, anonymous: APIClient) -> None:
    token = token_for(anonymous, "owner@example.test")

    cancelled = anonymous.post(f"/api/v2/auth/cancel-reset-password/{token}")

    assert (cancelled.status_code, cancelled.content) == (200, b"")
    assert reset(anonymous, token).status_code == 422


@pytest.mark.parametrize("token", ["x" * 40, "short", "x%00"])
def test_cancelling_what_is_unknown_is_a_200(anonymous: APIClient, token: str) -> None:
    assert anonymous.post(f"/api/v2/auth/cancel-reset-password/{token}").status_code == 200


def test_a_body_of_another_kind_is_a_415(anonymous: APIClient) -> None:
    address = f"/api/v2/auth/cancel-reset-password/{'x' * 40}"

    assert anonymous.post(address, b"text", content_type="text/plain").status_code == 415
    assert anonymous.post(address, b"{}", content_type="application/json").status_code == 200


def test_an_empty_token_belongs_to_nobody(cast: Cast, anonymous: APIClient) -> None:
    """People without an open reset have an empty hash, which no token must match."""
    assert reset(anonymous, " " * 40).status_code == 422
    assert User.objects.get(pk=cast.owner.pk).check_password(PASSWORD)


def test_a_changed_address_makes_the_link_invalid(cast: Cast, anonymous: APIClient, owner: APIClient) -> None:
    token = token_for(anonymous, "owner@example.test")
    owner.post(f"/api/v2/users/{cast.owner.pk}/email-address/elsewhere@example.test")

    assert reset(anonymous, token).status_code == 422


def test_the_token_is_stored_nowhere(cast: Cast, anonymous: APIClient, caplog: pytest.LogCaptureFixture) -> None:
    token = token_for(anonymous, "owner@example.test")

    assert token not in str(User.objects.filter(pk=cast.owner.pk).values().get())
    assert token not in str(list(MailMessage.objects.values()))
    assert token not in caplog.text
