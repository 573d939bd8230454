"""People in the admin: made, given roles, given a new password."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Membership, User
from tests.conftest import PASSWORD, Cast
from tokens.models import Token

LIST = "/admin/accounts/user/"


def change(site: Client, user: User, **fields: Any) -> Any:
    form = {
        "email_address": user.email_address,
        "full_name": user.full_name,
        "is_active": "on",
        "email_notifications_enabled": "on",
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
        "external_accounts-TOTAL_FORMS": "0",
        "external_accounts-INITIAL_FORMS": "0",
    }
    sent = {name: value for name, value in (form | fields).items() if value is not None}
    return site.post(f"{LIST}{user.pk}/change/", sent)


def test_a_new_person_can_sign_in_by_an_address_in_lower_case(site: Client) -> None:
    form = {"email_address": " New.Person@Example.Test ", "full_name": "New", "usable_password": "true"}
    response = site.post(f"{LIST}add/", form | {"password1": "new-password", "password2": "new-password"})
    assert response.status_code == 302
    user = User.objects.get(email_address="new.person@example.test")
    assert user.check_password("new-password")
    assert not user.is_superuser


def test_an_address_that_is_taken_in_another_case_is_refused(cast: Cast, site: Client) -> None:
    form = {"email_address": "OWNER@example.test", "full_name": "New", "usable_password": "true"}
    response = site.post(f"{LIST}add/", form | {"password1": "new-password", "password2": "new-password"})
    assert "already exists" in response.content.decode()


def test_a_person_becomes_a_global_admin(cast: Cast, site: Client) -> None:
    assert change(site, cast.owner, is_superuser="on").status_code == 302
    cast.owner.refresh_from_db()
    assert cast.owner.is_superuser
    assert cast.owner.check_password(PASSWORD)


@pytest.mark.parametrize("kept", [{"is_active": "on"}, {"is_superuser": "on"}])
def test_nobody_takes_their_own_rights_away(cast: Cast, site: Client, kept: dict[str, str]) -> None:
    response = change(site, cast.admin, **({"is_active": None} | kept))
    assert "You cannot take this from yourself." in response.content.decode()
    cast.admin.refresh_from_db()
    assert cast.admin.is_active
    assert cast.admin.is_superuser


def test_nobody_deletes_themselves(cast: Cast, site: Client) -> None:
    assert site.post(f"{LIST}{cast.admin.pk}/delete/", {"post": "yes"}).status_code == 403
    assert site.post(f"{LIST}{cast.mate.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=cast.mate.pk).exists()


def test_a_new_password_ends_what_the_old_one_opened(cast: Cast, site: Client) -> None:
    cast.login_token(cast.owner)
    kept = cast.login_token(cast.mate)
    form = {"password1": "another-password", "password2": "another-password", "usable_password": "true"}
    assert site.post(f"{LIST}{cast.owner.pk}/password/", form).status_code == 302
    cast.owner.refresh_from_db()
    assert cast.owner.check_password("another-password")
    assert list(Token.objects.filter(user__isnull=False)) == [kept]


def test_the_page_of_a_person_shows_no_hash_and_no_mail_token(cast: Cast, site: Client) -> None:
    User.objects.filter(pk=cast.owner.pk).update(verify_email_address_token="secret-mail-token")
    page = site.get(f"{LIST}{cast.owner.pk}/change/").content.decode()
    assert "secret-mail-token" not in page
    assert cast.owner.password not in page


def test_a_person_is_put_into_an_organization(cast: Cast, site: Client) -> None:
    row = {
        "memberships-TOTAL_FORMS": "1",
        "memberships-0-organization": cast.organization.pk,
        "memberships-0-user": cast.stranger.pk,
    }
    assert change(site, cast.stranger, **row).status_code == 302
    assert Membership.objects.filter(user=cast.stranger, organization=cast.organization).exists()


@pytest.mark.parametrize("text", ["stranger", "STRANGER@example", "{0.stranger.pk}"])
def test_people_are_found_by_name_address_and_id(cast: Cast, site: Client, text: str) -> None:
    results = site.get(LIST, {"q": text.format(cast)}).context["cl"].result_list
    assert [user.pk for user in results] == [cast.stranger.pk]
