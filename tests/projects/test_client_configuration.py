"""What clients poll: `GET projects/config`, its first version's twin, and `GET projects/{id}/config`."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from projects.models import Project
from tests.conftest import PASSWORD, Cast
from tokens.models import Token

OWN = pytest.mark.parametrize("url", ["/api/v2/projects/config", "/api/v1/project/config"])
BOTS = {"@@UserAgentBotPatterns": "*bot*,*crawler*,*spider*,*aolbuild*,*teoma*,*yahoo*"}


def configure(project: Project, version: int, settings: dict[str, Any]) -> None:
    Project.objects.filter(pk=project.pk).update(configuration_version=version, configuration=settings)


@OWN
def test_a_key_reads_the_settings_of_its_project(cast: Cast, url: str) -> None:
    response = cast.client(cast.key).get(url)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert response.json() == {"version": 1, "settings": BOTS}


@OWN
@pytest.mark.parametrize("known", ["3", " 3 ", "03"])
def test_the_current_version_is_answered_with_an_empty_304(cast: Cast, url: str, known: str) -> None:
    configure(cast.project, 3, {"a": "b"})
    response = cast.client(cast.key).get(url, {"v": known})
    assert response.status_code == 304
    assert response.content == b""
    assert "Content-Type" not in response


@OWN
@pytest.mark.parametrize("known", ["2", "4", "-3", "", "x", "3.0", "9" * 5000])
def test_any_other_version_is_answered_with_the_settings(cast: Cast, url: str, known: str) -> None:
    configure(cast.project, 3, {"a": "b"})
    response = cast.client(cast.key).get(url, {"v": known})
    assert (response.status_code, response.json()) == (200, {"version": 3, "settings": {"a": "b"}})


def test_if_none_match_is_not_read(cast: Cast) -> None:
    client = cast.client(cast.key)
    assert client.get("/api/v2/projects/config", HTTP_IF_NONE_MATCH='"1"').status_code == 200


@OWN
def test_empty_settings_are_absent(cast: Cast, url: str) -> None:
    configure(cast.project, 2, {})
    assert cast.client(cast.key).get(url).json() == {"version": 2}


def test_empty_settings_are_kept_when_the_project_is_named(cast: Cast) -> None:
    configure(cast.project, 2, {})
    response = cast.client(cast.key).get(f"/api/v2/projects/{cast.project.pk}/config")
    assert response.json() == {"version": 2, "settings": {}}


@OWN
def test_all_values_are_texts(cast: Cast, url: str) -> None:
    configure(cast.project, 2, {"flag": True, "number": 5, "list": ["a", "b"], "text": "é<", "none": None})
    settings = cast.client(cast.key).get(url).json()["settings"]
    assert settings == {"flag": "true", "number": "5", "list": '["a","b"]', "text": "é<"}


@pytest.mark.parametrize("credential", ["bearer", "token", "basic-client", "basic-oauth", "access_token", "apiKey"])
def test_every_form_of_credentials_of_the_clients_works(cast: Cast, credential: str) -> None:
    secret = cast.key.secret
    headers = {
        "bearer": f"Bearer {secret}",
        "token": f"Token {secret}",
        "basic-client": "Basic " + base64.b64encode(f"client:{secret}".encode()).decode(),
        "basic-oauth": "Basic " + base64.b64encode(f"{secret}:x-oauth-basic".encode()).decode(),
    }
    if credential in headers:
        response = APIClient().get("/api/v2/projects/config", HTTP_AUTHORIZATION=headers[credential])
    else:
        response = APIClient().get("/api/v2/projects/config", {"v": "1", credential: secret})
    assert response.status_code in (200, 304)


def test_a_key_without_a_project_uses_its_default_project(cast: Cast) -> None:
    key = Token.objects.create(organization=cast.organization, default_project=cast.project, scopes=["client"])
    assert cast.client(key).get("/api/v2/projects/config").json()["version"] == 1


@OWN
@pytest.mark.parametrize("who", ["owner", "admin"])
def test_a_login_token_has_no_project_and_is_a_401(cast: Cast, url: str, who: str) -> None:
    assert cast.client(getattr(cast, who)).get(url).status_code == 401


def test_a_password_has_no_project_and_is_a_401(cast: Cast) -> None:
    pair = base64.b64encode(f"{cast.owner.email_address}:{PASSWORD}".encode()).decode()
    assert APIClient().get("/api/v2/projects/config", HTTP_AUTHORIZATION=f"Basic {pair}").status_code == 401


@OWN
def test_a_key_of_the_organization_alone_is_a_401(cast: Cast, url: str) -> None:
    key = Token.objects.create(organization=cast.organization, scopes=["client"])
    assert cast.client(key).get(url).status_code == 401


@OWN
def test_without_credentials_it_is_a_401_with_a_json_body(cast: Cast, url: str) -> None:
    response = cast.client(None).get(url)
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["title"] == "Unauthorized"


@OWN
def test_a_project_that_is_gone_is_a_404(cast: Cast, url: str) -> None:
    Project.objects.filter(pk=cast.project.pk).update(is_deleted=True)
    assert cast.client(cast.key).get(url).status_code == 404


@pytest.mark.parametrize("scopes", [["source-maps:write"], ["stacks:read"]])
def test_a_key_without_the_client_scope_is_a_403(cast: Cast, scopes: list[str]) -> None:
    key = Token.objects.create(organization=cast.organization, project=cast.project, scopes=scopes)
    assert cast.client(key).get("/api/v2/projects/config").status_code == 403
    assert cast.client(key).get(f"/api/v2/projects/{cast.project.pk}/config").status_code == 403


def test_polling_is_not_throttled(cast: Cast, settings: Settings) -> None:
    settings.API_THROTTLE_LIMIT = 1
    client = cast.client(cast.key)
    for url in ("/api/v2/projects/config", "/api/v1/project/config", f"/api/v2/projects/{cast.project.pk}/config"):
        for _ in range(3):
            response = client.get(url)
            assert response.status_code == 200
            assert "X-RateLimit-Limit" not in response


def test_other_routes_are_throttled(cast: Cast, settings: Settings) -> None:
    settings.API_THROTTLE_LIMIT = 1
    client = cast.client(cast.owner)
    assert client.get("/api/v2/projects")["X-RateLimit-Remaining"] == "0"
    assert client.get("/api/v2/projects").status_code == 429


def test_polling_takes_three_statements(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client = cast.client(cast.key)
    # token, organization, project
    with django_assert_num_queries(3):
        client.get("/api/v2/projects/config", {"v": "1"})


# --- By project ---------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["owner", "mate", "admin", "key", "user_key"])
def test_everyone_of_the_organization_reads_the_settings_of_a_project(cast: Cast, who: str) -> None:
    client, url = cast.client(getattr(cast, who)), f"/api/v2/projects/{cast.project.pk}/config"
    assert client.get(url).json() == {"version": 1, "settings": BOTS}
    assert client.get(url, {"v": "1"}).status_code == 304


def test_a_key_reads_other_projects_of_its_organization(cast: Cast) -> None:
    other = Project.objects.create(organization=cast.organization, name="Other", configuration={"a": "b"})
    response = cast.client(cast.key).get(f"/api/v2/projects/{other.pk}/config")
    assert response.json() == {"version": 1, "settings": {"a": "b"}}


@pytest.mark.parametrize("who", ["stranger", "foreign_key"])
def test_a_foreign_project_is_a_404(cast: Cast, who: str) -> None:
    response = cast.client(getattr(cast, who)).get(f"/api/v2/projects/{cast.project.pk}/config")
    assert (response.status_code, response.json()["title"]) == (404, "Project not found.")


def test_a_version_that_is_no_number_is_a_400_when_the_project_is_named(cast: Cast) -> None:
    url = f"/api/v2/projects/{cast.project.pk}/config"
    assert cast.client(cast.owner).get(url, {"v": "x"}).status_code == 400
