"""GET organizations/{id}/users, POST and DELETE organizations/{id}/users/{email}."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Invite, Membership, Organization
from accounts.services import memberships
from tests.conftest import Cast, make_user


def users_url(organization: Organization) -> str:
    return f"/api/v2/organizations/{organization.pk}/users"


def url(organization: Organization, email: str) -> str:
    return f"{users_url(organization)}/{email}"


def invite(cast: Cast, email: str) -> Invite:
    return Invite.objects.create(organization=cast.organization, email_address=email)


# --- Listing ------------------------------------------------------------------------------------


def test_members_come_by_address_and_invites_after_them(cast: Cast, owner: APIClient) -> None:
    invite(cast, "aaa@example.test")

    response = owner.get(users_url(cast.organization))

    assert response.status_code == 200
    assert response["X-Result-Count"] == "3"
    assert "Link" not in response
    assert [user["email_address"] for user in response.json()] == [
        "mate@example.test",
        "owner@example.test",
        "aaa@example.test",
    ]
    assert response.json()[0] == {
        "id": cast.mate.pk,
        "organization_ids": [cast.organization.pk],
        "full_name": "Mate",
        "email_address": "mate@example.test",
        "email_notifications_enabled": True,
        "is_email_address_verified": False,
        "is_active": True,
        "is_invite": False,
        "roles": ["client", "user"],
    }
    assert response.json()[2] == {
        "email_address": "aaa@example.test",
        "email_notifications_enabled": False,
        "is_email_address_verified": False,
        "is_active": False,
        "is_invite": True,
    }


def test_a_page_may_span_members_and_invites(cast: Cast, owner: APIClient) -> None:
    for number in range(3):
        invite(cast, f"new{number}@example.test")

    pages = [owner.get(users_url(cast.organization), {"limit": "2", "page": str(page)}) for page in (1, 2, 3, 4)]

    assert [[user["email_address"][:5] for user in page.json()] for page in pages] == [
        ["mate@", "owner"],
        ["new0@", "new1@"],
        ["new2@"],
        [],
    ]
    assert {page["X-Result-Count"] for page in pages} == {"5"}
    base = f"http://testserver{users_url(cast.organization)}"
    assert pages[0]["Link"] == f'<{base}?limit=2&page=2>; rel="next"'
    assert pages[1]["Link"] == f'<{base}?limit=2&page=1>; rel="previous", <{base}?limit=2&page=3>; rel="next"'
    assert pages[2]["Link"] == f'<{base}?limit=2&page=2>; rel="previous"'


def test_far_pages_are_empty_and_uncounted(cast: Cast, owner: APIClient) -> None:
    response = owner.get(users_url(cast.organization), {"limit": "100", "page": "12"})

    assert (response.json(), response["X-Result-Count"]) == ([], "0")


def test_a_page_that_is_no_number_is_a_400(cast: Cast, owner: APIClient) -> None:
    assert owner.get(users_url(cast.organization), {"page": "first"}).status_code == 400


def test_only_admins_see_who_is_an_admin(cast: Cast, owner: APIClient, admin: APIClient) -> None:
    Membership.objects.create(organization=cast.organization, user=cast.admin)

    def roles(client: APIClient) -> list[str]:
        rows = client.get(users_url(cast.organization)).json()
        found: list[str] = next(row["roles"] for row in rows if row["id"] == cast.admin.pk)
        return found

    assert roles(owner) == ["client", "user"]
    assert roles(admin) == ["client", "user", "global"]


def test_other_organizations_of_a_member_are_nobodys_business(cast: Cast, owner: APIClient, admin: APIClient) -> None:
    Membership.objects.create(organization=cast.foreign_organization, user=cast.mate)

    def organizations(client: APIClient) -> set[str]:
        rows = client.get(users_url(cast.organization)).json()
        return next(set(row["organization_ids"]) for row in rows if row["id"] == cast.mate.pk)

    assert organizations(owner) == {cast.organization.pk}
    assert organizations(admin) == {cast.organization.pk, cast.foreign_organization.pk}


def test_the_statements_of_the_list_do_not_grow_with_it(
    cast: Cast, owner: APIClient, django_assert_num_queries: Any
) -> None:
    # Token, own memberships, organization, invites, count, members, their memberships.
    with django_assert_num_queries(7):
        owner.get(users_url(cast.organization))
    for number in range(6):
        Membership.objects.create(organization=cast.organization, user=make_user(f"person{number}"))
    with django_assert_num_queries(7):
        assert len(owner.get(users_url(cast.organization)).json()) == 8


def test_who_may_list_the_users(cast: Cast) -> None:
    statuses = [
        cast.client(who).get(users_url(cast.organization)).status_code
        for who in (None, cast.key, cast.stranger, cast.foreign_key, cast.mate, cast.admin, cast.user_key)
    ]

    assert statuses == [401, 403, 404, 403, 200, 200, 200]
    title = cast.client(cast.stranger).get(users_url(cast.organization)).json()["title"]
    assert title == "User not found."


# --- Adding -------------------------------------------------------------------------------------


def test_a_known_person_becomes_a_member(cast: Cast, owner: APIClient) -> None:
    response = owner.post(url(cast.organization, "Stranger@Example.test"))

    assert response.status_code == 200
    assert response.json() == {
        "organization_ids": [],
        "o_auth_accounts": [],
        "roles": [],
        "email_address": "Stranger@Example.test",
        "email_notifications_enabled": True,
        "is_email_address_verified": False,
        "is_active": True,
        "is_invite": False,
        "password_reset_token_expiration": "0001-01-01T00:00:00",
        "verify_email_address_token_expiration": "0001-01-01T00:00:00",
        "created_utc": "0001-01-01T00:00:00",
        "updated_utc": "0001-01-01T00:00:00",
    }
    assert cast.organization.pk in cast.stranger.organization_ids()
    assert not Invite.objects.exists()


def test_an_unknown_address_is_invited_once(cast: Cast, owner: APIClient) -> None:
    responses = [owner.post(url(cast.organization, "New@Example.test")) for _ in range(2)]

    assert [response.status_code for response in responses] == [200, 200]
    assert responses[0].json()["email_address"] == "New@Example.test"
    assert responses[0].json()["is_invite"] is True
    invite = Invite.objects.get()
    assert invite.email_address == "new@example.test"
    assert len(invite.token) == 40


def test_adding_a_member_again_changes_nothing(cast: Cast, owner: APIClient) -> None:
    assert owner.post(url(cast.organization, "mate@example.test")).status_code == 200
    assert cast.organization.memberships.count() == 2


@pytest.mark.parametrize("email", ["stranger@example.test", "new@example.test"])
def test_members_and_invites_count_against_the_plan(cast: Cast, owner: APIClient, email: str) -> None:
    invite(cast, "first@example.test")
    Organization.objects.filter(pk=cast.organization.pk).update(max_users=3)

    response = owner.post(url(cast.organization, email))

    assert response.status_code == 426
    assert response.json()["title"] == "Please upgrade your plan to add an additional user."
    assert cast.organization.memberships.count() == 2
    assert cast.organization.invites.count() == 1


def test_the_last_free_place_can_be_taken(cast: Cast, owner: APIClient) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(max_users=3)

    assert owner.post(url(cast.organization, "new@example.test")).status_code == 200


@pytest.mark.parametrize("email", ["nobody", "@example.test", "a@b@c", "%20"])
def test_an_address_that_no_mail_can_reach_is_a_422(cast: Cast, owner: APIClient, email: str) -> None:
    response = owner.post(url(cast.organization, email))

    assert response.status_code == 422
    assert list(response.json()["errors"]) == ["email_address"]


def test_who_may_add_users(cast: Cast) -> None:
    statuses = [
        cast.client(who).post(url(cast.organization, "new@example.test")).status_code
        for who in (None, cast.key, cast.stranger, cast.foreign_key, cast.mate, cast.admin, cast.user_key)
    ]

    assert statuses == [401, 403, 404, 403, 200, 200, 200]


# --- Removing -----------------------------------------------------------------------------------


@pytest.fixture
def left() -> Iterator[list[tuple[str, str]]]:
    """Who left, as the apps above are told."""
    calls: list[tuple[str, str]] = []

    def hook(organization_id: str, user_id: str) -> None:
        calls.append((organization_id, user_id))

    memberships.on_leave.append(hook)
    yield calls
    memberships.on_leave.remove(hook)


def test_any_member_may_remove_another(cast: Cast, owner: APIClient, left: list[tuple[str, str]]) -> None:
    mate = cast.client(cast.mate)

    response = owner.delete(url(cast.organization, "Mate@example.test"))

    assert (response.status_code, response.content) == (200, b"")
    assert cast.mate.organization_ids() == []
    assert mate.get(f"/api/v2/organizations/{cast.organization.pk}").status_code == 404
    assert left == [(cast.organization.pk, cast.mate.pk)]


def test_one_may_leave(cast: Cast, mate: APIClient) -> None:
    assert mate.delete(url(cast.organization, "mate@example.test")).status_code == 200
    assert cast.mate.organization_ids() == []


def test_an_invite_can_be_withdrawn(cast: Cast, owner: APIClient, left: list[tuple[str, str]]) -> None:
    invite(cast, "new@example.test")

    assert owner.delete(url(cast.organization, "NEW@example.test")).status_code == 200
    assert not Invite.objects.exists()
    assert left == []


@pytest.mark.parametrize("email", ["unknown@example.test", "stranger@example.test"])
def test_removing_who_is_not_there_succeeds(cast: Cast, owner: APIClient, email: str) -> None:
    assert owner.delete(url(cast.organization, email)).status_code == 200
    assert cast.stranger.organization_ids() == [cast.foreign_organization.pk]


def test_the_last_member_stays_invites_or_not(cast: Cast, owner: APIClient) -> None:
    owner.delete(url(cast.organization, "mate@example.test"))
    invite(cast, "new@example.test")

    response = owner.delete(url(cast.organization, "owner@example.test"))

    assert (response.status_code, response.json()["title"]) == (
        400,
        "An organization must contain at least one user.",
    )
    assert cast.owner.organization_ids() == [cast.organization.pk]


def test_who_may_remove_users(cast: Cast) -> None:
    statuses = [
        cast.client(who).delete(url(cast.organization, "nobody@example.test")).status_code
        for who in (None, cast.key, cast.stranger, cast.foreign_key, cast.mate, cast.admin, cast.user_key)
    ]

    assert statuses == [401, 403, 404, 403, 200, 200, 200]
