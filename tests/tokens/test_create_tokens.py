"""`POST tokens`, `POST organizations/{id}/tokens` and `POST projects/{id}/tokens`."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Membership, Organization
from projects.models import Project
from tests.conftest import Cast
from tokens.models import Token, TokenType

URL = "/api/v2/tokens"
OF_ORGANIZATION = "/api/v2/organizations/{0.organization.pk}/tokens"
OF_PROJECT = "/api/v2/projects/{0.project.pk}/tokens"
UNKNOWN = "0" * 24
EVERY_URL = pytest.mark.parametrize("url", [URL, OF_ORGANIZATION, OF_PROJECT])


def post(cast: Cast, url: str, body: Any = None, who: str = "owner") -> Any:
    """Values of the body may be templates of the cast."""
    if isinstance(body, dict):
        body = {key: value.format(cast) if isinstance(value, str) else value for key, value in body.items()}
    return cast.client(getattr(cast, who)).post(url.format(cast), body, format="json")


def complete(url: str, **members: Any) -> dict[str, Any]:
    """A body with the project that `POST tokens` asks for."""
    return {"project_id": "{0.project.pk}", **members} if url == URL else members


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 422, response.content
    found: dict[str, list[str]] = response.json()["errors"]
    return found


@EVERY_URL
def test_a_new_key_is_answered_with_its_address_and_lets_clients_in(cast: Cast, url: str) -> None:
    response = post(cast, url, complete(url, notes="Web shop", expires_utc="2999-01-01T02:00:00+02:00"))
    assert response.status_code == 201
    body = response.json()
    assert len(body["id"]) == 40
    assert response["Location"] == f"http://testserver/api/v2/tokens/{body['id']}"
    assert body["organization_id"] == cast.organization.pk
    assert body.get("project_id") == (None if url == OF_ORGANIZATION else cast.project.pk)
    assert body["scopes"] == ["client"]
    assert (body["notes"], body["expires_utc"]) == ("Web shop", "2999-01-01T00:00:00Z")
    assert (body["is_disabled"], body["is_suspended"]) == (False, False)
    assert not {"user_id", "default_project_id"} & set(body)
    token = Token.objects.get(secret=body["id"])
    assert (token.type, token.created_by, token.user_id) == (TokenType.ACCESS, cast.owner.pk, None)
    assert cast.client(token).get(f"/api/v2/projects/{cast.project.pk}/config").status_code == 200


@EVERY_URL
def test_the_address_of_a_new_key_leads_to_it_in_its_own_case(cast: Cast, url: str) -> None:
    response = post(cast, url, complete(url))
    found = cast.client(cast.owner).get(response["Location"])
    assert (found.status_code, found.json()) == (200, response.json())
    assert response["Location"] != response["Location"].lower()


@pytest.mark.parametrize("url", [OF_ORGANIZATION, OF_PROJECT])
@pytest.mark.parametrize("raw", ["", "null", "{}"])
def test_the_body_may_be_left_out_where_the_path_says_enough(cast: Cast, url: str, raw: str) -> None:
    response = cast.client(cast.owner).generic("POST", url.format(cast), raw, content_type="application/json")
    assert response.status_code == 201
    assert response.json()["scopes"] == ["client"]


@pytest.mark.parametrize("raw", ["", "null"])
def test_without_a_path_a_body_is_needed(cast: Cast, raw: str) -> None:
    response = cast.client(cast.owner).generic("POST", URL, raw, content_type="application/json")
    assert response.status_code == 400


@pytest.mark.parametrize(
    "body",
    [{}, {"organization_id": "{0.organization.pk}"}, {"project_id": None}, {"default_project_id": "{0.project.pk}"}],
)
def test_without_a_path_a_project_is_needed(cast: Cast, body: dict[str, Any]) -> None:
    response = post(cast, URL, body)
    assert response.status_code == 400
    assert response.json()["errors"] == {"project_id": ["The project_id field is required."]}


@EVERY_URL
@pytest.mark.parametrize("field", ["organization_id", "project_id", "default_project_id"])
@pytest.mark.parametrize("value", ["1234", "0" * 25, ""])
def test_an_id_of_a_wrong_length_is_a_422(cast: Cast, url: str, field: str, value: str) -> None:
    found = errors(post(cast, url, complete(url) | {field: value}))
    assert list(found) == [field]
    assert "minimum length of 24 and a maximum length of 24" in found[field][0]


@EVERY_URL
@pytest.mark.parametrize(
    "body", [{"scopes": "client"}, {"notes": 5}, {"expires_utc": 5}, {"project_id": 5}, ["client"], "client"]
)
def test_what_cannot_be_bound_is_a_400(cast: Cast, url: str, body: Any) -> None:
    assert post(cast, url, complete(url, **body) if isinstance(body, dict) else body).status_code == 400


@pytest.mark.parametrize(
    ("asked", "who", "given"),
    [
        (None, "owner", ["client"]),
        ([], "owner", ["client"]),
        (["client"], "owner", ["client"]),
        (["CLIENT", "client", "Client"], "owner", ["client"]),
        (["user"], "owner", ["user", "client"]),
        (["client", "user"], "owner", ["client", "user"]),
        (["source-maps:write"], "owner", ["source-maps:write"]),
        (["client", "source-maps:write"], "owner", ["client", "source-maps:write"]),
        (["global"], "admin", ["global", "user", "client"]),
    ],
)
def test_scopes_get_what_they_imply(cast: Cast, asked: list[str] | None, who: str, given: list[str]) -> None:
    body = {} if asked is None else {"scopes": asked}
    assert post(cast, OF_PROJECT, body, who).json()["scopes"] == given


@EVERY_URL
@pytest.mark.parametrize("scopes", [["admin"], ["client", "nonsense"], ["projects:read"], ["mcp:read"]])
def test_an_unknown_scope_is_a_422(cast: Cast, url: str, scopes: list[str]) -> None:
    assert errors(post(cast, url, complete(url, scopes=scopes))) == {"scopes": ["Invalid token scope requested."]}


@EVERY_URL
def test_the_global_scope_is_for_global_admins(cast: Cast, url: str) -> None:
    assert list(errors(post(cast, url, complete(url, scopes=["global"])))) == ["scopes"]


def test_source_maps_need_a_project(cast: Cast) -> None:
    body: dict[str, Any] = {"scopes": ["source-maps:write"]}
    assert errors(post(cast, OF_ORGANIZATION, body)) == {
        "project_id": ["The source-maps:write scope requires a project-scoped token."]
    }
    assert post(cast, OF_ORGANIZATION, body | {"project_id": "{0.project.pk}"}).status_code == 201


@pytest.mark.parametrize("url", [URL, OF_ORGANIZATION])
@pytest.mark.parametrize("project_id", [UNKNOWN, "{0.foreign_project.pk}"])
def test_a_missing_and_a_foreign_project_are_a_422(cast: Cast, url: str, project_id: str) -> None:
    response = post(cast, url, {"project_id": project_id})
    assert errors(response) == {"project_id": ["Please specify a valid project id."]}


def test_a_project_brings_its_organization_and_needs_no_default_project(cast: Cast) -> None:
    second = Organization.objects.create(name="Second")
    Membership.objects.create(organization=second, user=cast.owner)
    project = Project.objects.create(organization=second, name="Tunnel Paint")
    body = {
        "organization_id": cast.organization.pk,
        "project_id": project.pk,
        "default_project_id": cast.project.pk,
    }
    for url in (URL, OF_ORGANIZATION):
        made = post(cast, url, body).json()
        assert (made["organization_id"], made["project_id"]) == (second.pk, project.pk)
        assert "default_project_id" not in made


def test_the_path_wins_over_the_body(cast: Cast) -> None:
    foreign = {"organization_id": "{0.foreign_organization.pk}", "project_id": "{0.foreign_project.pk}"}
    made = post(cast, OF_PROJECT, foreign).json()
    assert (made["organization_id"], made["project_id"]) == (cast.organization.pk, cast.project.pk)
    made = post(cast, OF_ORGANIZATION, {"organization_id": "{0.foreign_organization.pk}"}).json()
    assert made["organization_id"] == cast.organization.pk


@pytest.mark.parametrize(
    ("project_id", "status"), [("{0.project.pk}", 201), ("{0.foreign_project.pk}", 422), (UNKNOWN, 422)]
)
def test_a_default_project_must_be_one_of_the_organization(cast: Cast, project_id: str, status: int) -> None:
    response = post(cast, OF_ORGANIZATION, {"default_project_id": project_id})
    assert response.status_code == status
    if status == 201:
        assert response.json()["default_project_id"] == cast.project.pk
    else:
        assert list(errors(response)) == ["default_project_id"]


def test_without_any_organization_it_is_a_400(cast: Cast) -> None:
    response = post(cast, URL, {"project_id": "{0.project.pk}"}, who="admin")
    assert (response.status_code, response.json()["title"]) == (400, "Organization is required.")
    body = {"organization_id": "{0.organization.pk}", "project_id": "{0.project.pk}"}
    assert post(cast, URL, body, who="admin").status_code == 201


@pytest.mark.parametrize(
    ("url", "status", "title"),
    [
        ("/api/v2/organizations/{0.foreign_organization.pk}/tokens", 400, "Invalid organization."),
        (f"/api/v2/organizations/{UNKNOWN}/tokens", 400, "Invalid organization."),
        ("/api/v2/projects/{0.foreign_project.pk}/tokens", 404, "Project not found."),
        (f"/api/v2/projects/{UNKNOWN}/tokens", 404, "Project not found."),
    ],
)
def test_a_foreign_place_is_refused(cast: Cast, url: str, status: int, title: str) -> None:
    response = post(cast, url)
    assert (response.status_code, response.json()["title"]) == (status, title)


def test_what_the_server_sets_cannot_be_sent(cast: Cast) -> None:
    body = {
        "id": "x" * 40,
        "user_id": cast.mate.pk,
        "is_disabled": True,
        "is_suspended": True,
        "type": 0,
        "created_by": cast.mate.pk,
    }
    made = post(cast, OF_PROJECT, body).json()
    assert made["id"] != body["id"]
    assert (made["is_disabled"], made["is_suspended"]) == (False, False)
    assert "user_id" not in made
    assert Token.objects.get(secret=made["id"]).created_by == cast.owner.pk


def test_two_equal_keys_are_two_keys(cast: Cast) -> None:
    first, second = (post(cast, OF_PROJECT, {"notes": "same"}).json()["id"] for _ in range(2))
    assert first != second


def test_a_past_expiry_is_stored_and_the_key_is_refused(cast: Cast) -> None:
    made = post(cast, OF_PROJECT, {"expires_utc": "2020-01-01"}).json()
    assert made["expires_utc"] == "2020-01-01T00:00:00Z"
    token = Token.objects.get(secret=made["id"])
    assert cast.client(token).get("/api/v2/projects/config").status_code == 401


@EVERY_URL
def test_a_key_of_a_suspended_organization_is_suspended_from_the_start(cast: Cast, url: str) -> None:
    Organization.objects.filter(pk=cast.organization.pk).update(is_suspended=True)
    made = post(cast, url, complete(url)).json()
    assert made["is_suspended"] is True
    token = Token.objects.get(secret=made["id"])
    assert cast.client(token).get(f"/api/v2/projects/{cast.project.pk}/config").status_code == 401


def test_a_body_of_another_type_is_a_415(cast: Cast) -> None:
    client = cast.client(cast.owner)
    for url in (URL, OF_ORGANIZATION, OF_PROJECT):
        assert client.generic("POST", url.format(cast), "x", content_type="text/plain").status_code == 415
