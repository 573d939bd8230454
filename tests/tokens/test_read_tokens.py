"""The lists of tokens, `GET tokens/{id}` and `GET projects/{id}/tokens/default`."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from projects.models import Project
from tests.conftest import Cast, make_key
from tokens.models import Token

CONTRACT = Path(os.environ.get("CONTRACT_DIR", Path(__file__).parents[2].parent / "shared/contract"))
OF_ORGANIZATION = "/api/v2/organizations/{0.organization.pk}/tokens"
OF_PROJECT = "/api/v2/projects/{0.project.pk}/tokens"
DEFAULT = "/api/v2/projects/{0.project.pk}/tokens/default"
LISTS = pytest.mark.parametrize("url", [OF_ORGANIZATION, OF_PROJECT])
UNKNOWN = "0" * 24


def get(cast: Cast, url: str, who: str = "owner", **query: Any) -> Any:
    return cast.client(getattr(cast, who)).get(url.format(cast), query)


def secrets(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()]


def aged(token: Token, days: int) -> Token:
    """The same token, made that many days ago."""
    token.created_utc = datetime(2026, 1, 1, tzinfo=UTC) - timedelta(days=days)
    token.save(update_fields=["created_utc"])
    return token


# --- One ----------------------------------------------------------------------------------------


def test_a_token_has_the_members_of_the_wire_and_leaves_nulls_out(cast: Cast) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=UTC)
    Token.objects.filter(pk=cast.key.pk).update(created_utc=moment, updated_utc=moment)
    assert get(cast, f"/api/v2/tokens/{cast.key.secret}").json() == {
        "id": cast.key.secret,
        "organization_id": cast.organization.pk,
        "project_id": cast.project.pk,
        "scopes": ["client"],
        "is_disabled": False,
        "is_suspended": False,
        "created_utc": "2026-01-02T03:04:05.6789Z",
        "updated_utc": "2026-01-02T03:04:05.6789Z",
    }


def test_the_members_are_those_of_the_official_document(cast: Cast) -> None:
    if not CONTRACT.is_dir():
        pytest.skip("the contract folder is not here")
    Token.objects.filter(pk=cast.key.pk).update(
        user=cast.owner, default_project=cast.project, expires_utc=datetime(2999, 1, 1, tzinfo=UTC), notes="x"
    )
    body = get(cast, f"/api/v2/tokens/{cast.key.secret}").json()
    assert set(body) == set(json.loads((CONTRACT / "fields.json").read_text())["ViewToken"])


@pytest.mark.parametrize("who", ["owner", "mate"])
def test_members_read_each_key_of_their_organization(cast: Cast, who: str) -> None:
    assert get(cast, f"/api/v2/tokens/{cast.key.secret}", who).status_code == 200


def test_ones_own_personal_key_can_be_read_and_others_cannot(cast: Cast) -> None:
    Token.objects.filter(pk=cast.key.pk).update(user=cast.owner)
    url = f"/api/v2/tokens/{cast.key.secret}"
    assert get(cast, url).json()["user_id"] == cast.owner.pk
    response = get(cast, url, "mate")
    assert (response.status_code, response.json()["title"]) == (404, "Token not found.")


@pytest.mark.parametrize("secret", ["foreign", "login", "unknown", "other case"])
def test_what_is_no_key_of_ones_own_organization_is_a_404(cast: Cast, secret: str) -> None:
    secrets_by_name = {
        "foreign": cast.foreign_key.secret,
        "login": cast.login_token(cast.owner).secret,
        "unknown": "x" * 40,
        "other case": cast.key.secret.swapcase(),
    }
    response = get(cast, f"/api/v2/tokens/{secrets_by_name[secret]}")
    assert (response.status_code, response.json()["title"]) == (404, "Token not found.")


def test_a_global_admin_who_is_no_member_gets_a_404(cast: Cast) -> None:
    assert get(cast, f"/api/v2/tokens/{cast.key.secret}", "admin").status_code == 404


# --- Lists --------------------------------------------------------------------------------------


@LISTS
def test_a_list_holds_api_keys_oldest_first_with_those_of_others(cast: Cast, url: str) -> None:
    personal = aged(make_key(cast.project), 3)
    Token.objects.filter(pk=personal.pk).update(user=cast.mate, is_disabled=True)
    response = get(cast, url)
    assert secrets(response) == [personal.secret, cast.key.secret, cast.user_key.secret]
    assert response["X-Result-Count"] == "3"


def test_the_list_of_an_organization_holds_the_keys_of_all_its_projects(cast: Cast) -> None:
    second = Project.objects.create(organization=cast.organization, name="Second")
    keys = {make_key(second, "client").secret, Token.objects.create(organization=cast.organization).secret}
    assert set(secrets(get(cast, OF_ORGANIZATION))) == keys | {cast.key.secret, cast.user_key.secret}


def test_the_list_of_a_project_holds_its_keys_and_those_that_send_to_it_by_default(cast: Cast) -> None:
    second = Project.objects.create(organization=cast.organization, name="Second")
    make_key(second, "client")
    default = Token.objects.create(organization=cast.organization, default_project=cast.project, scopes=["client"])
    assert secrets(get(cast, OF_PROJECT)) == [cast.key.secret, cast.user_key.secret, default.secret]


@LISTS
def test_lists_are_paged(cast: Cast, url: str) -> None:
    response = get(cast, url, page=2, limit=1)
    assert secrets(response) == [cast.user_key.secret]
    assert response["X-Result-Count"] == "2"
    assert response["Link"] == f'<http://testserver{url.format(cast)}?page=1&limit=1>; rel="previous"'


@LISTS
def test_a_page_holds_a_hundred_at_the_most(cast: Cast, url: str) -> None:
    Token.objects.bulk_create(Token(organization=cast.organization, project=cast.project) for _ in range(120))
    assert len(secrets(get(cast, url, limit=500))) == 100
    assert get(cast, url, limit="x").status_code == 400


@LISTS
def test_a_global_admin_reads_every_list(cast: Cast, url: str) -> None:
    assert len(secrets(get(cast, url, "admin"))) == 2


@pytest.mark.parametrize(
    ("url", "who", "status"),
    [
        ("/api/v2/organizations/{0.foreign_organization.pk}/tokens", "owner", 404),
        (f"/api/v2/organizations/{UNKNOWN}/tokens", "owner", 404),
        (f"/api/v2/organizations/{UNKNOWN}/tokens", "admin", 200),
        ("/api/v2/projects/{0.foreign_project.pk}/tokens", "owner", 404),
        (f"/api/v2/projects/{UNKNOWN}/tokens", "owner", 404),
        (f"/api/v2/projects/{UNKNOWN}/tokens", "admin", 404),
        (f"/api/v2/projects/{UNKNOWN}/tokens/default", "owner", 404),
    ],
)
def test_a_foreign_place_is_a_404_and_empty_for_an_admin(cast: Cast, url: str, who: str, status: int) -> None:
    response = get(cast, url, who)
    assert response.status_code == status
    if status == 200:
        assert (response.json(), response["X-Result-Count"]) == ([], "0")


@pytest.mark.parametrize(("url", "statements"), [(OF_ORGANIZATION, 4), (OF_PROJECT, 5)])
@pytest.mark.parametrize("number", [1, 50])
def test_lists_take_as_many_statements_however_long_they_are(
    cast: Cast, url: str, statements: int, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Token.objects.bulk_create(Token(organization=cast.organization, project=cast.project) for _ in range(number))
    client = cast.client(cast.owner)
    # token with user, organizations, (project,) count, page
    with django_assert_num_queries(statements):
        client.get(url.format(cast), {"limit": 100})


# --- The default --------------------------------------------------------------------------------


def test_the_default_is_the_oldest_key_for_clients(cast: Cast) -> None:
    aged(make_key(cast.project, "source-maps:write"), 5)
    oldest = aged(make_key(cast.project, "client"), 4)
    response = get(cast, DEFAULT)
    assert (response.status_code, response.json()["id"]) == (200, oldest.secret)
    assert "Location" not in response


@pytest.mark.parametrize("how", ["disabled", "no scopes", "default project"])
def test_the_default_may_be_disabled_or_without_scopes_or_of_the_organization(cast: Cast, how: str) -> None:
    Token.objects.api_keys().delete()
    key = {
        "disabled": lambda: Token(project=cast.project, scopes=["client"], is_disabled=True),
        "no scopes": lambda: Token(project=cast.project),
        "default project": lambda: Token(default_project=cast.project, scopes=["client"]),
    }[how]()
    key.organization = cast.organization
    key.save()
    assert get(cast, DEFAULT).json()["id"] == key.secret


def test_a_default_is_made_when_there_is_none_and_then_stays(cast: Cast) -> None:
    Token.objects.api_keys().delete()
    Token.objects.create(organization=cast.organization, project=cast.project, user=cast.mate)
    made = get(cast, DEFAULT)
    assert made.status_code == 201
    assert made["Location"] == f"http://testserver/api/v2/tokens/{made.json()['id']}"
    assert (made.json()["scopes"], made.json()["project_id"]) == (["client"], cast.project.pk)
    again = get(cast, DEFAULT, "mate")
    assert (again.status_code, again.json()) == (200, made.json())
    token = Token.objects.get(secret=made.json()["id"])
    assert token.created_by == cast.owner.pk
    assert cast.client(token).get("/api/v2/projects/config").status_code == 200


def test_someone_elses_personal_key_is_never_the_default(cast: Cast) -> None:
    personal = aged(make_key(cast.project), 9)
    Token.objects.filter(pk=personal.pk).update(user=cast.mate)
    assert get(cast, DEFAULT).json()["id"] == cast.key.secret
