"""The pages that mailed links lead to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Invite, Membership, User
from accounts.services.email_addresses import ensure_verification_token
from accounts.services.password_resets import new_reset_token
from exceptionless_site.core.clock import utc_now
from tests.accounts.mailing import link_in, sent_mail, waiting
from tests.conftest import PASSWORD, Cast

NEW = "a-new-password"


@pytest.fixture
def browser() -> Client:
    return Client()


def stored(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_forgotten_password_is_reset_by_the_mailed_link(cast: Cast, browser: Client) -> None:
    asked = browser.post("/forgot-password", {"email": "owner@example.test"})
    assert "mailbox" in asked.content.decode()
    path = link_in(sent_mail()).removeprefix("http://localhost:8000")

    page = browser.get(path)
    done = browser.post(path, {"password": NEW})

    assert "owner@example.test" in page.content.decode()
    assert page["Cache-Control"].startswith("max-age=0")
    assert done.status_code == 200
    assert stored(cast.owner).check_password(NEW)
    assert browser.get(path).status_code == 400


def test_the_answer_does_not_tell_who_has_an_account(cast: Cast, browser: Client) -> None:
    known, unknown = (
        browser.post("/forgot-password", {"email": address}).content
        for address in ("owner@example.test", "nobody@example.test")
    )

    assert known == unknown


def test_opening_a_link_changes_nothing(cast: Cast, browser: Client) -> None:
    reset, verification = new_reset_token(user=cast.owner), ensure_verification_token(user=cast.mate)
    paths = (
        f"/reset-password/{reset}",
        f"/reset-password/{reset}?cancel=true",
        f"/account/verify?token={verification}",
    )

    assert [browser.get(path).status_code for path in paths] == [200, 200, 200]
    assert stored(cast.owner).password_reset_digest
    assert not stored(cast.mate).is_email_address_verified


def test_a_reset_is_cancelled(cast: Cast, browser: Client) -> None:
    path = f"/reset-password/{new_reset_token(user=cast.owner)}"

    browser.post(f"{path}?cancel=true")

    assert browser.post(path, {"password": NEW}).status_code == 400
    assert stored(cast.owner).check_password(PASSWORD)


@pytest.mark.parametrize("password", ["short", "", PASSWORD])
def test_a_password_that_cannot_be_taken_is_explained(cast: Cast, browser: Client, password: str) -> None:
    page = browser.post(f"/reset-password/{new_reset_token(user=cast.owner)}", {"password": password})

    assert 'class="form-error"' in page.content.decode()
    assert stored(cast.owner).check_password(PASSWORD)


def test_an_address_is_confirmed(cast: Cast, browser: Client) -> None:
    path = f"/account/verify?token={ensure_verification_token(user=cast.owner)}"

    assert browser.post(path).status_code == 200
    assert stored(cast.owner).is_email_address_verified
    assert browser.get(path).status_code == 400


def test_old_links_are_refused(cast: Cast, browser: Client) -> None:
    reset, verification = new_reset_token(user=cast.owner), ensure_verification_token(user=cast.owner)
    past = utc_now() - timedelta(seconds=1)
    User.objects.update(password_reset_expires_utc=past, verify_email_address_token_expires_utc=past)

    for path in (f"/reset-password/{reset}", f"/account/verify?token={verification}"):
        page = browser.post(path, {"password": NEW})
        assert page.status_code == 400
        assert "too old" in page.content.decode()


@pytest.mark.parametrize(
    "path",
    ["/reset-password/x", "/reset-password/%00", "/account/verify", "/account/verify?token=%00", "/signup?token=x"],
)
def test_links_that_lead_to_nobody_are_refused(cast: Cast, browser: Client, path: str) -> None:
    assert browser.get(path).status_code == 400
    assert browser.post(path).status_code == 400


def test_forms_of_other_sites_are_refused(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    path = f"/account/verify?token={ensure_verification_token(user=cast.owner)}"

    assert strict.post(path).status_code == 403
    assert not stored(cast.owner).is_email_address_verified


# --- Signing up -----------------------------------------------------------------------------------


def test_an_invite_is_taken_up(cast: Cast, browser: Client) -> None:
    invite = Invite.objects.create(organization=cast.organization, email_address="ada@example.test")
    path = f"/signup?token={invite.token}"
    page = browser.get(path).content.decode()

    done = browser.post(path, {"name": "Ada", "email": "ada@example.test", "password": NEW})

    assert "Join Acme" in page
    assert 'value="ada@example.test"' in page
    assert "You belong to Acme now." in done.content.decode()
    ada = User.objects.get(email_address="ada@example.test")
    assert ada.organization_ids() == [cast.organization.pk]
    assert browser.get("/api/v2/users/me").json()["id"] == ada.pk


def test_whoever_has_an_account_joins_with_their_password(cast: Cast, browser: Client) -> None:
    invite = Invite.objects.create(organization=cast.organization, email_address="ada@example.test")
    form = {"name": "Stranger", "email": "stranger@example.test"}

    wrong = browser.post(f"/signup?token={invite.token}", form | {"password": "not-the-password"})
    right = browser.post(f"/signup?token={invite.token}", form | {"password": PASSWORD})

    assert 'class="form-error"' in wrong.content.decode()
    assert right.status_code == 200
    assert Membership.objects.filter(user=cast.stranger).count() == 2


def test_failed_attempts_are_counted(cast: Cast, browser: Client) -> None:
    form = {"name": "x", "email": "owner@example.test", "password": "not-the-password"}

    pages = [browser.post("/signup", form).content.decode() for _ in range(6)]

    assert "Too many attempts" not in pages[4]
    assert "Too many attempts" in pages[5]


def test_an_account_is_made_and_has_to_be_verified(cast: Cast, browser: Client) -> None:
    browser.post("/signup", {"name": "Ada", "email": "ada@example.test", "password": NEW})

    assert waiting() == [("verify-email-address", "ada@example.test")]


@pytest.mark.parametrize("email", ["no-address", "a@b@c", "", "\x00"])
def test_what_is_no_address_is_explained(cast: Cast, browser: Client, email: str) -> None:
    page = browser.post("/signup", {"name": "Ada", "email": email, "password": NEW})

    assert page.status_code == 200
    assert 'class="form-error"' in page.content.decode()


def test_without_account_creation_only_the_invited_come_in(cast: Cast, browser: Client, settings: Any) -> None:
    settings.ENABLE_ACCOUNT_CREATION = False
    invite = Invite.objects.create(organization=cast.organization, email_address="ada@example.test")

    assert browser.get("/signup").status_code == 400
    assert browser.get(f"/signup?token={invite.token}").status_code == 200


def test_names_are_shown_as_text(cast: Cast, browser: Client) -> None:
    cast.organization.name = "<script>alert(1)</script>"
    cast.organization.save(update_fields=["name"])
    invite = Invite.objects.create(organization=cast.organization, email_address="ada@example.test")

    assert b"<script>alert" not in browser.get(f"/signup?token={invite.token}").content
