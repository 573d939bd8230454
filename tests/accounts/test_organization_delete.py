"""DELETE organizations/{ids}."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Invite, Membership, Organization, User
from projects.models import Project
from tests.conftest import Cast
from tokens.models import Token, TokenType

ALL = "/api/v2/organizations"
HAS_PROJECTS = "An organization cannot be deleted if it contains any projects."


def delete(client: APIClient, *organizations: Organization | str) -> Any:
    ids = ",".join(item if isinstance(item, str) else item.pk for item in organizations)
    return client.delete(f"{ALL}/{ids}")


@pytest.fixture
def emptied(cast: Cast) -> Cast:
    """The cast without projects in the organization."""
    Project.objects.filter(organization=cast.organization).update(is_deleted=True)
    return cast


def second(cast: Cast, name: str = "Second") -> Organization:
    organization = Organization.objects.create(name=name)
    Membership.objects.create(organization=organization, user=cast.owner)
    return organization


def test_a_deleted_organization_is_gone_at_once(emptied: Cast, owner: APIClient) -> None:
    response = delete(owner, emptied.organization)

    assert (response.status_code, response.json()) == (202, {"workers": []})
    assert owner.get(f"{ALL}/{emptied.organization.pk}").status_code == 404
    assert owner.get(ALL).json() == []
    assert owner.get("/api/v2/users/me").json()["organization_ids"] == []
    emptied.organization.refresh_from_db()
    assert emptied.organization.is_deleted


def test_its_api_keys_go_at_once(emptied: Cast, owner: APIClient) -> None:
    login = emptied.login_token(emptied.owner)

    delete(owner, emptied.organization)

    assert emptied.client(emptied.user_key).get(ALL).status_code == 401
    assert not Token.objects.filter(organization=emptied.organization).exists()
    assert Token.objects.filter(pk__in=[login.pk, emptied.foreign_key.pk]).count() == 2


def test_members_without_another_organization_go_with_it_except_who_deletes(emptied: Cast, owner: APIClient) -> None:
    Membership.objects.create(organization=emptied.organization, user=emptied.stranger)
    Membership.objects.create(organization=emptied.organization, user=emptied.admin)
    Token.objects.create(type=TokenType.AUTHENTICATION, user=emptied.mate)

    delete(owner, emptied.organization)

    assert set(User.objects.all()) == {emptied.owner, emptied.stranger, emptied.admin}
    assert emptied.stranger.organization_ids() == [emptied.foreign_organization.pk]


def test_a_membership_in_a_deleted_organization_keeps_nobody(emptied: Cast, owner: APIClient) -> None:
    gone = Organization.objects.create(name="Gone", is_deleted=True)
    Membership.objects.create(organization=gone, user=emptied.mate)

    delete(owner, emptied.organization)

    assert not User.objects.filter(pk=emptied.mate.pk).exists()


def test_open_invites_lead_nowhere_afterwards(emptied: Cast, owner: APIClient) -> None:
    Invite.objects.create(organization=emptied.organization, email_address="new@example.test")

    delete(owner, emptied.organization)

    assert not Invite.objects.exists()


def test_an_organization_with_projects_stays(cast: Cast, owner: APIClient) -> None:
    response = delete(owner, cast.organization)

    assert (response.status_code, response.json()["title"]) == (400, HAS_PROJECTS)
    assert response["Content-Type"] == "application/problem+json"
    assert owner.get(f"{ALL}/{cast.organization.pk}").status_code == 200


def test_a_global_admin_deletes_projects_along(cast: Cast, admin: APIClient) -> None:
    assert delete(admin, cast.organization).status_code == 202
    assert Project.objects.alive().filter(organization=cast.organization).count() == 0


def test_several_go_at_once(emptied: Cast, owner: APIClient) -> None:
    response = delete(owner, emptied.organization, second(emptied))

    assert (response.status_code, response.json()) == (202, {"workers": []})
    assert owner.get(ALL).json() == []


def test_what_can_go_goes_and_the_rest_is_listed(cast: Cast, owner: APIClient) -> None:
    empty = second(cast)

    response = delete(owner, empty, cast.organization, cast.foreign_organization)

    assert response.status_code == 400
    assert response["Content-Type"].startswith("application/json")
    assert response.json() == {
        "success": [empty.pk],
        "failure": [
            {"allowed": False, "id": cast.organization.pk, "message": HAS_PROJECTS, "status_code": 400},
            {
                "allowed": False,
                "id": cast.foreign_organization.pk,
                "message": "Organization not found.",
                "status_code": 404,
            },
        ],
        "workers": [],
    }
    assert [organization["id"] for organization in owner.get(ALL).json()] == [cast.organization.pk]
    assert not Organization.objects.get(pk=cast.foreign_organization.pk).is_deleted


def test_nothing_found_is_a_404(cast: Cast, stranger: APIClient) -> None:
    for ids in ([cast.organization], ["5" * 24], [cast.organization, "5" * 24]):
        response = delete(stranger, *ids)
        assert (response.status_code, response.json()["title"]) == (404, "Organization not found.")


def test_who_may_delete_an_organization(emptied: Cast) -> None:
    statuses = [
        delete(emptied.client(who), emptied.organization).status_code
        for who in (None, emptied.key, emptied.foreign_key, emptied.stranger, emptied.mate)
    ]

    assert statuses == [401, 403, 403, 404, 202]


def test_a_user_key_may_delete_its_organization(emptied: Cast) -> None:
    assert delete(emptied.client(emptied.user_key), emptied.organization).status_code == 202
